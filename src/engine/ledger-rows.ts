/** Activities and postings on their way into the ledger, as the columns that one statement keeps. */

import { BigintColumn, ByteaColumn, IntColumn, SmallintColumn, TextColumn } from './columns.ts'
import { stripeOf } from './ids.ts'
import type { StoredActivity, StoredPosting } from './incoming.ts'

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
  readonly #activities = {
    stripe: new SmallintColumn(),
    id: new BigintColumn(),
    account: new BigintColumn(),
    seq: new IntColumn(),
    prev: new BigintColumn(),
    type: new TextColumn(),
    key: new TextColumn(),
    occurred: new BigintColumn(),
    recorded: new BigintColumn(),
    revision: new IntColumn(),
    body: new TextColumn(),
    salt: new ByteaColumn(),
    frozen: new TextColumn(),
    outcome: new TextColumn(),
    hash: new ByteaColumn(),
  }
  readonly #postings = {
    stripe: new SmallintColumn(),
    activity: new BigintColumn(),
    place: new SmallintColumn(),
    account: new BigintColumn(),
    wallet: new TextColumn(),
    from: new TextColumn(),
    to: new TextColumn(),
    points: new BigintColumn(),
    kind: new TextColumn(),
    month: new IntColumn(),
    release: new BigintColumn(),
    expiry: new BigintColumn(),
    rule: new TextColumn(),
    line: new TextColumn(),
    reverses: new BigintColumn(),
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
