/** @jsxImportSource preact */
/** What was just done: what to hand over, what was earned, and for half a minute the way back. */

import { useEffect, useState } from 'preact/hooks'
import { Trouble, useFormats, useTill } from './parts.tsx'
import type { Problem } from './queue.ts'
import type { Last } from './screens.tsx'

const UNDO_MS = 30_000
const ROUND = 2 * Math.PI * 20

const TITLES = { sold: 'sold', enrolled: 'enrolled', returned: 'returned', undone: 'undone' } as const

export function LastDone({ last, onLast }: { last: Last; onLast(last: Last | null): void }) {
  const { till, say } = useTill()
  const { money, points, walletName } = useFormats()
  const [problem, setProblem] = useState<Problem | null>(null)
  const { what, name, answer, give } = last
  const undo = async () => {
    const undone = await till.undo(last.id)
    if (undone.how === 'done') onLast({ ...last, what: 'undone', answer: undone.answer, give: [], at: Date.now() })
    else setProblem(undone.how === 'refused' ? undone.problem : { code: 'unreachable', reason: '' })
  }
  return (
    <section class={`last ${what}`} aria-live="polite" data-deed={last.id}>
      <h2>{what === 'sold' && name !== null ? say('sold_to', { name }) : say(TITLES[what])}</h2>
      {what === 'undone' && <p>{say('undone_help')}</p>}
      {what === 'enrolled' && <p>{say('enrolled_help')}</p>}
      {answer === null && <p class="kept">{say('kept')}</p>}
      {give.map((thing) => (
        <p key={thing} class="give">
          {say('gives', { what: thing })}
        </p>
      ))}
      {what === 'returned' && answer?.refund != null && (
        <p class="figure">{say('refund', { money: money(answer.refund) })}</p>
      )}
      {what === 'sold' &&
        answer?.sale?.earned.map((one) => (
          <p key={one.wallet} class="figure">
            {say('earned', { points: points(one.points, one.wallet), wallet: walletName(one.wallet) })}
          </p>
        ))}
      {answer?.balances.map((one) => (
        <p key={one.wallet} class="quiet-text">
          {say('has_now', { points: points(one.available, one.wallet), wallet: walletName(one.wallet) })}
        </p>
      ))}
      {what === 'sold' && <p class="quiet-text">{say('receipt', { order: last.id })}</p>}
      {answer?.differences.map((one) => (
        <p key={one.kind} class="trouble">
          {say('state_open')}
        </p>
      ))}
      <Trouble problem={problem} />
      {what === 'sold' && <Undo since={last.at} onUndo={undo} />}
    </section>
  )
}

/** A ring that empties; when it is empty the sale stands. */
function Undo({ since, onUndo }: { since: number; onUndo(): Promise<void> }) {
  const { say } = useTill()
  const [now, setNow] = useState(Date.now())
  const [busy, setBusy] = useState(false)
  const left = Math.max(0, since + UNDO_MS - now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  if (left === 0) return null
  return (
    <button
      type="button"
      class="undo"
      disabled={busy}
      onClick={() => {
        setBusy(true)
        void onUndo().then(() => setBusy(false))
      }}
    >
      <svg viewBox="0 0 48 48" width="40" height="40" aria-hidden="true">
        <circle cx="24" cy="24" r="20" class="track" />
        <circle
          cx="24"
          cy="24"
          r="20"
          class="rest"
          stroke-dasharray={ROUND}
          stroke-dashoffset={ROUND * (1 - left / UNDO_MS)}
        />
      </svg>
      {say('undo')} <span class="seconds">{Math.ceil(left / 1000)}</span>
    </button>
  )
}
