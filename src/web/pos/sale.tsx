/** @jsxImportSource preact */
/** A sale: who it is and what they can have, what it costs, and one tap to be done. */

import { useEffect, useState } from 'preact/hooks'
import type { TillMember, TillQuote, TillState } from '../../client/calls.ts'
import { worthAlone } from './offline.ts'
import { Big, Pad, Trouble, useFormats, useKeys, useTill } from './parts.tsx'
import type { Problem } from './queue.ts'
import { Given, type Option } from './rewards.tsx'
import type { Last } from './screens.tsx'
import type { Chosen, SaleLine, Who } from './till.ts'
import { tell } from './told.ts'

const LONGEST = 9
/** A quote waits until nobody types for a moment, in ms. */
const PAUSE_MS = 150

export function Sale({
  who,
  member,
  onDone,
  onBack,
}: {
  who: Who | null
  member: TillMember | null
  onDone(last: Last): void
  onBack(): void
}) {
  const { till, say } = useTill()
  const { money, points, walletName } = useFormats()
  const [lines, setLines] = useState<readonly SaleLine[]>([])
  const [typed, setTyped] = useState('')
  const [category, setCategory] = useState<string | undefined>(undefined)
  const [chosen, setChosen] = useState<readonly Chosen[]>([])
  const [problem, setProblem] = useState<Problem | null>(null)
  const [alone, setAlone] = useState(false)
  const [busy, setBusy] = useState(false)
  const amount = Number(typed || '0')
  const all = amount > 0 ? [...lines, lineOf(amount, category)] : lines
  const total = all.reduce((sum, line) => sum + line.amount, 0)
  const quote = useQuote(member, all, chosen, setProblem)
  const options = useOptions(who, member, quote, all)
  const priced = withAmounts(chosen, quote, till.state!.offers)
  const toPay = quote?.to_pay ?? Math.max(0, total - priced.reduce((sum, one) => sum + one.amount, 0))
  const earns = (quote?.earns ?? []).filter((one) => one.points > 0)
  const earnsText = earns.map((one) => `${points(one.points, one.wallet)} ${walletName(one.wallet)}`).join(' + ')
  useTelling(member, total, money(toPay), earnsText)

  const type = (digit: string) => setTyped((text) => `${text}${digit}`.replace(/^0+/, '').slice(0, LONGEST))
  const erase = () => setTyped((text) => text.slice(0, -1))
  const next = () => {
    if (amount > 0) setLines(all)
    setTyped('')
    setCategory(undefined)
  }
  const finish = async () => {
    if (busy || (total === 0 && chosen.length === 0)) return
    setBusy(true)
    setProblem(null)
    setAlone(false)
    const sold = all.length === 0 ? [lineOf(0, undefined)] : all
    const outcome = await till.sell({ who, member, lines: sold, chosen: priced })
    setBusy(false)
    if (outcome.how === 'refused') return setProblem(outcome.problem)
    if (outcome.how === 'alone') return setAlone(true)
    const points = outcome.answer?.sale?.earned[0]
    tell({
      at: 'done',
      name: member?.name ?? '',
      wallet: points === undefined ? '' : walletName(points.wallet),
      points: points === undefined ? null : String(points.points),
    })
    const codes = outcome.answer?.sale?.redeemed.flatMap(({ voucher }) => voucher ?? []) ?? []
    const give = [...toHandOver(chosen, till.state!.offers), ...codes]
    onDone({ what: 'sold', id: outcome.id, name: member?.name ?? null, answer: outcome.answer, give, at: Date.now() })
  }
  useKeys({ digit: type, erase, enter: () => void finish(), escape: onBack })

  return (
    <main class="sale">
      <section class="who">
        <Person who={who} member={member} />
        <Given options={options} chosen={chosen} quote={quote} onChosen={setChosen} />
      </section>
      <section class="price">
        {lines.length > 0 && (
          <ul class="lines">
            {lines.map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names, and are only added and taken away.
              <li key={i}>
                <span class="name">{line.category ?? say('item', { number: i + 1 })}</span>
                <span class="money">{money(line.amount)}</span>
                <button
                  type="button"
                  aria-label={say('remove', { what: money(line.amount) })}
                  onClick={() => setLines(lines.filter((_, at) => at !== i))}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        )}
        <output class="amount" aria-label={say('amount')}>
          {money(amount)}
        </output>
        <Categories chosen={category} onChosen={setCategory} />
        <Pad extra="00" onDigit={type} onErase={erase} />
        <div class="totals">
          {lines.length > 0 && (
            <p>
              {say('total')} <b>{money(total)}</b>
            </p>
          )}
          {toPay < total && (
            <p>
              {say('discount')} <b>−{money(total - toPay)}</b>
            </p>
          )}
          <p class="to-pay">
            {say('to_pay')} <b>{money(toPay)}</b>
          </p>
          {earnsText !== '' && <p class="earns">{say('earns', { points: earnsText })}</p>}
        </div>
        <Trouble problem={problem} />
        {alone && (
          <p class="trouble" role="alert">
            {say('alone')}
          </p>
        )}
        <div class="finish">
          <Big quiet onClick={onBack}>
            {say('back')}
          </Big>
          <Big quiet disabled={amount === 0} onClick={next}>
            {say('add_item')}
          </Big>
          <Big disabled={busy || (total === 0 && chosen.length === 0)} onClick={() => void finish()}>
            {say('done')}
          </Big>
        </div>
      </section>
    </main>
  )
}

/** What somebody has to hand over: money off needs nobody's hands. */
function toHandOver(chosen: readonly Chosen[], offers: TillState['offers']): string[] {
  const isThing = ({ reward, points }: Chosen) => {
    const offer = offers.find((one) => one.reward === reward)
    return points === undefined && (offer === undefined || !offer.on_orders || offer.category !== null)
  }
  return chosen.filter(isThing).map(({ name }) => name)
}

function lineOf(amount: number, category: string | undefined): SaleLine {
  return { amount, quantity: 1, ...(category === undefined ? {} : { category }) }
}

/** What the sale would do, asked again whenever it changes; null while it is not known. */
function useQuote(
  member: TillMember | null,
  lines: readonly SaleLine[],
  chosen: readonly Chosen[],
  onProblem: (problem: Problem | null) => void,
): TillQuote | null {
  const { till } = useTill()
  const [quote, setQuote] = useState<TillQuote | null>(null)
  const asked = JSON.stringify([
    lines,
    chosen.map(({ reward, voucher, points, wallet }) => [reward, voucher, points, wallet]),
  ])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is all that the question says
  useEffect(() => {
    if (member === null || lines.length === 0 || !till.reachable) {
      setQuote(null)
      return undefined
    }
    let isWanted = true
    const timer = setTimeout(async () => {
      const answer = await till.quote(member.id, lines, chosen)
      if (!isWanted) return
      setQuote(answer.ok ? answer.body : null)
      onProblem(answer.ok || answer.problem.code === 'unreachable' ? null : answer.problem)
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [asked, member, till, till.reachable])
  return quote
}

/** What may be tapped: as the server says, or where nobody answers what this till may give alone. */
function useOptions(
  who: Who | null,
  member: TillMember | null,
  quote: TillQuote | null,
  lines: readonly SaleLine[],
): readonly Option[] {
  const { till } = useTill()
  const [alone, setAlone] = useState<readonly Option[]>([])
  const isAlone = who !== null && !till.reachable
  const asked = JSON.stringify(lines)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is what the lines say
  useEffect(() => {
    if (!isAlone || who === null) return setAlone([])
    void Promise.all(
      till.state!.offers.map(async (offer): Promise<Option[]> => {
        const amount = worthAlone(offer, lines)
        if (amount === null || !(await till.mayGiveAlone(who, [offer]))) return []
        return [{ ...offer, available: true, amount, missing: null }]
      }),
    ).then((found) => setAlone(found.flat()))
  }, [isAlone, asked])
  if (isAlone) return alone
  if (quote !== null)
    return [
      ...quote.vouchers.map((one) => ({ ...one, voucher: one.code, cost: 0, amount: one.discount ?? 0 })),
      ...quote.rewards.map((one) => ({ ...one, amount: one.discount ?? 0 })),
    ]
  const vouchers = (member?.vouchers ?? []).map((one) => ({ ...one, voucher: one.code, cost: 0, amount: 0 }))
  const rewards = (member?.rewards ?? []).map((one) => ({ ...one, amount: 0 }))
  return [...vouchers, ...rewards]
}

/** What each takes off, as the latest quote has it: what was chosen before the price was typed had none. */
function withAmounts(
  chosen: readonly Chosen[],
  quote: TillQuote | null,
  offers: readonly { reward: string; on_orders: boolean }[],
): Chosen[] {
  let place = 0
  return chosen.map((one) => {
    const isBeside = offers.some(({ reward, on_orders }) => reward === one.reward && !on_orders)
    if (isBeside) return { ...one, amount: 0 }
    const quoted = quote?.redeemed[place++]
    return quoted === undefined ? one : { ...one, amount: quoted.amount }
  })
}

function useTelling(member: TillMember | null, total: number, toPay: string, earns: string): void {
  const { points, walletName } = useFormats()
  // biome-ignore lint/correctness/useExhaustiveDependencies: formats change with the language alone
  useEffect(() => {
    const [first] = member?.balances ?? []
    if (total > 0) tell({ at: 'sale', name: member?.name ?? '', toPay, earns })
    else if (member !== null && first !== undefined)
      tell({
        at: 'greeting',
        name: member.name,
        points: points(first.available, first.wallet),
        wallet: walletName(first.wallet),
      })
  }, [member, total, toPay, earns])
}

function Person({ who, member }: { who: Who | null; member: TillMember | null }) {
  const { say } = useTill()
  const { points, walletName } = useFormats()
  if (who === null) return <h1>{say('no_member')}</h1>
  if (member === null)
    return (
      <>
        <h1>{'phone' in who ? who.phone : 'card' in who ? `•• ${who.card.slice(-4)}` : say('enrol_title')}</h1>
        <p class="quiet-text">{say('offline_who')}</p>
      </>
    )
  const next = member.tier?.progress?.[0]
  return (
    <>
      <h1>
        {member.name} <small>{member.phone}</small>
      </h1>
      {member.balances.map((one) => (
        <p key={one.wallet} class="balance">
          <b>{points(one.available, one.wallet)}</b> {walletName(one.wallet)}
        </p>
      ))}
      <p class="quiet-text">
        {member.tier !== null && <span class="tier">{member.tier.name}</span>}
        {next !== undefined && member.tier?.next != null && (
          <span>{say('next_tier', { points: next.need - next.have, tier: member.tier.next })}</span>
        )}
        {member.cards.map((card) => (
          <span key={card.card}>
            {card.name} {say('stamps', { stamps: card.stamps, of: card.of })}
          </span>
        ))}
      </p>
    </>
  )
}

function Categories({
  chosen,
  onChosen,
}: {
  chosen: string | undefined
  onChosen(category: string | undefined): void
}) {
  const { till, say } = useTill()
  const { categories } = till.state!
  if (categories.length === 0) return null
  return (
    <div class="chips">
      <button type="button" aria-pressed={chosen === undefined} onClick={() => onChosen(undefined)}>
        {say('any_category')}
      </button>
      {categories.map((category) => (
        <button key={category} type="button" aria-pressed={chosen === category} onClick={() => onChosen(category)}>
          {category}
        </button>
      ))}
    </div>
  )
}
