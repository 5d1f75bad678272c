/** What goes over the wire, field for field as the contract has it: bodies are checked by it, answers are documented. */

import { z } from 'zod'
import { minorDigits } from '../core/money.ts'
import { parseDay, parseInstant } from '../core/time.ts'
import { normalCode } from './codes.ts'

/** No control characters, no halves of a surrogate pair: what every database, file and screen can show. */
const PLAIN = /^[^\p{Cc}\p{Cs}]*$/u
/** The same with ends of lines and tabs. */
const PROSE = /^(?:[\n\r\t]|[^\p{Cc}\p{Cs}])*$/u
export const text = (most: number) =>
  z.string().min(1).max(most).regex(PLAIN, 'has a control character or half of a character in it')

/** An id that the caller gives. */
export const OwnId = text(255)
export const Text = text(200)

/** What somebody or something is called: more than blanks, and none around it. */
export const Name = z.string().trim().pipe(Text)

export const MemberRef = z
  .string()
  .regex(/^(mem_[0-9a-z]{1,11}|external:[^\p{Cc}\p{Cs}]{1,255})$/u, 'must be a member: mem_… or external:YOUR-ID')
  .describe('Our id of a member (`mem_…`) or `external:` and yours')

/** RFC 3339 with an offset; handlers get milliseconds since 1970. */
export const Instant = z
  .string()
  .meta({ format: 'date-time', examples: ['2026-05-01T08:30:00Z'] })
  .transform((value, context) => {
    const ms = parseInstant(value)
    if (ms !== null) return ms
    context.addIssue({
      code: 'custom',
      message: 'must be a time with an offset (RFC 3339), such as 2026-05-01T08:30:00Z or 2026-05-01T10:30:00+02:00',
    })
    return z.NEVER
  })

export const Day = z
  .string()
  .meta({ format: 'date' })
  .refine((value) => parseDay(value) !== null, 'must be a date, such as 1990-05-31')

const Amount = z.int().min(0)
const Points = z.int()

export const List = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20).describe('How many at most'),
  cursor: z.string().max(1_000).optional().describe('`next_cursor` of the page before'),
})

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  return z
    .object({
      data: z.array(item),
      has_more: z.boolean().describe('Whether there is another page'),
      next_cursor: z.string().nullable().describe('Hand it back as `cursor` for the next page'),
    })
    .meta({ id })
}

// Bodies

export const MOST_LINES = 1_000

const OrderLine = z
  .strictObject({
    id: OwnId.describe('Unique within the order; returns name it'),
    sku: OwnId.describe('The item'),
    name: Text.optional().describe('What the item is called'),
    category: Text.optional().describe('What rules and rewards know the item by'),
    quantity: z.int().min(1).describe('Whole units'),
    unit_price: Amount.describe('Of one unit, in minor units; with or without tax as `prices` says'),
    discount: Amount.optional().describe('Taken off the whole line by the shop itself'),
    tax: Amount.optional().describe('Of the whole line after its discount'),
  })
  .meta({ id: 'OrderLine' })

/** A code as somebody types it; handlers get it as it stands in the ledger. */
export const Code = text(100)
  .describe('The code of a voucher; spaces, hyphens and small letters make no difference')
  .transform(normalCode)

const REDEEM_FORMS =
  'must be a reward, {"reward": "its-id", "quantity": 1}, a voucher, {"voucher": "its-code"}, or points, {"points": 300}'

const Redeem = z
  .strictObject({
    reward: OwnId.optional().describe('The id of a reward in the program'),
    voucher: Code.optional().describe('The code of a voucher, instead of a reward'),
    points: z.int().min(1).optional().describe('So many points as money, in the smallest unit of their wallet'),
    wallet: OwnId.optional().describe('Whose points; needed where the program takes points of several as money'),
    quantity: z.int().min(1).max(1_000).optional().describe('How many of the reward; 1 unless said'),
  })
  .superRefine(({ reward, voucher, points, wallet, quantity }, context) => {
    if ([reward, voucher, points].filter((one) => one !== undefined).length !== 1) mistake(context, [], REDEEM_FORMS)
    else if (quantity !== undefined && reward === undefined) mistake(context, ['quantity'], 'is said of a reward')
    else if (wallet !== undefined && points === undefined) mistake(context, ['wallet'], 'is said of points')
  })
  .meta({ id: 'OrderRedeem' })

const OrderFields = {
  external_id: OwnId.optional().describe('Yours; where the address has it, it must be the same'),
  member: MemberRef.nullable().describe('null for somebody you do not know: kept for comparison, earns nothing'),
  status: z.enum(['draft', 'paid']).default('paid').describe('A draft moves nothing and may change; paid is final'),
  occurred_at: Instant.describe('When it was bought: rules and tiers are those of that moment'),
  currency: z
    .string()
    .refine((code) => minorDigits(code) !== null, 'must be an ISO 4217 currency, such as USD')
    .describe("ISO 4217; the program's"),
  prices: z.enum(['tax_included', 'tax_excluded']).describe('Whether `unit_price` has the tax in it'),
  location: Text.optional().describe('The shop'),
  channel: Text.optional().describe('Where it was bought, such as till or web'),
  staff: Text.optional().describe('Who served'),
  lines: z.array(OrderLine).min(1).max(MOST_LINES),
  tender: z
    .array(z.strictObject({ type: Text, amount: z.int() }))
    .min(1)
    .max(50)
    .optional()
    .describe('How it was paid; sums to what is left to pay'),
  redeem: z
    .array(Redeem)
    .min(1)
    .max(20)
    .optional()
    .describe('Rewards, vouchers and points that are used on this order, in this order'),
}

