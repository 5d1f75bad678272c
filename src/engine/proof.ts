/** The hash chain of an account: each activity's hash covers the one before it, what was sent, and what moved. */

import { createHash, randomFillSync } from 'node:crypto'
import type { Bucket } from '../core/points.ts'

export const HASH_LENGTH = 32
const SALT_LENGTH = 16

/** What the first activity of an account follows. */
export const GENESIS = Buffer.alloc(HASH_LENGTH)

/** A posting as the chain sees it; the order of the fields is part of the format. */
export type HashedPosting = readonly [
  wallet: string,
  from: Bucket,
  to: Bucket,
  points: number,
  kind: string | null,
  month: number | null,
  release: number | null,
  expiry: number | null,
  rule: string | null,
  line: string | null,
  reverses: number | null,
]

const salts = Buffer.alloc(SALT_LENGTH * 1_024)
let used = salts.length

/** 16 random bytes: without them, the hash of an erased body could be found by guessing the body. */
export function newSalt(): Buffer {
  if (used === salts.length) {
    randomFillSync(salts)
    used = 0
  }
  const salt = Buffer.from(salts.subarray(used, used + SALT_LENGTH))
  used += SALT_LENGTH
  return salt
}

/** sha256(salt ‖ body): all of the body that the chain needs, so the body itself can be erased. */
export function hashBody(salt: Buffer, body: string): Buffer {
  return createHash('sha256').update(salt).update(body).digest()
}

/**
 * sha256(prev ‖ body's hash ‖ [seq, occurred, recorded, postings]), the last part being a JSON array of arrays,
 * numbers, texts and nulls, which `JSON.stringify` writes as RFC 8785 does.
 */
export function chainHash(
  prev: Buffer,
  bodyHash: Buffer,
  seq: number,
  occurredMs: number,
  recordedMs: number,
  postings: readonly HashedPosting[],
): Buffer {
  return createHash('sha256')
    .update(prev)
    .update(bodyHash)
    .update(JSON.stringify([seq, occurredMs, recordedMs, postings]))
    .digest()
}
