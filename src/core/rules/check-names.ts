/** Checks the names in a condition: facts, fields of an action's data, and the known values of a fact. */
import type { ASTNode } from '@marcbachmann/cel-js'
import { nearest } from '../nearest.ts'
import { type Checking, describeType, type Range, report } from './checking.ts'
import { DATA, DYN, type Expression, STRING, type Type } from './expression.ts'
import { type Fact, isRefusedName } from './facts.ts'

interface Part extends Range {
  readonly name: string
}

/** `member.tier`, `action.data.photos`, a quantifier's variable, or a field of something computed. */
export function checkPath(checking: Checking, node: ASTNode): Expression | undefined {
  const path = pathOf(node)
  if (!path) return checkFieldOfComputed(checking, node)

  const refused = path.find((part) => isRefusedName(part.name))
  if (refused) return reportRefusedName(checking, refused)

  const variable = checking.variables.findLast((candidate) => candidate.name === path[0]!.name)
  if (variable) return checkFields(checking, { op: 'variable', type: variable.type, variable }, path.slice(1))

  for (let length = 1; length <= path.length; length++) {
    const fact = checking.table.find(joinNames(path.slice(0, length)))
    if (!fact) continue
    if (!inReach(checking, fact.name)) {
      const range = { start: path[0]!.start, end: path[length - 1]!.end }
      return report(
        checking,
        'out_of_reach',
        range,
        `The fact ${fact.name} cannot be read by a condition in this place.`,
      )
    }
    return checkFields(checking, { op: 'fact', type: typeOf(fact), slot: fact.slot }, path.slice(length))
  }
  return reportUnknownFact(checking, path)
}

/** A field whose name is known when the program is saved; both `data.x` and `data["x"]` come here. */
export function checkField(checking: Checking, of: Expression, key: string, range: Range): Expression | undefined {
  if (isRefusedName(key)) return reportRefusedName(checking, { ...range, name: key })
  if (of.type.kind !== 'data' && of.type.kind !== 'dyn') {
    return report(checking, 'no_such_field', range, `There is no ${key} here: this is ${describeType(of.type)}.`)
  }
  return { op: 'index', type: DYN, of, index: { op: 'constant', type: STRING, value: key } }
}

/** The position of a field's own name, which is where the node says that an error about it belongs. */
export function fieldRange(node: ASTNode): Range {
  return { start: node.pos, end: node.end }
}

/** Reports a literal that is none of the values which the fact beside it can have. */
export function checkKnownValue(checking: Checking, beside: Type | undefined, value: Expression, range: Range): void {
  if (!beside?.known || value.op !== 'constant' || typeof value.value !== 'string') return
  const { fact, values } = beside.known
  if (values.includes(value.value)) return
  const meant = nearest(value.value, values)
  const advice = meant === undefined ? `It can be ${listWords(values)}.` : `Did you mean ${JSON.stringify(meant)}?`
  const message = `${fact} is never ${JSON.stringify(value.value)}. ${advice}`
  report(checking, 'unknown_value', range, message, meant === undefined ? undefined : JSON.stringify(meant))
}

export function isGroupOfFacts(checking: Checking, name: string): boolean {
  return checking.table.facts.some((fact) => fact.name.startsWith(`${name}.`))
}

/** The dotted names of a node, or undefined when it does not begin with a bare name. */
function pathOf(node: ASTNode): Part[] | undefined {
  const parts: Part[] = []
  let rest = node
  while (rest.op === '.') {
    parts.push({ name: rest.args[1], ...fieldRange(rest) })
    rest = rest.args[0]
  }
  if (rest.op !== 'id') return undefined
  parts.push({ name: rest.args, start: rest.start, end: rest.end })
  return parts.reverse()
}

function checkFieldOfComputed(checking: Checking, node: ASTNode): Expression | undefined {
  if (node.op !== '.') return undefined
  const of = checking.check(node.args[0])
  return of && checkField(checking, of, node.args[1], fieldRange(node))
}

function checkFields(checking: Checking, start: Expression, fields: readonly Part[]): Expression | undefined {
  let expression: Expression | undefined = start
  for (const field of fields) expression = expression && checkField(checking, expression, field.name, field)
  return expression
}

function typeOf(fact: Fact): Type {
  const known = fact.values && { fact: fact.name, values: fact.values }
  const nullable = fact.nullable ?? false
  switch (fact.type) {
    case 'strings':
      return { kind: 'list', nullable, element: { ...STRING, known } }
    case 'data':
      return { ...DATA, nullable }
    default:
      return { kind: fact.type, nullable, known }
  }
}

function inReach({ scope }: Checking, name: string): boolean {
  return scope.only === undefined || scope.only(name)
}

/** Looks for the fact that was meant, at the exact place: in `action.dta.photos` only `action.dta` is misspelt. */
function reportUnknownFact(checking: Checking, path: readonly Part[]): undefined {
  const names = checking.table.names.filter((name) => inReach(checking, name))
  const { start } = path[0]!
  for (let length = path.length; length >= 1; length--) {
    const written = joinNames(path.slice(0, length))
    const meant = nearestFact(written, length, names)
    if (meant === undefined) continue
    const range = { start, end: path[length - 1]!.end }
    return report(checking, 'unknown_fact', range, `There is no fact ${written}. Did you mean ${meant}?`, meant)
  }
  const written = joinNames(path)
  const group = names.filter((name) => name.startsWith(`${path[0]!.name}.`))
  const choice = listWords(group.length > 0 ? group : names)
  const advice = choice === '' ? 'No fact is in reach here.' : `There are ${choice}.`
  return report(checking, 'unknown_fact', { start, end: path.at(-1)!.end }, `There is no fact ${written}. ${advice}`)
}

/** A single name such as `tier` may also be the last part of a fact whose group was left out. */
function nearestFact(written: string, length: number, names: readonly string[]): string | undefined {
  if (length > 1) {
    return nearest(
      written,
      names.filter((name) => name.split('.').length === length),
    )
  }
  return names.find((name) => name.endsWith(`.${written}`))
}

function reportRefusedName(checking: Checking, part: Part): undefined {
  return report(checking, 'refused_name', part, `The name ${part.name} is refused: no fact and no data bears it.`)
}

function joinNames(path: readonly Part[]): string {
  return path.map((part) => part.name).join('.')
}

/** At most ten, since a message is read by a person. */
function listWords(words: readonly string[]): string {
  const more = words.length > 10 ? ` and ${words.length - 10} more` : ''
  return words.slice(0, 10).join(', ') + more
}