const TIME_EXAMPLE = '2026-05-01T08:30:00Z'
const ORDER_EXAMPLE = {
  member: 'external:ada',
  occurred_at: TIME_EXAMPLE,
  currency: 'USD',
  prices: 'tax_excluded',
  lines: [{ id: '1', sku: 'latte', category: 'drinks', quantity: 2, unit_price: 450, tax: 80 }],
}

export const OrderInput = z
  .strictObject(OrderFields)
  .superRefine(checkOrder)
  .meta({ id: 'Order', example: ORDER_EXAMPLE })
export const QuoteInput = z
  .strictObject({ ...OrderFields, occurred_at: Instant.optional() })
  .superRefine(checkOrder)
  .meta({ id: 'QuoteOrder', example: ORDER_EXAMPLE })
export type OrderInput = z.output<typeof OrderInput>

type Lines = z.output<typeof OrderLine>[]
type Prices = 'tax_included' | 'tax_excluded'

interface CheckedOrder {
  prices: Prices
  lines: Lines
  tender?: { amount: number }[] | undefined
  member: string | null
}

/** What no single field can tell: sums that fit, discounts and taxes within their lines, ids that differ. */
function checkOrder(order: CheckedOrder, context: z.RefinementCtx): void {
  // What is wrong with a field is said already; sums of such fields would only say it again.
  if (context.issues.length > 0) return
  const ids = new Set<string>()
  let total = 0
  for (const [i, line] of order.lines.entries()) {
    const problem = problemOfLine(line, order.prices)
    if (problem !== null) mistake(context, ['lines', i, problem.field], problem.message)
    if (ids.has(line.id)) mistake(context, ['lines', i, 'id'], `${line.id} is the id of another line, too`)
    ids.add(line.id)
    total += totalOfLine(line, order.prices)
  }
  if (context.issues.length > 0) return
  if (!Number.isSafeInteger(total)) mistake(context, ['lines'], 'together cost more than 9,007,199,254,740,991')
  const paid = order.tender?.reduce((sum, { amount }) => sum + amount, 0)
  // What a member's order comes to is known when it is decided: see `refuseTender`.
  if (paid !== undefined && order.member === null && paid !== total)
    mistake(context, ['tender'], `sums to ${paid}, but the total is ${total}`)
}

function totalOfLine(line: Lines[number], prices: Prices): number {
  const after = line.quantity * line.unit_price - (line.discount ?? 0)
  return prices === 'tax_included' ? after : after + (line.tax ?? 0)
}

function problemOfLine(line: Lines[number], prices: Prices): { field: string; message: string } | null {
  const gross = line.quantity * line.unit_price
  const { discount = 0, tax = 0 } = line
  if (!Number.isSafeInteger(gross) || !Number.isSafeInteger(gross + tax))
    return { field: 'unit_price', message: 'times quantity is more than 9,007,199,254,740,991' }
  if (discount > gross) return { field: 'discount', message: `is more than the line costs (${gross})` }
  if (prices === 'tax_included' && tax > gross - discount)
    return { field: 'tax', message: `is more than the line costs with its tax (${gross - discount})` }
  return null
}

function mistake(context: z.RefinementCtx, path: (string | number)[], message: string): void {
  const field = path.at(-1)
  context.addIssue({ code: 'custom', path, message: typeof field === 'string' ? `\`${field}\` ${message}` : message })
}

const ReturnLine = z.strictObject({
  id: OwnId.describe('The line of the order'),
  quantity: z.int().min(0).describe('Units that come back; 0 with an amount is money back on a line that stays'),
  amount: Amount.optional().describe(
    'Money given back for this line, tax included, where it differs from what was paid',
  ),
})

export const ReturnInput = z
  .strictObject({
    external_id: OwnId.describe('Yours; the same again answers the same'),
    occurred_at: Instant.describe('When it came back'),
    lines: z.array(ReturnLine).min(1).max(MOST_LINES).optional(),
    amount: z.int().min(1).optional().describe('Money back on the order as a whole, tax included'),
    member: MemberRef.optional().describe('Whose order it is; another’s is refused'),
    currency: z.string().optional().describe('What its amounts are in; another than the order’s is refused'),
  })
  .superRefine(({ lines, amount }, context) => {
    if (context.issues.length > 0) return
    if ((lines === undefined) === (amount === undefined))
      mistake(context, [], 'a return has either `lines` or an `amount`')
    const ids = new Set<string>()
    for (const [i, line] of (lines ?? []).entries()) {
      if (ids.has(line.id)) mistake(context, ['lines', i, 'id'], `${line.id} is the id of another line, too`)
      ids.add(line.id)
      if (line.quantity === 0 && (line.amount ?? 0) === 0)
        mistake(context, ['lines', i, 'quantity'], 'must be at least 1, or 0 with an `amount`')
    }
  })
  .meta({
    id: 'Return',
    example: { external_id: 'return-7', occurred_at: TIME_EXAMPLE, lines: [{ id: '1', quantity: 1 }] },
  })
export type ReturnInput = z.output<typeof ReturnInput>

export const VisitInput = z
  .strictObject({ member: MemberRef, occurred_at: Instant, location: Text.optional().describe('The shop') })
  .meta({
    id: 'Visit',
    example: { member: 'external:ada', occurred_at: TIME_EXAMPLE, location: 'main-street' },
  })

export const TierInput = z
  .strictObject({
    level: Text.describe('A level of the program; the lowest ends what was given before'),
    kind: z
      .enum(['given', 'matched', 'trial'])
      .default('given')
      .describe(
        '`matched` with a level that the member has elsewhere; a `trial` brings no gift that comes with a level',
      ),
    until: Instant.optional().describe('When it ends; what is earned counts from then on'),
    months: z.int().min(1).max(1_200).optional().describe('Instead of `until`: for how many months from now'),
    reason: z.string().max(500).describe('For whoever asks later; kept with the activity'),
  })
  .meta({
    id: 'TierGiven',
    example: { level: 'gold', kind: 'matched', months: 6, reason: 'Gold at another coffee house, card seen' },
  })

