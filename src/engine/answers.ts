/** What callers get to read: activities and sales of the ledger in the shapes of the contract. Nothing is checked here. */

import type { ActivityBodies, AdjustBody, OrderBody, ProfileBody } from '../core/activity.ts'
import type {
  Adjustment as DecidedAdjustment,
  Redemption as DecidedRedemption,
  Discount,
  Entry,
} from '../core/deciding.ts'
import { type Explanation, explain } from '../core/explain.ts'
import { lotLabel } from '../core/lot-label.ts'
import { type PricedOrder, priceOrder, type Returned } from '../core/order.ts'
import { NEVER } from '../core/points.ts'
import type { Program } from '../core/program.ts'
import { formatInstant } from '../core/time.ts'
import { redemptionSource } from '../core/vouchers.ts'
import { base36, parseId, publicId } from './ids.ts'
import { type AccountRef, keys, type StoredActivity, type StoredPosting, type StoredSale } from './incoming.ts'
import type { Outcome, StoredBalance, StoredEntry, StoredPayment } from './outcome.ts'
import type { LiveProgram } from './programs.ts'
import type {
  ActivityAnswer,
  Adjustment,
  Badge,
  Balance,
  CancelAnswer,
  Challenge,
  ChallengeAnswer,
  Choice,
  Entitlement,
  Member,
  MergeAnswer,
  OrderAnswer,
  Pool,
  Posting,
  Redemption,
  ReturnAnswer,
  StampCard,
  Tier,
  Transfer,
} from './shapes.ts'

/** A member as bodies and addresses name one, or null when the text names none. */
export function parseMember(text: string): AccountRef | null {
  if (text.startsWith('external:') && text.length > 'external:'.length)
    return { by: 'external', value: text.slice('external:'.length) }
  const id = parseId('mem', text)
  return id === null ? null : { by: 'id', id }
}

/** A redemption's name: the activity that began it, and its place where an order redeemed several. */
export function redemptionId(activity: number, place: number): string {
  return place === 0 ? publicId('red', activity) : `${publicId('red', activity)}_${place}`
}

export function parseRedemption(text: string): { activity: number; place: number } | null {
  const match = /^(red_[0-9a-z]{1,11})(?:_([1-9]\d?))?$/.exec(text)
  const activity = match === null ? null : parseId('red', match[1]!)
  return activity === null ? null : { activity, place: Number(match![2] ?? 0) }
}

/** An order as it was when it was decided, or with what has come back of it since. */
export function orderAnswer(stored: StoredActivity, live: LiveProgram, since: Since = UNTOUCHED): OrderAnswer {
  const body = stored.body as OrderBody
  const member = publicId('mem', body.for_member ?? stored.account)
  return {
    order: pricedOrder(body, priceOrder(body, stored.shares), member, stored.occurredMs, {
      ...since,
      payments: stored.outcome.payments,
    }),
    discounts: discountsOf(stored.outcome.discounts, body),
    payments: stored.outcome.payments ?? [],
    redemptions: redemptionsOf(stored, live),
    ...consequencesOf(stored, live),
    activity: publicId('act', stored.id),
    revision: stored.revision,
  }
}

/** What became of an order after it was paid. */
export interface Since {
  status: 'paid' | 'cancelled'
  returned: Returned | null
}

const UNTOUCHED: Since = { status: 'paid', returned: null }

export function saleAnswer(sale: StoredSale, since: Since = UNTOUCHED): OrderAnswer {
  const body = sale.body as OrderBody
  return {
    order: pricedOrder(body, priceOrder(body, null), null, sale.occurredMs, since),
    discounts: [],
    payments: [],
    redemptions: [],
    ...NOTHING,
    activity: publicId('sal', sale.id),
    revision: null,
  }
}

const NOTHING = { postings: [], balances: [], tier: null, explanation: [], vouchers: [], cards: [] }

interface OrderState {
  status: OrderAnswer['order']['status']
  returned: Returned | null
  payments?: readonly StoredPayment[] | undefined
}

