/** What a payment provider tells of memberships, as actions: each has a form of its own, and is refused in another one. */

import { z } from 'zod'
import type { ActivityBodies } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { nearest } from '../../core/nearest.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { parseDay, parseInstant, startOfDay } from '../../core/time.ts'
import { fail, pay, refund } from './changes.ts'
import type { PlanRules } from './plans.ts'
import { type Slice, sliceOf } from './standing.ts'

const Reference = z.string().min(1).max(100)
const Amount = z.int().min(1)
const Instant = z
  .string()
  .refine((text) => parseInstant(text) !== null, 'must be a time with an offset, such as 2026-05-01T08:30:00Z')

// Providers send more than is asked for here: what nobody knows is let through.
const Paid = z.object({
  plan: z.string().optional(),
  amount: Amount,
  currency: z.string(),
  reference: Reference,
  until: Instant.optional(),
  when: z.enum(['now', 'at_end']).optional(),
})
const Failed = z.object({ reference: Reference.optional() })
const Refunded = z.object({ reference: Reference, amount: Amount.optional(), currency: z.string().optional() })
const Verified = z.object({
  as: z.string().min(1).max(63),
  until: z
    .string()
    .refine((text) => parseDay(text) !== null, 'must be a day, such as 2027-09-30')
    .optional(),
})

const PREFIX = 'membership.'
const KNOWN = ['membership.paid', 'membership.failed', 'membership.refunded', 'membership.verified']
/** A member is verified to be a few things at most. */
const MOST_VERIFIED = 8

/** Hears an action if it is about memberships; others are nobody's here. */
export function hearAction(
  d: Deciding,
  rules: PlanRules,
  { type, data }: ActivityBodies['action'],
): Refusal | undefined {
  if (!type.startsWith(PREFIX)) return undefined
  switch (type) {
    case 'membership.paid':
      return readAs(Paid, data, (paid) => {
        const { until, currency, ...rest } = paid
        return (
          refusalOfCurrency(d, currency) ??
          pay(d, rules, { ...rest, until: until === undefined ? undefined : parseInstant(until)! }, POINTERS)
        )
      })
    case 'membership.failed':
      return readAs(Failed, data, () => fail(d, rules))
    case 'membership.refunded':
      return readAs(Refunded, data, (back) => refusalOfCurrency(d, back.currency) ?? refund(d, rules, back))
    case 'membership.verified':
      return readAs(Verified, data, ({ as, until }) => verify(d, as, until))
    default: {
      const meant = nearest(type, KNOWN)
      const hint = meant === undefined ? `there are ${KNOWN.join(', ')}` : `did you mean ${meant}?`
      return refuse('invalid', `Nothing is known of ${type}; ${hint}.`, '/type')
    }
  }
}

const POINTERS = { plan: '/data/plan', amount: '/data/amount', reference: '/data/reference', until: '/data/until' }

function readAs<T extends z.ZodType>(
  form: T,
  data: unknown,
  then: (read: z.output<T>) => Refusal | undefined,
): Refusal | undefined {
  const read = form.safeParse(data)
  if (read.success) return then(read.data)
  const { path, message } = read.error.issues[0]!
  return refuse('invalid', `data.${path.join('.')}: ${message}`, ['/data', ...path].join('/'))
}

function refusalOfCurrency(d: Deciding, currency: string | undefined): Refusal | undefined {
  const own = d.inForce.currency
  if (currency === undefined || currency === own) return undefined
  return refuse('currency_mismatch', `The program is in ${own}, the payment in ${currency}.`, '/data/currency')
}

/** What somebody was verified to be is known through a day, or for good; a plan may ask for it, now or one day. */
function verify(d: Deciding, as: string, until: string | undefined): Refusal | undefined {
  const end = until === undefined ? 0 : startOfDay(d.inForce.zone, parseDay(until)! + 1)
  const state = sliceOf(d.account) ?? stranger()
  const open = Object.entries(state.v ?? {}).filter(([, one]) => one === 0 || one > d.account.clock)
  const verified = { ...Object.fromEntries(open), [as]: end }
  if (Object.keys(verified).length > MOST_VERIFIED)
    return refuse('limit_reached', `A member is verified to be ${MOST_VERIFIED} things at most.`, '/data/as')
  state.v = verified
  d.account.slices['memberships'] = state
  return undefined
}

/** Somebody who never had a membership. */
function stranger(): Slice {
  return { p: '', s: 'ended', j: 0, f: 0, u: 0, a: [0, 0, 0], g: 0, h: [] }
}
