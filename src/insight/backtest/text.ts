/** The result of a backtest as tables that people read. */

import { formatAmount, formatMoney } from '../../core/money.ts'
import { alignColumns, countOf, groupDigits } from '../../core/text-table.ts'
import type { BacktestResult } from './result.ts'

export function backtestText(result: BacktestResult): string {
  const parts = [headText(result), pointsText(result), rulesText(result), monthsText(result), tiersText(result)]
  return parts.filter((part) => part !== '').join('\n\n')
}

function headText({
  program,
  from,
  until,
  members,
  orders,
  returns,
  sales,
  refunds,
  currency,
}: BacktestResult): string {
  const money = (minor: number) => groupDigits(formatMoney(minor, currency).split(' ')[0]!)
  const lines = [
    `${program}, ${from === null ? 'no orders' : `from ${from}`} until ${until}`,
    `${countOf(orders.members, 'order')} of ${countOf(members, 'member')}, ${money(sales.members)} ${currency}; ${countOf(orders.anonymous, 'anonymous sale')}, ${money(sales.anonymous)} ${currency}`,
  ]
  if (returns.members + returns.anonymous > 0)
    lines.push(
      `${countOf(returns.members, 'return')} of members, ${money(refunds.members)} ${currency}; ${groupDigits(String(returns.anonymous))} of anonymous sales, ${money(refunds.anonymous)} ${currency}`,
    )
  if (orders.after_until > 0) lines.push(`${countOf(orders.after_until, 'order')} after the end left out`)
  for (const [code, count] of Object.entries(orders.refused)) lines.push(`${countOf(count, 'order')} refused: ${code}`)
  return lines.join('\n')
}

function pointsText({ points }: BacktestResult): string {
  const kinds = ['issued', 'spent', 'expired', 'reversed', 'pending', 'available', 'held', 'debt'] as const
  const rows = points.map((wallet) => [
    wallet.wallet,
    ...kinds.map((kind) => groupDigits(formatAmount(wallet[kind], wallet.decimals))),
  ])
  return alignColumns([['points', ...kinds], ...rows])
}

function rulesText({ rules, points }: BacktestResult): string {
  if (rules.length === 0) return ''
  const decimals = new Map(points.map((wallet) => [wallet.wallet, wallet.decimals]))
  const rows = rules.map(({ rule, wallet, times, points: given }) => [
    rule,
    wallet,
    groupDigits(String(times)),
    groupDigits(formatAmount(given, decimals.get(wallet) ?? 0)),
  ])
  return alignColumns([['rule', 'wallet', 'times', 'points'], ...rows], ['left', 'left'])
}

function monthsText({ months, points, currency }: BacktestResult): string {
  if (months.length === 0) return ''
  const wallets = points.map(({ wallet, decimals }) => ({ wallet, decimals }))
  const name = (wallet: string, what: string) => (wallets.length === 1 ? what : `${wallet} ${what}`)
  const head = ['month', 'joined', 'orders', `sales (${currency})`]
  for (const { wallet } of wallets) head.push(name(wallet, 'issued'), name(wallet, 'expired'), name(wallet, 'open'))
  const rows = months.map(({ month, joined, orders, sales, points: moved }) => {
    const row = [month, joined, orders].map((value) => groupDigits(String(value)))
    row.push(groupDigits(formatMoney(sales, currency).split(' ')[0]!))
    for (const { wallet, decimals } of wallets) {
      const own = moved.find((one) => one.wallet === wallet)
      for (const value of [own?.issued, own?.expired, own?.open])
        row.push(groupDigits(formatAmount(value ?? 0, decimals)))
    }
    return row
  })
  return alignColumns([head, ...rows])
}

function tiersText({ tiers }: BacktestResult): string {
  if (tiers.length === 0) return ''
  return alignColumns([
    ['tier', 'members'],
    ...tiers.map(({ level, members }) => [level, groupDigits(String(members))]),
  ])
}
