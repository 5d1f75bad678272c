/** What goes over the wire between a till and the server, and between the console and what tills leave behind. */

import { z } from 'zod'
import { Balance, Code, Instant, List, OwnId, pageOf, StampCard, Text, Tier, text } from '../shapes.ts'

const Time = z.string().meta({ format: 'date-time' })
const Points = z.int().min(0)

// Devices, as the console sees them

export const OfflineLimit = z
  .strictObject({
    points: z.int().min(0).max(1_000_000_000).default(2_000).describe('Points of all offline redemptions together'),
    times: z.int().min(0).max(10_000).default(20).describe('How many offline redemptions in all'),
    member_points: z.int().min(0).max(1_000_000_000).default(300).describe('Points of one member'),
    member_times: z.int().min(0).max(1_000).default(1).describe('How many times one member'),
    hours: z.int().min(1).max(336).default(24).describe('How long after the till was last reached'),
  })
  .meta({ id: 'OfflineLimit', description: 'What a till may hand out while nobody answers it' })
export type OfflineLimit = z.output<typeof OfflineLimit>

export const DeviceInput = z
  .strictObject({
    name: text(60).describe('What people call the till'),
    shop: Text.optional().describe('The shop where it stands, as orders name it'),
    offline: OfflineLimit.prefault({}),
  })
  .meta({ id: 'NewDevice', examples: [{ name: 'Front counter', shop: 'main-street' }] })

export const DeviceChange = z
  .strictObject({ name: text(60).optional(), shop: Text.nullable().optional(), offline: OfflineLimit.optional() })
  .refine((body) => Object.keys(body).length > 0, 'must have at least one field to change')
  .meta({ id: 'DeviceChange', examples: [{ name: 'Back counter' }] })

export const Device = z
  .object({
    id: z.string(),
    name: z.string(),
    shop: z.string().nullable(),
    prefix: z.string().describe('What its receipts begin with'),
    status: z.enum(['waiting', 'paired', 'revoked']),
    created_at: Time,
    paired_at: Time.nullable(),
    seen_at: Time.nullable().describe('When it last called'),
    offline: OfflineLimit,
    open_differences: z.int().describe('What it did and the ledger did not take'),
  })
  .meta({ id: 'Device', description: 'A till' })
export type Device = z.output<typeof Device>
export const DeviceList = pageOf(Device, 'DeviceList')

export const PairingCode = z
  .object({ device: Device, code: z.string().describe('To be typed on the till, once'), expires_at: Time })
  .meta({ id: 'PairingCode' })

export const PinInput = z
  .strictObject({ pin: z.string().regex(/^\d{4,6}$/, 'must be 4 to 6 digits') })
  .meta({ id: 'Pin', example: { pin: '2718' } })

// What a till asks

export const PairInput = z.strictObject({ code: text(20) }).meta({ id: 'Pair', example: { code: 'K7QM-29XP' } })

const Offer = z.object({
  reward: z.string(),
  name: z.string(),
  wallet: z.string(),
  cost: Points,
  category: z.string().nullable().describe('What it is an item of'),
  amount_off: Points.nullable().describe('What it takes off any order, in minor units; null where that depends'),
  item_up_to: Points.nullable().describe('Up to which price an item of its category is free'),
  on_orders: z.boolean().describe('Whether it comes off an order, or is handed over by itself'),
})

const SignedAllowance = z.object({
  allowance: z.object({
    id: z.string(),
    device: z.string(),
    from: z.int(),
    until: z.int(),
    points: Points,
    times: z.int(),
    member_points: Points,
    member_times: z.int(),
  }),
  signature: z.string().describe('Ed25519 over the allowance as canonical JSON (RFC 8785), in Base64'),
})

