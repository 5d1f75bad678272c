/** Which lines of an order a rule is about: by category, by item, or by a condition over the line. */

import { z } from 'zod'
import type { Compiling, Path } from './feature.ts'
import type { PricedLine } from './order.ts'
import type { FactTable, FactValue } from './rules/facts.ts'
import type { Condition } from './rules.ts'

/** What a rule says of lines; every setting may be left out. */
export const LineChoice = {
  lines: z.string().optional().describe('A condition in CEL over line.*: only these lines count'),
  category: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Only lines of these categories count'),
  item: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Only lines with these item numbers count'),
  without: z.array(z.string()).optional().describe('Lines of these categories do not count'),
}

type Chosen = { [K in keyof typeof LineChoice]?: z.output<(typeof LineChoice)[K]> }

/** Whether a line counts. The slots are for conditions over line.*. */
export type Counts = (line: PricedLine, slots: FactValue[]) => boolean

/** Null where all lines count. */
export function compileLines(rule: Chosen, compiling: Compiling, path: Path): Counts | null {
  const both = listOf(rule.category).filter((category) => rule.without?.includes(category))
  if (both.length > 0)
    compiling.problem([...path, 'without'], 'contradiction', `${both.join(', ')} cannot both count and not count`)
  const categories = rule.category === undefined ? null : new Set(listOf(rule.category))
  const items = rule.item === undefined ? null : new Set(listOf(rule.item))
  const without = rule.without === undefined ? null : new Set(rule.without)
  const condition = rule.lines === undefined ? null : compiling.condition([...path, 'lines'], rule.lines, 'line')
  if (categories === null && items === null && without === null && condition === null) return null
  const fill = condition === null ? null : slotFiller(condition, compiling.program.facts)
  return (line, slots) =>
    (categories === null || categories.has(line.category)) &&
    (items === null || items.has(line.sku)) &&
    (without === null || !without.has(line.category)) &&
    (condition === null || condition.test(fill!(slots, line)))
}

/** Reports what a rule says of lines though what it hears (`on`) has none. */
export function refuseLines(rule: Chosen, on: string, compiling: Compiling, path: Path): void {
  for (const key of Object.keys(LineChoice) as (keyof Chosen)[])
    if (rule[key] !== undefined)
      compiling.problem([...path, key], 'order_only', `only an order has lines, and this rule is on ${on}`)
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

const LINE_FACTS: Record<string, (line: PricedLine) => FactValue> = {
  'line.category': (line) => line.category,
  'line.sku': (line) => line.sku,
  'line.name': (line) => line.name,
  'line.quantity': (line) => line.quantity,
  'line.unit_price': (line) => line.unit_price,
  'line.net': (line) => line.net,
}

/** Puts those facts of a line into their slots that the condition names. */
function slotFiller(condition: Condition, facts: FactTable): (slots: FactValue[], line: PricedLine) => FactValue[] {
  const named = Object.entries(LINE_FACTS)
    .map(([name, read]) => ({ slot: facts.slot(name), read }))
    .filter(({ slot }) => condition.reads.includes(slot))
  return (slots, line) => {
    for (const { slot, read } of named) slots[slot] = read(line)
    return slots
  }
}
