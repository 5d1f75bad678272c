/** Activities and postings on their way into the ledger, as the columns that one statement keeps. */

import { BigintColumn, ByteaColumn, IntColumn, SmallintColumn, TextColumn } from './columns.ts'
import { stripeOf } from './ids.ts'
import type { StoredActivity, StoredPosting } from './incoming.ts'
import { HASH_LENGTH, SALT_LENGTH } from './proof.ts'

/** What an activity's row has beside what is answered. */
export interface Sealed {
  /** The account's activity before this one. */
  prev: number
  bodyText: string
  salt: Buffer
  frozen: string | null
  hash: Buffer
}

export class LedgerRows {
  readonly #activities
  readonly #postings

  /** `expected` activities will probably come, with a posting or so each. */
  constructor(expected: number) {
    this.#activities = activityColumns(expected)
    this.#postings = postingColumns(expected)
  }

  /** How many activities there are. */
  get length(): number {
    return this.#activities.id.length
  }

  push(activity: StoredActivity, { prev, bodyText, salt, frozen, hash }: Sealed): void {
    const columns = this.#activities
    columns.stripe.push(stripeOf(activity.account))
    columns.id.push(activity.id)
    columns.account.push(activity.account)
    columns.seq.push(activity.seq)
    columns.prev.push(prev)
    columns.type.push(activity.type)
    columns.key.push(activity.key)
    columns.occurred.push(activity.occurredMs)
    columns.recorded.push(activity.recordedMs)
    columns.revision.push(activity.revision)
    columns.body.push(bodyText)
    columns.salt.push(salt)
    columns.frozen.push(frozen)
    columns.outcome.push(JSON.stringify(activity.outcome))
    columns.hash.push(hash)
    for (const posting of activity.postings) this.#post(activity, posting)
  }

  #post({ id, account }: StoredActivity, posting: StoredPosting): void {
    const columns = this.#postings
    columns.stripe.push(stripeOf(account))
    columns.activity.push(id)
    columns.place.push(posting.place)
    columns.account.push(account)
    columns.wallet.push(posting.wallet)
    columns.from.push(posting.from)
    columns.to.push(posting.to)
    columns.points.push(posting.points)
    columns.kind.push(posting.kind)
    columns.month.push(posting.month)
    columns.release.push(posting.releaseMs)
    columns.expiry.push(posting.expiryMs)
    columns.rule.push(posting.rule)
    columns.line.push(posting.line)
    columns.reverses.push(posting.reverses)
  }

  /** The arrays of activities and of postings, each in the order in which the columns stand above. */
  values(): { activities: Buffer[]; postings: Buffer[] } {
    const arrays = (columns: Record<string, { done(): Buffer }>) => Object.values(columns).map((one) => one.done())
    return { activities: arrays(this.#activities), postings: arrays(this.#postings) }
  }
}

// The lengths of texts are those of most activities, in bytes.

function activityColumns(expected: number) {
  return {
    stripe: new SmallintColumn(expected),
    id: new BigintColumn(expected),
    account: new BigintColumn(expected),
    seq: new IntColumn(expected),
    prev: new BigintColumn(expected),
    type: new TextColumn(expected, 8),
    key: new TextColumn(expected, 32),
    occurred: new BigintColumn(expected),
    recorded: new BigintColumn(expected),
    revision: new IntColumn(expected),
    body: new TextColumn(expected, 400),
    salt: new ByteaColumn(expected, SALT_LENGTH),
    frozen: new TextColumn(expected, 100),
    outcome: new TextColumn(expected, 400),
    hash: new ByteaColumn(expected, HASH_LENGTH),
  }
}

function postingColumns(expected: number) {
  return {
    stripe: new SmallintColumn(expected),
    activity: new BigintColumn(expected),
    place: new SmallintColumn(expected),
    account: new BigintColumn(expected),
    wallet: new TextColumn(expected, 8),
    from: new TextColumn(expected, 10),
    to: new TextColumn(expected, 10),
    points: new BigintColumn(expected),
    kind: new TextColumn(expected, 8),
    month: new IntColumn(expected),
    release: new BigintColumn(expected),
    expiry: new BigintColumn(expected),
    rule: new TextColumn(expected, 16),
    line: new TextColumn(),
    reverses: new BigintColumn(),
  }
}