const MOST_DATA = 16_384
const MOST_DEPTH = 10

export const ActionInput = z
  .strictObject({
    member: MemberRef,
    type: Text.describe('What was done, such as review'),
    occurred_at: Instant,
    data: z
      .record(z.string(), z.unknown())
      .default({})
      .refine((data) => depthOf(data) <= MOST_DEPTH, `is nested deeper than ${MOST_DEPTH} levels`)
      .refine((data) => JSON.stringify(data).length <= MOST_DATA, `is longer than ${MOST_DATA} characters of JSON`)
      .refine(isPlainData, 'has a text with half of a character or a NUL in it, or a number beyond any size')
      .describe('Whatever the rules of the program read'),
  })
  .meta({
    id: 'Action',
    example: { member: 'external:ada', type: 'review', occurred_at: TIME_EXAMPLE, data: { rating: 5 } },
  })

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let deepest = 0
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner))
  return deepest + 1
}

function isPlainData(value: unknown): boolean {
  if (typeof value === 'string') return !/[\0\p{Cs}]/u.test(value)
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, inner]) => isPlainData(key) && isPlainData(inner))
}

export const RedemptionInput = z
  .strictObject({
    member: MemberRef,
    reward: OwnId.describe('The id of a reward in the program'),
    quantity: z.int().min(1).max(1_000).default(1).describe('How many of it'),
    capture: z.boolean().default(false).describe('Spend the points at once instead of holding them'),
    location: Text.optional().describe('The shop, for rewards that only some have'),
  })
  .meta({ id: 'RedemptionRequest', example: { member: 'external:ada', reward: 'dollar-off' } })

export const CaptureInput = z
  .strictObject({
    points: z.int().min(0).optional().describe('Fewer than are held; the rest is released'),
    quantity: z.int().min(1).optional().describe('Fewer than are held; the points for the rest are released'),
  })
  .refine(
    ({ points, quantity }) => points === undefined || quantity === undefined,
    'name either `points` or `quantity`',
  )
  .meta({ id: 'Capture', examples: [{ points: 25 }] })

const MOST_REASON = 1_000
/** Left out it is no mistake of form, but refused by a code of its own. */
const Reason = z
  .string()
  .max(MOST_REASON)
  .regex(PLAIN, 'has a control character or half of a character in it')
  .default('')
  .describe('Why: whatever is done by hand is refused without a reason')

export const AdjustmentInput = z
  .strictObject({
    member: MemberRef,
    wallet: OwnId.describe('The wallet whose points are given or taken'),
    points: z
      .int()
      .refine((points) => points !== 0, 'must not be 0')
      .describe('In the wallet’s smallest unit; negative to take them'),
    reason: Reason,
  })
  .meta({
    id: 'AdjustmentRequest',
    example: { member: 'external:ada', wallet: 'stars', points: 50, reason: 'The order was late' },
  })

export const ReasonInput = z
  .strictObject({ reason: Reason })
  .meta({ id: 'Reason', example: { reason: 'Asked for it at the counter' } })

export const TransferInput = z
  .strictObject({
    from: MemberRef,
    to: MemberRef,
    wallet: OwnId.describe('Which points'),
    points: z.int().min(1).describe("In the wallet's smallest unit"),
    note: Text.optional().describe('For both time lines'),
  })
  .meta({ id: 'TransferRequest', example: { from: 'external:ada', to: 'external:ben', wallet: 'stars', points: 25 } })

export const MergeInput = z
  .strictObject({
    into: MemberRef,
    reason: text(MOST_REASON)
      .optional()
      .describe('Why they are one person: kept in the audit log, so do not name them there'),
  })
  .meta({ id: 'Merge', examples: [{ into: 'external:ben', reason: 'Joined twice, with two phones' }] })

export const PoolInput = z
  .strictObject({ external_id: OwnId.optional().describe('Yours; the same again answers the same'), name: Text })
  .meta({ id: 'NewPool', example: { external_id: 'the-lovelaces', name: 'The Lovelaces' } })

export const PoolRights = z
  .strictObject({
    earn: z.boolean().default(true).describe('What the member buys and does is collected in the pool'),
    spend: z.boolean().default(false).describe('The member may redeem rewards with the points of the pool'),
  })
  .refine(({ earn, spend }) => earn || spend, 'must allow at least one of `earn` and `spend`')
  .meta({ id: 'PoolRights', example: { earn: true, spend: true } })

/** BCP 47, as `Intl` reads it. */
const Locale = z.string().max(35).refine(isLocale, 'must be a language tag, such as en-US')

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

const Seen = z.enum(['shown', 'named', 'hidden'])

const ProfileFields = {
  name: Text.optional(),
  email: text(254).optional(),
  phone: text(40).optional().describe("In any usual spelling; with its + where it is not of the program's country"),
  birthday: Day.optional(),
  locale: Locale.optional().describe('BCP 47, such as en-US'),
  alias: text(40).optional().describe('What others call the member'),
  leaderboards: Seen.optional().describe(
    'Whether others see the member on leaderboards: `shown` by alias or initials, `named` by the whole name, or `hidden`',
  ),
  household: text(200)
    .optional()
    .describe(
      'What you call the household, such as its address: only a digest of it is kept, to tell friends from family',
    ),
}

