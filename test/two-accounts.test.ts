/** Activities that concern two accounts, in the ledger: both are decided and kept, or neither is. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readBalancesAt } from '../src/engine/balances-at.ts'
import { exportProgram } from '../src/engine/export.ts'
import { forward } from '../src/engine/forwarding.ts'
import { parseId } from '../src/engine/ids.ts'
import { Inbox } from '../src/engine/inbox.ts'
import type { Incoming, Recorded } from '../src/engine/incoming.ts'
import { keys } from '../src/engine/incoming.ts'
import { awake, readAccount, readMembers } from '../src/engine/read.ts'
import { openRecorder } from '../src/engine/record.ts'
import { verify } from '../src/engine/verify.ts'
import { verifyExport } from '../src/engine/verify-export.ts'
import { runs } from './history.ts'
import { accountOf, compile, type TestLedger, testLedger } from './ledger.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 6 months, until_end_of: month } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, rounding: carry }
  - { id: later, on: action, earn: 7, pending: 5 days }
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
  - { id: thanks, gives: { points: 3 points } }
  - { id: welcome, gives: { points: 2 points } }
referrals: { referrer: thanks, friend: welcome, friend_when: joining, after: first_order, limit: 2 per year }
leaderboards:
  - { id: collectors, counts: points_earned, per: month }
`
const NOW = Date.UTC(2026, 2, 10, 15)

let ledger: TestLedger
let count = 0
let [ana, ben, cleo] = [0, 0, 0]
beforeAll(async () => {
  ledger = await testLedger(SOURCE, NOW)
})
afterAll(() => ledger.drop())
beforeEach(async () => {
  const come = () => ledger.join(`member-${++count}`, NOW)
  ;[ana, ben, cleo] = [await come(), await come(), await come()]
})

const ref = (id: number) => ({ ref: { by: 'id', id } as const })
function order(member: number, id: string, cents: number): Incoming {
  const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: cents }]
  const body = { external_id: id, currency: 'USD', prices: 'tax_excluded' as const, lines }
  return ledger.incoming('order', body, { key: keys.order(id), ...ref(member) })
}
function back(id: string, amount: number): Incoming {
  const body = { external_id: `r${++count}`, order: id, amount }
  return ledger.incoming('return', body, {
    key: keys.return(id, body.external_id),
    ref: { by: 'order', order: id },
  })
}
const transfer = (from: number, to: number, points: number) =>
  ledger.incoming('transfer', { from, to, wallet: 'points', points }, ref(from))
const merge = (from: number, into: number) => ledger.incoming('merge', { from, into }, ref(from))

const record = (...batch: Incoming[]) => ledger.recorder.record(batch)
const codeOf = (recorded: Recorded | undefined) =>
  recorded?.status === 'refused' ? recorded.refusal.code : recorded?.status

async function walletOf(member: number) {
  const reading = { database: ledger.database.db, stripes: ledger.recorder.stripes }
  const row = await readAccount(reading, ledger.program, member)
  return awake(ledger.program, row!, NOW).account.wallets[0] ?? { lots: [], debt: 0, carry: 0, carryOf: 1 }
}
const available = async (member: number) => (await walletOf(member)).lots.reduce((sum, lot) => sum + lot.available, 0)

async function verified(): Promise<void> {
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
}

test('what is transferred arrives in the lot that it left', async () => {
  const id = `o${++count}`
  const answers = await record(order(ana, id, 5_000), transfer(ana, ben, 30))
  expect(answers.map(codeOf)).toEqual(['recorded', 'recorded'])
  const [sent, got] = [await walletOf(ana), await walletOf(ben)]
  expect(got.lots).toEqual([{ ...sent.lots[0], available: 30 }])
  expect(await available(ana)).toBe(20)
  await verified()
})

test('a transfer that either side refuses moves nothing, and what follows is decided as if it had not been', async () => {
  const id = `o${++count}`
  const answers = await record(
    order(ana, id, 5_000),
    transfer(ana, ana, 5),
    transfer(ana, ben, 51),
    transfer(ana, 123 * 256, 5),
    transfer(ana, ben, 50),
    back(id, 1_000),
  )
  expect(answers.map(codeOf)).toEqual([
    'recorded',
    'same_account',
    'insufficient_points',
    'not_found',
    'recorded',
    'recorded',
  ])
  expect([await available(ana), (await walletOf(ana)).debt, await available(ben)]).toEqual([0, 10, 50])
  await verified()
})

test('transfers in opposite directions at the same moment wait for each other and both come through', async () => {
  await record(order(ana, `o${++count}`, 10_000), order(ben, `o${++count}`, 10_000))
  const both = (i: number) => (i % 2 === 0 ? transfer(ana, ben, 3) : transfer(ben, ana, 2))
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => record(both(i), both(i + 1), transfer(cleo, ana, 1))),
  )
  expect(
    answers
      .flat()
      .map(codeOf)
      .filter((code) => code === 'recorded').length,
  ).toBe(24)
  expect([await available(ana), await available(ben)]).toEqual([88, 112])
  await verified()
})

test('a merged member holds nothing, and all that is sent to either reaches the other', async () => {
  const [first, second] = [`o${++count}`, `o${++count}`]
  await record(
    order(ana, first, 5_050),
    order(ben, second, 3_070),
    ledger.incoming('action', { type: 'x', data: {} }, ref(ana)),
    ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: false }, ref(ana)),
  )
  expect((await record(merge(ana, ben))).map(codeOf)).toEqual(['recorded'])
  expect(await walletOf(ana)).toMatchObject({ lots: [] })
  // 0.50 and 0.70 make a whole point and 0.20.
  expect(await walletOf(ben)).toMatchObject({ carry: 1, carryOf: 5, debt: 0 })
  expect(await available(ben)).toBe(30 + 30 + 1)
  const late = await record(order(ana, `o${++count}`, 1_000), back(first, 2_000), back(second, 3_070))
  expect(late.map((one) => one.status === 'recorded' && one.activity.account)).toEqual([ben, ben, ben])
  expect(await available(ben)).toBe(61 + 10 - 20 - 31)
  expect((await record(merge(ana, ben), merge(ben, ana), transfer(ana, ben, 1))).map(codeOf)).toEqual([
    'already_merged',
    'same_account',
    'same_account',
  ])
  await verified()
})

test('a chain of merges leads to its end, for one who never heard of it', async () => {
  const [first, second] = [`o${++count}`, `o${++count}`]
  await record(order(ana, first, 5_000), back(first, 1_000), order(ben, second, 3_000))
  await record(merge(ana, ben), back(first, 1_000))
  await record(merge(ben, cleo))
  const [late, returned] = await record(order(ana, `o${++count}`, 1_000), back(first, 1_000))
  expect([late, returned].map((one) => one!.status === 'recorded' && one!.activity.account)).toEqual([cleo, cleo])
  expect(await available(cleo)).toBe(20 + 30 + 10)
  await verified()
})

/** Each is brought by the one before. */
async function joinOneByOne(number: number): Promise<number[]> {
  const members: number[] = []
  let referral_code: string | undefined
  for (let i = 0; i < number; i++) {
    const external_id = `member-${++count}`
    const ref = { by: 'new' } as const
    const [joined] = await record(
      ledger.incoming('join', { external_id, referral_code }, { key: keys.join(external_id), ref }),
    )
    members.push(accountOf(joined!))
    const { rows } = await ledger.database.db.query<{ referral_code: string }>(
      'select referral_code from profile where account = $1',
      [members.at(-1)],
    )
    referral_code = rows[0]!.referral_code
  }
  return members
}

