/**
 * Equality, order and size of values as CEL defines them, for JSON and facts. Undefined stands for CEL's error: it is
 * no value of JSON, so nothing else can be mistaken for it.
 */

/** Data nested deeper than this is not compared, so that hostile JSON cannot exhaust the stack. */
const EQUALITY_DEPTH = 50

/** Equality of any two values; values of different types are simply not equal. Undefined beyond the depth limit. */
export function equalValues(left: unknown, right: unknown, depth = EQUALITY_DEPTH): boolean | undefined {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (depth === 0) return undefined
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    for (let i = 0; i < left.length; i++) {
      const equal = equalValues(left[i], right[i], depth - 1)
      if (equal !== true) return equal
    }
    return true
  }
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false
    const equal = equalValues(ownProperty(left, key), ownProperty(right, key), depth - 1)
    if (equal !== true) return equal
  }
  return true
}

/** `value in list`, or `key in map`. */
export function includesValue(list: unknown, needle: unknown): boolean | undefined {
  if (!Array.isArray(list)) {
    if (!isPlainObject(list) || typeof needle === 'object') return undefined
    return typeof needle === 'string' && Object.hasOwn(list, needle)
  }
  if (typeof needle !== 'object') return list.includes(needle)
  let doubtful = false
  for (const element of list) {
    const equal = equalValues(element, needle)
    if (equal) return true
    doubtful ||= equal === undefined
  }
  return doubtful ? undefined : false
}

/** An element of a list by number, or an own property of an object by name: what a prototype has is never seen. */
export function elementOf(of: unknown, index: unknown): unknown {
  if (typeof index === 'string') return isPlainObject(of) ? ownProperty(of, index) : undefined
  return Array.isArray(of) && Number.isInteger(index) ? ownProperty(of, index as number) : undefined
}

/** The elements that a quantifier looks at: of a list its elements, of an object its keys. */
export function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  return isPlainObject(value) ? Object.keys(value) : undefined
}

/** Code points of a text, elements of a list, keys of an object. */
export function sizeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? countCodePoints(value) : elementsOf(value)?.length
}

/** Whether CEL orders these two: numbers among themselves, texts, and false before true. */
export function haveOrder(left: unknown, right: unknown): boolean {
  const type = typeof left
  return type === typeof right && (type === 'number' || type === 'string' || type === 'boolean')
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ownProperty(of: object, key: string | number): unknown {
  return Object.hasOwn(of, key) ? (of as Record<string | number, unknown>)[key] : undefined
}

/** A pair of surrogates is one code point; a lone one counts by itself. */
function countCodePoints(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length - 1; i++) {
    const isPair = (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
    if (!isPair) continue
    count--
    i++
  }
  return count
}
