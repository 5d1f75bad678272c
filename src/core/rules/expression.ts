/** A condition after checking: names are slots, every part has a type, and nothing is left that could surprise. */

export type Kind = 'bool' | 'int' | 'string' | 'money' | 'null' | 'list' | 'data' | 'dyn'

/** The type of a part of a condition. `dyn` is a value inside an action's data, known only when it is there. */
export interface Type {
  readonly kind: Kind
  /** For lists. */
  readonly element?: Type
  /** The value may be null. */
  readonly nullable?: boolean
  /** The only values there can be, and the fact that they belong to. */
  readonly known?: { readonly fact: string; readonly values: readonly string[] }
}

export const BOOL: Type = { kind: 'bool' }
export const INT: Type = { kind: 'int' }
export const STRING: Type = { kind: 'string' }
export const MONEY: Type = { kind: 'money' }
export const NULL: Type = { kind: 'null' }
export const DATA: Type = { kind: 'data' }
export const DYN: Type = { kind: 'dyn' }

export type Scalar = boolean | number | string | null
export type OrderOperator = '<' | '<=' | '>' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type TextTest = 'contains' | 'startsWith' | 'endsWith'
export type Quantifier = 'all' | 'exists' | 'exists_one'

/** Where a quantifier puts the element that its body looks at; evaluation never yields, so one place is enough. */
export interface Variable {
  readonly name: string
  readonly type: Type
  value: unknown
}

export type Expression = { readonly type: Type } & (
  | { readonly op: 'constant'; readonly value: Scalar }
  | { readonly op: 'fact'; readonly slot: number }
  | { readonly op: 'variable'; readonly variable: Variable }
  | { readonly op: 'list'; readonly items: readonly Expression[] }
  | { readonly op: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly op: 'has'; readonly of: Expression; readonly key: string }
  | { readonly op: 'not' | 'negate' | 'size'; readonly of: Expression }
  | { readonly op: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly op: 'choose'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly op: 'equal'; readonly left: Expression; readonly right: Expression; readonly negated: boolean }
  | { readonly op: 'order'; readonly operator: OrderOperator; readonly left: Expression; readonly right: Expression }
  | {
      readonly op: 'arithmetic'
      readonly operator: ArithmeticOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly op: 'in'; readonly needle: Expression; readonly list: Expression }
  | { readonly op: 'text'; readonly test: TextTest; readonly of: Expression; readonly part: Expression }
  | {
      readonly op: 'each'
      readonly quantifier: Quantifier
      readonly list: Expression
      readonly variable: Variable
      readonly body: Expression
    }
)

/** The parts directly inside one. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case 'constant':
    case 'fact':
    case 'variable':
      return []
    case 'list':
      return expression.items
    case 'and':
    case 'or':
      return expression.terms
    case 'choose':
      return [expression.condition, expression.yes, expression.no]
    case 'equal':
    case 'order':
    case 'arithmetic':
      return [expression.left, expression.right]
    case 'in':
      return [expression.needle, expression.list]
    case 'index':
      return [expression.of, expression.index]
    case 'text':
      return [expression.of, expression.part]
    case 'each':
      return [expression.list, expression.body]
    case 'has':
    case 'not':
    case 'negate':
    case 'size':
      return [expression.of]
  }
}

/** A list whose length is known only at evaluation counts as this many elements in an estimate. */
const ASSUMED_LENGTH = 20

/** A static estimate of the steps of one evaluation: each part is one, a list that is looked through its elements. */
export function estimateCost(expression: Expression): number {
  if (expression.op === 'each') {
    return estimateCost(expression.list) + lengthOf(expression.list) * (1 + estimateCost(expression.body))
  }
  const own = expression.op === 'in' ? lengthOf(expression.list) : 1
  return partsOf(expression).reduce((steps, part) => steps + estimateCost(part), own)
}

function lengthOf(list: Expression): number {
  return list.op === 'list' ? list.items.length : ASSUMED_LENGTH
}
