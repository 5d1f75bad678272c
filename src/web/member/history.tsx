/** @jsxImportSource preact */
/** What happened on the card, the latest first, each with the reason of its points. */

import { useEffect, useState } from 'preact/hooks'
import type { CardLine, Page } from '../../client/index.ts'
import { formatPoints } from '../ui/format.ts'
import { readLines } from './calls.ts'
import { type Speech, useSpeech } from './speech.ts'
import { cardWords } from './words.ts'

export function History({ secret, first }: { secret: string; first: Page<CardLine> }) {
  const { say } = useSpeech()
  const [page, setPage] = useState(first)
  const [waiting, setWaiting] = useState(false)
  useEffect(() => setPage(first), [first])
  const more = async () => {
    setWaiting(true)
    try {
      const next = await readLines(secret, page.next_cursor!)
      setPage({ ...next, data: [...page.data, ...next.data] })
    } finally {
      setWaiting(false)
    }
  }
  return (
    <section class="block">
      <h2>{say('history')}</h2>
      {page.data.length === 0 && <p class="quiet">{say('nothing')}</p>}
      <ol class="lines">
        {page.data.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ol>
      {page.has_more && (
        <button type="button" class="second" disabled={waiting} onClick={() => void more()}>
          {say('more')}
        </button>
      )}
    </section>
  )
}

function Line({ line }: { line: CardLine }) {
  const speech = useSpeech()
  const { say, time, money, language } = speech
  const gained = gainsOf(line)
  const reasons = reasonsOf(line, speech)
  return (
    <li>
      <div class="row">
        <b>{say(nameOf(line))}</b>
        <span class="gains">
          {gained.map(({ wallet, points, decimals }) => (
            <span key={wallet} class={points > 0 ? 'gain' : ''}>
              {formatPoints(points, decimals, language, 'always')}
            </span>
          ))}
        </span>
      </div>
      <p class="quiet">
        {time(line.occurred_at, 'day')}
        {line.total !== null && ` · ${money(line.total)}`}
      </p>
      {reasons.length > 0 && (
        <details>
          <summary>{say('why')}</summary>
          <ul class="reasons">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

type Name = Parameters<Speech['say']>[0]

/** What time alone does is called by what it did. */
function nameOf({ type, moves }: CardLine): Name {
  if (type === 'clock' && moves.length > 0) {
    if (moves.every(({ to }) => to === 'expired')) return 'line_expired'
    if (moves.every(({ from }) => from === 'pending')) return 'line_released'
  }
  const name = `line_${type.split('_')[0]}`
  return name in cardWords.en ? (name as Name) : 'line_other'
}

/** What came to what can be used, now or later, less what left it, by wallet. */
function gainsOf({ moves }: CardLine): { wallet: string; decimals: number; points: number }[] {
  const sums = new Map<string, { wallet: string; decimals: number; points: number }>()
  for (const { wallet, decimals, from, to, points } of moves) {
    const sum = sums.get(wallet) ?? { wallet, decimals, points: 0 }
    if (OWN.has(to)) sum.points += points
    if (OWN.has(from)) sum.points -= points
    sums.set(wallet, sum)
  }
  return [...sums.values()].filter(({ points }) => points !== 0)
}

const OWN: ReadonlySet<string> = new Set(['available', 'pending'])

/** In English the ledger's own sentences, which say every figure; in other languages what moved and why. */
function reasonsOf({ reasons, moves }: CardLine, { say, language, points }: Speech): string[] {
  const own = reasons.map(({ text }) => text)
  if (language === 'en') return [...new Set(own)]
  return [
    ...new Set(
      moves.map(({ from, to, points: units, wallet, decimals, name }) =>
        say(kindOf(from, to), { points: points(units, wallet, decimals), name: name ?? '' }).replace(/: $/, ''),
      ),
    ),
  ]
}

function kindOf(from: string, to: string): Name {
  if (to === 'expired' || to === 'forfeited') return 'move_expired'
  if (to === 'reversed' || to === 'adjusted') return 'move_reversed'
  if (to === 'spent') return 'move_spent'
  if (to === 'held') return 'move_held'
  if (to === 'sent') return 'move_sent'
  if (from === 'received') return 'move_received'
  if (from === 'debt' || to === 'debt') return 'move_debt'
  if (from === 'issued') return to === 'pending' ? 'move_pending' : 'move_earned'
  return from === 'pending' ? 'move_released' : 'move_restored'
}
