/** One account against itself: its chain of hashes, its decisions made again, and its snapshot. Names what is wrong. */

import { type Account, decodeAccount, encodeAccount } from '../core/account.ts'
import { canonical } from '../core/canonical.ts'
import { nextDue, nextToWake } from '../core/decide.ts'
import type { Adjustment, Referral } from '../core/deciding.ts'
import { lotName, NEVER } from '../core/points.ts'
import { formatDay } from '../core/time.ts'
import { type AccountRow, type ActivityRow, asText, type Cause, type Findings, type PostingRow } from './differences.ts'
import { publicId } from './ids.ts'
import type { StoredPosting } from './incoming.ts'
import { storedPosting } from './load.ts'
import { envOf, type LiveProgram, programAt } from './programs.ts'
import { chainHash, GENESIS, type HashedPosting, hashBody, hashed, sealedText } from './proof.ts'
import type { EngineVersion } from './record.ts'
import { type BenefitRow, type Redecided, Replay } from './replay.ts'

/** All that is stored of an account. */
export interface Stored {
  /** In the order of their numbers. */
  activities: ActivityRow[]
  /** In the order of activities and places. */
  postings: PostingRow[]
  expired: { lot: string; points: number }[]
  remainders: { activity: number; returned: string }[]
  redemptions: RedemptionRow[]
  vouchers: VoucherRow[]
  adjustments: Adjustment[]
  forwarded: ForwardedRow[]
  tallies: TallyRow[]
  referrals: Referral[]
  benefits: BenefitRow[]
  /** Heads that a day's root covers, in the order of days. */
  sealed: { day: number; seq: number; head: Buffer }[]
}

/** What an activity of the account forwards to another one. */
export interface ForwardedRow {
  source: number
  place: number
  account: number
  type: string
  body: string
  activity: number | null
  refused: string | null
}

export interface TallyRow {
  name: string
  period: number
  count: number
}

export interface RedemptionRow {
  activity: number
  place: number
  points: number
  captured_points: number
  status: string
}

export interface VoucherRow {
  activity: number
  place: number
  code: string
  reward: string
  state: string
}

/** Who decided, by the number in each activity, and who decides now. */
export interface Engines {
  byNumber: ReadonlyMap<number, EngineVersion>
  current: EngineVersion | null
}

export class AccountCheck {
  readonly #row: AccountRow
  readonly #live: LiveProgram
  readonly #stored: Stored
  readonly #engines: Engines
  readonly #findings: Findings
  readonly #postings = new Map<number, HashedPosting[]>()
  readonly #replay: Replay
  /** The accounts that were merged into this one, checked before. */
  readonly #ended: readonly AccountCheck[]
  /** Whether what was decided again still stands on what was recorded. */
  #grounded = true
  /** Whether all of it was decided again. */
  #isWhole = false
  #found = 0

  constructor(
    row: AccountRow,
    live: LiveProgram,
    stored: Stored,
    engines: Engines,
    findings: Findings,
    ended: readonly AccountCheck[] = [],
  ) {
    this.#row = row
    this.#live = live
    this.#stored = stored
    this.#engines = engines
    this.#findings = findings
    this.#ended = ended
    this.#replay = new Replay(
      live,
      stored.activities[0] ?? { occurred_ms: 0, recorded_ms: 0 },
      ended.map((one) => one.#replay),
    )
    for (const posting of stored.postings) {
      const list = this.#postings.get(posting.activity)
      if (list === undefined) this.#postings.set(posting.activity, [hashed(storedPosting(posting))])
      else list.push(hashed(storedPosting(posting)))
    }
  }

