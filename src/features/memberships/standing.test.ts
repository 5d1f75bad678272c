/** Whatever is told in whatever order, a membership has one status, and its periods and payments fit each other. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, Driver, programOf, runs, stateOf } from '../../../test/history.ts'
import type { ActivityBodies, ActivityType } from '../../core/activity.ts'
import { Refusal } from '../../core/refusal.ts'
import { DAY_MS, HOUR_MS } from '../../core/time.ts'
import { isRunning, type Slice, sliceOf } from './standing.ts'

const PROGRAM = programOf(`
program: shop
name: Shop
currency: USD
timezone: America/New_York
late_limit: 60 days
wallets: { points: {} }
memberships:
  plans:
    - { id: monthly, fee: 10.00, every: month, trial: 14 days }
    - { id: quarterly, fee: 27.00, every: quarter, grace: 40 days, refund: pro_rata }
    - { id: free, fee: 0, every: month, when: 'member.orders >= 1' }
    - { id: life, fee: 90.00, every: life }
`)
const FEES = { monthly: 1000, quarterly: 2700, free: 0, life: 9000 }
const BEGIN = at('2026-01-31T15:00:00Z')

const plan = fc.constantFrom('monthly', 'monthly', 'quarterly', 'free', 'life')
const when = fc.constantFrom('now', 'at_end')
const reference = fc.integer({ min: 1, max: 20 }).map((n) => `p${n}`)

type Step = { wait: number; late: number; sweep: boolean; type: ActivityType; body: unknown }

const told: fc.Arbitrary<Pick<Step, 'type' | 'body'>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ plan, reference, when: fc.option(when, { nil: undefined }) }).map((data) => ({
      type: 'action' as const,
      body: {
        type: 'membership.paid',
        data: { ...data, amount: FEES[data.plan as keyof typeof FEES] || 1, currency: 'USD' },
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('refunded', 'failed').chain((what) =>
      reference.map((of) => ({
        type: 'action' as const,
        body: { type: `membership.${what}`, data: { reference: of } },
      })),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ plan, when, trial: fc.constantFrom<true | undefined>(true, undefined) })
      .map((body) => ({ type: 'membership' as const, body })),
  },
  { weight: 2, arbitrary: when.map((body) => ({ type: 'membership_cancel' as const, body: { when: body } })) },
  {
    weight: 1,
    arbitrary: fc.nat().map((n) => ({
      type: 'order' as const,
      body: {
        external_id: `o${n}`,
        currency: 'USD',
        prices: 'tax_excluded',
        lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: 100 }],
      },
    })),
  },
)

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: HOUR_MS }), fc.integer({ min: 1, max: 40 * DAY_MS })),
    fc.oneof(fc.constant(0), fc.nat({ max: 30 * DAY_MS })),
    fc.boolean(),
    told,
  )
  .map(([wait, late, sweep, what]) => ({ wait, late: what.type === 'action' ? late : 0, sweep, ...what }))

function live(driver: Driver, steps: readonly Step[], sweeps: boolean, check: (driver: Driver) => void): void {
  driver.send('join', {})
  for (const { wait, late, sweep, type, body } of steps) {
    driver.now += wait
    if (sweeps && sweep) driver.wake()
    const before = stateOf(driver.account)
    const key = type === 'order' ? `order:${(body as ActivityBodies['order']).external_id}` : undefined
    const answer = driver.send(type, body as never, driver.now - late, key)
    if (answer instanceof Refusal) expect(stateOf(driver.account)).toEqual(before)
    check(driver)
  }
  driver.wake()
}

/** `ended` has the payments of memberships that were over, of which some may have been paid ahead. */
function fits(driver: Driver, ended: Set<string>): void {
  const state = sliceOf(driver.account)
  if (state === undefined) return
  if (!isRunning(state)) for (const [reference] of state.y ?? []) ended.add(reference)
  const { clock } = driver.account
  // What runs has not ended, in grace the period is over and the grace is not, and what is over has nothing ahead.
  if (state.s === 'grace') expect([state.u <= clock, state.g! > clock, state.x]).toEqual([true, true, undefined])
  else if (isRunning(state)) expect([state.u === 0 || state.u > clock, state.g]).toEqual([true, undefined])
  else expect([state.g! <= clock + HOUR_MS, state.x, state.n, state.c]).toEqual([true, undefined, undefined, undefined])
  expect(state.h.at(-1)?.[2] ?? 'ended').toBe(state.s)
  expect(state.h.map(([since]) => since)).toEqual([...state.h.map(([since]) => since)].sort((a, b) => a - b))
  expect(paymentsOverlap(state, ended)).toBe(false)
}

/** Of a membership's payments no two are for the same time, unless what was left of one was taken off the next. */
function paymentsOverlap({ y = [] }: Slice, ended: ReadonlySet<string>): boolean {
  const standing = y.filter(
    ([reference, , , , , back, credited]) => !ended.has(reference) && back === 0 && credited === undefined,
  )
  const spans = standing.map(([, , , from, until]) => [from, until || Number.MAX_SAFE_INTEGER] as const)
  return spans.some(([from, until], i) => spans.some(([start, end], j) => i !== j && from < end && start < until))
}

test('has one status at a time, periods that follow each other, and no time that is paid twice', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const driver = new Driver(PROGRAM, BEGIN)
      const ended = new Set<string>()
      live(driver, steps, true, (one) => {
        fits(one, ended)
        seen.add(sliceOf(one.account)?.s ?? 'none')
      })
    }),
    { numRuns: runs(200) },
  )
  expect([...seen].sort()).toEqual(['active', 'ended', 'grace', 'lapsed', 'none', 'trial'])
})

test('is the same whenever sweeps run, and however often it is written and read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const swept = new Driver(PROGRAM, BEGIN)
      const plain = new Driver(PROGRAM, BEGIN, { encoded: true, by: 'decide' })
      live(swept, steps, true, () => {})
      live(plain, steps, false, () => {})
      expect(stateOf(plain.account, 'without traces')).toEqual(stateOf(swept.account, 'without traces'))
    }),
    { numRuns: runs(100) },
  )
})
