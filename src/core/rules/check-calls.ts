/** Checks what a condition may call: money, size, has, the tests of a text, and the quantifiers over a list. */
import type { ASTNode } from '@marcbachmann/cel-js'
import { formatAmount, parseMoney } from '../money.ts'
import { nearest } from '../nearest.ts'
import { isGroupOfFacts } from './check-names.ts'
import { type Checking, describeType, type Range, report } from './checking.ts'
import {
  BOOL,
  DYN,
  type Expression,
  INT,
  MONEY,
  type Quantifier,
  STRING,
  type TextTest,
  type Type,
} from './expression.ts'
import { isRefusedName } from './facts.ts'

const FUNCTIONS = ['money', 'size', 'has'] as const
const TEXT_TESTS = ['contains', 'startsWith', 'endsWith'] as const satisfies readonly TextTest[]
const QUANTIFIERS = ['exists', 'all', 'exists_one'] as const satisfies readonly Quantifier[]
const METHODS: readonly string[] = [...TEXT_TESTS, ...QUANTIFIERS, 'size']
const NESTING_LIMIT = 2

/** What conditions may call, for whoever writes them; `of` says of what it is a method, null where it is none. */
export const CALLS: readonly { name: string; example: string; describe: string; of: string | null }[] = [
  { name: 'money', example: 'money("5.00")', describe: 'An amount of money in the currency of the program', of: null },
  { name: 'size', example: 'size(member.tags)', describe: 'How many there are, or how long a text is', of: null },
  { name: 'has', example: 'has(action.data.photos)', describe: 'Whether what came with an action has this', of: null },
  { name: 'contains', example: 'contains("oat")', describe: 'Whether a text has this in it', of: 'string' },
  { name: 'startsWith', example: 'startsWith("coffee")', describe: 'Whether a text begins with this', of: 'string' },
  { name: 'endsWith', example: 'endsWith("-large")', describe: 'Whether a text ends with this', of: 'string' },
  {
    name: 'exists',
    example: 'exists(tag, tag == "vip")',
    describe: 'Whether it holds for at least one',
    of: 'strings',
  },
  { name: 'all', example: 'all(tag, tag != "staff")', describe: 'Whether it holds for each', of: 'strings' },
  {
    name: 'exists_one',
    example: 'exists_one(tag, tag == "vip")',
    describe: 'Whether it holds for just one',
    of: 'strings',
  },
]

/** `money("5.00")`, `size(member.tags)`, `has(action.data.photos)`. */
export function checkFunction(checking: Checking, name: string, args: readonly ASTNode[], node: ASTNode) {
  const range = { start: node.start, end: node.start + name.length }
  if (!includes(FUNCTIONS, name)) return reportUnknownCall(checking, name, range, FUNCTIONS, args)
  const [only] = args
  if (!only || args.length > 1) return report(checking, 'wrong_arguments', node, `${name}() takes one argument.`)
  switch (name) {
    case 'money':
      return checkMoney(checking, only)
    case 'size':
      return checkSize(checking, only)
    case 'has':
      return checkHas(checking, only)
  }
}

/** `line.category.startsWith("coffee")`, `member.tags.exists(tag, tag == "vip")`. */
export function checkMethod(
  checking: Checking,
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
): Expression | undefined {
  const [first, second] = args
  if (includes(TEXT_TESTS, name) && first && !second) return checkTextTest(checking, name, receiver, first)
  if (includes(QUANTIFIERS, name) && first && second) return checkQuantifier(checking, name, receiver, first, second)
  if (name === 'size' && !first) return checkSize(checking, receiver)

  // The tree does not keep where the method's own name stands; it is the first such word behind the receiver.
  const start = checking.source.indexOf(name, receiver.end)
  const range = { start, end: start + name.length }
  if (!METHODS.includes(name)) return reportUnknownCall(checking, name, range, METHODS, [receiver])
  return report(checking, 'wrong_arguments', range, `${name}() does not take ${args.length} arguments.`)
}

function checkMoney(checking: Checking, node: ASTNode): Expression | undefined {
  const { moneyDigits } = checking.scope
  const example = `money("${formatAmount(5 * 10 ** moneyDigits, moneyDigits)}")`
  if (node.op !== 'value' || typeof node.args !== 'string') {
    return report(checking, 'bad_money', node, `Money is written as a decimal in quotes, as in ${example}.`)
  }
  const value = parseMoney(node.args, moneyDigits, { negative: true })
  if (value !== null) return { op: 'constant', type: MONEY, value }

  const decimals = /^-?\d+\.(\d+)$/.exec(node.args.slice(0, 100))?.[1]
  const reason =
    decimals !== undefined && decimals.length > moneyDigits
      ? `has more decimals than the program's currency, which has ${moneyDigits}`
      : 'is not an amount of money'
  return report(checking, 'bad_money', node, `${JSON.stringify(node.args.slice(0, 40))} ${reason}; write ${example}.`)
}

