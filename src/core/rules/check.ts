/** Checks the tree of a condition: types, names and limits; all problems in one pass, and what to write instead. */
import type { ASTNode, ASTOperator } from '@marcbachmann/cel-js'
import { formatAmount, parseMoney } from '../money.ts'
import { checkFunction, checkMethod } from './check-calls.ts'
import { checkField, checkKnownValue, checkPath } from './check-names.ts'
import { type Checking, describeType, type RuleProblem, type RuleScope, report } from './checking.ts'
import {
  type ArithmeticOperator,
  BOOL,
  DYN,
  type Expression,
  INT,
  MONEY,
  NULL,
  type OrderOperator,
  STRING,
  type Type,
} from './expression.ts'
import type { FactTable } from './facts.ts'

/** How deep one part may stand inside another; parentheses and calls are counted by the parser with this limit too. */
export const DEPTH_LIMIT = 50

type Node<T extends ASTOperator> = Extract<ASTNode, { op: T }>

export function checkCondition(
  root: ASTNode,
  source: string,
  table: FactTable,
  scope: RuleScope,
): { expression: Expression | undefined; problems: RuleProblem[] } {
  let depth = 0
  const checking: Checking = { source, table, scope, problems: [], variables: [], check }

  function check(node: ASTNode): Expression | undefined {
    if (depth >= DEPTH_LIMIT) return reportTooDeep(checking, node)
    depth++
    const expression = checkNode(checking, node)
    depth--
    return expression
  }

  const expression = check(root)
  if (expression && !isTruth(expression.type)) {
    const message = `A condition must be true or false; this is ${describeType(expression.type)}.`
    report(checking, 'not_a_condition', root, message)
  }
  checking.problems.sort((a, b) => a.start - b.start)
  return { expression, problems: checking.problems }
}

function checkNode(checking: Checking, node: ASTNode): Expression | undefined {
  switch (node.op) {
    case 'value':
      return checkLiteral(checking, node)
    case 'id':
    case '.':
      return checkPath(checking, node)
    case '[]':
      return checkIndex(checking, node)
    case 'list':
      return checkList(checking, node)
    case 'call':
      return checkFunction(checking, node.args[0], node.args[1], node)
    case 'rcall':
      return checkMethod(checking, node.args[0], node.args[1], node.args[2])
    case '?:':
      return checkChoice(checking, node)
    case '&&':
    case '||':
      return checkLogic(checking, node)
    case '!_':
      return checkNot(checking, node)
    case '-_':
      return checkNegation(checking, node)
    case '==':
    case '!=':
      return checkEquality(checking, node)
    case 'in':
      return checkMembership(checking, node)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return checkOrder(checking, node.op, node)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return checkArithmetic(checking, node.op, node)
    default:
      return report(checking, 'not_offered', node, 'A condition has no use for this part of the language.')
  }
}

function checkLiteral(checking: Checking, node: Node<'value'>): Expression | undefined {
  const value = node.args
  if (typeof value === 'bigint') {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return { op: 'constant', type: INT, value: number }
    return report(checking, 'number_too_large', node, 'This number is too large to be counted exactly.')
  }
  if (typeof value === 'string') return { op: 'constant', type: STRING, value }
  if (typeof value === 'boolean') return { op: 'constant', type: BOOL, value }
  if (value === null) return { op: 'constant', type: NULL, value }
  if (typeof value !== 'number') {
    return report(checking, 'not_offered', node, 'Write a whole number, a text in quotes, true, false or null.')
  }
  const money = moneyLiteral(checking, checking.source.slice(node.start, node.end))
  return report(checking, 'no_fractions', node, `Use a whole number; for money, ${money ?? 'money("…")'}.`, money)
}

function checkIndex(checking: Checking, node: Node<'[]'>): Expression | undefined {
  const of = checking.check(node.args[0])
  const index = checking.check(node.args[1])
  if (!of || !index) return undefined
  const { kind } = index.type
  if (index.op === 'constant' && typeof index.value === 'string') {
    return checkField(checking, of, index.value, node.args[1])
  }
  const byKey = of.type.kind === 'data' || of.type.kind === 'dyn'
  const byNumber = of.type.kind === 'list' || of.type.kind === 'dyn'
  if ((byKey && kind === 'string') || (byNumber && kind === 'int') || ((byKey || byNumber) && kind === 'dyn')) {
    return { op: 'index', type: of.type.element ?? DYN, of, index }
  }
  const message = `${describeType(of.type)} cannot be asked for an element by ${describeType(index.type)}.`
  return report(checking, 'type_mismatch', node, capitalize(message))
}

function checkList(checking: Checking, node: Node<'list'>): Expression | undefined {
  const items = node.args.map((item) => checking.check(item))
  const present = items.filter((item) => item !== undefined)
  if (present.length < items.length) return undefined
  const [first] = present
  for (const [i, item] of present.entries()) {
    if (first && !comparable(first.type, item.type))
      return reportIncomparable(checking, node.args[i]!, node.args[0]!, item, first)
  }
  // Elements are of the first one's type only when all are certainly so.
  const uniform = first && present.every((item) => item.type.kind === first.type.kind && !item.type.nullable)
  const element = uniform ? { kind: first.type.kind, element: first.type.element } : DYN
  return { op: 'list', type: { kind: 'list', element }, items: present }
}