/** One thing that happens to some of four members, and whether it is sent by the other of two processes. */
const happening = fc.record({
  what: fc.constantFrom(
    'order',
    'order',
    'order',
    'back',
    'back',
    'action',
    'hold',
    'settle',
    'transfer',
    'transfer',
    'merge',
  ),
  who: fc.nat({ max: 3 }),
  with: fc.nat({ max: 3 }),
  amount: fc.integer({ min: 1, max: 4_000 }),
  elsewhere: fc.boolean(),
})

test('whatever happens to several members at once, in two processes, the ledger agrees with itself', async () => {
  const other = await openRecorder(ledger.database.db, { release: 'test', tzdata: 'test' })
  const inbox = new Inbox(other)
  const codes = new Map<string | undefined, number>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(happening, { minLength: 2, maxLength: 8 }), { minLength: 4, maxLength: 12 }),
      async (batches) => {
        const members = await joinOneByOne(4)
        const [orders, holds]: [string[], number[]] = [[], []]
        const incoming = ({ what, who, with: whom, amount }: (typeof batches)[0][0]): Incoming => {
          const [one, two] = [members[who]!, members[whom]!]
          if (what === 'back' && orders.length > 0) return back(orders[amount % orders.length]!, 1 + (amount % 700))
          if (what === 'action') return ledger.incoming('action', { type: 'x', data: {} }, ref(one))
          if (what === 'hold')
            return ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: amount % 3 === 0 }, ref(one))
          if (what === 'settle' && holds.length > 0) {
            const redemption = holds[amount % holds.length]!
            const of = { ref: { by: 'activity', id: redemption } as const }
            return amount % 2 === 0
              ? ledger.incoming('capture', { redemption, points: amount % 21 }, of)
              : ledger.incoming('void', { redemption }, of)
          }
          if (what === 'transfer') return transfer(one, two, 1 + (amount % 30))
          if (what === 'merge') return merge(one, two)
          orders.push(`o${++count}`)
          return order(one, orders.at(-1)!, amount)
        }
        for (const batch of batches) {
          const sent = batch.map((one) => ({ ...one, incoming: incoming(one) }))
          const [here, there] = await Promise.all([
            ledger.recorder.record(sent.filter(({ elsewhere }) => !elsewhere).map((one) => one.incoming)),
            other.record(sent.filter(({ elsewhere }) => elsewhere).map((one) => one.incoming)),
            // What friends bring is told meanwhile, to accounts that may be merged at this moment.
            forward({ database: ledger.database.db, inbox }, ledger.program),
          ])
          const answers = [here, there]
          for (const answer of answers.flat()) {
            codes.set(codeOf(answer), (codes.get(codeOf(answer)) ?? 0) + 1)
            if (answer.status === 'recorded' && answer.activity.type === 'redeem') holds.push(answer.activity.id)
          }
        }
        while ((await forward({ database: ledger.database.db, inbox }, ledger.program)) > 0);
        const reading = { database: ledger.database.db, stripes: ledger.recorder.stripes }
        for (const member of await readMembers(reading, ledger.program, members))
          expect(await readBalancesAt(reading, ledger.program, parseId('mem', member.id)!, NOW, 'recorded')).toEqual(
            member.balances,
          )
      },
    ),
    { numRuns: runs(25) },
  )
  await verified()
  const folder = await mkdtemp(join(tmpdir(), 'two-accounts-'))
  await exportProgram(ledger.database.db, ledger.program, folder, { format: 'parquet' })
  const exported = await verifyExport(folder, { compile, engine: { release: 'test', tzdata: 'test' } })
  await rm(folder, { recursive: true, force: true })
  expect(exported.differences).toEqual([])
  await inbox.close()
  // The histories do what they are for.
  const { rows } = await ledger.database.db.query<{ state: string }>('select distinct state from referral order by 1')
  expect(rows.map(({ state }) => state)).toEqual(['joined', 'refused', 'rewarded'])
  for (const code of ['recorded', 'insufficient_points', 'already_merged', 'same_account'])
    expect(codes.get(code), code).toBeGreaterThan(0)
})
