/** Memberships as their terms say: trial, renewal, grace, cancelling, changing, refunds, and what the fee has saved. */

import { describe, expect, test } from 'vitest'
import { at, Driver, programOf } from '../../../test/history.ts'
import type { ActivityBodies } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { termsDocument } from '../../core/terms-document.ts'
import { termsText } from '../../core/terms-page.ts'
import { DAY_MS, formatInstant } from '../../core/time.ts'
import { messagesOf, Wording } from '../../core/wording.ts'
import { features } from '../index.ts'
import { membershipOf } from './view.ts'

const FILE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets: { points: { expiry: never } }
rewards:
  - { id: mug, cost: 100, gives: { amount_off: 5.00 } }
earning:
  - { id: plus, on: order, when: 'member.plan == "monthly"', earn: 1 per 1.00 }
memberships:
  plans:
    - { id: monthly, name: Monthly, fee: 14.99, every: month, trial: 30 days }
    - { id: yearly, fee: 139.00, every: year, trial: 30 days, refund: pro_rata }
    - { id: student, fee: 7.49, every: month, verified: student }
    - { id: family, fee: 19.99, every: month, for: household }
    - { id: free, fee: 0, every: month, when: 'member.orders >= 1' }
    - { id: co-op, fee: 20.00, every: life, refund: never }