function checkChoice(checking: Checking, node: Node<'?:'>): Expression | undefined {
  const [condition, yes, no] = node.args.map((part) => checking.check(part))
  if (!condition || !yes || !no) return undefined
  if (!isTruth(condition.type)) return reportNotTruth(checking, node.args[0], condition)
  const type = unify(yes.type, no.type)
  if (type) return { op: 'choose', type, condition, yes, no }
  const message = `Both sides of the choice must be alike; these are ${describeType(yes.type)} and ${describeType(no.type)}.`
  return report(checking, 'type_mismatch', { start: node.args[1].start, end: node.args[2].end }, message)
}

/** A chain of one operator becomes one list of terms, so that a long chain is not a deep one. */
function checkLogic(checking: Checking, node: Node<'&&' | '||'>): Expression | undefined {
  const nodes: ASTNode[] = []
  let rest: ASTNode = node
  while (rest.op === node.op) {
    nodes.push(rest.args[1])
    rest = rest.args[0]
  }
  nodes.push(rest)
  const terms = nodes.reverse().map((term) => {
    const expression = checking.check(term)
    return !expression || isTruth(expression.type) ? expression : reportNotTruth(checking, term, expression)
  })
  if (terms.some((term) => term === undefined)) return undefined
  return { op: node.op === '&&' ? 'and' : 'or', type: BOOL, terms: terms as Expression[] }
}

function checkNot(checking: Checking, node: Node<'!_'>): Expression | undefined {
  const of = checking.check(node.args)
  if (!of) return undefined
  return isTruth(of.type) ? { op: 'not', type: BOOL, of } : reportNotTruth(checking, node.args, of)
}

function checkNegation(checking: Checking, node: Node<'-_'>): Expression | undefined {
  const of = checking.check(node.args)
  if (!of) return undefined
  if (of.op === 'constant' && of.type.kind === 'int') return { ...of, value: -(of.value as number) }
  if (of.type.kind === 'int' || of.type.kind === 'dyn') return { op: 'negate', type: INT, of }
  const hint = of.type.kind === 'money' ? ' Write the minus inside, as in money("-5.00").' : ''
  return report(
    checking,
    'type_mismatch',
    node,
    `A minus stands before whole numbers; this is ${describeType(of.type)}.${hint}`,
  )
}

function checkEquality(checking: Checking, node: Node<'==' | '!='>): Expression | undefined {
  const [leftNode, rightNode] = node.args
  const left = checking.check(leftNode)
  const right = checking.check(rightNode)
  if (!left || !right) return undefined
  if (!comparable(left.type, right.type)) return reportIncomparable(checking, leftNode, rightNode, left, right)
  checkKnownValue(checking, left.type, right, rightNode)
  checkKnownValue(checking, right.type, left, leftNode)
  return { op: 'equal', type: BOOL, left, right, negated: node.op === '!=' }
}

function checkMembership(checking: Checking, node: Node<'in'>): Expression | undefined {
  const [needleNode, listNode] = node.args
  const needle = checking.check(needleNode)
  const list = checking.check(listNode)
  if (!needle || !list) return undefined
  const { kind } = list.type
  if (kind !== 'list' && kind !== 'data' && kind !== 'dyn') {
    const hint = kind === 'string' ? ' To look inside a text write text.contains("part").' : ''
    return report(
      checking,
      'type_mismatch',
      listNode,
      `in looks into a list; this is ${describeType(list.type)}.${hint}`,
    )
  }
  if (list.op === 'list' && listNode.op === 'list') {
    for (const [i, item] of list.items.entries()) {
      const itemNode = listNode.args[i]!
      if (!comparable(needle.type, item.type)) return reportIncomparable(checking, needleNode, itemNode, needle, item)
      checkKnownValue(checking, needle.type, item, itemNode)
    }
  }
  const element = kind === 'data' ? STRING : (list.type.element ?? DYN)
  if (!comparable(needle.type, element) && list.op !== 'list') {
    return reportIncomparable(checking, needleNode, listNode, needle, { ...list, type: element })
  }
  checkKnownValue(checking, element, needle, needleNode)
  return { op: 'in', type: BOOL, needle, list }
}

function checkOrder(checking: Checking, operator: OrderOperator, node: Node<OrderOperator>): Expression | undefined {
  const [leftNode, rightNode] = node.args
  const left = checking.check(leftNode)
  const right = checking.check(rightNode)
  if (!left || !right) return undefined
  if (left.type.kind === 'null' || right.type.kind === 'null' || !comparable(left.type, right.type)) {
    return reportIncomparable(checking, leftNode, rightNode, left, right)
  }
  const unordered = [left, right].find(({ type }) => !['int', 'money', 'string', 'dyn'].includes(type.kind))
  if (!unordered) return { op: 'order', type: BOOL, operator, left, right }
  const message = `${operator} compares numbers, money or texts; this is ${describeType(unordered.type)}.`
  return report(checking, 'type_mismatch', unordered === left ? leftNode : rightNode, message)
}

