/**
 * A program file as plain data that still knows where each value stands in the text.
 *
 * YAML 1.2 core schema, of which JSON is a part; what makes YAML surprising or dangerous is refused: anchors and
 * aliases (cycles, exponential growth), tags, directives, several documents, keys that are no text or come twice.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'

export type Path = readonly (string | number)[]

/** Something that is wrong with a program file, at the place where a person would put it right. */
export interface Problem {
  readonly path: Path
  /** The same path as a JSON pointer (RFC 6901). */
  readonly pointer: string
  /** Both from 1; columns count UTF-16 units, as editors and language servers do. */
  readonly line: number
  readonly column: number
  readonly code: string
  readonly message: string
  /** The word that was probably meant. */
  readonly suggestion?: string
}

/** A stretch of the text. */
export interface Location {
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly length: number
}

/** How to report a problem elsewhere than at the value itself, and what to suggest. */
export interface ProblemOptions {
  readonly part?: 'key' | 'value'
  /** A stretch within the text value at the path, such as the place of a mistake in a condition. */
  readonly within?: readonly [start: number, end: number]
  readonly suggestion?: string
}

/** Told apart by `'problems' in reading`. */
export type Reading = Source | { readonly problems: Problem[] }

const MOST_CHARACTERS = 1_000_000
const DEEPEST = 50
const MOST_PROBLEMS = 100

/** Reads a program file; either its data with positions, or what is wrong with its syntax. */
export function readSource(text: string): Reading {
  const lines = new Lines(text)
  const fail = (offset: number, code: string, message: string, path: Path = []): Reading => ({
    problems: [problemAt(lines.locate(offset, offset), path, code, message)],
  })
  if (text.length > MOST_CHARACTERS) return fail(0, 'too_large', 'The file is longer than a million characters')
  const nul = text.indexOf('\0')
  if (nul >= 0) return fail(nul, 'syntax', 'The file holds a NUL character, so it is probably not a text')
  // Doubled keys are looked for below: the parser's own search takes quadratic time.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, version: '1.2', schema: 'core' })
  const error = document.errors[0]
  if (error) return fail(error.pos[0], 'syntax', describeSyntaxError(error.code, error.message))
  if (document.directives?.yaml.explicit) return fail(0, 'syntax', 'Directives (`%YAML`) are not allowed here')
  const reader = new Reader(lines)
  const data = reader.read(document.contents, [])
  return reader.problems.length > 0 ? { problems: reader.problems } : new Source(lines, document, data)
}

/** `program.yaml:4:7  message  (did you mean …?)`: the form that editors turn into a link. */
export function formatProblem(file: string, problem: Problem): string {
  const { message, suggestion } = problem
  // A message that ends with the suggestion has made it.
  const isSaid = suggestion === undefined || message.replace(/[.?]$/, '').endsWith(suggestion)
  const hint = isSaid ? '' : `  (did you mean \`${suggestion}\`?)`
  return `${file}:${problem.line}:${problem.column}  ${problem.message}${hint}`
}

/** The JSON pointer (RFC 6901) of a path: `/levels/0/a~1b`. */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** A program file that could be read: its data, and where each part of it stands. */
export class Source {
  /** Objects without a prototype, arrays, strings, finite numbers, booleans and null. */
  readonly data: unknown
  readonly #lines: Lines
  readonly #document: Document

  constructor(lines: Lines, document: Document, data: unknown) {
    this.#lines = lines
    this.#document = document
    this.data = data
  }

  /**
   * Where the value at this path stands, or its key. An entry of a list has no key, so its value is meant; where the
   * path leads nowhere it is followed as far as it goes.
   */
  locate(path: Path, part: 'key' | 'value' = 'value'): Location {
    const { key, value } = this.#find(path)
    const node = part === 'key' ? (key ?? value) : (value ?? key)
    return this.#lines.locate(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0)
  }