  run(): void {
    const { activities, postings } = this.#stored
    const findings = this.#findings
    findings.accounts += 1
    findings.activities += activities.length
    findings.postings += postings.length
    // What comes after the end of an account that cannot be decided again may be about its orders.
    const isWhole = this.#ended.every((one) => one.#isWhole)
    const erased = activities.findIndex(({ type, body }) => body === null || (type === 'absorb' && !isWhole))
    findings.erased += activities.filter(({ body }) => body === null).length
    this.#replay.run(erased === -1 ? activities : activities.slice(0, erased))
    this.#checkActivities()
    this.#checkHead()
    this.#checkSealed()
    this.#checkStrays()
    this.#isWhole = erased === -1 && this.#grounded
    if (this.#isWhole) this.#checkSnapshot()
    else if (this.#found === 0) this.#checkFold()
  }

  #differ(cause: Cause, activity: ActivityRow | null, what: string, expected: unknown = '', found: unknown = ''): void {
    this.#found += 1
    this.#findings.ofMember(cause, this.#row, activity, what, expected, found)
  }

  /** The chain from its beginning. An activity has one difference at most: the one that explains the others. */
  #checkActivities(): void {
    const { activities } = this.#stored
    let head: Buffer = GENESIS
    let previous: ActivityRow | null = null
    for (const [i, activity] of activities.entries()) {
      if (!this.#checkLink(activity, previous)) this.#grounded = false
      else this.#checkContents(activity, head, activities[i + 1])
      head = activity.hash
      previous = activity
    }
  }

  /** Whether the activity follows the one before it. */
  #checkLink(activity: ActivityRow, previous: ActivityRow | null): boolean {
    const [seq, prev] = previous === null ? [1, 0] : [previous.seq + 1, previous.id]
    if (activity.seq === seq && activity.prev === prev) return true
    const named = publicId('act', activity.prev)
    const place = previous === null ? 'the first' : `after ${publicId('act', previous.id)}`
    const later = this.#stored.activities.find(({ id }) => id === activity.prev)
    if (activity.seq > seq) {
      const count = activity.seq - seq
      const gone = count === 1 ? `activity ${seq} is missing` : `activities ${seq} to ${activity.seq - 1} are missing`
      this.#differ('missing', activity, `${gone}; the last of them was ${named}`, seq, activity.seq)
    } else if (later !== undefined && later.seq >= activity.seq)
      this.#differ('order', activity, `it stands ${place}, but was recorded after ${named}`, prev, activity.prev)
    else this.#differ('link', activity, `it stands ${place}, but says that it follows ${named}`, prev, activity.prev)
    return false
  }

