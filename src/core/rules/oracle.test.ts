/** Any well-typed condition means the same to these closures as to another implementation of CEL. */
import { type CelInput, run } from '@bufbuild/cel'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileCondition, type FactDeclaration, FactTable, type FactType, type FactValue } from '../rules.ts'

const declare = (type: FactType, nullable = false): FactDeclaration => ({ type, nullable, describe: 'Anything' })

const table = new FactTable({
  'order.hour': declare('int'),
  'order.items': declare('int'),
  'order.gap': declare('int', true),
  'order.day': declare('string'),
  'order.shop': declare('string', true),
  'order.tags': declare('strings'),
  'order.marks': declare('strings', true),
  'order.first': declare('bool'),
  'order.gift': declare('bool', true),
  'order.total': declare('money'),
  'order.tip': declare('money', true),
  'action.data': declare('data'),
})

const words = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'é', '😀')
const smallInteger = fc.integer({ min: -5, max: 20 })
/**
 * No key has the value null: the other implementation takes such a key for an absent one, where the language definition
 * ("Field Selection") asks only for the key. Null elements of lists are generated, null keys stand among the examples.
 */
const json = fc.letrec<{ value: unknown; element: unknown }>((tie) => ({
  element: fc.oneof(fc.constant(null), tie('value')),
  value: fc.oneof(
    { maxDepth: 2 },
    smallInteger,
    fc.constantFrom(0.5, -1.5, true, false),
    words,
    fc.array(tie('element'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'k'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
  ),
})).value

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })
const facts: fc.Arbitrary<Record<string, FactValue>> = fc.record({
  'order.hour': smallInteger,
  'order.items': smallInteger,
  'order.gap': orNull(smallInteger),
  'order.day': words,
  'order.shop': orNull(words),
  'order.tags': fc.array(words, { maxLength: 3 }),
  'order.marks': orNull(fc.array(words, { maxLength: 3 })),
  'order.first': fc.boolean(),
  'order.gift': orNull(fc.boolean()),
  'order.total': smallInteger,
  'order.tip': orNull(smallInteger),
  'action.data': fc.dictionary(fc.constantFrom('a', 'b', 'k'), json, {
    maxKeys: 3,
    noNullPrototype: true,
  }) as fc.Arbitrary<Record<string, unknown>>,
})

type Source = fc.Arbitrary<string>

/** Joins texts and generated parts into one source. */
function source(strings: TemplateStringsArray, ...parts: Source[]): Source {
  return fc.tuple(...parts).map((values) => String.raw({ raw: strings }, ...values))
}

const quoted = words.map((word) => JSON.stringify(word))
const dyn = fc.constantFrom(
  ...['a', 'b', 'a.k', 'b.a', 'zz', 'a[0]', 'b[7]', 'a["k"]', 'k[order.day]', 'k[order.hour]'].map(
    (x) => `action.data.${x}`,
  ),
)
const equality = fc.constantFrom('==', '!=')
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const logic = fc.constantFrom('&&', '||')

/** `variables` are the quantifiers around: no more than two may be nested, and each body may use its own. */
interface Scope {
  depth: number
  variables: { name: string; kind: 'string' | 'dyn' }[]
}

const inside = (scope: Scope): Scope => ({ ...scope, depth: scope.depth - 1 })
const variablesOf = (scope: Scope, kind: 'string' | 'dyn') =>
  scope.variables.filter((variable) => variable.kind === kind).map((variable) => fc.constant(variable.name))

function dynOf(scope: Scope): Source {
  return fc.oneof(dyn, ...variablesOf(scope, 'dyn'))
}

function textOf(scope: Scope): Source {
  const leaves = [quoted, fc.constantFrom('order.day', 'order.shop'), ...variablesOf(scope, 'string')]
  if (scope.depth <= 0) return fc.oneof(...leaves)
  return fc.oneof(...leaves, source`(${truthOf(inside(scope))} ? ${quoted} : order.day)`)
}

function integerOf(scope: Scope): Source {
  const leaves = [smallInteger.map(String), fc.constantFrom('order.hour', 'order.items', 'order.gap')]
  if (scope.depth <= 0) return fc.oneof(...leaves)
  const part = integerOf(inside(scope))
  const operator = fc.constantFrom('+', '-', '*', '/', '%')
  return fc.oneof(
    ...leaves,
    source`(${part} ${operator} ${part})`,
    source`(${dynOf(scope)} ${operator} ${part})`,
    // Two signs in a row are never generated: the other parser drops them, and with them the error they may give.
    source`-(${part} + 0)`,
    source`-order.gap`,
    source`size(${textOf(inside(scope))})`,
    source`${fc.constantFrom('order.tags', 'order.marks', 'action.data')}.size()`,
    source`size(${dynOf(scope)})`,
    source`(${truthOf(inside(scope))} ? ${part} : order.hour)`,
  )
}

function moneyOf(scope: Scope): Source {
  const literal = smallInteger.map((cents) => `money("${(cents / 100).toFixed(2)}")`)
  const leaves = [literal, fc.constantFrom('order.total', 'order.tip')]
  if (scope.depth <= 0) return fc.oneof(...leaves)
  const part = moneyOf(inside(scope))
  return fc.oneof(
    ...leaves,
    source`(${part} ${fc.constantFrom('+', '-')} ${part})`,
    source`(${part} * ${integerOf(inside(scope))})`,
  )
}