  /**
   * Where a stretch of a text value stands. Exact for plain, quoted and block scalars, folded over lines or not, with
   * escaped quotes and backslashes; with any other escape it is the whole scalar.
   */
  locateIn(path: Path, start: number, end: number): Location {
    const { value } = this.#find(path)
    if (!isScalar(value) || typeof value.value !== 'string' || !value.range) return this.locate(path)
    const aligned = alignWithText(this.#lines.text, value as Scalar<string>)
    if (!aligned) return this.locate(path)
    // What is missing at the end of a condition is reported just after its last character.
    const from = aligned.starts[Math.max(start, 0)] ?? aligned.ends.at(-1) ?? value.range[0]
    const to = end > start ? (aligned.ends[Math.min(end, aligned.ends.length) - 1] ?? from) : from
    return this.#lines.locate(from, to)
  }

  /** The number or text as it is written in the file, so that 5.00 need not pass through a float. */
  textAt(path: Path): string | undefined {
    const { value, complete } = this.#find(path)
    if (!complete || !isScalar(value)) return undefined
    return value.source ?? (value.value === null ? undefined : String(value.value))
  }

  /** A problem with what stands at this path. */
  problem(path: Path, code: string, message: string, options: ProblemOptions = {}): Problem {
    const { part, within, suggestion } = options
    const location = within ? this.locateIn(path, within[0], within[1]) : this.locate(path, part)
    return problemAt(location, path, code, message, suggestion)
  }

  #find(path: Path): { key?: Scalar; value?: Node; complete: boolean } {
    let key: Scalar | undefined
    let value = (this.#document.contents as Node | null) ?? undefined
    for (const step of path) {
      const pair = isMap(value) ? findPair(value, String(step)) : undefined
      const item = isSeq(value) ? (value.items[Number(step)] as Node | undefined) : undefined
      if (!pair && !item) return { key, value, complete: false }
      key = pair?.key
      value = pair ? (pair.value ?? undefined) : item
    }
    return { key, value, complete: true }
  }
}

/** The text with the offsets at which its lines begin. */
class Lines {
  readonly text: string
  readonly #starts = [0]

  constructor(text: string) {
    this.text = text
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) this.#starts.push(end + 1)
  }

  locate(from: number, to: number): Location {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= from) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: from - this.#starts[low]! + 1, offset: from, length: Math.max(0, to - from) }
  }
}

/** Turns the parser's nodes into plain data and gathers what is not allowed in it. */
class Reader {
  readonly problems: Problem[] = []
  readonly #lines: Lines

  constructor(lines: Lines) {
    this.#lines = lines
  }

  read(node: Node | null, path: Path): unknown {
    if (!node) return null
    if (path.length > DEEPEST) return this.#refuse(node, path, 'too_deep', DEEP_MESSAGE)
    if (isAlias(node) || node.anchor !== undefined)
      return this.#refuse(node, path, 'alias', 'Anchors and aliases (`&`, `*`) are not allowed: write the value out')
    if (node.tag !== undefined) return this.#refuse(node, path, 'tag', 'Tags (`!`) are not allowed')
    if (isMap(node)) return this.#readMap(node, path)
    if (isSeq(node)) return node.items.map((item, index) => this.read(item as Node | null, [...path, index]))
    return this.#readScalar(node as Scalar, path)
  }

  #readMap(map: YAMLMap, path: Path): Record<string, unknown> {
    // Without a prototype a key such as `toString` is found only where the file has it.
    const result: Record<string, unknown> = Object.create(null)
    for (const pair of map.items) {
      const name = keyText(pair.key)
      if (name === undefined) {
        const node = (pair.key ?? pair.value ?? map) as Node
        this.#refuse(node, path, 'key', 'A key must be a single word or text')
        continue
      }
      const at = [...path, name]
      if (POISONOUS_KEYS.has(name)) this.#refuse(pair.key as Node, at, 'key', `\`${name}\` cannot be used as a key`)
      else if (name in result) this.#refuse(pair.key as Node, at, 'duplicate_key', `\`${name}\` stands here twice`)
      else result[name] = this.read(pair.value as Node | null, at)
      this.#checkText(pair.key as Scalar, name, at)
    }
    return result
  }

  #readScalar(scalar: Scalar, path: Path): unknown {
    const { value } = scalar
    if (typeof value === 'string') this.#checkText(scalar, value, path)
    if (typeof value === 'number' && !Number.isFinite(value))
      return this.#refuse(scalar, path, 'number', `\`${scalar.source}\` is not a number that can be used here`)
    return value
  }

  /** What no database can store: NUL, and halves of a surrogate pair; both can come in by an escape. */
  #checkText(node: Node, text: string, path: Path): void {
    if (text.includes('\0') || /\p{Cs}/u.test(text))
      this.#refuse(node, path, 'character', 'The text holds a character that cannot be stored (NUL or half a pair)')
  }

  #refuse(node: Node, path: Path, code: string, message: string): undefined {
    if (this.problems.length >= MOST_PROBLEMS) return
    const [from, to] = node.range ?? [0, 0]
    this.problems.push(problemAt(this.#lines.locate(from, to), path, code, message))
  }
}