export const TillState = z
  .object({
    device: z.object({ id: z.string(), name: z.string(), shop: z.string().nullable(), prefix: z.string() }),
    business: z.string(),
    program: z.string(),
    mode: z.enum(['live', 'test']),
    currency: z.string(),
    digits: z.int().describe('Minor digits of the currency'),
    country: z.string().nullable().describe('Whose phone numbers need no country code'),
    timezone: z.string(),
    now: z.int().describe('The time of the program, in ms'),
    wallets: z.array(z.object({ wallet: z.string(), name: z.string(), decimals: z.int() })),
    offers: z.array(Offer),
    categories: z.array(z.string()).describe('What rewards know items by'),
    staff: z.array(z.object({ id: z.string(), name: z.string() })).describe('Who may begin a shift here'),
    shift: z.object({ id: z.string(), staff: z.string(), ends_at: Time }).nullable(),
    public_key: z.string().describe('Base64 of the Ed25519 key that signs allowances, as SubjectPublicKeyInfo'),
    offline: SignedAllowance,
    last_seq: z.int().describe('The highest number of what the server has from this till'),
    join_page: z.string().describe('Where customers join by themselves'),
  })
  .meta({ id: 'TillState', description: 'What a till needs to know, kept by it for when nobody answers' })
export type TillState = z.output<typeof TillState>

export const PairAnswer = z.object({ token: z.string().describe('Only here'), state: TillState }).meta({ id: 'Paired' })

export const ShiftInput = z
  .strictObject({ staff: text(64), pin: z.string().regex(/^\d{4,6}$/, 'must be 4 to 6 digits') })
  .meta({ id: 'BeginShift', example: { staff: 'stf_1', pin: '2718' } })

export const Shift = z
  .object({ id: z.string(), staff: z.string(), name: z.string(), begun_at: Time, ends_at: Time })
  .meta({ id: 'Shift' })
export type Shift = z.output<typeof Shift>

export const LookUpInput = z
  .strictObject({
    phone: text(40).optional().describe('In any usual spelling'),
    card: text(40).optional(),
    voucher: Code.optional(),
    receipt: text(255).optional().describe('The id of an order'),
  })
  .refine(
    (body) => Object.values(body).filter((one) => one !== undefined).length === 1,
    'name one of `phone`, `card`, `voucher` and `receipt`',
  )
  .meta({ id: 'LookUp', example: { phone: '+12025550123' } })

const Why = z.object({ code: z.string(), reason: z.string(), points: z.int().optional(), money: z.int().optional() })

export const TillMember = z
  .object({
    id: z.string(),
    name: z.string().describe('Masked'),
    phone: z.string().nullable().describe('Its last digits'),
    tier: Tier.nullable(),
    balances: z.array(Balance),
    cards: z.array(StampCard),
    rewards: z.array(
      z.object({
        reward: z.string(),
        name: z.string(),
        wallet: z.string(),
        cost: Points,
        available: z.boolean().describe('Whether the member could have it now, on an order that fits'),
        missing: Why.nullable(),
      }),
    ),
    vouchers: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        expires_at: Time.nullable(),
        available: z.boolean(),
        missing: Why.nullable(),
      }),
    ),
  })
  .meta({ id: 'TillMember', description: 'As much of a member as a cashier may see' })
export type TillMember = z.output<typeof TillMember>

export const TillReceipt = z
  .object({
    order: z.string(),
    status: z.enum(['paid', 'cancelled']),
    occurred_at: Time,
    total: Points,
    member: z.string().nullable().describe('Masked'),
    lines: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        paid: z.int().describe('What all its units came to'),
        quantity: z.int(),
        returnable: z.int(),
      }),
    ),
  })
  .meta({ id: 'TillReceipt' })
export type TillReceipt = z.output<typeof TillReceipt>

export const LookUpAnswer = z
  .object({ member: TillMember.nullable(), receipt: TillReceipt.nullable() })
  .meta({ id: 'LookUpAnswer' })
export type LookUpAnswer = z.output<typeof LookUpAnswer>