export const MemberInput = z
  .strictObject({
    external_id: OwnId.optional().describe('Yours; the same again answers the same'),
    ...ProfileFields,
    referral_code: text(40).optional().describe('Of the member who brought this one'),
  })
  .meta({
    id: 'NewMember',
    examples: [{ external_id: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', phone: '+12025550123' }],
  })

export const ProfileInput = z
  .strictObject({ ...ProfileFields, card_number: text(40).optional() })
  .refine((body) => Object.keys(body).length > 0, 'must have at least one field to change')
  .meta({ id: 'MemberChange', examples: [{ birthday: '1990-12-10', locale: 'en-US' }] })

// Answers

const Time = z.string().meta({ format: 'date-time' })

export const Posting = z
  .object({
    id: z.string(),
    activity: z.string(),
    wallet: z.string(),
    from: z.string().describe('The bucket that the points leave: issued, pending, available, held, spent, …'),
    to: z.string().describe('The bucket that they reach'),
    points: z.int().min(1),
    lot: z
      .string()
      .nullable()
      .describe('What was earned alike: kind and month, with the days from which it can be spent and is expired'),
    rule: z.string().nullable().describe('The earning rule, or the reward'),
    line: z.string().nullable().describe('The line of the order, where there is one'),
    reverses: z.string().nullable().describe('The activity whose points this takes back'),
    available_at: Time.nullable().describe('From when the points can be spent; null while they wait for an action'),
    expires_at: Time.nullable().describe('Null for points that never expire'),
  })
  .meta({ id: 'Posting', description: 'Points that move from one bucket to another' })
export type Posting = z.output<typeof Posting>

export const Balance = z
  .object({
    wallet: z.string(),
    decimals: z.int().describe('Decimal places of a point'),
    available: Points.describe('Can be spent now'),
    pending: Points.describe('Earned, and not to be spent yet'),
    held: Points.describe('Held for redemptions'),
    debt: Points.describe('Owed, since points were spent that a return took back'),
    expiring: z.array(z.object({ points: Points, at: Time })).describe('What of it expires when, the soonest first'),
  })
  .meta({ id: 'Balance', description: 'Points in the smallest unit of the wallet' })
export type Balance = z.output<typeof Balance>

const TierProgress = z.array(
  z.object({
    measure: z.string(),
    have: z.int(),
    need: z.int(),
    by: Time.nullable().describe('Until when it can be reached with what there is; null for ever'),
    waiting: z.int().optional().describe('What counts too once the return window of its orders is over'),
  }),
)

export const Tier = z
  .object({
    level: z.string(),
    name: z.string().describe('What members call the level'),
    since: Time.nullable(),
    until: Time.nullable().describe('How long the level stays at least; null for the lowest and for life'),
    progress: TierProgress.nullable().describe('What the next level asks for; null on the highest'),
    next: z.string().nullable().describe('The next level; null on the highest'),
    progress_of: z
      .enum(['any_of', 'all_of'])
      .optional()
      .describe('Whether one entry of `progress` is enough or all are needed, when there are several'),
    otherwise: z.string().optional().describe('The level from `until` on when nothing more is done'),
    keep: TierProgress.optional().describe(
      'What it takes to have the level in its own right, when it stays only because of an earlier window or was given',
    ),
    kind: z.enum(['given', 'matched', 'trial']).optional().describe('How the level came, when it was given by hand'),
  })
  .meta({ id: 'Tier' })
export type Tier = z.output<typeof Tier>

export const Explanation = z
  .object({
    rule: z
      .string()
      .describe(
        'The earning rule or the reward; of points that move for another reason, which: expiry, release, debt and so on',
      ),
    wallet: z.string(),
    line: z.string().nullable().describe('The line of the order, where there is one'),
    base: z.int().describe('What the rate applies to: money in minor units, items, or 1'),
    rate: z.string().describe('Points per major unit of money, per item, or for the occasion: a fraction'),
    exact: z.string().describe('Exact points, as a fraction'),
    rounding: z.enum(['floor', 'nearest', 'up', 'carry']),
    carry_before: z.string().nullable().describe('The fraction that the wallet kept before'),
    carry_after: z.string().nullable().describe('The fraction that it keeps now'),
    points: Points,
    text: z.string().describe('All of it in a sentence, for people'),
    postings: z.array(z.string()).describe('The postings that this explains'),
  })
  .meta({ id: 'Explanation', description: 'How the points of one rule came about, or why points moved' })

export const Redemption = z
  .object({
    id: z.string(),
    member: z.string(),
    reward: z.string(),
    quantity: z.int(),
    points: Points.describe('What it costs'),
    to_pay: Amount.describe('What is to be paid in money besides; with an order it is part of its total'),
    captured_points: Points.describe('What of it was spent'),
    status: z.enum(['held', 'captured', 'voided', 'expired']),
    expires_at: Time.nullable().describe('When a hold times out'),
    voucher: z.string().nullable().describe('The code of the voucher that it brought, the first of several'),
    postings: z.array(Posting),
  })
  .meta({ id: 'Redemption' })
export type Redemption = z.output<typeof Redemption>

export const Adjustment = z
  .object({
    id: z.string(),
    member: z.string(),
    wallet: z.string(),
    points: Points.describe('Negative when points are taken'),
    reason: z.string().nullable().describe('Null once the person is erased'),
    status: z.enum(['pending_approval', 'applied', 'rejected']),
    requested_by: z.string().describe('The actor of the key that asked for it'),
    requested_at: Time,
    decided_by: z.string().nullable().describe('Who approved or rejected it; who asked, below their limit'),
    decided_at: Time.nullable(),
    activity: z.string().describe('The activity that asked for it'),
    postings: z.array(Posting),
    balances: z.array(Balance).describe('As the latest of it left them'),
  })
  .meta({ id: 'Adjustment' })
export type Adjustment = z.output<typeof Adjustment>

export const ListedAdjustment = Adjustment.extend({
  member_name: z.string().nullable().describe('What the member is called, for whoever decides it'),
}).meta({ id: 'ListedAdjustment' })
export type ListedAdjustment = z.output<typeof ListedAdjustment>

export const StampCard = z
  .object({
    card: z.string(),
    name: z.string(),
    stamps: z.int().describe('Stamps on the open card, its head start included'),
    of: z.int().describe('Stamps on a full card'),
    reward: z.string().describe('What a full card gives'),
    filled: z.int().describe('Cards that are full'),
    ends_at: Time.nullable().describe('When the card loses its stamps if it is not full'),
    owed: z
      .int()
      .optional()
      .describe('Stamps of purchases that came back after their card was full and its reward used'),
  })
  .meta({ id: 'StampCard' })
export type StampCard = z.output<typeof StampCard>

export const Choice = z
  .object({
    choice: z.string(),
    name: z.string(),
    option: z.string().describe('What is chosen; the first option until something is'),
    since: Time.nullable(),
    may_change: z.boolean(),
    changes_from: Time.nullable().describe('From when another option can be chosen; null where one can now, or never'),
    options: z.array(z.object({ id: z.string(), name: z.string() })),
  })
  .meta({ id: 'Choice', description: 'What the program leaves to the member' })
export type Choice = z.output<typeof Choice>

export const Entitlement = z
  .object({
    perk: z.string(),
    name: z.string().describe('What members call it'),
    kind: z.string().describe('bag, seat, lounge, concierge, service and so on'),
    left: z.int().nullable().describe('How many uses are left; null without limit'),
    per: z.string().nullable().describe('Within which time, or on one order; null for what rewards gave alone'),
    until: Time.nullable().describe('When uses come anew, or when what a reward gave ends, whichever is first'),
    worth: Amount.describe('What one use is worth, in minor units'),
    why: z.array(z.enum(['tier', 'plan', 'program', 'reward'])).describe('What it comes from'),
    open: z.array(z.object({ use: z.string(), until: Time })).describe('Uses that last for a while and have not ended'),
  })
  .meta({ id: 'Entitlement', description: 'A perk that a member may use' })
export type Entitlement = z.output<typeof Entitlement>

const MembershipFields = {
  plan: z.string(),
  name: z.string().describe('What members call the plan'),
  status: z
    .enum(['trial', 'active', 'grace', 'lapsed', 'ended'])
    .describe('In grace the payment has not come; lapsed was not paid for, ended was cancelled or refunded'),
  since: Time.describe('Since when it runs without a break'),
  from: Time.describe('When the period of now began'),
  until: Time.nullable().describe('When it ends; null for life'),
  paid_until: Time.nullable().describe('The end of the period after it, where that is paid already'),
  grace_until: Time.nullable(),
  cancelled: z.boolean().describe('Whether it ends with what is paid'),
  ended_at: Time.nullable(),
  next_plan: z.string().nullable().describe('The plan that follows, where another was chosen or paid'),
  due: z.object({ amount: Amount, at: Time }).nullable().describe('What is to be paid next, and when'),
  failed_payments: z.int().describe('How many payments failed since the last one came'),
  trial_used: z.boolean().describe('Whether the member has had the one trial'),
  fee: Amount.describe('What was paid for the period of now'),
  benefits: z.array(z.string()).describe('What comes with the plan, as members read it'),
  saved: z.int().describe('What benefits were worth in the period of now, in minor units'),
  saved_ever: z.int().describe('The same of all periods'),
  to_break_even: Amount.describe('How much more it takes to have the fee back'),
  payments: z
    .array(
      z.object({
        reference: z.string(),
        plan: z.string(),
        amount: Amount,
        from: Time,
        until: Time.nullable(),
        given_back: Amount,
        refundable: Amount.describe('How much of it may be given back now'),
        why: z.enum(['benefit_used', 'not_refundable']).nullable().describe('Why nothing may'),
      }),
    )
    .describe('The latest payments, the first one first'),
  changes: z
    .array(
      z.object({
        plan: z.string(),
        name: z.string(),
        now: Amount.nullable().describe('What the plan costs when it begins at once; null where it cannot'),
        at_end: Amount.describe('What it costs when it follows'),
      }),
    )
    .describe('What the other plans cost that the member may have'),
}

export const Membership = z.object(MembershipFields).meta({ id: 'Membership', description: 'A plan that a member has' })
export type Membership = z.output<typeof Membership>

const OpenVoucher = z
  .object({
    code: z.string(),
    reward: z.string(),
    name: z.string().describe('What members call the reward'),
    starts_at: Time.describe('From when on it can be used'),
    expires_at: Time.nullable().describe('Null when it does not expire'),
    source: z.string().describe('What it was given for'),
    gives: z.record(z.string(), z.unknown()).nullable().describe('What it is good for, as the program file says it'),
  })
  .meta({ id: 'OpenVoucher' })

const VoucherState = z.enum(['open', 'used', 'expired', 'withdrawn', 'transferred'])

const VoucherChange = z
  .object({ code: z.string(), reward: z.string(), state: VoucherState.describe('As this left it') })
  .meta({ id: 'VoucherChange' })

const Goal = z.object({
  id: z.string(),
  name: z.string(),
  have: z.int(),
  need: z.int(),
  count: z.string().describe('What counts: orders, items, spend (minor units), points, …'),
  done: z.boolean(),
  waits: z.boolean().describe('Another goal has to be met first: what happens until then does not count'),
})

const Challenge = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['open', 'done', 'to_join']),
    have: z.int().describe('Its head start included'),
    need: z.int(),
    count: z.string().describe('What that is: orders, spend (minor units), …; of a streak weeks, of a quest goals'),
    now: Goal.pick({ have: true, need: true, count: true }).optional().describe('Of a streak: the period of now'),
    by: Time.nullable().describe('When it is over, or begins anew'),
    times: z.int().describe('How often it was done'),
    steps: z.array(
      z.object({ at: z.int(), reward: z.string().nullable(), badge: z.string().nullable(), done: z.boolean() }),
    ),
    reward: z.string().nullable(),
    badge: z.string().nullable(),
    done_at: Time.nullable().describe('When it was done, where it can be done once'),
    needs: z.enum(['all_of', 'any_of']).optional().describe('Of a quest: which of its goals'),
    goals: z.array(Goal).optional().describe('Of a quest'),
  })
  .meta({ id: 'Challenge' })
