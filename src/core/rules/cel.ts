/** The parser and the type checker of CEL itself, set up with the facts of a program and with money. */
import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js'
import type { Range, RuleProblem } from './checking.ts'
import type { FactTable, FactType } from './facts.ts'

const TYPES: Readonly<Record<FactType, string>> = {
  bool: 'bool',
  int: 'int',
  string: 'string',
  money: 'Money',
  strings: 'list<string>',
  data: 'map<string, dyn>',
}

/** What the parser says in its own words, in ours. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  RPAREN: ')',
  LPAREN: '(',
  RBRACKET: ']',
  LBRACKET: '[',
  RBRACE: '}',
  LBRACE: '{',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a text',
  COLON: ':',
  COMMA: ',',
  DOT: '.',
}

/** What people write out of habit from other languages and from word processors, and what CEL has for it. */
const HABITS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['AND', '&&'],
  ['&', '&&'],
  ['or', '||'],
  ['OR', '||'],
  ['|', '||'],
  ['=', '=='],
  ['is', '=='],
  ['<>', '!='],
  ['“', '"'],
  ['”', '"'],
  ['„', '"'],
  ['‘', "'"],
  ['’', "'"],
])

export interface Parsed {
  readonly root: ASTNode
  /** What CEL's own checker has to say, when it disagrees. */
  readonly check: () => RuleProblem | undefined
}

/** The tree of a condition, or the one place where the parser gave up. */
export function parseCondition(source: string, table: FactTable, depthLimit: number): Parsed | RuleProblem {
  const environment = environmentOf(table, depthLimit)
  let parsed: ParseResult
  try {
    parsed = environment.parse(source)
  } catch (error) {
    return describeSyntaxError(error as CelError, source, depthLimit)
  }
  return {
    root: parsed.ast,
    check() {
      const { error } = parsed.check()
      return error && { code: 'type_mismatch', message: sentence(error.summary), ...rangeOf(error, source) }
    },
  }
}

export function isParsed(result: Parsed | RuleProblem): result is Parsed {
  return 'root' in result
}

type CelError = Pick<NonNullable<ReturnType<ParseResult['check']>['error']>, 'code' | 'summary' | 'range'>

/** Making an environment takes longer than checking a condition, and a program has many conditions over one table. */
const environments = new WeakMap<FactTable, Environment>()

function environmentOf(table: FactTable, depthLimit: number): Environment {
  const existing = environments.get(table)
  if (existing) return existing
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits: { maxDepth: depthLimit } })
  registerMoney(environment)
  for (const [name, schema] of schemaOf(table)) environment.registerVariable({ name, schema })
  environments.set(table, environment)
  return environment
}

/** Only types are wanted of this library, never values, so what the operators do is not defined. */
function registerMoney(environment: Environment): void {
  class Money {}
  const never = () => {
    throw new Error('Conditions are evaluated by closures, not by the parser')
  }
  environment.registerType('Money', { ctor: Money, fields: {} }).registerFunction('money(string): Money', never)
  for (const operator of ['+', '-']) environment.registerOperator(`Money ${operator} Money: Money`, never)
  for (const operator of ['==', '<', '<=', '>', '>='])
    environment.registerOperator(`Money ${operator} Money: bool`, never)
  environment.registerOperator('Money * int: Money', never)
}

interface Schema {
  [name: string]: string | Schema
}

/** `order.total` and `order.weekday` are fields of one variable. */
function schemaOf(table: FactTable): Map<string, Schema> {
  const roots = new Map<string, Schema>()
  for (const { name, type, nullable } of table.facts) {
    const [root, ...path] = name.split('.')
    let schema = roots.get(root!) ?? {}
    roots.set(root!, schema)
    for (const group of path.slice(0, -1)) schema = (schema[group] ??= {}) as Schema
    // CEL has no type for "a text or null"; our own check knows more than this one and runs first.
    schema[path.at(-1)!] = nullable ? 'dyn' : TYPES[type]
  }
  return roots
}

function describeSyntaxError(error: CelError, source: string, depthLimit: number): RuleProblem {
  const range = rangeOf(error, source)
  if (source.trim() === '') return { code: 'syntax', message: 'The condition is empty.', start: 0, end: source.length }
  if (error.code === 'limit_exceeded' && error.summary.includes('maxDepth')) {
    return { code: 'too_deep', message: `A condition may be nested ${depthLimit} deep and no deeper.`, ...range }
  }
  if (error.code === 'reserved_identifier') {
    const name = source.slice(range.start, range.end)
    return { code: 'refused_name', message: `The name ${name} is refused: no fact and no data bears it.`, ...range }
  }
  const written = source.slice(range.start, range.end)
  const habit = HABITS.get(written)
  if (habit !== undefined) {
    return { code: 'syntax', message: `Write ${habit} in place of ${written}.`, ...range, suggestion: habit }
  }
  if (error.summary.startsWith('Unexpected character') && written !== '') {
    return { code: 'syntax', message: `${written} is not expected here.`, ...range }
  }
  return { code: 'syntax', message: sentence(error.summary), ...range }
}

function rangeOf(error: CelError, source: string): Range {
  const start = Math.min(error.range?.start ?? 0, source.length)
  return { start, end: Math.max(start, Math.min(error.range?.end ?? source.length, source.length)) }
}

function sentence(summary: string): string {
  const words = summary.replace(/\b[A-Z]{3,}\b/g, (token) => TOKENS[token] ?? token)
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`
}
