/** Hands an activity to the inbox, and answers a key that comes again only to the same question about the same member. */

import { refuse } from '../core/refusal.ts'
import { publicId } from './ids.ts'
import type { Inbox } from './inbox.ts'
import { type AccountRef, type Incoming, keys, type Recorded } from './incoming.ts'
import type { LiveProgram } from './programs.ts'
import { findAccount, type Reading, winnerOf } from './read.ts'

export interface Submitting extends Reading {
  inbox: Inbox
}

/** The header that says an answer is the one of before. */
const REPLAYED = 'idempotent-replayed'

/** Where a recorded answer goes out: with the mark of a replay when it is one. */
export function replayHeaders(replayed: boolean): { headers?: Record<string, string> } {
  return replayed ? { headers: { [REPLAYED]: 'true' } } : {}
}

export async function submit(services: Submitting, incoming: Incoming): Promise<Recorded> {
  const recorded = await services.inbox.submit(incoming)
  if (recorded.status === 'refused' || recorded.status === 'awake' || !recorded.replayed) return recorded
  if (!(await isSame(services, incoming, recorded))) return conflict(incoming)
  return recorded.status === 'recorded' ? withBody(recorded, incoming) : recorded
}

/** Of an erased person nothing is kept that could be answered, so it is what the caller sent this time. */
function withBody(recorded: Extract<Recorded, { status: 'recorded' }>, { type, body }: Incoming): Recorded {
  if (recorded.activity.body !== null || type === 'join') return recorded
  return { ...recorded, activity: { ...recorded.activity, body } }
}

/** The body was compared already; the member and the type of call are not part of it. */
async function isSame(
  reading: Reading,
  { ref, type, program }: Incoming,
  recorded: Exclude<Recorded, { status: 'refused' | 'awake' }>,
): Promise<boolean> {
  if (recorded.status === 'waiting') return type === 'return'
  if (recorded.status === 'sale') return recorded.sale.type === type && isForNobody(ref)
  if (recorded.activity.type !== type || ref.by === 'nobody') return false
  if (ref.by !== 'id' && ref.by !== 'external') return true
  const account = await findAccount(reading, program, ref)
  const { body } = recorded.activity
  // What a pool decided was sent about its member.
  const about = body !== null && 'for_member' in body ? body.for_member! : recorded.activity.account
  return account === about || isOfOne(reading, program, account, about)
}

/** Members who were merged are one, whichever of them is named. */
async function isOfOne(reading: Reading, program: LiveProgram, named: number | null, account: number) {
  return named !== null && (await winnerOf(reading, program, named)) === (await winnerOf(reading, program, account))
}

function isForNobody(ref: AccountRef): boolean {
  return ref.by === 'nobody' || ref.by === 'order'
}

function conflict({ key, ref }: Incoming): Recorded {
  const name = key.startsWith(keys.given('')) ? `The Idempotency-Key ${key.slice(keys.given('').length)}` : key
  const about = ref.by === 'id' ? ` about ${publicId('mem', ref.id)}` : ''
  const detail = `${name} was used before for something other than this${about}.`
  return { status: 'refused', refusal: refuse('idempotency_conflict', detail) }
}
