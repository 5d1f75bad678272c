/**
 * Turns a checked condition into closures that read slots. No code is generated from text, so it runs under the
 * strictest content security policy.
 *
 * CEL's error is `undefined`, and `fails` says whether a part can give it. Parts that cannot, which is nearly all that
 * people write, skip the checks: a comparison of a fact with a constant is then one closure and one comparison.
 */
import type { ArithmeticOperator, Expression, OrderOperator, Scalar, TextTest, Type } from './expression.ts'
import type { FactValue } from './facts.ts'
import { elementOf, elementsOf, equalValues, haveOrder, includesValue, isPlainObject, sizeOf } from './values.ts'

type Slots = readonly FactValue[]
type Read = (slots: Slots) => unknown
type Test = (slots: Slots) => boolean

interface Compiled {
  readonly read: Read
  /** Whether it may be an error, or null, or of another type than the operation around it needs. */
  readonly fails: boolean
}

/**
 * Steps that one evaluation may take inside quantifiers, where two nested ones over long lists multiply. An
 * evaluation beyond it is an error, therefore false.
 */
const STEP_LIMIT = 1_000_000

/** Counts the steps of the evaluation that is running; evaluation never yields, so one per condition is enough. */
interface Meter {
  left: number
  /** A condition without a quantifier needs no count. */
  used: boolean
  /** Quantifiers around the part that is being compiled. */
  depth: number
}

/** At the top, as everywhere in CEL where a decision is needed, an error is not true. */
export function compileExpression(expression: Expression): Test {
  const meter: Meter = { left: STEP_LIMIT, used: false, depth: 0 }
  const { read, fails } = compile(expression, meter)
  if (!meter.used) return fails ? (slots) => read(slots) === true : (read as Test)
  return (slots) => {
    meter.left = STEP_LIMIT
    return read(slots) === true
  }
}

function compile(expression: Expression, meter: Meter): Compiled {
  switch (expression.op) {
    case 'constant': {
      const { value } = expression
      return { read: () => value, fails: false }
    }
    case 'fact': {
      const { slot } = expression
      return { read: (slots) => slots[slot], fails: isLoose(expression.type) }
    }
    case 'variable': {
      const { variable } = expression
      return { read: () => variable.value, fails: isLoose(variable.type) }
    }
    case 'list':
      return compileList(expression, meter)
    case 'index':
      return compileIndex(compile(expression.of, meter), compile(expression.index, meter))
    case 'has':
      return compileHas(compile(expression.of, meter), expression.key)
    case 'not':
      return compileNot(compile(expression.of, meter))
    case 'negate':
      return compileNegation(compile(expression.of, meter))
    case 'size': {
      const { read } = compile(expression.of, meter)
      return { read: (slots) => sizeOf(read(slots)), fails: true }
    }
    case 'and':
      return compileAnd(expression.terms.map((term) => compile(term, meter)))
    case 'or':
      return compileOr(expression.terms.map((term) => compile(term, meter)))
    case 'choose':
      return compileChoice(expression, meter)
    case 'equal':
      return compileEquality(expression, meter)
    case 'order':
      return compileOrder(expression, meter)
    case 'arithmetic':
      return compileArithmetic(expression.operator, compile(expression.left, meter), compile(expression.right, meter))
    case 'in':
      return compileMembership(expression, meter)
    case 'text':
      return compileTextTest(expression.test, compile(expression.of, meter), compile(expression.part, meter))
    case 'each':
      return compileQuantifier(expression, meter)
  }
}

/** Values that are known only when they are read: they may be null, or of any type. */
function isLoose(type: Type): boolean {
  return type.kind === 'dyn' || type.nullable === true
}

