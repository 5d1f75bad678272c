/**
 * The columns of rows in the making. Values are appended as decisions are made, straight in PostgreSQL's binary form of an
 * array (see arrays.ts), so that keeping a batch has nothing left to gather. A column of nulls alone is an empty array,
 * which `unnest` beside longer ones reads as nulls.
 */
import { assert } from '../core/assert.ts'

const HEADER_LENGTH = 20
/** Each element follows its length. */
const LENGTH_LENGTH = 4
const NULL_LENGTH = -1
const OID = { bytea: 17, bigint: 20, smallint: 21, integer: 23, text: 25 } as const
/** Two to the power of 32: a bigint is written as two halves. */
const HALF = 0x1_0000_0000
/** Up to this length a loop over characters is faster than a call into Node's encoder. */
const SHORT = 24
/** Room at first, unless more is expected: most batches of a quiet hour hold one order. */
const FIRST_LENGTH = 128

abstract class Column {
  protected buffer: Buffer
  protected view: DataView
  protected at = HEADER_LENGTH
  readonly #oid: number
  #length = 0
  #nulls = 0

  /** `room` is the expected length of all elements, in bytes; more than that only costs a copy. */
  constructor(oid: number, room: number) {
    this.#oid = oid
    this.buffer = Buffer.allocUnsafe(Math.max(FIRST_LENGTH, HEADER_LENGTH + room))
    this.view = viewOf(this.buffer)
  }

  get length(): number {
    return this.#length
  }

  pushNull(): void {
    this.begin(0, NULL_LENGTH)
    this.#nulls += 1
  }

  /** The array as it goes to the server. The column is not to be appended to afterwards. */
  done(): Buffer {
    const { view } = this
    const empty = this.#length === this.#nulls
    view.setInt32(0, empty ? 0 : 1)
    view.setInt32(4, this.#nulls > 0 && !empty ? 1 : 0)
    view.setInt32(8, this.#oid)
    if (empty) return this.buffer.subarray(0, 12)
    view.setInt32(12, this.#length)
    view.setInt32(16, 1)
    return this.buffer.subarray(0, this.at)
  }

  /** Makes room for an element of at most this many bytes and writes its length; the caller writes the rest. */
  protected begin(most: number, length: number): void {
    if (this.at + 4 + most > this.buffer.length) this.#grow(most)
    this.view.setInt32(this.at, length)
    this.at += 4
    this.#length += 1
  }

  #grow(most: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + 4 + most))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
    this.view = viewOf(larger)
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}

export class BigintColumn extends Column {
  constructor(expected = 0) {
    super(OID.bigint, expected * (LENGTH_LENGTH + 8))
  }

  push(value: number | null): void {
    if (value === null) {
      this.pushNull()
      return
    }
    assert(Number.isSafeInteger(value), 'a bigint is a safe integer')
    this.begin(8, 8)
    this.view.setInt32(this.at, Math.floor(value / HALF))
    this.view.setInt32(this.at + 4, value | 0)
    this.at += 8
  }
}

export class IntColumn extends Column {
  constructor(expected = 0) {
    super(OID.integer, expected * (LENGTH_LENGTH + 4))
  }

  push(value: number | null): void {
    if (value === null) {
      this.pushNull()
      return
    }
    assert(value === (value | 0), 'an integer has 32 bits')
    this.begin(4, 4)
    this.view.setInt32(this.at, value)
    this.at += 4
  }
}

export class SmallintColumn extends Column {
  constructor(expected = 0) {
    super(OID.smallint, expected * (LENGTH_LENGTH + 2))
  }

  push(value: number | null): void {
    if (value === null) {
      this.pushNull()
      return
    }
    assert(value === (value << 16) >> 16, 'a smallint has 16 bits')
    this.begin(2, 2)
    this.view.setInt16(this.at, value)
    this.at += 2
  }
}

export class TextColumn extends Column {
  /** So many elements of so many bytes are expected. */
  constructor(expected = 0, each = 0) {
    super(OID.text, expected * (LENGTH_LENGTH + each))
  }

  /** A character 0 is refused by the server, and half a surrogate pair becomes U+FFFD: check texts from outside before. */
  push(value: string | null): void {
    if (value === null) {
      this.pushNull()
      return
    }
    // A UTF-16 unit takes three bytes of UTF-8 at most; the length is written again once it is known.
    this.begin(value.length * 3, 0)
    const length = this.#write(value)
    this.view.setInt32(this.at - 4, length)
    this.at += length
  }

  #write(value: string): number {
    const { buffer, at } = this
    if (value.length > SHORT) return buffer.write(value, at, 'utf8')
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 127) return buffer.write(value, at, 'utf8')
      buffer[at + index] = code
    }
    return value.length
  }
}

export class ByteaColumn extends Column {
  /** So many elements of so many bytes are expected. */
  constructor(expected = 0, each = 0) {
    super(OID.bytea, expected * (LENGTH_LENGTH + each))
  }

  push(value: Uint8Array | null): void {
    if (value === null) {
      this.pushNull()
      return
    }
    this.begin(value.length, value.length)
    this.buffer.set(value, this.at)
    this.at += value.length
  }
}
