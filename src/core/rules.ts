/**
 * Conditions in CEL: checked against typed facts when a program is saved, and compiled once per revision to closures
 * over an array of slots, which cost some nanoseconds and can neither loop for long nor reach anything but the facts.
 */
import { isParsed, parseCondition } from './rules/cel.ts'
import { checkCondition, DEPTH_LIMIT } from './rules/check.ts'
import type { RuleProblem, RuleScope } from './rules/checking.ts'
import { compileExpression } from './rules/closures.ts'
import { type Expression, estimateCost, partsOf } from './rules/expression.ts'
import type { FactTable, FactValue } from './rules/facts.ts'

export { CALLS } from './rules/check-calls.ts'
export type { RuleProblem, RuleScope } from './rules/checking.ts'
export { type FactDeclaration, FactTable, type FactType, type FactValue } from './rules/facts.ts'

export interface Condition {
  readonly source: string
  /** What it asks, for whoever puts it into words. */
  readonly expression: Expression
  /** The slots that must be filled before `test`, ascending. */
  readonly reads: readonly number[]
  /** Pure, and false where CEL would give an error. */
  test(slots: readonly FactValue[]): boolean
}

const LENGTH_LIMIT = 2_000
const COST_LIMIT = 5_000

/** The condition ready to run, or everything that is wrong with it, in the order of the source. */
export function compileCondition(
  source: string,
  table: FactTable,
  scope: RuleScope,
): { condition: Condition } | { problems: RuleProblem[] } {
  if (source.length > LENGTH_LIMIT) return refuseLength(source)
  const parsed = parseCondition(source, table, DEPTH_LIMIT)
  if (!isParsed(parsed)) return { problems: [parsed] }

  const { expression, problems } = checkCondition(parsed.root, source, table, scope)
  if (!expression || problems.length > 0) return { problems }

  // CEL's own checker comes last: ours says more, but nothing may pass that is not CEL.
  const disagreement = parsed.check()
  if (disagreement) return { problems: [disagreement] }

  const cost = estimateCost(expression)
  if (cost > COST_LIMIT) return refuseCost(source, cost)
  return { condition: { source, expression, reads: slotsOf(expression), test: compileExpression(expression) } }
}

function refuseLength(source: string) {
  const message = `A condition has at most ${LENGTH_LIMIT} characters; this one has ${source.length}.`
  return { problems: [{ code: 'too_long', message, start: LENGTH_LIMIT, end: source.length }] }
}

function refuseCost(source: string, cost: number) {
  const message = `This condition may take about ${cost} steps for one order; ${COST_LIMIT} is the most.`
  return { problems: [{ code: 'too_costly', message, start: 0, end: source.length }] }
}

function slotsOf(expression: Expression): number[] {
  const slots = new Set<number>()
  const visit = (part: Expression): void => {
    if (part.op === 'fact') slots.add(part.slot)
    for (const inner of partsOf(part)) visit(inner)
  }
  visit(expression)
  return [...slots].sort((a, b) => a - b)
}
