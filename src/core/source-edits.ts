/**
 * Changes to the text of a program file that touch the place they are about and nothing else: whatever people wrote
 * around it, comments, order and blank lines, stays as they wrote it. What comes of a change is read again; where it is
 * not what was asked for, the parser writes the whole file anew, which still keeps comments and order.
 */

import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Path } from './source.ts'

/** A number or word as it is to be written, such as 5.00, which as a number would be 5. */
export class Written {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The text with this value at the path; sections on the way to it are begun where they are missing. */
export function setIn(text: string, path: Path, value: unknown): string {
  return changed(
    text,
    (document) => withValue(text, document, path, value),
    (document) => document.setIn(path, plain(value)),
  )
}

/** The text without what stands at the path. */
export function removeIn(text: string, path: Path): string {
  return changed(
    text,
    (document) => withoutValue(text, document, path),
    (document) => document.deleteIn(path),
  )
}

/** The text with another entry in the list at the path, before the one that is at `place` now. */
export function insertIn(text: string, path: Path, place: number, value: unknown): string {
  return changed(
    text,
    (document) => withEntry(text, document, path, place, value),
    (document) => {
      const list = document.getIn(path) as YAMLSeq | undefined
      if (isSeq(list)) list.items.splice(place, 0, document.createNode(plain(value)))
      else document.setIn(path, [plain(value)])
    },
  )
}

/** The text with an entry of the list at the path at another place; comments above an entry go with it. */
export function moveIn(text: string, path: Path, from: number, to: number): string {
  return changed(
    text,
    (document) => withMoved(text, document.getIn(path) as YAMLSeq, from, to),
    (document) => {
      const { items } = document.getIn(path) as YAMLSeq
      items.splice(to, 0, ...items.splice(from, 1))
    },
  )
}

/** The text with another name for what stands at the path. */
export function renameIn(text: string, path: Path, name: string): string {
  return changed(
    text,
    (document) => {
      const { key } = pairAt(document, path)!
      return spliced(text, rangeOf(key), inline(name, false))
    },
    (document) => {
      pairAt(document, path)!.key = new Scalar(name)
    },
  )
}

/** `write` is quick and exact, and `rewrite` what it has to come to. */
function changed(
  text: string,
  write: (document: Document) => string | null,
  rewrite: (document: Document) => void,
): string {
  const document = read(text)
  const written = write(read(text))
  rewrite(document)
  const wanted = JSON.stringify(document.toJS())
  if (written !== null) {
    const again = read(written)
    if (again.errors.length === 0 && JSON.stringify(again.toJS()) === wanted) return written
  }
  return document.toString({ lineWidth: 0 })
}

function read(text: string): Document {
  return parseDocument(text, { uniqueKeys: false, version: '1.2', schema: 'core' })
}

function withValue(text: string, document: Document, path: Path, value: unknown): string | null {
  if (document.contents === null) return path.length === 1 ? `${ended(text)}${entry(path[0]!, value, '')}\n` : null
  const node = document.getIn(path, true) as Node | undefined
  if (node !== undefined && document.hasIn(path)) return withReplaced(text, node, value, inFlow(document, path))
  const [parent, key] = [path.slice(0, -1), path.at(-1)!]
  if (!document.hasIn(parent)) return withValue(text, document, parent, { [key]: value })
  const map = document.getIn(parent, true)
  if (isScalar(map) && map.value === null) return withReplaced(text, map, { [key]: value }, inFlow(document, parent))
  return isMap(map) ? withPair(text, map as YAMLMap, key, value) : null
}

function withReplaced(text: string, node: Node, value: unknown, isInFlow: boolean): string {
  const [from, to] = rangeOf(node)
  const isQuoted = isScalar(node) && typeof value === 'string' && /^QUOTE/.test(node.type ?? '')
  const written = isQuoted ? quoted(value, node.type as 'QUOTE_SINGLE' | 'QUOTE_DOUBLE') : inline(value, isInFlow)
  const before = from > 0 && !/\s/.test(text[from - 1]!) && !/[[{]/.test(text[from - 1]!) ? ' ' : ''
  // What is written in several lines ends with the last of them.
  const after = text.slice(from, to).endsWith('\n') ? '\n' : ''
  return spliced(text, [from, to], `${before}${written}${after}`)
}

function withPair(text: string, map: YAMLMap, key: string | number, value: unknown): string | null {
  const last = map.items.at(-1)
  if (last === undefined) return spliced(text, rangeOf(map), `{ ${entry(key, value, null)} }`)
  if (map.flow === true) {
    const end = endOf(last)
    return spliced(text, [end, end], `, ${entry(key, value, null)}`)
  }
  const indent = ' '.repeat(columnOf(text, rangeOf(map.items[0]!.key as Node)[0]))
  const end = endOfLine(text, endOf(last))
  return spliced(text, [end, end], `\n${indent}${entry(key, value, indent)}`)
}

function withoutValue(text: string, document: Document, path: Path): string | null {
  const parent = document.getIn(path.slice(0, -1), true)
  const holder = path.length === 1 ? document.contents : parent
  if (!isMap(holder) && !isSeq(holder)) return null
  const place = isMap(holder)
    ? holder.items.findIndex(({ key }) => String((key as Scalar).value) === String(path.at(-1)))
    : Number(path.at(-1))
  if (place < 0 || place >= holder.items.length) return text
  if (holder.items.length === 1) return withReplaced(text, holder as Node, isMap(holder) ? {} : [], true)
  const parts = holder.flow === true ? flowParts(holder) : lineParts(text, holder)
  const [from, to] = parts[place]!
  if (holder.flow !== true) return spliced(text, [from, to], '')
  return place + 1 < parts.length
    ? spliced(text, [from, parts[place + 1]![0]], '')
    : spliced(text, [parts[place - 1]![1], to], '')
}

function withEntry(text: string, document: Document, path: Path, place: number, value: unknown): string | null {
  const list = document.getIn(path, true)
  if (!isSeq(list) || list.items.length === 0) return withValue(text, document, path, [value])
  if (list.flow === true) {
    const parts = flowParts(list)
    const at = place < parts.length ? parts[place]![0] : parts.at(-1)![1]
    return spliced(text, [at, at], place < parts.length ? `${inline(value, true)}, ` : `, ${inline(value, true)}`)
  }
  const parts = lineParts(text, list)
  const indent = ' '.repeat(columnOf(text, dashBefore(text, rangeOf(list.items[0] as Node)[0])))
  const isBlock = isMap(list.items[0]) && list.items[0].flow !== true
  const line = `${indent}- ${isBlock ? block(value, `${indent}  `) : inline(value, false)}\n`
  if (place < parts.length) return spliced(text, [parts[place]![0], parts[place]![0]], line)
  const end = parts.at(-1)![1]
  return spliced(text, [end, end], text[end - 1] === '\n' ? line : `\n${line}`)
}

function withMoved(text: string, list: YAMLSeq, from: number, to: number): string | null {
  const parts = list.flow === true ? flowParts(list) : lineParts(text, list)
  const texts = parts.map(([start, end]) => text.slice(start, end))
  if (list.flow !== true && !texts.at(-1)!.endsWith('\n')) texts[texts.length - 1] += '\n'
  texts.splice(to, 0, ...texts.splice(from, 1))
  let moved = text
  for (let i = parts.length - 1; i >= 0; i--) moved = spliced(moved, parts[i]!, texts[i]!)
  return moved
}

type Range = readonly [from: number, to: number]

function rangeOf(node: unknown): Range {
  const [from, to] = (node as Node).range!
  return [from, to]
}

/** Where an entry of a map or a list ends, without what follows in its line. */
function endOf(item: Pair | Node): number {
  const last = 'key' in item ? ((item.value ?? item.key) as Node) : item
  return rangeOf(last)[1]
}

function startOf(item: Pair | Node): number {
  return rangeOf('key' in item ? item.key : item)[0]
}

function flowParts({ items }: YAMLMap | YAMLSeq): Range[] {
  return (items as (Pair | Node)[]).map((item) => [startOf(item), endOf(item)])
}

/** The lines of each entry, with the comments and blank lines above it. */
function lineParts(text: string, { items }: YAMLMap | YAMLSeq): Range[] {
  const parts: Range[] = []
  let from: number | null = null
  for (const item of items as (Pair | Node)[]) {
    const first = text.lastIndexOf('\n', startOf(item) - 1) + 1
    const end = Math.min(text.length, endOfLine(text, trimmedEnd(text, endOf(item))) + 1)
    parts.push([from ?? first, end])
    from = end
  }
  return parts
}

/** Values of several lines end after their last line break. */
function trimmedEnd(text: string, end: number): number {
  let at = end
  while (at > 0 && /\s/.test(text[at - 1]!)) at--
  return at
}

function endOfLine(text: string, at: number): number {
  const trimmed = trimmedEnd(text, at)
  const end = text.indexOf('\n', trimmed)
  return end === -1 ? text.length : end
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1)
}

function dashBefore(text: string, at: number): number {
  return text.lastIndexOf('-', at - 1)
}

function spliced(text: string, [from, to]: Range, between: string): string {
  return text.slice(0, from) + between + text.slice(to)
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function pairAt(document: Document, path: Path): Pair | undefined {
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(map)) return undefined
  return map.items.find(({ key }) => String((key as Scalar).value) === String(path.at(-1)))
}

function inFlow(document: Document, path: Path): boolean {
  return path.some((_, length) => {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    return (isMap(node) || isSeq(node)) && node.flow === true
  })
}

/** `key: value` in one line, or with a line for each entry of a list of sections where `indent` says how far in. */
function entry(key: string | number, value: unknown, indent: string | null): string {
  const name = inline(String(key), true)
  const isSections = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object')
  if (indent === null || !isSections) return `${name}: ${inline(value, indent === null)}`
  return `${name}:\n${value.map((one) => `${indent}  - ${inline(one, false)}`).join('\n')}`
}

/** A section with a line for each setting; the first stands behind a dash. */
function block(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return inline(value, false)
  return Object.entries(value)
    .map(([key, one]) => entry(key, one, indent))
    .join(`\n${indent}`)
}

function inline(value: unknown, isInFlow: boolean): string {
  if (value instanceof Written) return value.text
  if (Array.isArray(value)) return `[${value.map((one) => inline(one, true)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined)
    if (entries.length === 0) return '{}'
    return `{ ${entries.map(([key, one]) => entry(key, one, null)).join(', ')} }`
  }
  const text = stringify(value, { lineWidth: 0, schema: 'core', singleQuote: true }).trimEnd()
  // Several lines, and what would end or begin something between brackets, are put into quotes.
  const needsQuotes = typeof value === 'string' && (/^[|>]/.test(text) || (isInFlow && /[,[\]{}]|: |^\s|:$/.test(text)))
  return needsQuotes && !/^['"]/.test(text)
    ? quoted(value, value.includes('\n') ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE')
    : text
}

function quoted(value: string, type: 'QUOTE_SINGLE' | 'QUOTE_DOUBLE'): string {
  return type === 'QUOTE_DOUBLE' || /[\n\r]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`
}

/** What is asked for as data: the parser reads 5.00 as 5. */
function plain(value: unknown): unknown {
  if (value instanceof Written) return read(value.text).toJS()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => [key, plain(one)]),
  )
}
