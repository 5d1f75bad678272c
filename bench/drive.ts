/** Sends activities to an inbox for so many seconds, from so many callers who each wait for their answers. */
import type { Inbox } from '../src/engine/inbox.ts'
import type { Incoming, Recorded } from '../src/engine/incoming.ts'
import { take } from './place.ts'

export interface Driven {
  done: number
  seconds: number
  a_second: number
}

export interface Drive {
  /** At the longest; it ends before that when there is no more to send. */
  seconds: number
  callers: number
  /** Activities that a caller has outstanding at once. */
  each: number
  /** Ends before its time when this says so. */
  isOver?: () => boolean
  /** Told of every answer. */
  onAnswer?: (incoming: Incoming, recorded: Recorded) => void
}

export async function drive(inbox: Inbox, activities: Iterator<Incoming>, options: Drive): Promise<Driven> {
  const { seconds, callers, each, isOver = () => false, onAnswer } = options
  let done = 0
  const began = performance.now()
  const until = began + seconds * 1_000
  const call = async () => {
    while (performance.now() < until && !isOver()) {
      const batch = take(activities, each)
      if (batch.length === 0) return
      const answers = await Promise.all(batch.map((one) => inbox.submit(one)))
      for (const [i, answer] of answers.entries()) {
        if (answer.status !== 'recorded') throw new Error(`A ${batch[i]!.type} was ${JSON.stringify(answer)}`)
        onAnswer?.(batch[i]!, answer)
      }
      done += answers.length
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const took = (performance.now() - began) / 1_000
  return { done, seconds: took, a_second: done / took }
}