export type Challenge = z.output<typeof Challenge>

const Badge = z
  .object({ badge: z.string(), name: z.string(), at: Time, challenge: z.string().describe('What brought it') })
  .meta({ id: 'Badge' })
export type Badge = z.output<typeof Badge>

export const ChallengeAnswer = z
  .object({
    activity: z.string(),
    member: z.string(),
    challenge: Challenge.nullable().describe('Null once it is over'),
  })
  .meta({ id: 'ChallengeAnswer' })
export type ChallengeAnswer = z.output<typeof ChallengeAnswer>

export const Member = z
  .object({
    id: z.string(),
    external_id: z.string().nullable(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    birthday: z.string().nullable(),
    locale: z.string().nullable(),
    alias: z.string().nullable().describe('What others call the member'),
    leaderboards: Seen.describe('Whether others see the member there'),
    joined_at: Time,
    status: z.enum(['active', 'closed', 'merged', 'erased']),
    card_number: z.string().describe('On the card and in its code'),
    referral_code: z.string().describe('For friends to name when they join'),
    referral: z
      .object({
        code: z.string(),
        link: z.string().describe('Of the page where friends join, on this server'),
        friends: z.int().describe('How many have come'),
        rewarded: z.int().describe('For how many of them the member was rewarded'),
      })
      .nullable()
      .describe('Null where the program has no referrals, and in answers that tell of an earlier moment'),
    merged_into: z.string().nullable(),
    balances: z.array(Balance),
    tier: Tier.nullable(),
    cards: z.array(StampCard).describe('Stamp cards that are open'),
    challenges: z.array(Challenge).describe('Challenges that have begun and are not over'),
    badges: z.array(Badge),
    vouchers: z.array(OpenVoucher).describe('Those that can be used, now or later'),
    pool: z
      .object({ id: z.string(), earn: z.boolean(), spend: z.boolean() })
      .nullable()
      .describe("The household's pool that the member is in, and what they may do with it"),
    perks: z.array(z.string()).describe('What comes with the level of the tier, and all else that the member may use'),
    entitlements: z.array(Entitlement).describe('What of it can be used and is counted: how much is left, and why'),
    choices: z.array(Choice).describe('What the program leaves to the member'),
    membership: Membership.nullable().describe('The membership that was had last; null for whoever never had one'),
  })
  .meta({ id: 'Member' })
export type Member = z.output<typeof Member>

export const NoteInput = z
  .strictObject({ text: z.string().trim().min(1).max(2_000).regex(PROSE, 'has a control character in it') })
  .meta({ id: 'NewNote', example: { text: 'Asked to be called back about the broken cup' } })

export const Note = z
  .object({
    id: z.string(),
    member: z.string().describe('Of whom it was written; another than the one asked for where they were merged since'),
    text: z.string(),
    written_by: z.string(),
    written_at: Time,
  })
  .meta({ id: 'Note', description: 'What people of the business note of a member, for one another' })
export type Note = z.output<typeof Note>

const REFERRAL_STATES = ['joined', 'waiting', 'rewarded', 'capped', 'lapsed', 'refused'] as const

export const Referral = z
  .object({
    referrer: z.string().describe('Whose code was named'),
    friend: z.string(),
    joined_at: Time,
    state: z.enum(REFERRAL_STATES),
    reason: z.string().nullable().describe('Why it was refused'),
    until: Time.nullable().describe('Until when the first order may come, or the one that came may be returned'),
    changed_at: Time,
    depth: z.int().describe('How many people stand between the friend and somebody whom nobody brought, and one'),
  })
  .meta({ id: 'Referral', description: 'A friend whom a member brought' })
export type Referral = z.output<typeof Referral>

export const ReferralSummary = z
  .object({
    states: z.record(z.enum(REFERRAL_STATES), z.int()),
    depths: z.array(z.object({ depth: z.int(), count: z.int() })).describe('Refused ones are left out'),
  })
  .meta({ id: 'ReferralSummary' })
export type ReferralSummary = z.output<typeof ReferralSummary>

const Placed = z.object({
  place: z.int().describe('Equal scores share a place'),
  score: z.int().describe('Money in minor units, points in the smallest unit of their wallet'),
  member: z.string(),
  shown_as: z.string().describe('What others may see of the member'),
})

export const Leaderboard = z
  .object({
    id: z.string(),
    name: z.string(),
    counts: z.string().describe('points_earned, spend, visits, orders, or the type of an action'),
    wallet: z.string().nullable(),
    per: z.enum(['day', 'week', 'month', 'quarter', 'year', 'lifetime']),
    top: z.int().describe('Down to which place it is shown'),
    reward: z.object({ places: z.int(), reward: z.string() }).nullable(),
  })
  .meta({ id: 'Leaderboard' })
export type Leaderboard = z.output<typeof Leaderboard>

export const Standings = Leaderboard.extend({
  from: z.string().nullable().describe('The first day of the period; null for a lifetime'),
  until: z.string().nullable().describe('Its last day'),
  decided_at: Time.nullable().describe('When the places were decided that bring a reward'),
  places: z.array(Placed),
  member: Placed.nullable().describe('The place of the member who was asked for, if they take part'),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
}).meta({ id: 'Standings', description: 'Members side by side' })
export type Standings = z.output<typeof Standings>

const DrawPlace = z.object({
  place: z.int(),
  member: z.string(),
  shown_as: z.string().describe('What others may see of the member'),
  entry: z.string().describe('What the list of entries calls the member: SHA-256 of the salt, a colon and the id'),
  ticket: z.int().describe('Counted from 0 through all entries'),
  status: z
    .enum(['on_its_way', 'given', 'refused', 'in_reserve'])
    .describe('Where an account is closed, whoever is next in reserve steps in'),
})

export const Draw = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(['open', 'over', 'drawn']).describe('Over is one that waits to be drawn'),
    until: z.string().describe('The last day on which entries come in'),
    winners: z.int().describe('How many win'),
    reserves: z.int(),
    prize: z.string(),
    most_entries: z.int().describe('How many entries of one member count'),
    commitment: z.string().describe('SHA-256 of the seed, the same from the beginning'),
    members: z.int().describe('How many take part'),
    tickets: z.int().describe('How many entries they have'),
    member: z
      .object({ member: z.string(), entries: z.int(), entry: z.string().nullable() })
      .nullable()
      .describe('What the member who was asked for has in it'),
    seed: z.string().nullable().describe('Published by the draw'),
    salt: z.string().nullable(),
    digest: z.string().nullable().describe('SHA-256 of the list of entries'),
    drawn_at: Time.nullable(),
    drawn_by: z.string().nullable(),
    reason: z.string().nullable(),
    places: z.array(DrawPlace).describe('Winners in the order in which they were drawn, and then the reserves'),
  })
  .meta({ id: 'Draw' })