export function pricedOrder(
  body: OrderBody,
  priced: PricedOrder,
  member: string | null,
  occurredMs: number,
  { status, returned, payments = [] }: OrderState,
): OrderAnswer['order'] {
  const { subtotal, discount, tax, total } = priced
  return {
    external_id: body.external_id,
    member,
    status,
    occurred_at: formatInstant(occurredMs),
    currency: body.currency,
    subtotal,
    discount,
    tax,
    total,
    to_pay: payments.reduce((left, { amount }) => left - amount, total),
    lines: priced.lines.map((line, i) => ({
      id: line.id,
      net: line.net,
      discount: line.discount,
      returnable: returned === null ? line.quantity : line.quantity - returned.quantities[i]!,
    })),
  }
}

export function discountsOf(discounts: readonly Discount[] | undefined, body: OrderBody): OrderAnswer['discounts'] {
  return (discounts ?? []).map(({ source, amount, shares, cut, points }) => ({
    source,
    amount,
    lines: body.lines.flatMap(({ id }, i) => (shares[i] === 0 ? [] : [{ id, amount: shares[i]! }])),
    ...(cut === undefined ? {} : { cut }),
    ...(points === undefined ? {} : { points }),
  }))
}

export function returnAnswer(stored: StoredActivity, live: LiveProgram): ReturnAnswer {
  const { external_id, order } = stored.body as { external_id: string; order: string }
  return {
    return: { external_id, order, status: 'applied' },
    ...consequencesOf(stored, live),
    restored: restoredOf(stored),
    ...refundOf(stored.outcome),
    activity: publicId('act', stored.id),
  }
}

export function saleReturnAnswer(sale: StoredSale): ReturnAnswer {
  const { external_id, order } = sale.body as { external_id: string; order: string }
  return {
    return: { external_id, order, status: 'applied' },
    ...NOTHING,
    restored: [],
    ...refundOf(sale.outcome),
    activity: publicId('sal', sale.id),
  }
}

export function waitingAnswer(external_id: string, order: string): ReturnAnswer {
  return {
    return: { external_id, order, status: 'waiting' },
    ...NOTHING,
    restored: [],
    ...refundOf({}),
    activity: null,
  }
}

/** A cancelled order: the order with nothing left of it, and what the cancellation gave back and took. */
export function cancelAnswer(order: OrderAnswer, cancel: StoredActivity, live: LiveProgram): CancelAnswer {
  return {
    order: order.order,
    discounts: order.discounts,
    payments: order.payments,
    redemptions: redemptionsOf(cancel, live),
    ...consequencesOf(cancel, live),
    restored: restoredOf(cancel),
    ...refundOf(cancel.outcome),
    activity: publicId('act', cancel.id),
    revision: cancel.revision,
  }
}

export function saleCancelAnswer(order: OrderAnswer, cancel: StoredSale): CancelAnswer {
  return { ...order, restored: [], ...refundOf(cancel.outcome), activity: publicId('sal', cancel.id) }
}

/** What points had paid comes back as points, so it is no money that a return gives back. */
function refundOf({
  refund_total = 0,
  payments = [],
}: Pick<Outcome, 'refund_total' | 'payments'>): Pick<ReturnAnswer, 'refund_total' | 'refund_money' | 'points_back'> {
  const paid = payments.reduce((sum, { amount }) => sum + amount, 0)
  return { refund_total, refund_money: Math.max(0, refund_total - paid), points_back: payments }
}

function restoredOf(stored: StoredActivity): ReturnAnswer['restored'] {
  return (stored.outcome.restored ?? []).map(({ redemption, points }) => {
    const [activity, place] = redemption.split('.').map(Number)
    return { redemption: redemptionId(activity!, place!), points }
  })
}

export function activityAnswer(stored: StoredActivity, live: LiveProgram): ActivityAnswer {
  const { type, occurredMs, recordedMs, revision, body, outcome } = stored
  return {
    id: publicId('act', stored.id),
    member: publicId('mem', stored.account),
    type,
    occurred_at: formatInstant(occurredMs),
    recorded_at: formatInstant(recordedMs),
    revision,
    body: shownBody(stored),
    discounts: type === 'order' && body !== null ? discountsOf(outcome.discounts, body as OrderBody) : [],
    redemptions: redemptionsOf(stored, live),
    ...consequencesOf(stored, live),
  }
}