function compileList(expression: Extract<Expression, { op: 'list' }>, meter: Meter): Compiled {
  const constants = constantItems(expression)
  if (constants) return { read: () => constants, fails: false }
  const reads = expression.items.map((item) => compile(item, meter).read)
  const read: Read = (slots) => {
    const values: unknown[] = []
    for (const readItem of reads) {
      const value = readItem(slots)
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }
  return { read, fails: true }
}

function compileIndex(of: Compiled, index: Compiled): Compiled {
  return { read: (slots) => elementOf(of.read(slots), index.read(slots)), fails: true }
}

function compileHas(of: Compiled, key: string): Compiled {
  const read: Read = (slots) => {
    const value = of.read(slots)
    return isPlainObject(value) ? Object.hasOwn(value, key) : undefined
  }
  return { read, fails: true }
}

function compileNot({ read, fails }: Compiled): Compiled {
  if (!fails) return { read: (slots) => !read(slots), fails }
  return {
    read: (slots) => {
      const value = read(slots)
      return typeof value === 'boolean' ? !value : undefined
    },
    fails,
  }
}

function compileNegation({ read, fails }: Compiled): Compiled {
  return { read: (slots) => wholeOrError(-wholeOf(read(slots))), fails }
}

/** One false term decides, whatever the others are: an error beside it is absorbed, on either side. */
function compileAnd(terms: readonly Compiled[]): Compiled {
  const fails = terms.some((term) => term.fails)
  const reads = terms.map((term) => term.read)
  if (!fails) return { read: allOf(reads as Test[]), fails }
  const read: Read = (slots) => {
    let result: boolean | undefined = true
    for (let i = 0; i < reads.length; i++) {
      const value = reads[i]!(slots)
      if (value === false) return false
      if (value !== true) result = undefined
    }
    return result
  }
  return { read, fails }
}

/** The mirror of `and`: one true term decides. */
function compileOr(terms: readonly Compiled[]): Compiled {
  const fails = terms.some((term) => term.fails)
  const reads = terms.map((term) => term.read)
  if (!fails) return { read: anyOf(reads as Test[]), fails }
  const read: Read = (slots) => {
    let result: boolean | undefined = false
    for (let i = 0; i < reads.length; i++) {
      const value = reads[i]!(slots)
      if (value === true) return true
      if (value !== false) result = undefined
    }
    return result
  }
  return { read, fails }
}

/** Two and three terms are what people write, and without a loop they cost half. */
function allOf(tests: readonly Test[]): Test {
  const [a, b, c] = tests as [Test, Test, Test]
  if (tests.length === 2) return (slots) => a(slots) && b(slots)
  if (tests.length === 3) return (slots) => a(slots) && b(slots) && c(slots)
  return (slots) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(slots)) return false
    return true
  }
}

function anyOf(tests: readonly Test[]): Test {
  const [a, b, c] = tests as [Test, Test, Test]
  if (tests.length === 2) return (slots) => a(slots) || b(slots)
  if (tests.length === 3) return (slots) => a(slots) || b(slots) || c(slots)
  return (slots) => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(slots)) return true
    return false
  }
}

function compileChoice(expression: Extract<Expression, { op: 'choose' }>, meter: Meter): Compiled {
  const condition = compile(expression.condition, meter)
  const yes = compile(expression.yes, meter)
  const no = compile(expression.no, meter)
  const read: Read = (slots) => {
    const chosen = condition.read(slots)
    if (chosen === true) return yes.read(slots)
    return chosen === false ? no.read(slots) : undefined
  }
  return { read, fails: condition.fails || yes.fails || no.fails }
}

function compileEquality(expression: Extract<Expression, { op: 'equal' }>, meter: Meter): Compiled {
  const { left, right, negated } = expression
  const simple = isSimple(left.type) || isSimple(right.type)
  // Null is a value that can be equal or not, so for this operation a nullable fact is as good as any.
  if (simple && left.op === 'fact' && right.op === 'constant') return equalToConstant(left.slot, right.value, negated)
  if (simple && left.op === 'constant' && right.op === 'fact') return equalToConstant(right.slot, left.value, negated)

  const a = compile(left, meter)
  const b = compile(right, meter)
  if (simple && !a.fails && !b.fails) {
    return { read: negated ? (s) => a.read(s) !== b.read(s) : (s) => a.read(s) === b.read(s), fails: false }
  }
  const read: Read = (slots) => {
    const x = a.read(slots)
    const y = b.read(slots)
    if (x === undefined || y === undefined) return undefined
    const equal = simple ? x === y : equalValues(x, y)
    return equal === undefined ? undefined : equal !== negated
  }
  return { read, fails: true }
}

function equalToConstant(slot: number, value: Scalar, negated: boolean): Compiled {
  return { read: negated ? (slots) => slots[slot] !== value : (slots) => slots[slot] === value, fails: false }
}

/** Types whose values are equal exactly when JavaScript finds them identical. */
function isSimple(type: Type): boolean {
  return type.kind !== 'list' && type.kind !== 'data' && type.kind !== 'dyn'
}

const MIRRORED: Readonly<Record<OrderOperator, OrderOperator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function compileOrder(expression: Extract<Expression, { op: 'order' }>, meter: Meter): Compiled {
  const { left, right, operator } = expression
  const strict = !isLoose(left.type) && !isLoose(right.type)
  if (strict && left.op === 'fact' && right.op === 'constant') {
    return { read: orderWithConstant(operator, left.slot, right.value as number), fails: false }
  }
  if (strict && left.op === 'constant' && right.op === 'fact') {
    return { read: orderWithConstant(MIRRORED[operator], right.slot, left.value as number), fails: false }
  }
  const a = compile(left, meter)
  const b = compile(right, meter)
  const compare = COMPARE[operator]
  if (!a.fails && !b.fails) {
    return { read: (slots) => compare(a.read(slots) as number, b.read(slots) as number), fails: false }
  }
  const read: Read = (slots) => {
    const x = a.read(slots)
    const y = b.read(slots)
    return haveOrder(x, y) ? compare(x as number, y as number) : undefined
  }
  return { read, fails: true }
}

