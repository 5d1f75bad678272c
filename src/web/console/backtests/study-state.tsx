/** What is told of a backtest or a balance while it is not done, and how it is named everywhere. */

import { Button, Progress } from '@mantine/core'
import type { BacktestEntry, BalanceEntry } from '../../../client/index.ts'
import { formatShare } from '../../ui/format.ts'
import { api, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { backtestWords } from './backtest-words.ts'
import type { AskedProgram } from './told.ts'

type Entry = Pick<BacktestEntry, 'id' | 'status' | 'progress' | 'seconds_left' | 'before' | 'problem'>

/** How often a page asks how far it is, in ms. */
export const LOOK_MS = 700

export function isOpen({ status }: { status: Entry['status'] }): boolean {
  return status === 'waiting' || status === 'running'
}

export function Unfinished({ entry, renews }: { entry: Entry; renews: readonly unknown[] }) {
  const say = useWords(backtestWords)
  const left = useTimeLeft()
  const stop = useTell(
    (id: string): PromiseLike<{ id: string }> => (id.startsWith('bal') ? api.stopBalance(id) : api.stopBacktest(id)),
    {
      renews: [renews],
    },
  )
  if (entry.status === 'failed')
    return (
      <div className="problem" role="alert">
        <p>{entry.problem}</p>
      </div>
    )
  if (entry.status === 'stopped') return <p>{say('stopped_lead')}</p>
  return (
    <div className="backtest-progress" role="status">
      <Progress
        value={entry.progress * 100}
        animated
        aria-label={say(entry.status === 'waiting' ? 'waiting' : 'state')}
      />
      <p className="page-lead">
        {entry.status === 'waiting'
          ? say('waiting_lead', { before: entry.before })
          : say('running_lead', { left: left(entry.seconds_left) })}
      </p>
      <Button variant="default" size="xs" mt="md" loading={stop.isPending} onClick={() => stop.mutate(entry.id)}>
        {say('stop')}
      </Button>
    </div>
  )
}

function useTimeLeft() {
  const say = useWords(backtestWords)
  return (seconds: number | null) => {
    if (seconds === null) return 'none'
    return seconds < 60 ? say('seconds', { count: seconds }) : say('minutes', { count: Math.ceil(seconds / 60) })
  }
}

export function useNames() {
  const say = useWords(backtestWords)
  const { language } = useLanguage()
  return {
    program: ({ from, name, title }: AskedProgram) =>
      say(`from_${from}`, { title, name: from === 'template' ? name.replaceAll('-', ' ') : name }),
    history: ({ file, months }: BacktestEntry['asked']) =>
      file?.name ?? (months === null ? say('ledger') : say('ledger_months', { months })),
    state: ({ status, progress }: Entry) =>
      status === 'running' ? say('running', { share: formatShare(progress, language) }) : say(status),
    verdict: (verdict: NonNullable<BalanceEntry['summary']>['verdict'] | undefined) =>
      verdict === null || verdict === undefined ? '' : say(verdict),
  }
}
