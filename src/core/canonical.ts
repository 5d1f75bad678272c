/** Canonical JSON (RFC 8785): the same body gives the same text, however its fields were ordered. */

import { assert } from './assert.ts'

/**
 * The canonical text of a JSON value. Fields that are undefined are left out. Numbers and texts are written as
 * `JSON.stringify` writes them, which is what the RFC asks for (section 3.2.2); what it adds is the order of fields by
 * their UTF-16 units (section 3.2.3).
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'only JSON values are made canonical')
    return String(value)
  }
  if (value === null) return 'null'
  if (value === true) return 'true'
  if (value === false) return 'false'
  assert(typeof value === 'object', 'only JSON values are made canonical')
  return Array.isArray(value) ? list(value) : fields(value as Record<string, unknown>)
}

function list(values: readonly unknown[]): string {
  let text = '['
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ','
    text += canonical(values[i])
  }
  return `${text}]`
}

function fields(object: Record<string, unknown>): string {
  const names = sorted(Object.keys(object))
  let text = '{'
  for (let i = 0; i < names.length; i++) {
    const value = object[names[i]!]
    if (value === undefined) continue
    if (text.length > 1) text += ','
    text += `${quoted(names[i]!)}:${canonical(value)}`
  }
  return `${text}}`
}

/** Objects of ours have few fields, for which inserting beats the engine's sort; `<` compares UTF-16 units as it does. */
const FEW = 24

function sorted(names: string[]): string[] {
  if (names.length > FEW) return names.sort()
  for (let i = 1; i < names.length; i++) {
    const name = names[i]!
    let at = i
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!
    names[at] = name
  }
  return names
}

/** What JSON may not hold as it is, and halves of surrogate pairs, which `JSON.stringify` knows how to write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

/** A text as canonical JSON. */
export function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}