/** JavaScript orders numbers and texts with the same operators; the type says number for both. */
const COMPARE: Readonly<Record<OrderOperator, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function orderWithConstant(operator: OrderOperator, slot: number, value: number): Test {
  switch (operator) {
    case '<':
      return (slots) => (slots[slot] as number) < value
    case '<=':
      return (slots) => (slots[slot] as number) <= value
    case '>':
      return (slots) => (slots[slot] as number) > value
    case '>=':
      return (slots) => (slots[slot] as number) >= value
  }
}

/** Integers only; what leaves the safe integers is an error, since it could no longer be told exactly. */
function compileArithmetic(operator: ArithmeticOperator, left: Compiled, right: Compiled): Compiled {
  const compute = COMPUTE[operator]
  const read: Read = (slots) => wholeOrError(compute(wholeOf(left.read(slots)), wholeOf(right.read(slots))))
  return { read, fails: true }
}

/** Division and remainder by zero give no number (NaN or an infinity), which `wholeOrError` makes the error it is. */
const COMPUTE: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // CEL divides towards zero. Taking the remainder off first keeps the division exact.
  '/': (a, b) => (a - (a % b)) / b,
  '%': (a, b) => a % b,
}

function wholeOf(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : Number.NaN
}

function wholeOrError(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined
}

function compileMembership(expression: Extract<Expression, { op: 'in' }>, meter: Meter): Compiled {
  const { needle, list } = expression
  const constants = constantItems(list)
  if (constants && needle.op === 'fact' && isSimple(needle.type)) {
    return { read: inConstants(needle.slot, constants), fails: false }
  }
  const seek = compile(needle, meter)
  const within = compile(list, meter)
  const counted = meter.depth > 0
  if (
    !counted &&
    list.op === 'fact' &&
    list.type.kind === 'list' &&
    !within.fails &&
    !seek.fails &&
    isSimple(needle.type)
  ) {
    return { read: (slots) => (within.read(slots) as readonly unknown[]).includes(seek.read(slots)), fails: false }
  }
  const read: Read = (slots) => {
    const sought = seek.read(slots)
    const values = within.read(slots)
    if (sought === undefined || values === undefined) return undefined
    if (counted && Array.isArray(values) && !spend(meter, values.length)) return undefined
    return includesValue(values, sought)
  }
  return { read, fails: true }
}

function constantItems(list: Expression): Scalar[] | undefined {
  if (list.op !== 'list') return undefined
  const values: Scalar[] = []
  for (const item of list.items) {
    if (item.op !== 'constant') return undefined
    values.push(item.value)
  }
  return values
}

/** Up to three values are compared one by one; beyond that a set is as fast for any number. */
function inConstants(slot: number, constants: readonly Scalar[]): Test {
  const [a, b, c] = constants
  switch (constants.length) {
    case 1:
      return (slots) => slots[slot] === a
    case 2:
      return (slots) => slots[slot] === a || slots[slot] === b
    case 3:
      return (slots) => slots[slot] === a || slots[slot] === b || slots[slot] === c
  }
  const set: ReadonlySet<unknown> = new Set(constants)
  return (slots) => set.has(slots[slot])
}

function compileTextTest(test: TextTest, of: Compiled, part: Compiled): Compiled {
  const run = TEXT_TEST[test]
  if (!of.fails && !part.fails) {
    return { read: (slots) => run(of.read(slots) as string, part.read(slots) as string), fails: false }
  }
  const read: Read = (slots) => {
    const text = of.read(slots)
    const sought = part.read(slots)
    return typeof text === 'string' && typeof sought === 'string' ? run(text, sought) : undefined
  }
  return { read, fails: true }
}

const TEXT_TEST: Readonly<Record<TextTest, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
}

/** `exists` is a long `||` and `all` a long `&&`, with the same absorption; in `exists_one` an error stays one. */
function compileQuantifier(expression: Extract<Expression, { op: 'each' }>, meter: Meter): Compiled {
  const { quantifier, variable } = expression
  const list = compile(expression.list, meter)
  meter.used = true
  meter.depth++
  const body = compile(expression.body, meter)
  meter.depth--
  const decisive = quantifier === 'exists'
  const read: Read = (slots) => {
    const elements = elementsOf(list.read(slots))
    if (!elements || !spend(meter, elements.length)) return undefined
    let matches = 0
    let failed = false
    for (let i = 0; i < elements.length; i++) {
      variable.value = elements[i]
      const value = body.read(slots)
      if (quantifier !== 'exists_one' && value === decisive) return decisive
      if (value === true) matches++
      else if (value !== false) failed = true
    }
    if (failed) return undefined
    return quantifier === 'exists_one' ? matches === 1 : !decisive
  }
  return { read, fails: true }
}

/** False when the evaluation has taken more steps than any may. */
function spend(meter: Meter, steps: number): boolean {
  meter.left -= steps
  return meter.left >= 0
}
