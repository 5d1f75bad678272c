/** What members are told of how discounts go together. */

import type { Sentence, Statement, StatementValue } from '../../core/feature.ts'
import { moneyValue, nameIn, shareValue } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'

type Money = string | number

/** The section as the program file has it, defaults filled in. */
interface Setting {
  exclusive: string[][]
  most?: Money | Money[]
  floor: Money
  earn: { points_paid: boolean; stored_value: boolean; free_items: boolean }
}

export function checkoutStatements(program: Program): Statement[] {
  const { exclusive, most, floor, earn } = program.settings['checkout'] as Setting
  const statement = (about: string, message: string, values: Sentence['values']): Statement => ({
    about: `checkout.${about}`,
    message,
    values,
  })
  const statements = exclusive.map((group, i) =>
    statement(`exclusive.${i + 1}`, 'exclusive', { what: { list: group.map((id) => nameOf(id, program)), or: true } }),
  )
  if (most !== undefined)
    statements.push(
      statement('most', 'most', { most: { list: [most].flat().map((one) => amountOf(one, program)), or: true } }),
    )
  if (Number(floor) > 0) statements.push(statement('floor', 'floor', { floor: moneyValue(floor, program) }))
  // Where nothing can be paid with, or had for nothing, there is nothing to say of it.
  const earns = (paid: boolean) => ({ earns: paid ? 'yes' : 'no' })
  if (paysWithPoints(program)) statements.push(statement('points_paid', 'points_paid', earns(earn.points_paid)))
  if (program.wallets.some(({ isMoney }) => isMoney))
    statements.push(statement('stored_value', 'stored_value', earns(earn.stored_value)))
  if (has(program, 'rewards') || has(program, 'discounts'))
    statements.push(statement('free_items', 'free_items', earns(earn.free_items)))
  return statements
}

function paysWithPoints({ settings }: Program): boolean {
  return (settings['exchange'] as { as: string }[]).some((one) => one.as === 'payment')
}

function has(program: Program, section: string): boolean {
  return (program.settings[section] as unknown[]).length > 0
}

/** What a discount or a reward is called, whichever it is. */
function nameOf(id: string, program: Program): string {
  const isReward = (program.settings['rewards'] as { id: string }[]).some((one) => one.id === id)
  return nameIn(program, isReward ? 'rewards' : 'discounts', id)
}

/** `50%` of the price, or an amount. */
function amountOf(text: Money, program: Program): StatementValue {
  const percent = /^(.*)%$/.exec(String(text).trim())
  if (percent === null) return moneyValue(text, program)
  return { message: 'share', values: { share: shareValue(percent[1]!.trim()) } }
}