/** Bodies are shown as they were sent; those that concern two members name them as everything outside does. */
function shownBody({ type, body }: StoredActivity): unknown {
  if (body === null) return null
  if (type === 'transfer') {
    const { from, to, ...rest } = body as ActivityBodies['transfer']
    return { from: publicId('mem', from), to: publicId('mem', to), ...rest }
  }
  if (type === 'receive') {
    const { from, source, wallet, parts, note } = body as ActivityBodies['receive']
    const points = parts.reduce((sum, part) => sum + part.points, 0)
    const told = note === undefined ? {} : { note }
    return { from: publicId('mem', from), source: publicId('act', source), wallet, points, ...told }
  }
  if (type === 'merge') {
    const { from, into } = body as ActivityBodies['merge']
    return { from: publicId('mem', from), into: publicId('mem', into) }
  }
  if (type === 'pool') {
    const { from, pool, ...rights } = body as ActivityBodies['pool']
    return { from: publicId('mem', from), pool: publicId('mem', pool), ...rights }
  }
  if (type === 'pooled') {
    const { from, source, ...rights } = body as ActivityBodies['pooled']
    return { from: publicId('mem', from), source: publicId('act', source), ...rights }
  }
  if (type === 'join') return shownJoin(body as ActivityBodies['join'])
  if (type === 'referred') return shownReferred(body as ActivityBodies['referred'])
  if (type === 'perk_void') return { ...body, use: publicId('use', (body as ActivityBodies['perk_void']).use) }
  if ('for_member' in body) return { ...body, for_member: publicId('mem', body.for_member!) }
  if (type === 'approve' || type === 'reject') {
    const { adjustment, actor } = body as ActivityBodies['approve']
    return { adjustment: publicId('adj', adjustment), actor }
  }
  if (type === 'voucher_transfer') {
    const { from, to, code } = body as ActivityBodies['voucher_transfer']
    return { from: publicId('mem', from), to: publicId('mem', to), code }
  }
  if (type === 'voucher_receive') {
    const { from, source, reward } = body as ActivityBodies['voucher_receive']
    return { from: publicId('mem', from), source: publicId('act', source), reward }
  }
  if (type === 'voucher_claim') {
    const { code, batch, reward, amount = null } = body as ActivityBodies['voucher_claim']
    return { code, batch: publicId('bat', batch), reward, amount }
  }
  if (type !== 'absorb') return body
  const { from, source } = body as ActivityBodies['absorb']
  return { from: publicId('mem', from), source: publicId('act', source) }
}

function shownJoin({ introduced, ...sent }: ActivityBodies['join']): unknown {
  if (introduced === undefined) return sent
  const { by, refused } = introduced
  const brought_by = by === null ? null : publicId('mem', by)
  return { ...sent, introduced: { by: brought_by, ...(refused === undefined ? {} : { refused }) } }
}

function shownReferred({ by, friend, until, pool, ...rest }: ActivityBodies['referred']): unknown {
  return {
    by: publicId('mem', by),
    friend: publicId('mem', friend),
    ...rest,
    ...(until === undefined ? {} : { until: formatInstant(until) }),
    ...(pool === undefined ? {} : { pool: publicId('mem', pool) }),
  }
}

/** A transfer, from both of its sides. */
export function transferAnswer(sent: StoredActivity, received: StoredActivity, live: LiveProgram): Transfer {
  const { wallet, points, note } = sent.body as ActivityBodies['transfer']
  return {
    id: publicId('act', sent.id),
    from: publicId('mem', sent.account),
    to: publicId('mem', received.account),
    wallet,
    points,
    note: note ?? null,
    occurred_at: formatInstant(sent.occurredMs),
    postings: postingsOf(sent, live),
    received: postingsOf(received, live),
    balances: balancesAnswer(sent.outcome.balances),
  }
}

