/** What goes over the wire of vouchers, field for field. */

import { z } from 'zod'
import { Code, MemberRef, OwnId, Text } from './shapes.ts'

const Time = z.string().meta({ format: 'date-time' })

export const ByCode = z.strictObject({ code: Code })

export const UseInput = z
  .strictObject({
    external_id: OwnId.optional().describe('Yours; the same again answers the same'),
    location: Text.optional().describe('The shop'),
  })
  .meta({ id: 'VoucherUse', examples: [{ external_id: 'till-3-0815', location: 'main-street' }] })

export const GiveInput = z
  .strictObject({ to: MemberRef })
  .meta({ id: 'VoucherTransfer', examples: [{ to: 'external:ben' }] })

export const Voucher = z
  .object({
    code: z.string(),
    reward: z.string(),
    name: z.string().describe('What members call the reward'),
    gives: z.record(z.string(), z.unknown()).nullable().describe('What it is good for, as the program file says it'),
    amount: z
      .int()
      .nullable()
      .describe('What a card gives, in the smallest unit of its wallet, where that was said when it was printed'),
    source: z.string().describe('What it was given for, or the batch of a card'),
    state: z
      .enum(['unclaimed', 'open', 'used', 'expired', 'withdrawn', 'transferred'])
      .describe('`unclaimed` is a card that is nobody’s yet'),
    member: z.string().nullable().describe('Whose it is'),
    holder: z.string().nullable().describe('Their name; cashiers get its initials, and lists leave it out'),
    issued_by: z.string().nullable().describe('The activity that issued it'),
    starts_at: Time.describe('From when on it can be used'),
    expires_at: Time.nullable().describe('Null when it does not expire'),
    ended_by: z.string().nullable().describe('The activity that used it, took it back or gave it away'),
  })
  .meta({ id: 'Voucher' })
export type Voucher = z.output<typeof Voucher>