// What a till does

const DeedId = z.string().regex(/^[0-9A-Z]{2,4}(-[0-9A-Z]{4}){3}$/, 'must be an id that a till made')

const SaleLine = z.strictObject({
  amount: z.int().min(0).describe('Of all its units together, tax included, in minor units'),
  quantity: z.int().min(1).max(10_000).default(1),
  name: Text.optional(),
  category: Text.optional(),
})
export type SaleLine = z.output<typeof SaleLine>

const Redeem = z.strictObject({
  reward: OwnId.optional(),
  voucher: Code.optional(),
  points: z.int().min(1).optional(),
  wallet: OwnId.optional(),
  amount: Points.optional().describe('What the till took off for it while nobody answered'),
})
export type TillRedeem = z.output<typeof Redeem>

const SaleMember = z.union([
  z.strictObject({ id: z.string().regex(/^mem_[0-9a-z]{1,11}$/) }),
  z.strictObject({ phone: text(40) }),
  z.strictObject({ card: text(40) }),
  z.strictObject({ enrolment: DeedId }).describe('Whoever was enrolled by that'),
])
export type SaleMember = z.output<typeof SaleMember>

const Lines = z.array(SaleLine).min(1).max(200)

export const TillQuoteInput = z
  .strictObject({
    member: z.string().regex(/^mem_[0-9a-z]{1,11}$/),
    lines: Lines,
    redeem: z.array(Redeem).max(20).default([]),
  })
  .meta({ id: 'TillQuoteInput', example: { member: 'mem_1f3kq', lines: [{ amount: 450, category: 'drinks' }] } })

export const TillQuote = z
  .object({
    total: Points,
    discount: Points,
    to_pay: Points,
    earns: z.array(z.object({ wallet: z.string(), points: z.int() })),
    redeemed: z.array(z.object({ name: z.string(), points: Points, amount: Points })),
    rewards: z.array(
      z.object({
        reward: z.string(),
        name: z.string(),
        wallet: z.string(),
        cost: Points,
        available: z.boolean(),
        discount: Points.nullable(),
        missing: Why.nullable(),
      }),
    ),
    vouchers: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        available: z.boolean(),
        discount: Points.nullable(),
        missing: Why.nullable(),
      }),
    ),
    exchange: z
      .array(z.object({ wallet: z.string(), step: Points, points: Points, amount: Points }))
      .describe('How many points could be used as money, at most, and what they pay'),
  })
  .meta({ id: 'TillQuote' })
export type TillQuote = z.output<typeof TillQuote>

const Common = {
  id: DeedId,
  seq: z.int().min(1).describe('Counts up from 1 on each till'),
  at: Instant.describe('When it was done, by the till’s clock'),
  sent_at: Instant.describe('What the till’s clock says as it sends this: how wrong it goes shows in it'),
  staff: z.string().max(64).nullable().describe('Who did it'),
  shift: z.string().max(64).nullable(),
  kept: z.boolean().default(false).describe('Nobody answered when it was done, so it cannot be refused any more'),
}

export const Deed = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('shift'), ...Common }),
    z.strictObject({
      type: z.literal('enrolment'),
      ...Common,
      phone: text(40),
      name: Text.optional(),
      consent: z.strictObject({ locale: text(35), text: text(2_000) }).describe('What the customer agreed to'),
    }),
    z.strictObject({
      type: z.literal('sale'),
      ...Common,
      member: SaleMember.nullable(),
      lines: Lines,
      redeem: z.array(Redeem).max(20).default([]),
      allowance: z.string().max(64).nullable().default(null).describe('Under which rewards were handed out offline'),
    }),
    z.strictObject({ type: z.literal('undo'), ...Common, sale: DeedId }),
    z.strictObject({
      type: z.literal('return'),
      ...Common,
      order: OwnId,
      lines: z
        .array(z.strictObject({ id: OwnId, quantity: z.int().min(1) }))
        .max(200)
        .default([]),
      amount: z.int().min(1).optional().describe('Instead of lines: so much money of the whole order'),
    }),
  ])
  .meta({
    id: 'Deed',
    example: {
      type: 'sale',
      id: 'K4-7QX2-M9PD-3WZ8',
      seq: 12,
      at: '2026-05-01T08:30:00Z',
      sent_at: '2026-05-01T08:30:01Z',
      staff: null,
      shift: null,
      member: { phone: '+12025550123' },
      lines: [{ amount: 450, category: 'drinks' }],
    },
  })