export type Draw = z.output<typeof Draw>

export const MergeAnswer = Member.extend({
  into: Member.describe('The member who has everything now'),
}).meta({ id: 'MergeAnswer', description: 'What is left of the member who was merged' })
export type MergeAnswer = z.output<typeof MergeAnswer>

export const Transfer = z
  .object({
    id: z.string().describe("The sender's activity"),
    from: z.string(),
    to: z.string(),
    wallet: z.string(),
    points: Points,
    note: z.string().nullable(),
    occurred_at: Time,
    postings: z.array(Posting).describe('What was sent, lot by lot'),
    received: z.array(Posting).describe('The same lots as they arrived'),
    balances: z.array(Balance).describe("The sender's, after it"),
  })
  .meta({ id: 'Transfer' })
export type Transfer = z.output<typeof Transfer>

export const Pool = z
  .object({
    id: z.string().describe('Also the id of its account: balances, time line and transfers are those of any member'),
    external_id: z.string().nullable(),
    name: z.string().nullable(),
    balances: z.array(Balance),
    members: z.array(z.object({ id: z.string(), earn: z.boolean(), spend: z.boolean() })),
  })
  .meta({ id: 'Pool', description: 'The account that the members of a household share' })
export type Pool = z.output<typeof Pool>

const PricedOrder = z
  .object({
    external_id: z.string().nullable(),
    member: z.string().nullable(),
    status: z.enum(['paid', 'draft', 'cancelled', 'quote']),
    occurred_at: Time,
    currency: z.string(),
    subtotal: Amount.describe('The lines before discounts'),
    discount: Amount.describe("All that was taken off, the shop's own discounts included"),
    tax: Amount,
    total: Amount.describe('What the order costs, tax included'),
    to_pay: Amount.describe('What of that is left to pay in money, with what points have paid taken off'),
    lines: z.array(
      z.object({ id: z.string(), net: z.int(), discount: Amount, returnable: z.int().describe('Units still left') }),
    ),
  })
  .meta({ id: 'PricedOrder' })

