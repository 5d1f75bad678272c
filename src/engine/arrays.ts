/**
 * Arrays as PostgreSQL's binary wire format, to be passed as one parameter of a set-based statement. `pg` sends a Buffer
 * as it is, while its own way for an array is to quote every element into a text that the server takes apart again.
 *
 * The format (array_recv in PostgreSQL's arrayfuncs.c): number of dimensions, whether there are nulls, the element
 * type's oid; for each dimension its length and lower bound; for each element its length in bytes, −1 for null, and the
 * bytes. The statement must give the parameter exactly that type: `$1::bigint[]`.
 */
import { assert } from '../core/assert.ts'

const OID = { bytea: 17, bigint: 20, smallint: 21, integer: 23, text: 25 } as const
const HEADER_LENGTH = 20
const NULL_LENGTH = -1
/** Two to the power of 32: a bigint is written as two halves, which is faster than by way of BigInt. */
const HALF = 0x1_0000_0000

export function bigintArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, OID.bigint, 8, (buffer, value, at) => {
    assert(Number.isSafeInteger(value), `${value} is not a safe integer`)
    buffer.writeInt32BE(Math.floor(value / HALF), at)
    buffer.writeUInt32BE(value >>> 0, at + 4)
  })
}

export function intArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, OID.integer, 4, (buffer, value, at) => {
    assert(value === (value | 0), `${value} is not an integer of 32 bits`)
    buffer.writeInt32BE(value, at)
  })
}

export function smallintArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, OID.smallint, 2, (buffer, value, at) => {
    assert(value === (value << 16) >> 16, `${value} is not an integer of 16 bits`)
    buffer.writeInt16BE(value, at)
  })
}

type WriteElement = (buffer: Buffer, value: number, at: number) => void

function fixedArray(values: readonly (number | null)[], oid: number, width: number, write: WriteElement): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_LENGTH + values.length * (4 + width))
  let at = writeHeader(buffer, values, oid)
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(NULL_LENGTH, at)
    } else {
      at = buffer.writeInt32BE(width, at)
      write(buffer, value, at)
      at += width
    }
  }
  return buffer.subarray(0, at)
}

/** A character 0 is refused by the server, and half a surrogate pair becomes U+FFFD: check texts from outside before. */
export function textArray(values: readonly (string | null)[]): Buffer {
  // A UTF-16 unit takes three bytes of UTF-8 at most, so nothing need be measured before.
  let most = HEADER_LENGTH
  for (const value of values) most += 4 + (value === null ? 0 : value.length * 3)
  const buffer = Buffer.allocUnsafe(most)
  let at = writeHeader(buffer, values, OID.text)
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(NULL_LENGTH, at)
    } else {
      const length = writeText(buffer, value, at + 4)
      buffer.writeInt32BE(length, at)
      at += 4 + length
    }
  }
  return buffer.subarray(0, at)
}

/** Up to this length a loop over characters is faster than a call into Node's encoder. */
const SHORT = 24

function writeText(buffer: Buffer, value: string, at: number): number {
  if (value.length > SHORT) return buffer.write(value, at, 'utf8')
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (code > 127) return buffer.write(value, at, 'utf8')
    buffer[at + index] = code
  }
  return value.length
}

export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  let length = HEADER_LENGTH
  for (const value of values) length += 4 + (value?.length ?? 0)
  const buffer = Buffer.allocUnsafe(length)
  let at = writeHeader(buffer, values, OID.bytea)
  for (const value of values) {
    at = buffer.writeInt32BE(value?.length ?? NULL_LENGTH, at)
    if (value) {
      buffer.set(value, at)
      at += value.length
    }
  }
  return buffer.subarray(0, at)
}

/** Answers where the first element begins. An empty array has no dimension at all. */
function writeHeader(buffer: Buffer, values: readonly unknown[], oid: number): number {
  const dimensions = values.length === 0 ? 0 : 1
  buffer.writeInt32BE(dimensions, 0)
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4)
  buffer.writeInt32BE(oid, 8)
  if (dimensions === 0) return 12
  buffer.writeInt32BE(values.length, 12)
  buffer.writeInt32BE(1, 16)
  return HEADER_LENGTH
}
