/** What a verification finds, in sentences: which member, which activity, what is stored and what it should be. */

import { formatInstant } from '../core/time.ts'
import { publicId } from './ids.ts'
import type { ActivityColumns, PostingColumns } from './load.ts'

/** What is wrong, by where it lies. docs/proof.md explains each. */
export type Cause =
  | 'posting'
  | 'body'
  | 'hash'
  | 'key'
  | 'missing'
  | 'order'
  | 'link'
  | 'outcome'
  | 'receipt'
  | 'decision'
  | 'engine'
  | 'head'
  | 'state'
  | 'balance'
  | 'due'
  | 'expired'
  | 'redemption'
  | 'voucher'
  | 'adjustment'
  | 'forwarded'
  | 'award'
  | 'tally'
  | 'referral'
  | 'benefit'
  | 'account'
  | 'directory'
  | 'pair'
  | 'root'
  | 'signature'
  | 'file'

export interface Difference {
  cause: Cause
  /** The member, by our id and by the business's own; null when it is about no single one. */
  member: string | null
  external_id: string | null
  activity: string | null
  key: string | null
  /** When the activity was recorded. */
  recorded_at: string | null
  /** All of it in words. */
  sentence: string
  expected: string
  found: string
}

export interface Verification {
  accounts: number
  activities: number
  postings: number
  /** Days whose roots were checked. */
  roots: number
  /** Activities that could not be decided again, since their person was erased. */
  erased: number
  seconds: number
  accounts_per_second: number
  /** How many things disagree in all; `differences` are the first of them. */
  different: number
  differences: Difference[]
}

export interface AccountRow {
  id: number
  program: number
  external_id: string | null
  seq: number
  last: number
  head: Buffer
  state: string
  due_ms: number | null
}

export interface ActivityRow extends ActivityColumns {
  /** The account's activity before this one. */
  prev: number
  engine: number
  salt: Buffer | null
  body_hash: Buffer | null
  hash: Buffer
}

export type PostingRow = PostingColumns & { account: number }

/** How many differences are told; all are counted. */
const SHOWN = 20

/** Counts what was checked and keeps the first differences. */
export class Findings {
  accounts = 0
  activities = 0
  postings = 0
  roots = 0
  erased = 0
  different = 0
  readonly differences: Difference[] = []
  readonly #begunMs = performance.now()

  /** Something that is about no member. */
  add(cause: Cause, what: string, expected: unknown = '', found: unknown = ''): void {
    this.#keep(cause, null, null, what, expected, found)
  }

  ofMember(
    cause: Cause,
    member: Pick<AccountRow, 'id' | 'external_id'>,
    activity: ActivityColumns | null,
    what: string,
    expected: unknown = '',
    found: unknown = '',
  ): void {
    this.#keep(cause, member, activity, what, expected, found)
  }

  #keep(
    cause: Cause,
    member: Pick<AccountRow, 'id' | 'external_id'> | null,
    activity: ActivityColumns | null,
    what: string,
    expected: unknown,
    found: unknown,
  ): void {
    this.different += 1
    if (this.differences.length >= SHOWN) return
    this.differences.push({
      cause,
      member: member === null ? null : publicId('mem', member.id),
      external_id: member?.external_id ?? null,
      activity: activity === null ? null : publicId('act', activity.id),
      key: activity?.key ?? null,
      recorded_at: activity === null ? null : formatInstant(activity.recorded_ms),
      sentence: [member === null ? '' : nameOf(member), activity === null ? '' : titleOf(activity), what]
        .filter((part) => part !== '')
        .join(': '),
      expected: asText(expected),
      found: asText(found),
    })
  }

  result(): Verification {
    const { accounts, activities, postings, roots, erased, different, differences } = this
    const seconds = (performance.now() - this.#begunMs) / 1_000
    return {
      accounts,
      activities,
      postings,
      roots,
      erased,
      seconds: Math.round(seconds * 1_000) / 1_000,
      accounts_per_second: Math.round(accounts / Math.max(seconds, 0.001)),
      different,
      differences,
    }
  }
}

/** `ana (mem_1f3kq)` */
function nameOf({ id, external_id }: Pick<AccountRow, 'id' | 'external_id'>): string {
  const name = publicId('mem', id)
  return external_id === null ? `Member ${name}` : `Member ${external_id} (${name})`
}

/** `activity 17, the order act_9x (order:1001), recorded 2026-03-03T15:00:00Z` */
function titleOf({ id, seq, type, key, recorded_ms }: ActivityColumns): string {
  const what = type === 'clock' ? 'what fell due,' : `the ${type}`
  return `activity ${seq}, ${what} ${publicId('act', id)} (${key}), recorded ${formatInstant(recorded_ms)}`
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
