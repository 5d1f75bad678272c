/** Reads JSON that strangers send: where it is broken is told by line and column, and no name reaches a prototype. */

import { isUtf8 } from 'node:buffer'
import { Refusal, refuse } from '../../core/refusal.ts'
import { pointerOf } from '../../core/source.ts'

export function readText(body: Buffer): string | Refusal {
  return isUtf8(body) ? body.toString('utf8') : refuse('invalid', 'The body is not UTF-8 text.')
}

/** The value of a JSON text. */
export function readJson(text: string): { value: unknown } | Refusal {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return new Refusal('invalid', describeBroken(text, (error as Error).message))
  }
  const fault = mayHaveFault(text) ? findFault(value, 0) : null
  if (fault === null) return { value }
  const { path, code, message } = fault
  return new Refusal('invalid', message, [{ pointer: pointerOf(path.reverse()), code, message }])
}

/** Far beyond anything that is documented, and far below what would exhaust the stack of whoever walks the value. */
const DEEPEST = 32

/** Most texts show without a walk through their value that nothing is wrong: no name that matters, and little nesting. */
function mayHaveFault(text: string): boolean {
  // An escape could write the name in another way.
  if (text.includes('__proto__') || text.includes('\\')) return true
  let opened = 0
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) if (++opened >= DEEPEST) return true
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) if (++opened >= DEEPEST) return true
  return false
}

interface Fault {
  /** From the inside to the outside. */
  path: (string | number)[]
  code: string
  message: string
}

/** `__proto__` is no field of ours, and what copies a value by assignment would change its prototype. */
function findFault(value: unknown, depth: number): Fault | null {
  if (typeof value !== 'object' || value === null) return null
  if (depth === DEEPEST) return { path: [], code: 'too_deep', message: `More than ${DEEPEST} levels are too deep.` }
  for (const key in value) {
    if (key === '__proto__')
      return { path: [key], code: 'unknown_key', message: '`__proto__` cannot be the name of a field.' }
    const fault = findFault((value as Record<string, unknown>)[key], depth + 1)
    if (fault !== null) {
      fault.path.push(key)
      return fault
    }
  }
  return null
}

function describeBroken(text: string, message: string): string {
  const offset = Math.min(errorOffset(text, message), text.length)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  const found = offset === text.length ? 'it ends too early' : `${JSON.stringify(text[offset])} cannot stand there`
  return text.trim() === ''
    ? 'The body is empty; it must be JSON.'
    : `The body is not JSON: ${found} (line ${line}, column ${column}, character ${offset}).`
}

/** The engine tells the position of some mistakes and only quotes the surroundings of others. */
function errorOffset(text: string, message: string): number {
  const told = / at position (\d+)/.exec(message)?.[1]
  if (told !== undefined) return Number(told)
  return message.startsWith('Unexpected end') ? text.length : firstMisplaced(text)
}

const WORDS = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/**
 * The offset of the first token that is none, or that stands where a value has to begin. Everything that the engine
 * tells without a position is of this kind.
 */
function firstMisplaced(text: string): number {
  let wantsValue = true
  let opened = false
  for (let i = 0; i < text.length; ) {
    const char = text[i]!
    if (' \t\r\n'.includes(char)) i++
    else if (char === '"') {
      i = endOfString(text, i)
      wantsValue = opened = false
    } else if ('[{,:'.includes(char)) {
      if (wantsValue && (char === ',' || char === ':')) return i
      opened = char === '[' || char === '{'
      wantsValue = true
      i++
    } else if (char === ']' || char === '}') {
      if (wantsValue && !opened) return i
      wantsValue = opened = false
      i++
    } else {
      WORDS.lastIndex = i
      const word = WORDS.exec(text)
      if (word === null) return partOfWord(text, i)
      i += word[0].length
      wantsValue = opened = false
    }
  }
  return text.length
}

/** `tru}` goes wrong at its brace, `hello` at its first letter. */
function partOfWord(text: string, start: number): number {
  const word = ['true', 'false', 'null'].find((one) => one[0] === text[start]) ?? ''
  let i = 0
  while (i < word.length && text[start + i] === word[i]) i++
  return start + i
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}