const Discount = z
  .object({
    source: z.string().describe('The discount, the reward, or the wallet whose points were changed'),
    amount: Amount,
    lines: z.array(z.object({ id: z.string(), amount: Amount })),
    cut: z
      .object({ wanted: Amount, by: z.enum(['most', 'floor']).describe('The cap of the program, or its floor') })
      .optional()
      .describe('What it would have taken off if the program took more off one order'),
    points: Points.optional().describe('Points that were changed for it'),
  })
  .meta({ id: 'Discount' })

const Payment = z
  .object({ wallet: z.string(), points: Points, amount: Amount })
  .meta({ id: 'Payment', description: 'Points, or stored value, that pay a part of an order' })

const Consequences = {
  postings: z.array(Posting),
  balances: z.array(Balance),
  tier: Tier.nullable(),
  explanation: z.array(Explanation),
  vouchers: z.array(VoucherChange).describe('Vouchers that it issued, used, took back or opened again'),
  cards: z.array(StampCard).describe('Stamp cards that are open, as it left them'),
}

export const OrderAnswer = z
  .object({
    order: PricedOrder,
    discounts: z.array(Discount),
    payments: z.array(Payment).describe('What points and stored value pay of it'),
    redemptions: z.array(Redemption),
    ...Consequences,
    activity: z.string().nullable().describe('Null while nothing is decided'),
    revision: z.int().nullable().describe('The revision of the program that decided it'),
  })
  .meta({ id: 'OrderAnswer' })
export type OrderAnswer = z.output<typeof OrderAnswer>

const Missing = z.object({
  points: Points.optional().describe('How many points are missing'),
  money: Amount.optional().describe('How much more would have to be spent'),
  code: z.string().describe('What the redemption would be refused with'),
  reason: z.string(),
})

