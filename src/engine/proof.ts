/** The hash chain of an account: each activity's hash covers the one before it, what was sent, and what moved. */

import { hash, randomFillSync } from 'node:crypto'
import type { ActivityType } from '../core/activity.ts'
import { quoted } from '../core/canonical.ts'
import type { Bucket } from '../core/points.ts'
import type { StoredPosting } from './incoming.ts'

export const HASH_LENGTH = 32
export const SALT_LENGTH = 16

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

const SALTS = 1_024
let salts = Buffer.alloc(0)
let used = 0

/** 16 random bytes: without them, the hash of an erased body could be found by guessing the body. */
export function newSalt(): Buffer {
  if (used === salts.length) {
    // Salts that were handed out stay what they are: the next ones get a buffer of their own.
    salts = randomFillSync(Buffer.allocUnsafeSlow(SALT_LENGTH * SALTS))
    used = 0
  }
  used += SALT_LENGTH
  return salts.subarray(used - SALT_LENGTH, used)
}

const SCRATCH_LENGTH = 4_096
/** Where what is hashed is put together: a hash of one piece costs half of one that is fed piece by piece. */
let scratch = Buffer.allocUnsafeSlow(SCRATCH_LENGTH)

/** sha256 of some bytes, at most two, followed by a text in UTF-8. */
function sha256(first: Buffer, second: Buffer | null, text: string): Buffer {
  const most = first.length + (second?.length ?? 0) + text.length * 3
  if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most * 2)
  scratch.set(first)
  let at = first.length
  if (second !== null) {
    scratch.set(second, at)
    at += second.length
  }
  at += scratch.write(text, at, 'utf8')
  return hash('sha256', scratch.subarray(0, at), 'buffer')
}

/** sha256(salt ‖ body): all of the body that the chain needs, so the body itself can be erased. */
export function hashBody(salt: Buffer, body: string): Buffer {
  return sha256(salt, null, body)
}

/** What an activity's hash covers beside its body. */
export interface Sealing {
  seq: number
  type: ActivityType
  occurredMs: number
  recordedMs: number
  revision: number
}

/** The last part of what is hashed: a canonical JSON array of arrays, numbers, texts and nulls (RFC 8785). */
export function sealedText(of: Sealing, postings: readonly HashedPosting[]): string {
  let text = `[${of.seq},${quoted(of.type)},${of.occurredMs},${of.recordedMs},${of.revision},[`
  for (let i = 0; i < postings.length; i++) text += (i === 0 ? '[' : ',[') + postingText(postings[i]!)
  return `${text}]]`
}

function postingText([wallet, from, to, ...rest]: HashedPosting): string {
  const [points, kind, month, release, expiry, rule, line, reverses] = rest
  const moved = `${quoted(wallet)},${quoted(from)},${quoted(to)},${points}`
  return `${moved},${textOf(kind)},${month},${release},${expiry},${textOf(rule)},${textOf(line)},${reverses}]`
}

function textOf(value: string | null): string {
  return value === null ? 'null' : quoted(value)
}

/** sha256(prev ‖ body's hash ‖ sealed text): the activity's link of its account's chain. */
export function chainHash(prev: Buffer, bodyHash: Buffer, sealed: string): Buffer {
  return sha256(prev, bodyHash, sealed)
}

export function hashed(posting: StoredPosting): HashedPosting {
  const { wallet, from, to, points, kind, month, releaseMs, expiryMs, rule, line, reverses } = posting
  return [wallet, from, to, points, kind, month, releaseMs, expiryMs, rule, line, reverses]
}