function checkArithmetic(checking: Checking, operator: ArithmeticOperator, node: Node<ArithmeticOperator>) {
  const left = checking.check(node.args[0])
  const right = checking.check(node.args[1])
  if (!left || !right) return undefined
  const type = arithmeticType(operator, left.type, right.type)
  if (type) return { op: 'arithmetic', type, operator, left, right } satisfies Expression

  const kinds = [left.type.kind, right.type.kind]
  if (kinds.includes('money')) {
    const additive = operator === '+' || operator === '-'
    if (additive && kinds.some((kind) => kind === 'int' || kind === 'dyn')) {
      return reportIncomparable(checking, node.args[0], node.args[1], left, right)
    }
    const message = 'Money can be added to money, taken from money, and multiplied: money * whole number. Nothing else.'
    return report(checking, 'type_mismatch', node, message)
  }
  const wrong = isWhole(left.type) ? right : left
  const message = `${operator} computes with whole numbers; this is ${describeType(wrong.type)}.`
  return report(checking, 'type_mismatch', wrong === left ? node.args[0] : node.args[1], message)
}

function arithmeticType(operator: ArithmeticOperator, left: Type, right: Type): Type | undefined {
  if (isWhole(left) && isWhole(right)) return INT
  if (left.kind !== 'money') return undefined
  if (operator === '*') return isWhole(right) ? MONEY : undefined
  return (operator === '+' || operator === '-') && right.kind === 'money' ? MONEY : undefined
}

function isWhole(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'dyn'
}

function isTruth(type: Type): boolean {
  return type.kind === 'bool' || type.kind === 'dyn'
}

/** Whether two values can be equal at all. An action's data comes as JSON, which has no money. */
function comparable(left: Type, right: Type): boolean {
  if (left.kind === 'dyn') return right.kind !== 'money'
  if (right.kind === 'dyn') return left.kind !== 'money'
  if (left.kind === 'null') return right.kind === 'null' || right.nullable === true
  if (right.kind === 'null') return left.nullable === true
  if (left.kind !== right.kind) return false
  return left.kind !== 'list' || comparable(left.element ?? DYN, right.element ?? DYN)
}

/** The type of a choice between two values. */
function unify(yes: Type, no: Type): Type | undefined {
  if (yes.kind === 'money' || no.kind === 'money') {
    return yes.kind === no.kind ? { kind: 'money', nullable: yes.nullable || no.nullable } : undefined
  }
  if (yes.kind === 'dyn' || no.kind === 'dyn') return DYN
  if (yes.kind !== no.kind) return undefined
  const nullable = yes.nullable || no.nullable
  if (yes.kind !== 'list') return { kind: yes.kind, nullable }
  const element = unify(yes.element ?? DYN, no.element ?? DYN)
  return element && { kind: 'list', element, nullable }
}

function reportIncomparable(
  checking: Checking,
  leftNode: ASTNode,
  rightNode: ASTNode,
  left: Expression,
  right: Expression,
): undefined {
  const [money, other] = left.type.kind === 'money' ? [left, right] : [right, left]
  if (money.type.kind === 'money' && ['int', 'dyn'].includes(other.type.kind)) {
    const node = other === left ? leftNode : rightNode
    const literal = moneyLiteral(checking, checking.source.slice(node.start, node.end))
    const message = `Money is compared and added only with money: write ${literal ?? 'money("5.00")'}.`
    return report(checking, 'money_needs_money', node, message, literal)
  }
  const range = { start: Math.min(leftNode.start, rightNode.start), end: Math.max(leftNode.end, rightNode.end) }
  if (left.type.kind === 'null' || right.type.kind === 'null') {
    return report(
      checking,
      'type_mismatch',
      range,
      'This is never null, or null has no order; leave the comparison out.',
    )
  }
  const message = `${describeType(left.type)} and ${describeType(right.type)} cannot be compared.`
  return report(checking, 'type_mismatch', range, capitalize(message))
}

function reportNotTruth(checking: Checking, node: ASTNode, expression: Expression): undefined {
  const message = `This must be true or false, and is ${describeType(expression.type)}.`
  return report(checking, 'type_mismatch', node, message)
}

function reportTooDeep(checking: Checking, node: ASTNode): undefined {
  // One report is enough: every part below the first that is too deep is too deep as well.
  if (checking.problems.some((problem) => problem.code === 'too_deep')) return undefined
  return report(checking, 'too_deep', node, `A condition may be nested ${DEPTH_LIMIT} deep and no deeper.`)
}

/** `money("5.00")` for a bare `5`, where that is a possible amount. */
function moneyLiteral({ scope }: Checking, written: string): string | undefined {
  const minor = parseMoney(written, scope.moneyDigits, { negative: true })
  return minor === null ? undefined : `money("${formatAmount(minor, scope.moneyDigits)}")`
}

function capitalize(sentence: string): string {
  return sentence[0]!.toUpperCase() + sentence.slice(1)
}
