/** What members are told of points that are worth money, and what a new revision takes from those who collect them. */

import type { Sentence, Statement, StatementValue } from '../../core/feature.ts'
import { moneyValue, pointsValue, shareValue } from '../../core/offer-words.ts'
import { type Program, rulesOf } from '../../core/program.ts'

type Money = string | number

/** A rule as the program file has it. */
interface Setting {
  wallet?: string
  points: Money
  worth: Money
  as: string
  step?: Money
  at_least?: Money
  most?: Money | Money[]
}

function settingsOf(program: Program): (Setting & { wallet: string })[] {
  return (program.settings['exchange'] as Setting[]).map((setting) => ({
    ...setting,
    wallet: setting.wallet ?? program.wallets[0]!.id,
  }))
}

export function exchangeStatements(program: Program): Statement[] {
  return settingsOf(program).map(({ wallet, points, worth, as, step, at_least, most }) => {
    const more: Sentence[] = []
    const inPoints = (amount: Money): StatementValue => pointsValue(`${amount} ${wallet}`, program)
    if (step !== undefined) more.push({ message: 'step', values: { step: inPoints(step) } })
    if (at_least !== undefined) more.push({ message: 'at_least', values: { least: inPoints(at_least) } })
    if (most !== undefined)
      more.push({
        message: 'most',
        values: { most: { list: [most].flat().map((one) => amountOf(one, program)), or: true } },
      })
    const values = { points: inPoints(points), worth: moneyValue(worth, program), as }
    return { about: `exchange.${wallet}`, message: 'worth', values, more }
  })
}

/** `50%` of what is left to pay, or an amount. */
function amountOf(text: Money, program: Program): StatementValue {
  const percent = /^(.*)%$/.exec(String(text).trim())
  return percent === null ? moneyValue(text, program) : shareValue(percent[1]!.trim())
}

export function exchangeLosses(before: Program, after: Program): Statement[] {
  return settingsOf(before).flatMap((old): Statement[] => {
    const { wallet } = old
    const loss = (aspect: string, message: string): Statement => ({
      about: `exchange.${wallet}${aspect}`,
      message: `loss.${message}`,
      values: { points: rulesOf(before, wallet).name },
    })
    const own = settingsOf(after).find((one) => one.wallet === wallet)
    if (own === undefined) return [loss('', 'gone')]
    // So many points for so much money: compared crosswise, no fraction is rounded.
    const isLess = Number(own.worth) * Number(old.points) < Number(old.worth) * Number(own.points)
    const more = (was: Money | undefined, is: Money | undefined) => Number(is ?? 0) > Number(was ?? 0)
    const isBound =
      more(old.step, own.step) ||
      more(old.at_least, own.at_least) ||
      (own.most !== undefined && JSON.stringify(own.most) !== JSON.stringify(old.most))
    return [...(isLess ? [loss('.worth', 'less')] : []), ...(isBound ? [loss('.bounds', 'bounds')] : [])]
  })
}