export const QuoteAnswer = OrderAnswer.extend({
  earns: z.array(z.object({ wallet: z.string(), points: Points })).describe('What the order would earn'),
  rewards: z.array(
    z.object({
      reward: z.string(),
      name: z.string(),
      wallet: z.string(),
      cost: Points,
      available: z
        .boolean()
        .describe('Whether it could be had now: on this order, or by itself where it takes nothing off orders'),
      discount: Amount.nullable().describe('What it would take off this order'),
      missing: Missing.nullable().describe('What it takes to have it: points, or the reason why it cannot be had'),
    }),
  ),
  open_vouchers: z
    .array(
      z.object({
        code: z.string(),
        reward: z.string(),
        name: z.string(),
        expires_at: Time.nullable(),
        available: z.boolean().describe('Whether it could be used on this order now'),
        discount: Amount.nullable().describe('What it would take off this order'),
        missing: Missing.nullable().describe('Why it cannot be used'),
      }),
    )
    .describe('Vouchers that the member has, beside those that the order uses already'),
  discounts_missed: z
    .array(z.object({ discount: z.string(), name: z.string(), missing: Missing }))
    .describe('Discounts that come by themselves, and what it would take'),
  exchange: z
    .array(
      z.object({
        wallet: z.string(),
        points: Points.describe('The most that this order could use now'),
        amount: Amount.describe('What they would pay, or take off'),
        missing: Missing.nullable().describe('Why none can be used'),
      }),
    )
    .describe('Points that can be used as money, beside what the order uses already'),
}).meta({ id: 'QuoteAnswer', description: 'What an order would do. Nothing has moved: balances are those of now' })
export type QuoteAnswer = z.output<typeof QuoteAnswer>

const Refund = {
  refund_total: Amount.describe('What is given back in all, tax included'),
  refund_money: Amount.describe('What of that is given back in money: the rest had been paid with points'),
  points_back: z
    .array(Payment)
    .describe(
      'Points that were used as money and came back; `amount` is what they had paid, 0 where they had lowered the price',
    ),
}

export const ReturnAnswer = z
  .object({
    return: z.object({ external_id: z.string(), order: z.string(), status: z.enum(['applied', 'waiting']) }),
    ...Consequences,
    restored: z
      .array(z.object({ redemption: z.string(), points: Points }))
      .describe('Points that were spent on the order and came back'),
    ...Refund,
    activity: z.string().nullable(),
  })
  .meta({ id: 'ReturnAnswer' })
export type ReturnAnswer = z.output<typeof ReturnAnswer>

export const CancelAnswer = OrderAnswer.extend({
  restored: z
    .array(z.object({ redemption: z.string(), points: Points }))
    .describe('Points that were spent on the order and came back'),
  ...Refund,
}).meta({ id: 'CancelAnswer' })
export type CancelAnswer = z.output<typeof CancelAnswer>

/** What everything else that earns or moves points answers. */
export const ActivityAnswer = z
  .object({
    id: z.string(),
    member: z.string(),
    type: z
      .string()
      .describe(
        'order, return, cancel, visit, action, join, redeem, transfer, receive, merge, absorb, clock (something fell due) and so on',
      ),
    occurred_at: Time.describe('When it happened'),
    recorded_at: Time.describe('When we heard of it'),
    revision: z.int().describe('The revision of the program that decided it'),
    body: z.unknown().describe('What was sent; null once the person is erased'),
    discounts: z.array(Discount),
    redemptions: z.array(Redemption),
    ...Consequences,
  })
  .meta({ id: 'Activity' })
export type ActivityAnswer = z.output<typeof ActivityAnswer>

export const Event = z
  .strictObject({
    id: z.string().describe('The same at every delivery: whoever saw it before may ignore it'),
    topic: z.string(),
    created_at: Time,
    program: z.string(),
    member: z.string().nullable(),
    activity: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event', description: 'What happened, as endpoints get it and as the list of events has it' })

export const BalancesAnswer = z
  .object({ member: z.string(), at: Time, by: z.enum(['recorded', 'occurred']), balances: z.array(Balance) })
  .meta({ id: 'BalancesAt' })
export type BalancesAnswer = z.output<typeof BalancesAnswer>

export const MemberExport = z
  .object({
    exported_at: Time,
    program: z.object({ id: z.string(), name: z.string() }),
    member: Member.describe('Profile, contacts, card, balances, tier and perks as of now'),
    activities: z.array(ActivityAnswer).describe('All that happened, the latest first: what was sent, moved, and why'),
    in_pools: z.array(ActivityAnswer).describe('What the pool of a household decided for the member'),
    merged: z.array(Member).describe('Members who were merged into this one'),
    orders: z.array(PricedOrder).describe('Orders as they stand, the latest first'),
    drafts: z.array(
      z.object({
        external_id: z.string(),
        status: z.enum(['draft', 'cancelled']),
        body: z.unknown().describe('The order as it was sent last'),
      }),
    ),
    redemptions: z.array(Redemption.omit({ postings: true })).describe('Rewards, the latest first'),
    vouchers: z
      .array(OpenVoucher.omit({ name: true, gives: true }).extend({ state: VoucherState }))
      .describe('Vouchers in every state, the latest first'),
    adjustments: z.array(Adjustment).describe('Points given and taken by hand, with who and why'),
    notes: z.array(Note).describe('What people of the business have noted, the latest first'),
    consents: z
      .array(z.object({ given_at: Time, locale: z.string(), text: z.string() }))
      .describe('What the member agreed to at tills, as it was read there'),
    referrals: z
      .array(Referral.omit({ joined_at: true, depth: true }))
      .describe('Who brought the member, and whom the member brought'),
    counted: z
      .array(z.object({ name: z.string(), from: z.string().nullable(), count: z.int() }))
      .describe(
        'What the member has on leaderboards and in draws, with the first day of the period where there is one',
      ),
    events: z.array(Event).describe('Messages about the member of the last thirty days, the first one first'),
  })
  .meta({ id: 'MemberExport', description: 'All that is known of a person' })
export type MemberExport = z.output<typeof MemberExport>