/** A merge, as both members were right after it. */
export function mergeAnswer(
  [merged, loser]: [StoredActivity, Profile],
  [absorbed, winner]: [StoredActivity, Profile],
): MergeAnswer {
  const balances = merged.outcome.balances
  const { view, answer } = absorbed.outcome
  const into = memberAnswer({ ...winner, status: 'active' }, absorbed.outcome.balances, { ...view, ...answer }, null)
  return { ...memberAnswer({ ...loser, status: 'merged' }, balances, {}, absorbed.account), into }
}

/** The redemptions that an activity began or changed, as it left them. */
export function redemptionsOf(stored: StoredActivity, live: LiveProgram): Redemption[] {
  return (stored.outcome.redemptions ?? []).map((redemption) =>
    redemptionAnswer(
      redemption,
      stored.account,
      postingsOf(stored, live, (posting) => posting.rule === redemption.reward),
      voucherOf(redemption, [stored]),
    ),
  )
}

/** The code of the first voucher that a redemption brought, by the activities that touched it. */
export function voucherOf(
  { activity, place }: Pick<DecidedRedemption, 'activity' | 'place'>,
  touched: readonly StoredActivity[],
): string | null {
  const source = redemptionSource(activity, place)
  const brought = touched.flatMap(({ outcome }) => outcome.vouchers ?? []).find((one) => one.source === source)
  return brought?.code ?? null
}

/** What a voucher was given for, in the names that everything outside has. */
export function shownSource(source: string): string {
  const [what, id, place] = source.split(/[:.]/) as [string, string, string?]
  if (what === 'redemption') return redemptionId(Number(id), Number(place))
  return what === 'transfer' ? publicId('act', Number(id)) : source
}

export function redemptionAnswer(
  redemption: DecidedRedemption,
  account: number,
  postings: Posting[],
  voucher: string | null,
): Redemption {
  const { activity, place, reward, quantity, points, to_pay, captured_points, status, expires_at } = redemption
  return {
    id: redemptionId(activity, place),
    member: publicId('mem', account),
    reward,
    quantity,
    points,
    to_pay,
    captured_points,
    // Points that came back with the whole of their order are let go like those of a hold: nothing stays captured.
    status: status === 'returned' ? 'voided' : status,
    expires_at: expires_at === null ? null : formatInstant(expires_at),
    voucher,
    postings,
  }
}

/** An adjustment with what it moved: `asked` is the activity that asked for it, `decided` the one that decided it. */
export function adjustmentAnswer(
  { activity, wallet, points, status, requested_by, decided_by }: DecidedAdjustment,
  asked: StoredActivity,
  decided: StoredActivity | null,
  live: LiveProgram,
): Adjustment {
  return {
    id: publicId('adj', activity),
    member: publicId('mem', asked.account),
    wallet,
    points,
    reason: (asked.body as AdjustBody | null)?.reason ?? null,
    status,
    requested_by,
    requested_at: formatInstant(asked.recordedMs),
    decided_by,
    decided_at: decided === null ? null : formatInstant(decided.recordedMs),
    activity: publicId('act', activity),
    // An account that closes rejects what waits, and moves points of its own.
    postings: decided === null || status !== 'applied' ? [] : postingsOf(decided, live),
    balances: balancesAnswer((decided ?? asked).outcome.balances),
  }
}

function consequencesOf(
  stored: StoredActivity,
  live: LiveProgram,
): Pick<OrderAnswer, 'postings' | 'balances' | 'tier' | 'explanation' | 'vouchers' | 'cards'> {
  const { outcome } = stored
  return {
    postings: postingsOf(stored, live),
    balances: balancesAnswer(outcome.balances),
    tier: tierOf(outcome.view),
    explanation: explanationOf(stored, programOf(stored, live)),
    vouchers: vouchersOf(outcome),
    cards: cardsOf(outcome.view),
  }
}

export function cardsOf(view: Record<string, unknown>): StampCard[] {
  return (view['cards'] as StampCard[] | undefined) ?? []
}