`
const BEGIN = at('2026-01-31T15:00:00Z')

function shop(file = FILE): Shop {
  const driver = new Shop(programOf(file), BEGIN)
  driver.send('join', {})
  return driver
}

class Shop extends Driver {
  get membership() {
    this.wake()
    return membershipOf(this.account, this.program, this.now)
  }

  to(text: string): this {
    this.now = at(text)
    this.wake()
    return this
  }

  plan(body: ActivityBodies['membership']) {
    return this.send('membership', body)
  }

  told(type: string, data: Record<string, unknown>, occurred = this.now) {
    return this.send('action', { type: `membership.${type}`, data }, occurred)
  }

  paid(plan: string, amount: number, reference: string, more: object = {}, occurred = this.now) {
    return this.told('paid', { plan, amount, currency: 'USD', reference, ...more }, occurred)
  }

  stop(when: 'now' | 'at_end') {
    return this.send('membership_cancel', { when })
  }

  topics(): string[] {
    return this.decisions
      .flatMap((d) => d.messages)
      .flatMap(({ topic }) => (topic.startsWith('membership') ? [topic] : []))
  }

  message(topic: string) {
    return this.decisions.flatMap((d) => d.messages).findLast((one) => one.topic === `membership.${topic}`)?.data
  }
}

const code = (answer: Deciding | Refusal | undefined) => (answer instanceof Refusal ? answer.code : 'ok')

describe('a trial', () => {
  test('lasts as long as it is said, is told to end, and goes on once it is paid for', () => {
    const ana = shop()
    expect(code(ana.plan({ plan: 'monthly', trial: true }))).toBe('ok')
    expect(ana.membership).toMatchObject({ status: 'trial', fee: 0, until: '2026-03-02T15:00:00Z' })
    ana.to('2026-02-27T15:00:00Z')
    expect(ana.message('due')).toEqual({
      plan: 'monthly',
      amount: 1499,
      currency: 'USD',
      at: '2026-03-02T15:00:00Z',
      trial: true,
    })
    ana.to('2026-03-02T15:00:05Z')
    expect(ana.membership).toMatchObject({ status: 'grace', grace_until: '2026-03-09T14:00:00Z' })
    expect(code(ana.paid('monthly', 1499, 'p1'))).toBe('ok')
    expect(ana.membership).toMatchObject({
      status: 'active',
      from: '2026-03-02T15:00:00Z',
      until: '2026-04-02T14:00:00Z',
    })
  })

  test('is had once ever, whatever came in between', () => {
    const ana = shop()
    ana.plan({ plan: 'monthly', trial: true })
    ana.stop('now')
    expect(code(ana.plan({ plan: 'yearly', trial: true }))).toBe('trial_used')
    expect(code(ana.plan({ plan: 'co-op', trial: true }))).toBe('plan_unavailable')
    ana.paid('monthly', 1499, 'p1')
    ana.stop('now')
    expect(code(ana.plan({ plan: 'monthly', trial: true }))).toBe('trial_used')
  })

  test('that is paid for before its end ends all the same when it was said to', () => {
    const ana = shop()
    ana.plan({ plan: 'monthly', trial: true })
    ana.to('2026-02-10T15:00:00Z').paid('monthly', 1499, 'p1')
    expect(ana.membership).toMatchObject({ status: 'trial', paid_until: '2026-04-02T14:00:00Z', due: null })
    ana.to('2026-03-02T15:00:00Z')
    expect(ana.membership).toMatchObject({ status: 'active', until: '2026-04-02T14:00:00Z', paid_until: null })
  })
})

describe('periods', () => {
  test('end on the day of the month on which they began, and the 31st comes back', () => {
    const ana = shop()
    ana.plan({ plan: 'monthly', paid: { amount: 1499, reference: 'p0', tender: 'cash' } })
    const ends: (string | null)[] = []
    for (let i = 1; i <= 4; i++) {
      ends.push(ana.membership!.until)
      ana.paid('monthly', 1499, `p${i}`)
      ana.now = at(ana.membership!.until!)
    }
    expect(ends.map((end) => end!.slice(0, 10))).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'])
  })

  test('can be said by the payment provider, and go on from there', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1', { until: '2026-03-10T00:00:00Z' })
    expect(ana.membership).toMatchObject({ until: '2026-03-10T00:00:00Z' })
    ana.to('2026-03-10T01:00:00Z').paid('monthly', 1499, 'p2')
    expect(ana.membership).toMatchObject({ from: '2026-03-10T00:00:00Z', until: '2026-04-10T00:00:00Z' })
    expect(code(ana.paid('monthly', 1499, 'p3', { until: '2026-03-12T00:00:00Z' }))).toBe('invalid')
  })

  test('of a plan for life never end, and are paid once', () => {
    const ana = shop()
    ana.paid('co-op', 2000, 'p1')
    expect(ana.membership).toMatchObject({ status: 'active', until: null, due: null, changes: [] })
    ana.to('2056-01-31T15:00:00Z')
    expect(ana.membership).toMatchObject({ status: 'active', until: null })
    expect(code(ana.paid('co-op', 2000, 'p2'))).toBe('already_paid')
    expect(code(ana.plan({ plan: 'monthly' }))).toBe('already_paid')
    expect(code(ana.stop('at_end'))).toBe('invalid')
    expect(code(ana.stop('now'))).toBe('ok')
  })

  test('of a plan that costs nothing go on by themselves while it can be had', () => {
    const ana = shop()
    expect(code(ana.plan({ plan: 'free' }))).toBe('plan_unavailable')
    const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 500 }]
    ana.order({ external_id: 'o1', currency: 'USD', prices: 'tax_excluded', lines })
    expect(code(ana.plan({ plan: 'free' }))).toBe('ok')
    ana.to('2026-06-30T15:00:00Z')
    expect(ana.membership).toMatchObject({ status: 'active', until: '2026-07-31T14:00:00Z' })
    expect(ana.topics()).toEqual(['membership.started'])
    ana.send('cancel', { order: 'o1' })
    expect(ana.to('2026-08-02T15:00:00Z').membership).toMatchObject({ status: 'ended' })
    expect(ana.message('ended')).toEqual({ plan: 'free', reason: 'plan_ended' })
  })
})

describe('a payment', () => {
  test('that does not come leads through grace to a lapse, each told when it is', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-02-28T16:00:00Z')
    ana.told('failed', { reference: 'p2' })
    expect(ana.membership).toMatchObject({ status: 'grace', failed_payments: 1 })
    expect(ana.message('payment_failed')).toEqual({ plan: 'monthly', until: '2026-03-07T15:00:00Z' })
    ana.to('2026-03-07T15:00:00Z')
    expect(ana.membership).toMatchObject({ status: 'lapsed', ended_at: '2026-03-07T15:00:00Z', due: null })
    expect(ana.topics().slice(2)).toEqual(['membership.due', 'membership.payment_failed', 'membership.lapsed'])
    expect(code(ana.told('failed', {}))).toBe('no_membership')
  })

  test('in grace is for the period that has begun meanwhile', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-03-05T15:00:00Z').paid('monthly', 1499, 'p2')
    expect(ana.membership).toMatchObject({ from: '2026-02-28T15:00:00Z', until: '2026-03-31T14:00:00Z' })
  })

  test('that is told after the lapse was made in time: then it never lapsed', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-03-09T15:00:00Z')
    expect(ana.membership!.status).toBe('lapsed')
    ana.paid('monthly', 1499, 'p2', {}, at('2026-03-01T12:00:00Z'))
    expect(ana.membership).toMatchObject({
      status: 'active',
      since: formatInstant(BEGIN),
      until: '2026-03-31T14:00:00Z',
    })
    expect(ana.topics()).toContain('membership.restored')
  })

  test('after the lapse begins anew, on its own day', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-03-20T15:00:00Z').paid('monthly', 1499, 'p2')
    expect(ana.membership).toMatchObject({
      status: 'active',
      since: '2026-03-20T15:00:00Z',
      until: '2026-04-20T15:00:00Z',
    })
  })

  test('that is told twice counts once, and under another amount is refused', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    const { until, paid_until } = ana.membership!
    expect(code(ana.paid('monthly', 1499, 'p1'))).toBe('ok')
    expect(ana.membership).toMatchObject({ until, paid_until })
    expect(code(ana.paid('monthly', 1500, 'p1'))).toBe('idempotency_conflict')
  })

  test('pays one period ahead and no more', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    expect(code(ana.paid('monthly', 1499, 'p2'))).toBe('ok')
    expect(ana.membership).toMatchObject({
      until: '2026-02-28T15:00:00Z',
      paid_until: '2026-03-31T14:00:00Z',
      due: null,
    })
    expect(code(ana.paid('monthly', 1499, 'p3'))).toBe('already_paid')
  })

  test.each([
    [{ amount: 1499, currency: 'EUR', reference: 'p' }, 'currency_mismatch'],
    [{ amount: 999, currency: 'USD', reference: 'p', plan: 'monthly' }, 'payment_mismatch'],
    [{ amount: 1499, currency: 'USD', reference: 'p' }, 'invalid'],
    [{ amount: 1499, currency: 'USD', plan: 'monthly' }, 'invalid'],
    [{ amount: '1499', currency: 'USD', reference: 'p', plan: 'monthly' }, 'invalid'],
    [{ amount: 1499, currency: 'USD', reference: 'p', plan: 'montly' }, 'plan_unavailable'],
    [{ amount: 1499, currency: 'USD', reference: 'p', plan: 'monthly', until: 'soon' }, 'invalid'],
  ])('of %o is refused as %s', (data, expected) => {
    expect(code(shop().told('paid', data))).toBe(expected)
  })

  test('of the fee that was told to be due holds when the fee has changed since', () => {
    const later = { from: at('2026-02-26T00:00:00Z'), program: programOf(FILE.replace('14.99', '17.99'), 2) }
    const ana = new Shop(programOf(FILE), BEGIN, { later })
    ana.send('join', {})
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-02-28T15:00:00Z')
    expect(code(ana.paid('monthly', 1499, 'p2'))).toBe('ok')
    ana.to('2026-03-31T15:00:00Z')
    expect(code(ana.paid('monthly', 1499, 'p3'))).toBe('payment_mismatch')
    expect(code(ana.paid('monthly', 1799, 'p3'))).toBe('ok')
  })

  test('at the till is taken with what was taken, or refused as too little', () => {
    const ana = shop()
    expect(code(ana.plan({ plan: 'monthly' }))).toBe('payment_required')
    expect(code(ana.plan({ plan: 'monthly', paid: { amount: 1400, reference: 'till-1' } }))).toBe('payment_mismatch')
    expect(code(ana.plan({ plan: 'monthly', paid: { amount: 1499, reference: 'till-1' } }))).toBe('ok')
    expect(code(ana.plan({ plan: 'monthly' }))).toBe('membership_open')
    expect(code(ana.plan({ plan: 'monthly', trial: true }))).toBe('membership_open')
  })

  test('called in a way that nobody knows is told so', () => {
    const answer = shop().told('payed', {})
    expect(answer).toMatchObject({ code: 'invalid', detail: expect.stringContaining('did you mean membership.paid?') })
  })
})

describe('cancelling', () => {
  test('to the end keeps all until then; twice is told, and so is what was over', () => {
    const ana = shop()
    expect(code(ana.stop('now'))).toBe('no_membership')
    ana.paid('monthly', 1499, 'p1')
    expect(code(ana.stop('at_end'))).toBe('ok')
    expect(code(ana.stop('at_end'))).toBe('already_cancelled')
    expect(ana.membership).toMatchObject({ status: 'active', cancelled: true, due: null })
    ana.to('2026-02-28T15:00:00Z')
    expect(ana.membership).toMatchObject({ status: 'ended' })
    expect(code(ana.stop('now'))).toBe('already_cancelled')
    expect(ana.topics().slice(2)).toEqual(['membership.cancelled', 'membership.ended'])
  })

  test('at once ends it at once, and it can begin again', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-02-05T15:00:00Z')
    expect(code(ana.stop('now'))).toBe('ok')
    expect(ana.membership).toMatchObject({ status: 'ended', ended_at: '2026-02-05T15:00:00Z' })
    ana.to('2026-02-06T15:00:00Z').paid('monthly', 1499, 'p2')
    expect(ana.membership).toMatchObject({ status: 'active', since: '2026-02-06T15:00:00Z' })
  })

  test('is undone by naming the plan again, or by paying for it', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.stop('at_end')
    expect(code(ana.plan({ plan: 'monthly' }))).toBe('ok')
    expect(ana.membership).toMatchObject({ cancelled: false, due: { amount: 1499 } })
    ana.stop('at_end')
    ana.paid('monthly', 1499, 'p2')
    expect(ana.membership).toMatchObject({ cancelled: false, paid_until: '2026-03-31T14:00:00Z' })
  })

  test('at once tells what was paid ahead, which is to be given back', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-02-05T15:00:00Z').paid('monthly', 1499, 'p2')
    ana.stop('now')
    expect(ana.message('ended')).toEqual({ plan: 'monthly', reason: 'cancelled', paid_ahead: 1499 })
    expect(ana.membership!.payments.map(({ refundable }) => refundable)).toEqual([1499, 1499])
  })

  test('in grace is at once, since nothing is paid any more', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-03-01T15:00:00Z').stop('at_end')
    expect(ana.membership!.status).toBe('ended')
  })
})

describe('changing the plan', () => {
  test('at once takes what is left of the period off the fee', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.to('2026-02-14T15:00:00Z')
    // Half of 28 days are left: 7.49 of 14.99.
    expect(ana.membership!.changes).toContainEqual({
      plan: 'yearly',
      name: 'yearly',
      now: 13_900 - 749,
      at_end: 13_900,
    })
    expect(code(ana.paid('yearly', 13_900, 'p2', { when: 'now' }))).toBe('payment_mismatch')
    expect(code(ana.plan({ plan: 'yearly', when: 'now' }))).toBe('payment_required')
    expect(code(ana.paid('yearly', 13_151, 'p2', { when: 'now' }))).toBe('ok')
    expect(ana.membership).toMatchObject({ plan: 'yearly', until: '2027-02-14T15:00:00Z', since: formatInstant(BEGIN) })
    expect(code(ana.told('refunded', { reference: 'p1' }))).toBe('not_refundable')
    expect(ana.membership!.status).toBe('active')
  })

  test('to one that costs less than what is left is for the end', () => {
    const ana = shop()
    ana.paid('yearly', 13_900, 'p1')
    expect(code(ana.plan({ plan: 'monthly', when: 'now' }))).toBe('plan_unavailable')
    expect(code(ana.plan({ plan: 'monthly' }))).toBe('ok')
    ana.to('2027-01-30T15:00:00Z')
    expect(ana.message('due')).toMatchObject({ plan: 'monthly', amount: 1499 })
    ana.to('2027-01-31T16:00:00Z').paid('monthly', 1499, 'p2')
    expect(ana.membership).toMatchObject({ plan: 'monthly', until: '2027-02-28T15:00:00Z' })
  })

  test('to the end can be thought better of', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.plan({ plan: 'yearly' })
    expect(ana.membership).toMatchObject({ next_plan: 'yearly', due: { amount: 13_900 } })
    expect(code(ana.plan({ plan: 'monthly' }))).toBe('ok')
    expect(ana.membership).toMatchObject({ next_plan: null, due: { amount: 1499 } })
  })
})

describe('a refund', () => {
  test('is for a period of which nothing was used, and ends it', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    expect(ana.membership!.payments[0]).toMatchObject({ refundable: 1499, why: null })
    expect(code(ana.told('refunded', { reference: 'p1', amount: 1500 }))).toBe('not_refundable')
    expect(code(ana.told('refunded', { reference: 'p1', currency: 'EUR' }))).toBe('currency_mismatch')
    expect(code(ana.told('refunded', { reference: 'p0' }))).toBe('not_found')
    expect(code(ana.told('refunded', { reference: 'p1', amount: 1499 }))).toBe('ok')
    expect(ana.membership).toMatchObject({ status: 'ended' })
    expect(code(ana.told('refunded', { reference: 'p1' }))).toBe('ok')
    expect(ana.topics().filter((topic) => topic.endsWith('refunded'))).toHaveLength(1)
  })

  test('of a period that has not begun leaves the one of now', () => {
    const ana = shop()
    ana.paid('monthly', 1499, 'p1')
    ana.paid('monthly', 1499, 'p2')
    expect(code(ana.told('refunded', { reference: 'p2' }))).toBe('ok')
    expect(ana.membership).toMatchObject({ status: 'active', paid_until: null, due: { amount: 1499 } })
  })

  test('by what is left of the period, or never, where the plan says so', () => {
    const ana = shop()
    ana.paid('yearly', 13_900, 'p1')
    ana.now += 73 * DAY_MS
    expect(ana.membership!.payments[0]).toMatchObject({ refundable: (13_900 * 4) / 5 })
    const ben = shop()
    ben.paid('co-op', 2000, 'p1')
    expect(code(ben.told('refunded', { reference: 'p1' }))).toBe('not_refundable')
  })
})

describe('who may have a plan', () => {
  test('those who were verified, as long as they are', () => {
    const ana = shop()
    expect(code(ana.paid('student', 749, 'p1'))).toBe('plan_unavailable')
    expect(code(ana.told('verified', { as: 'student', until: '2026-03-15' }))).toBe('ok')
    expect(code(ana.paid('student', 749, 'p1'))).toBe('ok')
    ana.to('2026-02-28T15:00:00Z').paid('student', 749, 'p2')
    // The student is none any more when the period is over, so nothing is due and nothing is charged in vain.
    expect(ana.to('2026-03-31T15:00:00Z').membership!.status).toBe('ended')
  })

  test('households as a pool, and persons by themselves', () => {
    const ana = shop()
    expect(code(ana.paid('family', 1999, 'p1'))).toBe('plan_unavailable')
    const home = new Shop(programOf(FILE), BEGIN)
    home.send('join', { pool: true })
    expect(code(home.paid('monthly', 1499, 'p1'))).toBe('plan_unavailable')
    expect(code(home.paid('family', 1999, 'p1'))).toBe('ok')
  })
})

test('rules ask for the plan that the member had when it happened, also when it is told late', () => {
  const ana = shop()
  const buy = (id: string, occurred = ana.now) => {
    const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000 }]
    const d = ana.order({ external_id: id, currency: 'USD', prices: 'tax_excluded', lines }, occurred) as Deciding
    return d.postings.reduce((sum, { points }) => sum + points, 0)
  }
  expect(buy('before')).toBe(0)
  ana.paid('monthly', 1499, 'p1')
  expect(buy('with')).toBe(10)
  ana.to('2026-03-09T15:00:00Z')
  expect([buy('after'), buy('late', at('2026-02-20T15:00:00Z')), buy('in grace', at('2026-03-05T15:00:00Z'))]).toEqual([
    0, 10, 10,
  ])
})

describe('a program', () => {
  test.each([
    ['fee: 14.99, every: month, trial: 30 days', 'fee: 14.999, every: month', 'not_money'],
    ['refund: never', 'refund: pro_rata', 'contradiction'],
    ['id: yearly', 'id: monthly', 'duplicate_id'],
    ['verified: student', 'gift: cup', 'unknown_reward'],
    ["when: 'member.orders >= 1'", "when: 'member.ordrs >= 1'", 'unknown_fact'],
    ['memberships:', 'pools: { allowed: false }\nmemberships:', 'contradiction'],
    ['memberships:', 'memberships:\n  remind: 2 months', 'too_long'],
  ])('with %s as %s is told %s', (from, to, expected) => {
    expect(compileProgram(FILE.replace(from, to), features).problems).toMatchObject([{ code: expected }])
  })
})

test('members read in their terms what plans cost, and what conditions ask of them', () => {
  const file = FILE.replace(
    `when: 'member.plan == "monthly"'`,
    `when: 'member.plan != "" && member.plan_status != "trial"'`,
  )
  const read = (language: string) => {
    const program = programOf(file)
    return termsText(termsDocument(program, new Wording(language, program, messagesOf(features, language)!)))
  }
  expect(read('en').replaceAll(/\s+/g, ' ')).toContain('$14.99 a month. You may try it for 30 days for nothing')
  expect(read('en').replaceAll(/\s+/g, ' ')).toContain('Only with a plan and while your plan is not “on trial”.')
  expect(read('tr').replaceAll(/\s+/g, ' ')).toContain('Ömür boyu için bir kez $20,00.')
})
