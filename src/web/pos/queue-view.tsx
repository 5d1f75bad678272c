/** @jsxImportSource preact */
/** What waits to be sent: how much, since when, and what keeps it. */

import { useState } from 'preact/hooks'
import { formatTime } from '../ui/format.ts'
import { Big, useFormats, useTill } from './parts.tsx'
import type { Item } from './queue.ts'
import type { TillWord } from './till-words.ts'

const LATEST = 20

export function QueueView({ onBack }: { onBack(): void }) {
  const { till, say, language } = useTill()
  const [busy, setBusy] = useState(false)
  const zone = till.state!.timezone
  const when = (instant: string) => formatTime(instant, 'moment', language, zone)
  const [oldest] = till.waiting
  const tryAgain = async () => {
    setBusy(true)
    await till.tryAgain()
    setBusy(false)
  }
  const sent = till.items
    .filter(({ state }) => state === 'sent')
    .slice(-LATEST)
    .reverse()
  return (
    <main class="entry wide-entry">
      <h1>{say('queue')}</h1>
      <p class="quiet-text">
        {say('last_reached', { when: till.reached === 0 ? say('never') : when(new Date(till.reached).toISOString()) })}
        {oldest !== undefined && ` · ${say('oldest', { when: when(oldest.deed.at) })}`}
      </p>
      {till.waiting.length === 0 ? <p class="all-sent">{say('queue_empty')}</p> : <Items items={till.waiting} />}
      {till.waiting.length > 0 && (
        <Big disabled={busy} onClick={() => void tryAgain()}>
          {say('try_again')}
        </Big>
      )}
      {sent.length > 0 && <h2>{say('latest')}</h2>}
      <Items items={sent} />
      <div class="beside">
        <Big quiet onClick={onBack}>
          {say('back')}
        </Big>
        <Big quiet onClick={() => void till.endShift()}>
          {say('end_shift')}
        </Big>
      </div>
    </main>
  )
}

function Items({ items }: { items: readonly Item[] }) {
  const { till, say, language } = useTill()
  const { money } = useFormats()
  return (
    <ul class="lines">
      {items.map(({ seq, deed, state, problem, answer }) => (
        <li key={seq}>
          <span class="name">
            {say(`deed_${deed.type}` as TillWord)}
            {deed.type === 'sale' && ` ${money(deed.lines.reduce((sum, { amount }) => sum + amount, 0))}`}
            <small>{deed.id}</small>
          </span>
          <span class="money">{formatTime(deed.at, 'time', language, till.state!.timezone)}</span>
          {state !== 'sent' && <span class={state}>{say(state === 'failed' ? 'state_failed' : 'state_waiting')}</span>}
          {answer?.state === 'open' && <span class="failed">{say('state_open')}</span>}
          {state === 'failed' && problem !== null && <small class="why">{problem.reason}</small>}
        </li>
      ))}
    </ul>
  )
}