/** The last word of an activity on each voucher that it changed. */
function vouchersOf({ vouchers = [] }: Outcome): OrderAnswer['vouchers'] {
  const latest = new Map(vouchers.map(({ code, reward, state }) => [code, { code, reward, state }]))
  return [...latest.values()]
}

/** The program that decided it. */
function programOf(stored: StoredActivity, live: LiveProgram): Program {
  return live.revisions[stored.revision - 1]!.program
}

export function postingsOf(
  stored: StoredActivity,
  live: LiveProgram,
  wanted?: (posting: StoredPosting) => boolean,
): Posting[] {
  const program = programOf(stored, live)
  const postings: Posting[] = []
  for (const posting of stored.postings)
    if (wanted === undefined || wanted(posting)) postings.push(postingAnswer(posting, stored, program))
  return postings
}

function postingAnswer(posting: StoredPosting, stored: StoredActivity, program: Program): Posting {
  const { place, wallet, from, to, points, kind, month, releaseMs, expiryMs, rule, line, reverses } = posting
  const release = releaseMs ?? 0
  return {
    id: postingId(stored.id, place),
    activity: publicId('act', stored.id),
    wallet,
    from,
    to,
    points,
    lot: kind === null ? null : lotLabel(program, { kind, month: month!, release, expiry: expiryMs ?? NEVER }),
    rule,
    line,
    reverses: reverses === null ? null : publicId('act', reverses),
    // A lot that was released, or never waited, can be spent from the moment of the posting at the latest.
    available_at: release === NEVER ? null : formatInstant(release === 0 ? stored.occurredMs : release),
    expires_at: expiryMs === null ? null : formatInstant(expiryMs),
  }
}

export function balancesAnswer(balances: readonly StoredBalance[]): Balance[] {
  return balances.map(([wallet, decimals, available, pending, held, debt, expiring]) => ({
    wallet,
    decimals,
    available,
    pending,
    held,
    debt,
    expiring: expiring.map(([points, at]) => ({ points, at: formatInstant(at) })),
  }))
}

/** What the features show of a tier; its progress is null where there is none higher. */
export function tierOf(view: Record<string, unknown>): Tier | null {
  return (view['tier'] as Tier | null | undefined) ?? null
}

function explanationOf({ id, type, recordedMs, outcome, postings }: StoredActivity, program: Program): Explanation[] {
  const entries = outcome.entries?.map(entryOf) ?? []
  return explain({ type, at: recordedMs, entries, moves: postings }, program, (place) => postingId(id, place))
}

function postingId(activity: number, place: number): string {
  return `pst_${base36(activity)}_${place}`
}

function entryOf([rule, wallet, base, full, exact, scale, rounding, carry, points, stop]: StoredEntry): Entry {
  const entry = { rule, wallet, base, full, exact, scale, rounding: rounding as Entry['rounding'], carry, points }
  return stop === undefined ? entry : { ...entry, stop }
}

/** A member's row: who they are, apart from the ledger. */
export interface Profile {
  account: number
  external_id: string | null
  name: string | null
  email: string | null
  phone: string | null
  birthday: string | null
  locale: string | null
  alias: string | null
  leaderboards: Member['leaderboards'] | null
  card_number: string
  referral_code: string
  joined_ms: number
  status: Member['status']
}

export function memberAnswer(
  profile: Profile,
  balances: readonly StoredBalance[],
  view: Record<string, unknown>,
  mergedInto: number | null,
): Member {
  const { external_id, name, email, phone, birthday, locale, alias, card_number, referral_code, status } = profile
  return {
    id: publicId('mem', profile.account),
    external_id,
    name,
    email,
    phone,
    birthday,
    locale,
    alias,
    leaderboards: profile.leaderboards ?? 'shown',
    joined_at: formatInstant(profile.joined_ms),
    status,
    card_number,
    referral_code,
    referral: referralOf(view, referral_code),
    merged_into: mergedInto === null ? null : publicId('mem', mergedInto),
    balances: balancesAnswer(balances),
    tier: tierOf(view),
    cards: cardsOf(view),
    challenges: challengesOf(view),
    badges: (view['badges'] as Badge[] | undefined) ?? [],
    vouchers: ((view['vouchers'] as Member['vouchers'] | undefined) ?? []).map((voucher) => ({
      ...voucher,
      source: shownSource(voucher.source),
    })),
    pool: poolOf(view),
    ...perksOf(view),
    choices: (view['choices'] as Choice[] | undefined) ?? [],
    membership: (view['membership'] as Member['membership'] | undefined) ?? null,
  }
}