function truthOf(scope: Scope): Source {
  const leaves = [fc.constantFrom('true', 'false', 'order.first', 'order.gift')]
  if (scope.depth <= 0) return fc.oneof(...leaves)
  const next = inside(scope)
  const [truth, integer, text, anything] = [truthOf(next), integerOf(next), textOf(next), dynOf(next)]
  return fc.oneof(
    { weight: 4, arbitrary: source`(${truth} ${logic} ${truth})` },
    { weight: 2, arbitrary: source`(${truth} ${logic} ${truth} ${logic} ${truth})` },
    source`!(${truth} && true)`,
    source`!${fc.constantFrom('order.first', 'order.gift')}`,
    source`!(${integer} ${comparison} ${integer})`,
    source`!(${anything})`,
    source`(${truth} ? ${truth} : ${truth})`,
    source`(${truth} ${equality} ${truth})`,
    { weight: 2, arbitrary: source`(${integer} ${comparison} ${integer})` },
    { weight: 2, arbitrary: source`(${moneyOf(next)} ${comparison} ${moneyOf(next)})` },
    { weight: 2, arbitrary: source`(${text} ${comparison} ${text})` },
    source`(${anything} ${comparison} ${fc.oneof(integer, text, anything)})`,
    source`(${fc.oneof(integer, text)} ${comparison} ${anything})`,
    source`(${anything} ${equality} ${fc.constantFrom('null', 'true', '[1, 2]', '["a"]', 'order.tags', 'action.data')})`,
    source`(${fc.constantFrom('order.gap', 'order.shop', 'order.marks', 'order.gift')} ${equality} null)`,
    source`(${text} in [${quoted}, ${quoted}, order.day])`,
    source`(${fc.constantFrom('order.day', 'order.shop')} in [${quoted}, ${quoted}, ${quoted}, ${quoted}])`,
    source`(${integer} in [${integer}, ${integer}])`,
    source`(order.hour in [${smallInteger.map(String)}, ${smallInteger.map(String)}])`,
    source`(order.total in [${moneyOf(next)}])`,
    // Operands that meet often enough to tell truncation from rounding down, and equal lists from the same list.
    source`(order.hour ${fc.constantFrom('/', '%')} ${fc.constantFrom('2', '-2', '3')} == ${fc.constantFrom('-2', '-1', '0', '1')})`,
    source`(order.tags ${equality} [${quoted}])`,
    source`(${text} in ${fc.constantFrom('order.tags', 'order.marks', 'action.data')})`,
    source`(${fc.oneof(text, integer, anything)} in ${anything})`,
    source`(${anything} in [${quoted}, ${quoted}])`,
    source`${fc.oneof(text, anything)}.${fc.constantFrom('contains', 'startsWith', 'endsWith')}(${fc.oneof(text, anything)})`,
    source`has(action.data.${fc.constantFrom('a', 'b', 'zz', 'zz.k')})`,
    source`(order.tags[${integer}] == ${text})`,
    ...quantifiersOf(scope),
  )
}

function quantifiersOf(scope: Scope): Source[] {
  if (scope.variables.length === 2) return []
  const name = `v${scope.variables.length}`
  const quantifier = fc.constantFrom('exists', 'all', 'exists_one')
  return (['string', 'dyn'] as const).map((kind) => {
    const variables = [...scope.variables, { name, kind }]
    const next: Scope = { depth: scope.depth - 1, variables }
    const list =
      kind === 'string' ? fc.constantFrom('order.tags', 'order.marks', 'action.data', '["a", "b"]') : dynOf(scope)
    const body = fc.oneof(truthOf(next), source`(${fc.constant(name)} ${comparison} ${textOf(next)})`)
    return source`${list}.${quantifier}(${fc.constant(name)}, ${body})`
  })
}

/** Whole numbers in JSON are integers of CEL; fractions are its doubles. */
function toCel(value: unknown): CelInput {
  if (Number.isInteger(value)) return BigInt(value as number)
  if (Array.isArray(value)) return value.map(toCel)
  if (typeof value !== 'object' || value === null) return value as CelInput
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]))
}

function toBindings(values: Record<string, FactValue>): Record<string, CelInput> {
  const bindings: Record<string, Record<string, CelInput>> = {}
  for (const [name, value] of Object.entries(values)) {
    const [group, field] = name.split('.') as [string, string]
    bindings[group] ??= {}
    bindings[group][field] = toCel(value)
  }
  return bindings
}

/** The other implementation knows no money, so there it is a whole number of cents. */
function withCents(condition: string): string {
  return condition.replace(/money\("([^"]*)"\)/g, (_, amount: string) => String(Math.round(Number(amount) * 100)))
}

test.each([1, 2, 3])('closures agree with another implementation, %s deep', (depth) => {
  const seen = { true: 0, false: 0 }
  const conditions = truthOf({ depth, variables: [] }).filter((condition) => condition.length <= 2_000)
  const agrees = fc.property(conditions, fc.array(facts, { minLength: 3, maxLength: 3 }), (condition, histories) => {
    const compiled = compileCondition(condition, table, { moneyDigits: 2 })
    if ('problems' in compiled) {
      // A quantifier inside a quantifier may cost more than is allowed; nothing else may be wrong.
      expect(compiled.problems).toMatchObject([{ code: 'too_costly' }])
      return
    }
    for (const values of histories) {
      const ours = compiled.condition.test(table.names.map((name) => values[name]!))
      seen[`${ours}`]++
      expect(ours).toBe(run(withCents(condition), toBindings(values)) === true)
    }
  })
  fc.assert(agrees, { numRuns: 2_000 })
  // A generator that gave nearly always the same answer would prove little.
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(500)
})