  #checkContents(activity: ActivityRow, head: Buffer, next: ActivityRow | undefined): void {
    const { body, salt } = activity
    const stored = this.#postings.get(activity.id) ?? []
    const decided = this.#grounded ? this.#replay.decided.get(activity.id) : undefined
    const bodyHash = body === null ? activity.body_hash! : hashBody(salt!, body)
    const hash = chainHash(head, bodyHash, sealedText(sealingOf(activity), stored))
    if (hash.equals(activity.hash)) this.#checkDecision(activity, stored, decided)
    else this.#explainHash(activity, hash, { head, bodyHash, stored, decided, next })
  }

  /** The row is what was hashed: then deciding again must give what it has. */
  #checkDecision(activity: ActivityRow, stored: HashedPosting[], decided: Redecided | undefined): void {
    const { stuck } = this.#replay
    if (this.#grounded && stuck?.activity === activity.id) {
      this.#grounded = false
      this.#differ(...this.#blame(activity, 'decided again, it cannot be what it was'), stuck.expected, stuck.found)
      return
    }
    if (decided === undefined) return
    if (asText(decided.postings) !== asText(stored)) {
      this.#grounded = false
      const what = `decided again, it moves other points (${postingDifference(decided.postings, stored)})`
      this.#differ(...this.#blame(activity, what), decided.postings, stored)
    } else if (decided.key !== null && decided.key !== activity.key)
      this.#differ('key', activity, 'its key is not that of what was sent', decided.key, activity.key)
    else if (decided.frozen !== activity.frozen)
      this.#differ('receipt', activity, 'what its returns may read was changed', decided.frozen, activity.frozen)
    else if (decided.outcome !== activity.outcome) {
      const what = firstDifference(JSON.parse(decided.outcome), parsed(activity.outcome), 'answer')
      if (this.#isOfOtherEngine(activity))
        this.#differ(...this.#blame(activity, what), decided.outcome, activity.outcome)
      else
        this.#differ('outcome', activity, `its stored answer was changed: ${what}`, decided.outcome, activity.outcome)
    }
  }

  /** Whole rows that decide differently: another engine did it, or ours is not as deterministic as it must be. */
  #blame(activity: ActivityRow, what: string): [Cause, ActivityRow, string] {
    const { byNumber, current } = this.#engines
    const by = byNumber.get(activity.engine)
    if (by === undefined || current === null || !this.#isOfOtherEngine(activity))
      return ['decision', activity, `${what}: it was rewritten together with its hash, or decided by another engine`]
    const versions = `release ${by.release} with time zones ${by.tzdata} decided it, this is ${current.release} with ${current.tzdata}`
    return ['engine', activity, `${what}: ${versions}`]
  }

  #isOfOtherEngine({ engine }: ActivityRow): boolean {
    const { byNumber, current } = this.#engines
    const by = byNumber.get(engine)
    return by !== undefined && current !== null && (by.release !== current.release || by.tzdata !== current.tzdata)
  }

  /** The hash does not fit. What it would fit, had it been left alone, says what was changed. */
  #explainHash(activity: ActivityRow, hash: Buffer, { head, bodyHash, stored, decided, next }: Evidence): void {
    const [expected, found] = [hash.toString('hex'), activity.hash.toString('hex')]
    if (decided !== undefined && asText(decided.postings) !== asText(stored)) {
      const again = chainHash(head, bodyHash, sealedText(sealingOf(activity), decided.postings))
      if (again.equals(activity.hash)) {
        const what = postingDifference(decided.postings, stored)
        this.#differ('posting', activity, what, decided.postings, stored)
        return
      }
    }
    if (this.#goesOn(hash, next)) {
      this.#differ('hash', activity, 'its hash was changed; what it hashes and what follows it agree', expected, found)
      return
    }
    this.#grounded = false
    const isOther = decided !== undefined && asText(decided.postings) !== asText(stored)
    const isErased = activity.body === null
    const what = isErased ? 'its postings, times or the hash of its erased body' : 'its body, salt, type or times'
    const more = isOther ? '; what it says now would move other points' : ''
    this.#differ('body', activity, `${what} were changed after it was recorded${more}`, expected, found)
  }

  /** Whether what comes after the activity was hashed after this. */
  #goesOn(hash: Buffer, next: ActivityRow | undefined): boolean {
    if (next === undefined) return hash.equals(this.#row.head)
    const { body, salt } = next
    const bodyHash = body === null ? next.body_hash! : hashBody(salt!, body)
    const postings = this.#postings.get(next.id) ?? []
    return chainHash(hash, bodyHash, sealedText(sealingOf(next), postings)).equals(next.hash)
  }

  /** The account's row names the end of the chain. */
  #checkHead(): void {
    const { activities } = this.#stored
    const { seq, last, head } = this.#row
    const end = activities.at(-1)
    const there = end?.seq ?? 0
    if (there < seq) {
      this.#grounded = false
      const gone =
        there + 1 === seq ? `activity ${seq}, its last, is missing` : `activities ${there + 1} to ${seq} are missing`
      this.#differ('missing', null, `${gone}: ${publicId('act', last)} was the last`, seq, there)
    } else if (there > seq) {
      const what = `the account’s row stands at activity ${seq}, though there are ${there}`
      this.#differ('head', end!, what, there, seq)
    } else if (end !== undefined && (end.id !== last || !end.hash.equals(head))) {
      const what = 'the account’s row names another last activity or another hash of it'
      this.#differ('head', end, what, `${end.id} ${end.hash.toString('hex')}`, `${last} ${head.toString('hex')}`)
    }
  }

  /** Heads under a day's root are still what the activities have. */
  #checkSealed(): void {
    for (const { day, seq, head } of this.#stored.sealed) {
      const { activities } = this.#stored
      const activity =
        activities[seq - 1]?.seq === seq ? activities[seq - 1] : activities.find((one) => one.seq === seq)
      if (activity?.hash.equals(head)) continue
      const what = `the root of ${formatDay(day)} covers another hash of activity ${seq}: its history was rewritten after that day`
      this.#differ('root', activity ?? null, what, head.toString('hex'), activity?.hash.toString('hex') ?? 'nothing')
    }
  }

  /** Postings of activities that are not there. */
  #checkStrays(): void {
    const ids = new Set(this.#stored.activities.map(({ id }) => id))
    for (const [id, postings] of this.#postings)
      if (!ids.has(id))
        this.#differ(
          'posting',
          null,
          `postings of ${publicId('act', id)}, which is not an activity of this member`,
          [],
          postings,
        )
  }

  /** A revision that came since may have told the account to wake at another time: see calendars.ts. */
  #dueByLaterRevisions(due: number): number {
    const env = envOf(this.#live, 0, () => 0, undefined)
    return nextToWake(env, { ...this.#replay.account, due }, NEVER)
  }

  /** What the account's row and the tables beside it show is what the decisions lead to. */
  #checkSnapshot(): void {
    const { account, receipts, redemptions, vouchers, adjustments } = this.#replay
    const row = this.#row
    const state = encodeAccount(account)
    if (state !== row.state && sorted(state) !== sorted(row.state)) {
      const what = firstDifference(decodeAccount(state, row.seq), shape(row.state, row.seq), 'account')
      this.#differ('state', null, `the snapshot was changed, its activities lead to another: ${what}`, state, row.state)
    } else if (this.#found === 0) this.#checkFold()
    const due = nextDue(account, programAt(this.#live, account.clock))
    const dueStored = row.due_ms ?? NEVER
    if (due !== dueStored && this.#dueByLaterRevisions(due) !== dueStored)
      this.#differ('due', null, 'it is not due when its state says', due, dueStored)
    this.#checkLists(
      'expired',
      'what expired',
      sortedTexts([...account.expired].filter(([, points]) => points > 0)),
      sortedTexts(this.#stored.expired.map(({ lot, points }) => [lot, points])),
    )
    this.#checkLists(
      'forwarded',
      'what is forwarded',
      sortedTexts(
        [...this.#replay.forwarded].map(([name, { account, type, body }]) => [name, account, type, canonical(body)]),
      ),
      sortedTexts(
        this.#stored.forwarded.map(({ source, place, account, type, body }) => [
          `${source} ${place}`,
          account,
          type,
          body,
        ]),
      ),
    )
    this.#checkLists(
      'benefit',
      'benefits',
      sortedTexts(this.#replay.benefits.map(benefitRow)),
      sortedTexts(this.#stored.benefits.map(benefitRow)),
    )
    // What becomes of an account's orders and holds once it has ended is decided by the one that it was merged into.
    if (account.mergedInto !== null) return
    for (const { activity, returned } of this.#withEnded('remainders')) {
      const again = JSON.stringify(receipts.get(activity)?.returned)
      const of = this.#stored.activities.find(({ id }) => id === activity) ?? null
      if (again !== returned) this.#differ('receipt', of, 'what was returned of it was changed', again, returned)
    }
    this.#checkLists(
      'redemption',
      'redemptions',
      sortedTexts([...redemptions.values()].map(redemptionRow)),
      sortedTexts(this.#withEnded('redemptions').map(redemptionRow)),
    )
    this.#checkLists(
      'voucher',
      'vouchers',
      sortedTexts([...vouchers.values()].map(voucherRow)),
      sortedTexts(this.#withEnded('vouchers').map(voucherRow)),
    )
    this.#checkLists(
      'adjustment',
      'adjustments',
      sortedTexts([...adjustments.values()].map(adjustmentRow)),
      sortedTexts(this.#withEnded('adjustments').map(adjustmentRow)),
    )
    this.#checkLists(
      'tally',
      'tallies',
      sortedTexts([...this.#replay.tallies].filter(([, count]) => count !== 0)),
      sortedTexts([...summed(this.#withEnded('tallies'))].filter(([, count]) => count !== 0)),
    )
    this.#checkLists(
      'referral',
      'referrals',
      sortedTexts([...this.#replay.referrals.values()].map(referralRow)),
      sortedTexts(this.#withEnded('referrals').map(referralRow)),
    )
  }

  #withEnded<List extends 'remainders' | 'redemptions' | 'vouchers' | 'adjustments' | 'tallies' | 'referrals'>(
    list: List,
  ): Stored[List][number][] {
    return [...this.#stored[list], ...this.#ended.flatMap((one) => one.#withEnded(list))]
  }

  #checkLists(cause: Cause, what: string, expected: string[], found: string[]): void {
    const wrong = expected.findIndex((one, i) => one !== found[i])
    if (wrong === -1 && expected.length === found.length) return
    const at = wrong === -1 ? expected.length : wrong
    const [should, is] = [expected[at] ?? 'nothing', found[at] ?? 'nothing']
    this.#differ(cause, null, `the table of ${what} has ${is} where the activities lead to ${should}`, should, is)
  }

  /** Every point that the state shows came there by postings, and the other way round. */
  #checkFold(): void {
    const folded = new Map<string, number>()
    const add = (posting: StoredPosting, bucket: string, points: number) => {
      if (!HELD.has(bucket)) return
      const key = bucket === 'debt' ? `${posting.wallet} debt` : `${posting.wallet} ${lotOf(posting)} ${bucket}`
      folded.set(key, (folded.get(key) ?? 0) + points)
    }
    for (const posting of this.#stored.postings.map(storedPosting)) {
      add(posting, posting.from, -posting.points)
      add(posting, posting.to, posting.points)
    }
    const shown = shownPoints(shape(this.#row.state, this.#row.seq))
    for (const key of new Set([...folded.keys(), ...shown.keys()])) {
      const [expected, found] = [folded.get(key) ?? 0, shown.get(key) ?? 0]
      if (expected === found) continue
      this.#differ(
        'balance',
        null,
        `the snapshot has ${found} of ${key}, its postings come to ${expected}`,
        expected,
        found,
      )
    }
  }
}

interface Evidence {
  head: Buffer
  bodyHash: Buffer
  stored: HashedPosting[]
  decided: Redecided | undefined
  next: ActivityRow | undefined
}

function sealingOf({ seq, type, occurred_ms: occurredMs, recorded_ms: recordedMs, revision }: ActivityRow) {
  return { seq, type, occurredMs, recordedMs, revision }
}

const FIELDS = ['wallet', 'from', 'to', 'points', 'kind', 'month', 'release', 'expiry', 'rule', 'line', 'reverses']

/** The first posting that is not as it should be, in words. */
function postingDifference(expected: HashedPosting[], found: HashedPosting[]): string {
  const same = (a: HashedPosting | undefined, b: HashedPosting | undefined) => asText(a ?? null) === asText(b ?? null)
  const at = Math.max(expected.length, found.length) === 0 ? 0 : firstIndex(expected, found, same)
  const [should, has] = [expected[at], found[at]]
  if (found.length > expected.length && has !== undefined)
    return `posting ${at + 1} (${brief(has)}) was added: there were ${expected.length}`
  if (found.length < expected.length && should !== undefined)
    return `posting ${at + 1} (${brief(should)}) is missing: there were ${expected.length}`
  if (should === undefined || has === undefined) return 'the same points'
  if (sortedTexts(expected).join() === sortedTexts(found).join()) return `posting ${at + 1} stands where another did`
  const field = FIELDS.findIndex((_, i) => should[i] !== has[i])
  return `${FIELDS[field]} of posting ${at + 1} is ${asText(has[field])} and was ${asText(should[field])}`
}

function firstIndex<T>(
  a: readonly T[],
  b: readonly T[],
  same: (a: T | undefined, b: T | undefined) => boolean,
): number {
  let at = 0
  while (at < Math.max(a.length, b.length) && same(a[at], b[at])) at++
  return at
}

function brief([wallet, from, to, points]: HashedPosting): string {
  return `${points} ${wallet} from ${from} to ${to}`
}

/** The first place at which two values differ: `account.wallets.0.lots.1.available is 20 and should be 10`. */
function firstDifference(expected: unknown, found: unknown, path: string): string {
  if (isObject(expected) && isObject(found)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)]))
      if (asText(expected[key] ?? null) !== asText(found[key] ?? null))
        return firstDifference(expected[key], found[key], `${path}.${key}`)
  }
  return `${path} is ${asText(found ?? null)} and should be ${asText(expected ?? null)}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A state in one order of its fields: what a merge brought is read back in another order than it was heard in. */
function sorted(state: string): string {
  return canonical(parsed(state))
}

/** A stored state, or its text when it is of no form that we know. */
function shape(state: string, seq: number): Account | string {
  try {
    return decodeAccount(state, seq)
  } catch {
    return state
  }
}

function redemptionRow({ activity, place, points, captured_points, status }: RedemptionRow) {
  return [publicId('red', activity), place, points, captured_points, status]
}

function voucherRow({ activity, place, code, reward, state }: VoucherRow) {
  return [publicId('act', activity), place, code, reward, state]
}

function adjustmentRow({ activity, wallet, points, status, requested_by, decided_by }: Adjustment) {
  return [publicId('act', activity), wallet, points, status, requested_by, decided_by]
}

function referralRow({ by, friend, state, reason, until, at }: Referral) {
  return [publicId('mem', by), publicId('mem', friend), state, reason, until, at]
}

function summed(rows: readonly TallyRow[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { name, period, count } of rows) {
    const key = `${name} ${period}`
    sums.set(key, (sums.get(key) ?? 0) + count)
  }
  return sums
}

function benefitRow({ activity, place, source, worth }: BenefitRow) {
  return [publicId('act', activity), place, source, worth]
}

function sortedTexts(list: readonly unknown[]): string[] {
  return list.map(asText).sort()
}

const HELD = new Set(['pending', 'available', 'held', 'debt'])

/** A lot without its release: pending points that become available stay in it and only change buckets. */
function lotOf(posting: StoredPosting): string {
  return lotName({ kind: posting.kind ?? '', month: posting.month ?? 0, release: 0, expiry: posting.expiryMs ?? NEVER })
}

function shownPoints(account: Account | string): Map<string, number> {
  const shown = new Map<string, number>()
  if (typeof account === 'string') return shown
  const add = (key: string, points: number) => shown.set(key, (shown.get(key) ?? 0) + points)
  for (const wallet of account.wallets) {
    for (const lot of wallet.lots)
      for (const bucket of ['pending', 'available', 'held'] as const)
        add(`${wallet.id} ${lotName({ ...lot, release: 0 })} ${bucket}`, lot[bucket])
    // Debt is booked as points that left a bucket which never had them.
    add(`${wallet.id} debt`, -wallet.debt)
  }
  return shown
}
