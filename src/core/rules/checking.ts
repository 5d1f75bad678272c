/** What the parts of the check share: the facts in reach, the variables in scope, and the problems found so far. */
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Expression, Kind, Type, Variable } from './expression.ts'
import type { FactTable } from './facts.ts'

/** One thing wrong with a condition, said to the person who wrote it. */
export interface RuleProblem {
  /** Stable, for programs. */
  readonly code: string
  /** A sentence or two, for people. */
  readonly message: string
  /** UTF-16 offsets in the source, half-open. */
  readonly start: number
  readonly end: number
  /** What to write in place of that range. */
  readonly suggestion?: string
}

/** Which facts a condition may read, and how money is written in it. */
export interface RuleScope {
  /** Decimal places of the program's currency. */
  readonly moneyDigits: number
  /** Whether a fact is in reach here; all are, unless said. */
  readonly only?: (name: string) => boolean
}

export interface Checking {
  readonly source: string
  readonly table: FactTable
  readonly scope: RuleScope
  readonly problems: RuleProblem[]
  /** Of the quantifiers around the part that is looked at, outermost first. */
  readonly variables: Variable[]
  /** Undefined when something in the part is wrong and has been reported, so that one mistake is told once. */
  readonly check: (node: ASTNode) => Expression | undefined
}

export interface Range {
  readonly start: number
  readonly end: number
}

/** Returns undefined, so that a check can report and give up in one line. */
export function report(
  checking: Checking,
  code: string,
  { start, end }: Range,
  message: string,
  suggestion?: string,
): undefined {
  checking.problems.push({ code, message, start, end, ...(suggestion === undefined ? {} : { suggestion }) })
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  bool: 'true or false',
  int: 'a whole number',
  string: 'a text',
  money: 'money',
  null: 'null',
  list: 'a list',
  data: "an action's data",
  dyn: "a value from an action's data",
}

export function describeType(type: Type): string {
  if (type.kind === 'list' && type.element) return `a list (each ${describeType(type.element)})`
  return KIND_WORDS[type.kind]
}
