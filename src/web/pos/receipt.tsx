/** @jsxImportSource preact */
/** Taking back what was sold, by its receipt. */

import { useState } from 'preact/hooks'
import type { TillReceipt } from '../../client/calls.ts'
import { formatTime } from '../ui/format.ts'
import { Big, Trouble, useFormats, useTill } from './parts.tsx'
import type { Problem } from './queue.ts'
import type { Last } from './screens.tsx'

export function Receipt({
  receipt,
  onDone,
  onBack,
}: {
  receipt: TillReceipt
  onDone(last: Last): void
  onBack(): void
}) {
  const { till, say, language } = useTill()
  const { money } = useFormats()
  const [units, setUnits] = useState<Readonly<Record<string, number>>>({})
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const lines = receipt.lines.filter(({ returnable }) => returnable > 0)
  const wanted = lines.flatMap(({ id }) => (units[id] ? [{ id, quantity: units[id] }] : []))
  const giveBack = async () => {
    setBusy(true)
    const done = await till.giveBack(receipt.order, wanted)
    setBusy(false)
    if (done.how !== 'done')
      return setProblem(done.how === 'refused' ? done.problem : { code: 'unreachable', reason: '' })
    onDone({ what: 'returned', id: done.id, name: receipt.member, answer: done.answer, give: [], at: Date.now() })
  }
  const when = formatTime(receipt.occurred_at, 'moment', language, till.state!.timezone)
  return (
    <main class="entry wide-entry">
      <h1>{say('receipt', { order: receipt.order })}</h1>
      <p class="quiet-text">
        {[receipt.member, say('receipt_of', { when }), money(receipt.total)].filter((one) => one !== null).join(' · ')}
      </p>
      {receipt.status === 'cancelled' && <p class="trouble">{say('cancelled')}</p>}
      {lines.length === 0 && receipt.status !== 'cancelled' && <p class="quiet-text">{say('nothing_left')}</p>}
      <ul class="lines">
        {lines
          .map(({ id, name: sku, paid, returnable }) => ({
            id,
            paid,
            returnable,
            name: sku === 'sale' ? say('deed_sale') : sku,
          }))
          .map(({ id, name, paid, returnable }) => (
            <li key={id}>
              <span class="name">{name}</span>
              <span class="money">{money(paid)}</span>
              <span class="units">
                <button
                  type="button"
                  aria-label={say('fewer', { what: name })}
                  onClick={() => setUnits({ ...units, [id]: Math.max(0, (units[id] ?? 0) - 1) })}
                >
                  −
                </button>
                <output>{say('of_units', { count: units[id] ?? 0, most: returnable })}</output>
                <button
                  type="button"
                  aria-label={say('more', { what: name })}
                  onClick={() => setUnits({ ...units, [id]: Math.min(returnable, (units[id] ?? 0) + 1) })}
                >
                  +
                </button>
              </span>
            </li>
          ))}
      </ul>
      <Trouble problem={problem} />
      {lines.length > 0 && (
        <div class="beside">
          <Big quiet onClick={() => setUnits(Object.fromEntries(lines.map(({ id, returnable }) => [id, returnable])))}>
            {say('all')}
          </Big>
          <Big disabled={busy || wanted.length === 0} onClick={() => void giveBack()}>
            {say('give_back')}
          </Big>
        </div>
      )}
      <Big quiet onClick={onBack}>
        {say('back')}
      </Big>
    </main>
  )
}
