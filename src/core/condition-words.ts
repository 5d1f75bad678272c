/**
 * Conditions in words for members: "on a Tuesday and for purchases of $20.00 or more". Each fact has a message
 * `when.FACT` among the words of the feature that offers it, which is told `op`, `value` and, where that is a number,
 * `count`. What is asked in another way is told as it stands in the program file.
 */

import type { Fact, Sentence, StatementValue } from './feature.ts'
import type { Program } from './program.ts'
import type { Expression, OrderOperator, Scalar } from './rules/expression.ts'
import { compileCondition } from './rules.ts'

/** How a fact is compared: these are the cases that its message selects from. */
type Comparison = 'is' | 'is_not' | 'more' | 'at_least' | 'less' | 'at_most' | 'has' | 'has_not' | 'yes' | 'no'

/** The words of a condition that the program was compiled with. */
export function wordsOfCondition(source: string, program: Program): StatementValue {
  const compiled = compileCondition(source, program.facts, { moneyDigits: program.digits })
  const clause = 'condition' in compiled ? clauseOf(compiled.condition.expression, program, false) : null
  return clause ?? { message: 'when.other', values: { condition: source } }
}

/** Null where there are no words for it. */
function clauseOf(asked: Expression, program: Program, negated: boolean): StatementValue | null {
  switch (asked.op) {
    case 'not':
      return clauseOf(asked.of, program, !negated)
    case 'and':
    case 'or': {
      const clauses = asked.terms.map((term) => clauseOf(term, program, negated))
      // Not both is: not the one, or not the other.
      const or = (asked.op === 'or') !== negated
      return clauses.includes(null) ? null : { list: clauses.map((clause) => grouped(clause!, or)), or }
    }
    case 'equal':
      return compared(asked.left, asked.right, asked.negated === negated ? 'is' : 'is_not', program)
    case 'order':
      return inOrder(asked, program, negated)
    case 'in':
      return asked.list.op === 'list'
        ? oneOf(asked.needle, asked.list.items, program, negated)
        : compared(asked.list, asked.needle, negated ? 'has_not' : 'has', program)
    case 'fact':
      return sentence(asked.slot, negated ? 'no' : 'yes', [], program)
    default:
      return null
  }
}

/** "a and b or c" could be either, so what belongs together is put into brackets. */
function grouped(clause: StatementValue, or: boolean): StatementValue {
  const isOther = typeof clause === 'object' && 'list' in clause && (clause.or ?? false) !== or
  return isOther ? { message: 'when.group', values: { clauses: clause } } : clause
}

const ORDERS: Record<OrderOperator, Comparison> = { '<': 'less', '<=': 'at_most', '>': 'more', '>=': 'at_least' }
const OPPOSITE: Record<OrderOperator, OrderOperator> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
const MIRRORED: Record<OrderOperator, OrderOperator> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function inOrder(
  { operator, left, right }: Extract<Expression, { op: 'order' }>,
  program: Program,
  negated: boolean,
): StatementValue | null {
  const said = negated ? OPPOSITE[operator] : operator
  if (left.op === 'constant') return compared(right, left, ORDERS[MIRRORED[said]], program)
  return compared(left, right, ORDERS[said], program)
}

function compared(left: Expression, right: Expression, op: Comparison, program: Program): StatementValue | null {
  if (left.op === 'constant' && right.op === 'fact') return compared(right, left, op, program)
  if (left.op !== 'fact' || right.op !== 'constant') return null
  return sentence(left.slot, op, [right], program)
}

function oneOf(
  needle: Expression,
  items: readonly Expression[],
  program: Program,
  negated: boolean,
): StatementValue | null {
  if (needle.op !== 'fact' || items.some((item) => item.op !== 'constant')) return null
  return sentence(needle.slot, negated ? 'is_not' : 'is', items, program)
}

function sentence(slot: number, op: Comparison, values: readonly Expression[], program: Program): Sentence | null {
  const { name } = program.facts.facts.find((fact) => fact.slot === slot)!
  const fact = program.facts.find(name) as unknown as Fact
  const told = values.map((value) => toldOf((value as { value: Scalar }).value, value.type.kind, fact, program))
  if (told.includes(null)) return null
  const only = told.length === 1 ? told[0]! : null
  const value = only ?? (told.length === 0 ? '' : { list: told as StatementValue[], or: true })
  return { message: `when.${fact.asked ?? name}`, values: { op, value, count: typeof only === 'number' ? only : 0 } }
}

function toldOf(value: Scalar, kind: string, fact: Fact, program: Program): StatementValue | null {
  if (value === null || typeof value === 'boolean') return null
  if (kind === 'money') return { money: value as number }
  return fact.told?.(value, program) ?? value
}
