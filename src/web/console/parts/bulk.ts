/** Many lines of a batch, some at a time: how far it is is seen, it can be stopped, and going on never does anything twice. */

import { useRef, useState } from 'react'
import type { BatchAnswer, BatchLine } from '../../../client/index.ts'
import { randomKey } from '../../../client/request.ts'
import { api, queries } from '../api.ts'

/** Few enough that stopping is soon, and enough that a thousand take seconds. */
const LINES_AT_ONCE = 25

export interface Bulk {
  status: 'before' | 'running' | 'stopped' | 'done'
  done: number
  of: number
  /** In the order of the lines that were sent. */
  answers: readonly BatchAnswer[]
  /** Why it stopped, unless somebody wanted it to. */
  error: unknown
}

const BEFORE: Bulk = { status: 'before', done: 0, of: 0, answers: [], error: null }

/** Each line gets a key of its own the first time, and keeps it: a line whose answer was lost is not done again. */
export function useBulk(): { bulk: Bulk; start(lines: readonly BatchLine[]): void; stop(): void; goOn(): void } {
  const [bulk, setBulk] = useState(BEFORE)
  const lines = useRef<readonly BatchLine[]>([])
  const answers = useRef<BatchAnswer[]>([])
  const isWanted = useRef(false)

  async function run(): Promise<void> {
    isWanted.current = true
    const of = lines.current.length
    const tell = (status: Bulk['status'], error: unknown = null) =>
      setBulk({ status, done: answers.current.length, of, answers: answers.current, error })
    tell('running')
    try {
      while (isWanted.current && answers.current.length < of) {
        const begin = answers.current.length
        const part = lines.current.slice(begin, begin + LINES_AT_ONCE)
        const answered: BatchAnswer[] = []
        for await (const answer of api.batch(part, { idempotencyKey: `${part[0]!.key}:${part.length}` }))
          answered.push(answer)
        answers.current = [...answers.current, ...answered]
        tell('running')
      }
      tell(answers.current.length === of ? 'done' : 'stopped')
    } catch (error) {
      tell('stopped', error)
    }
    void queries.invalidateQueries()
  }

  return {
    bulk,
    start(all) {
      const key = randomKey()
      lines.current = all.map((line, place) => ({ ...line, key: `${key}:${place}` }))
      answers.current = []
      void run()
    },
    stop: () => {
      isWanted.current = false
    },
    goOn: () => void run(),
  }
}
