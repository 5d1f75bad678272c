/** Canonical JSON (RFC 8785): the same body gives the same text, however its fields were ordered. */

import canonicalize from 'canonicalize'
import { assert } from '../core/assert.ts'

export function canonical(value: unknown): string {
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(value)
  assert(text !== undefined, 'only JSON values are made canonical')
  return text
}