export type Deed = z.output<typeof Deed>
export type DeedOf<T extends Deed['type']> = Extract<Deed, { type: T }>

export const DeedAnswer = z
  .object({
    id: z.string(),
    state: z.enum(['done', 'open', 'undone']).describe('Open: something of it waits for a person, see `differences`'),
    member: z.string().nullable(),
    sale: z
      .object({
        total: z.int(),
        discount: z.int(),
        to_pay: z.int(),
        earned: z.array(z.object({ wallet: z.string(), points: z.int() })),
        redeemed: z.array(z.object({ name: z.string(), points: Points, voucher: z.string().nullable() })),
      })
      .nullable(),
    refund: z.int().nullable().describe('What a return gives back in money'),
    balances: z.array(Balance),
    differences: z.array(z.object({ kind: z.string(), code: z.string(), reason: z.string() })),
    last_seq: z.int(),
  })
  .meta({ id: 'DeedAnswer' })
export type DeedAnswer = z.output<typeof DeedAnswer>

// What tills leave behind

export const Difference = z
  .object({
    id: z.string(),
    kind: z.enum(['no_member', 'not_redeemed', 'refused', 'undone_late']),
    device: z.object({ id: z.string(), name: z.string() }),
    staff: z.string().nullable(),
    staff_name: z.string().nullable(),
    deed: z.string(),
    type: z.string(),
    occurred_at: Time,
    opened_at: Time,
    member: z.string().nullable(),
    looked_for: z.string().nullable().describe('The end of the phone or card number that was nobody’s'),
    reward: z.string().nullable(),
    wallet: z.string().nullable(),
    points: z.int().nullable(),
    amount: z.int().nullable().describe('Money, in minor units: what was sold, or what the reward took off'),
    code: z.string(),
    reason: z.string(),
    settled_at: Time.nullable(),
    settled_by: z.string().nullable(),
    how: z.enum(['booked', 'taken', 'waived', 'undone']).nullable(),
    settle_reason: z.string().nullable(),
  })
  .meta({ id: 'Difference', description: 'What a till did and the ledger did not take' })
export type Difference = z.output<typeof Difference>

export const DifferenceQuery = List.extend({ status: z.enum(['open', 'settled']).optional() })
export const DifferenceList = pageOf(Difference, 'DifferenceList')

export const SettleInput = z
  .strictObject({
    how: z
      .enum(['book', 'take', 'waive'])
      .describe('`book` the sale now, `take` the points of what was handed out, or `waive`: the business bears it'),
    member: z.string().max(264).optional().describe('Whose sale it was, where nobody was found'),
    reason: z.string().max(1_000).default(''),
  })
  .meta({ id: 'Settle', example: { how: 'waive', reason: 'The customer left; it was one coffee' } })

export const Flag = z
  .object({
    id: z.string(),
    device: z.object({ id: z.string(), name: z.string() }),
    staff: z.string(),
    staff_name: z.string().nullable(),
    member: z.string(),
    deed: z.string(),
    occurred_at: Time,
    amount: z.int(),
    points: z.int(),
  })
  .meta({ id: 'TillFlag', description: 'A sale of a cashier to their own membership' })
export type Flag = z.output<typeof Flag>
export const FlagList = pageOf(Flag, 'TillFlagList')
export const ListQuery = List
