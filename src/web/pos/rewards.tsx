/** @jsxImportSource preact */
/** What the customer can have now, each with one tap, and how many points they pay with. */

import type { TillQuote } from '../../client/calls.ts'
import { useFormats, useTill } from './parts.tsx'
import type { Chosen } from './till.ts'

/** A reward or a voucher that may be tapped. */
export interface Option {
  reward?: string
  voucher?: string
  name: string
  wallet?: string
  cost: number
  available: boolean
  /** What it takes off, in minor units. */
  amount: number
  missing: { code: string; reason: string; points?: number; money?: number } | null
}

const isSame = (one: Chosen, other: Option) =>
  one.reward === other.reward && one.voucher === other.voucher && one.points === undefined

export function Given({
  options,
  chosen,
  quote,
  onChosen,
}: {
  options: readonly Option[]
  chosen: readonly Chosen[]
  quote: TillQuote | null
  onChosen(chosen: readonly Chosen[]): void
}) {
  const { say } = useTill()
  const taken = chosen.filter((one) => one.points === undefined)
  const open = options.filter((option) => option.available && !taken.some((one) => isSame(one, option)))
  const missing = options.filter((option) => !option.available && !taken.some((one) => isSame(one, option)))
  const turn = (option: Option) => {
    const { reward, voucher, name, cost, amount } = option
    const without = chosen.filter((one) => !isSame(one, option))
    if (without.length < chosen.length) return onChosen(without)
    const what = reward === undefined ? { voucher: voucher! } : { reward }
    const of = option.wallet === undefined ? {} : { wallet: option.wallet }
    onChosen([...chosen, { ...what, ...of, name, cost, amount }])
  }
  return (
    <>
      <h2>{say('rewards')}</h2>
      {open.length + taken.length === 0 && <p class="quiet-text">{say('none_yet')}</p>}
      <div class="rewards">
        {taken.map((one) => (
          <Reward
            key={one.reward ?? one.voucher}
            option={{ ...one, available: true, missing: null }}
            isTaken
            onTurn={turn}
          />
        ))}
        {open.map((option) => (
          <Reward key={option.reward ?? option.voucher} option={option} isTaken={false} onTurn={turn} />
        ))}
      </div>
      <Points chosen={chosen} quote={quote} onChosen={onChosen} />
      <ul class="missing">
        {missing.slice(0, 4).map((option) => (
          <Missing key={option.reward ?? option.voucher} option={option} />
        ))}
      </ul>
    </>
  )
}

function Reward({ option, isTaken, onTurn }: { option: Option; isTaken: boolean; onTurn(option: Option): void }) {
  const { points, money, walletName } = useFormats()
  const { name, cost, wallet, amount } = option
  return (
    <button type="button" class="reward" aria-pressed={isTaken} onClick={() => onTurn(option)}>
      <span class="name">{name}</span>
      <span class="cost">
        {cost > 0 && wallet !== undefined && `${points(cost, wallet)} ${walletName(wallet)}`}
        {amount > 0 && ` −${money(amount)}`}
      </span>
    </button>
  )
}

function Missing({ option: { reward, name, missing, wallet } }: { option: Option }) {
  const { say, till } = useTill()
  const { points, money } = useFormats()
  const category = till.state!.offers.find((offer) => offer.reward === reward)?.category
  const what =
    missing?.points !== undefined && wallet !== undefined
      ? say('missing', { points: points(missing.points, wallet) })
      : missing?.money !== undefined
        ? say('missing', { points: money(missing.money) })
        : category == null
          ? ''
          : say('needs', { category })
  return (
    <li>
      {name} <span>{what}</span>
    </li>
  )
}

/** How many points they pay with: none to begin with, up to as many as the sale takes. */
function Points({
  chosen,
  quote,
  onChosen,
}: {
  chosen: readonly Chosen[]
  quote: TillQuote | null
  onChosen(chosen: readonly Chosen[]): void
}) {
  const { say } = useTill()
  const { points, money, walletName } = useFormats()
  return (
    <>
      {(quote?.exchange ?? [])
        .filter((one) => one.points > 0)
        .map(({ wallet, step, points: most, amount }) => {
          const used = chosen.find((one) => one.points !== undefined && one.wallet === wallet)
          const others = chosen.filter((one) => one !== used)
          const worth = (count: number) => Math.floor((amount * count) / most)
          const use = (count: number) =>
            onChosen(
              count === 0
                ? others
                : [...others, { points: count, wallet, name: walletName(wallet), cost: count, amount: worth(count) }],
            )
          const now = used?.points ?? 0
          return (
            <label key={wallet} class="points">
              {say('use_points', { wallet: walletName(wallet) })}
              <input
                type="range"
                min={0}
                max={Math.max(most, now)}
                step={step}
                value={now}
                onChange={(event) => use(Number(event.currentTarget.value))}
              />
              <output>{say('use_points_worth', { points: points(now, wallet), money: money(worth(now)) })}</output>
            </label>
          )
        })}
    </>
  )
}