function checkSize(checking: Checking, node: ASTNode): Expression | undefined {
  const of = checking.check(node)
  if (!of) return undefined
  if (!['string', 'list', 'data', 'dyn'].includes(of.type.kind)) {
    return report(
      checking,
      'type_mismatch',
      node,
      `Only a text or a list has a size; this is ${describeType(of.type)}.`,
    )
  }
  return { op: 'size', type: INT, of }
}

function checkHas(checking: Checking, node: ASTNode): Expression | undefined {
  const message = "has() asks for a field of an action's data, as in has(action.data.photos)."
  if (node.op !== '.') return report(checking, 'wrong_arguments', node, message)
  const whole = checking.check(node)
  if (!whole) return undefined
  // Checking the whole path first tells a misspelt fact from a fact that is always there.
  if (whole.op !== 'index') return report(checking, 'wrong_arguments', node, message)
  return { op: 'has', type: BOOL, of: whole.of, key: node.args[1] }
}

function checkTextTest(checking: Checking, test: TextTest, receiver: ASTNode, argument: ASTNode) {
  const of = checkText(checking, receiver, test)
  const part = checkText(checking, argument, test)
  return of && part && ({ op: 'text', type: BOOL, test, of, part } satisfies Expression)
}

function checkText(checking: Checking, node: ASTNode, test: TextTest): Expression | undefined {
  const expression = checking.check(node)
  if (!expression || expression.type.kind === 'string' || expression.type.kind === 'dyn') return expression
  const hint = test === 'contains' && expression.type.kind === 'list' ? ' For a list write "value" in list.' : ''
  const message = `${test}() compares texts; this is ${describeType(expression.type)}.${hint}`
  return report(checking, 'type_mismatch', node, message)
}

function checkQuantifier(
  checking: Checking,
  quantifier: Quantifier,
  receiver: ASTNode,
  variableNode: ASTNode,
  bodyNode: ASTNode,
): Expression | undefined {
  const list = checking.check(receiver)
  const element = list && elementType(list.type)
  if (list && !element) {
    const message = `${quantifier}() looks at each element of a list; this is ${describeType(list.type)}.`
    return report(checking, 'type_mismatch', receiver, message)
  }
  const name = variableName(checking, variableNode)
  if (name === undefined) return undefined
  if (checking.variables.length >= NESTING_LIMIT) {
    const message = `Only ${NESTING_LIMIT} of exists, all and exists_one may stand inside each other.`
    return report(checking, 'nested_too_deep', { start: receiver.start, end: bodyNode.end }, message)
  }

  // The body is checked even when the list is wrong, so that every mistake is told at once.
  const variable = { name, type: element ?? DYN, value: undefined }
  checking.variables.push(variable)
  const body = checking.check(bodyNode)
  checking.variables.pop()
  if (!body || !list) return undefined
  if (body.type.kind !== 'bool' && body.type.kind !== 'dyn') {
    const message = `${quantifier}() needs something that is true or false; this is ${describeType(body.type)}.`
    return report(checking, 'type_mismatch', bodyNode, message)
  }
  return { op: 'each', type: BOOL, quantifier, list, variable, body }
}

/** A variable that hid a fact would read as the fact, so its name must be a new one. */
function variableName(checking: Checking, node: ASTNode): string | undefined {
  if (node.op !== 'id') return report(checking, 'syntax', node, 'The first argument is a name for the element.')
  const name = node.args
  if (isRefusedName(name)) return report(checking, 'refused_name', node, `The name ${name} is refused.`)
  if (isGroupOfFacts(checking, name) || checking.variables.some((variable) => variable.name === name)) {
    return report(checking, 'name_taken', node, `The name ${name} already means something here; choose another.`)
  }
  return name
}

/** Over an action's data, as over any map in CEL, a quantifier looks at the keys. */
function elementType(type: Type): Type | undefined {
  if (type.kind === 'list') return type.element
  if (type.kind === 'data') return STRING
  return type.kind === 'dyn' ? DYN : undefined
}

function reportUnknownCall(
  checking: Checking,
  name: string,
  range: Range,
  offered: readonly string[],
  rest: readonly ASTNode[],
): undefined {
  for (const node of rest) checking.check(node)
  if (name === 'matches') {
    const message =
      'Regular expressions are not offered: one could run for hours. Use contains, startsWith or endsWith.'
    return report(checking, 'no_regular_expressions', range, message)
  }
  const meant = nearest(name, offered)
  const advice = meant === undefined ? `There are ${offered.join(', ')}.` : `Did you mean ${meant}?`
  return report(checking, 'unknown_function', range, `There is no ${name}(). ${advice}`, meant)
}

function includes<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name)
}