function referralOf(view: Record<string, unknown>, code: string): Member['referral'] {
  const referral = view['referral'] as { friends: number; rewarded: number; join: string } | undefined
  if (referral === undefined) return null
  const { join, ...counts } = referral
  return { code, link: `${join}?ref=${code}`, ...counts }
}

function challengesOf(view: Record<string, unknown>): Challenge[] {
  return (view['challenges'] as Challenge[] | undefined) ?? []
}

/** The challenge that a member has joined or left, as it was then. */
export function challengeAnswer({ id, account, body, outcome }: StoredActivity): ChallengeAnswer {
  const joined = body as ActivityBodies['challenge'] | null
  const shown = challengesOf(outcome.view).find((one) => one.id === joined?.challenge)
  return {
    activity: publicId('act', id),
    member: publicId('mem', joined?.for_member ?? account),
    challenge: shown ?? null,
  }
}

/** A level's perks are names; those that are counted have more to tell. */
function perksOf(view: Record<string, unknown>): Pick<Member, 'perks' | 'entitlements'> {
  const entitlements = entitlementsAnswer((view['entitlements'] as ShownPerk[] | undefined) ?? [])
  const named = (view['perks'] as string[] | undefined) ?? []
  return { perks: [...new Set([...named, ...entitlements.map(({ perk }) => perk)])], entitlements }
}

/** As features show it: uses are named by their activities. */
type ShownPerk = Omit<Entitlement, 'open'> & { open: { activity: number; until: string }[] }

export function entitlementsAnswer(shown: readonly ShownPerk[]): Entitlement[] {
  return shown.map(({ open, ...rest }) => ({
    ...rest,
    open: open.map(({ activity, until }) => ({ use: publicId('use', activity), until })),
  }))
}

function poolOf(view: Record<string, unknown>): Member['pool'] {
  const pool = view['pool'] as { account: number; earn: boolean; spend: boolean } | undefined
  return pool === undefined ? null : { id: publicId('mem', pool.account), earn: pool.earn, spend: pool.spend }
}

/** A pool with its members: each named as when they came in. */
export function poolAnswer({ id, external_id, name, balances }: Member, members: [number, boolean, boolean][]): Pool {
  const named = members.map(([member, earn, spend]) => ({ id: publicId('mem', member), earn, spend }))
  return { id, external_id, name, balances, members: named }
}

/** The answer to opening a pool, as it was then: nobody was in it. */
export function openedPoolAnswer(stored: StoredActivity, profile: Profile): Pool {
  return poolAnswer(joinedAnswer(stored, profile), [])
}

/** The answer to joining, as it was then: what has changed since is not part of it. */
export function joinedAnswer(stored: StoredActivity, profile: Profile): Member {
  const body = stored.body as ProfileBody | null
  const then: Profile =
    body === null
      ? profile
      : {
          ...profile,
          external_id: body.external_id ?? null,
          name: body.name ?? null,
          email: body.email ?? null,
          phone: body.phone ?? null,
          birthday: body.birthday ?? null,
          locale: body.locale ?? null,
          alias: body.alias ?? null,
          leaderboards: body.leaderboards ?? null,
          status: 'active',
        }
  return memberAnswer(then, stored.outcome.balances, stored.outcome.view, null)
}

/** The key under which a caller's request is decided once: theirs, or one that nobody can repeat. */
export function keyOf(idempotencyKey: string | null): string {
  return idempotencyKey === null ? keys.once(crypto.randomUUID()) : keys.given(idempotencyKey)
}