/** Names that mean an object's inner workings to JavaScript: as keys they only ever come from an attack. */
const POISONOUS_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const DEEP_MESSAGE = `The file is nested deeper than ${DEEPEST} levels`

function problemAt(at: Location, path: Path, code: string, message: string, suggestion?: string): Problem {
  const problem = { path, pointer: pointerOf(path), line: at.line, column: at.column, code, message }
  return suggestion === undefined ? problem : { ...problem, suggestion }
}

/** A key as text: `2026:` and `true:` are names like others here. Undefined for none, a list, an alias or a section. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.anchor !== undefined || key.tag !== undefined) return undefined
  const text = typeof key.value === 'string' ? key.value : key.source
  return text === '' ? undefined : text
}

function findPair(map: YAMLMap, name: string): { key: Scalar; value: Node | null } | undefined {
  const pair = map.items.find((candidate) => keyText(candidate.key) === name)
  return pair as { key: Scalar; value: Node | null } | undefined
}

/**
 * Where each character of a scalar's value begins and ends in the text; null when that cannot be told.
 *
 * Folding and indentation change nothing but white space. So every other character of the value is the next one of the
 * text that is not white space, and white space is taken to stand right after the character before it.
 */
function alignWithText(text: string, scalar: Scalar<string>): { starts: number[]; ends: number[] } | null {
  const [from, to] = scalar.range!
  const isQuoted = scalar.type === 'QUOTE_SINGLE' || scalar.type === 'QUOTE_DOUBLE'
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED'
  let at = isQuoted ? from + 1 : isBlock ? text.indexOf('\n', from) + 1 : from
  const starts: number[] = []
  const ends: number[] = []
  for (const character of scalar.value.split('')) {
    if (!isWhite(character)) while (at < to && isWhite(text[at]!)) at++
    starts.push(at)
    if (!isWhite(character)) {
      const isEscape =
        (scalar.type === 'QUOTE_SINGLE' && character === "'") || (scalar.type === 'QUOTE_DOUBLE' && text[at] === '\\')
      if (isEscape) at++
      if (text[at] !== character) return null
      at++
    } else if (text[at] === ' ' || text[at] === '\t') {
      // Only within the line: a new line of the value and the one of the text need not be equally long.
      at++
    }
    ends.push(at)
  }
  return { starts, ends }
}

function isWhite(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r'
}

/** The parser's errors whose own words speak of its grammar rather than of the file. */
const SYNTAX_ERRORS: Record<string, string> = {
  BLOCK_AS_IMPLICIT_KEY:
    'A second `:` stands in one line: put the value in quotes, or begin a new line and indent it evenly',
  MULTILINE_IMPLICIT_KEY: 'A key must stand in one line with its `:`; check the indentation of this line',
  MULTIPLE_DOCS: 'The file must be a single document: `---` begins another one here',
  TAB_AS_INDENT: 'Lines are indented with spaces, not with tabs',
  BAD_ALIAS: 'Anchors and aliases (`&`, `*`) are not allowed: put a value that begins with one in quotes',
  BAD_SCALAR_START: 'A value that begins with this character must be put in quotes',
  RESOURCE_EXHAUSTION: DEEP_MESSAGE,
  UNEXPECTED_TOKEN: 'This does not fit here: check the indentation, the quotes and the brackets before it',
}

function describeSyntaxError(code: string, message: string): string {
  if (message.startsWith('Implicit map keys need')) return 'A `:` and a value are missing after this'
  return SYNTAX_ERRORS[code] ?? message
}
