/** Verify finds nothing in a ledger that was left alone, and every row that was tampered with. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestLedger, testLedger } from '../../test/ledger.ts'
import { type Incoming, keys } from './incoming.ts'
import { verify } from './verify.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 2 months } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, rounding: carry, limit: 500 per month }
  - { id: later, on: order, earn: 1 per item, pending: 3 days }
tiers:
  measure: points_earned
  levels: [{ id: green }, { id: gold, from: 100, multiply: 1.2 }]
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
`

const DAY = 86_400_000
const BEGIN = Date.UTC(2026, 0, 10, 15)
let ledger: TestLedger

beforeAll(async () => {
  ledger = await testLedger(SOURCE, BEGIN)
  for (const member of ['ana', 'ben', 'cleo']) await live(member)
})
afterAll(() => ledger.drop())

/** A year of a member's life, on the file's time: purchases, returns, redemptions, expiry, a tier gained and lost. */
async function live(member: string): Promise<void> {
  const account = await ledger.join(member, BEGIN)
  const batch: Incoming[] = []
  const ref = { by: 'id', id: account } as const
  const at = (days: number) => ({ occurredMs: BEGIN + days * DAY, history: true })
  for (let i = 0; i < 24; i++) {
    const id = `${member}-${i}`
    const lines = [{ id: '1', sku: 'a', quantity: 2, unit_price: 1055 + i }]
    const body = { external_id: id, currency: 'USD', prices: 'tax_excluded' as const, lines }
    const redeem = i % 5 === 4 ? { redeem: [{ reward: 'mug' }] } : {}
    batch.push(ledger.incoming('order', { ...body, ...redeem }, { key: keys.order(id), ref, ...at(i * 12) }))
    if (i % 3 === 1) {
      const back = { external_id: 'r', order: id, lines: [{ id: '1', quantity: 1 }] }
      batch.push(
        ledger.incoming('return', back, {
          key: keys.return(id, 'r'),
          ref: { by: 'order', order: id },
          ...at(i * 12 + 4),
        }),
      )
    }
    if (i % 7 === 3)
      batch.push(ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: false }, { ref, ...at(i * 12 + 6) }))
  }
  const answers = await ledger.recorder.record(batch)
  expect(answers.filter(({ status }) => status !== 'recorded')).toEqual([])
  await ledger.recorder.record([
    ledger.incoming('visit', {}, { ref }),
    { ...ledger.incoming('visit', {}), type: 'wake', body: {}, ref, occurredMs: BEGIN + 600 * DAY },
  ])
}

const ENGINE = { release: 'test', tzdata: 'test' }
const check = () => verify(ledger.database.db, ledger.programs, { engine: ENGINE })

test('a ledger that was left alone agrees with itself', async () => {
  const result = await check()
  expect(result.differences).toEqual([])
  expect(result).toMatchObject({ accounts: 3, different: 0, erased: 0 })
  expect(result.activities).toBeGreaterThan(3 * 40)
})

/** An activity of ben's, by its number: the order in the middle of his year that redeemed a mug, and the like. */
const BEN = `account = (select account from profile where external_id = 'ben')`
const at = (where: string) => `id = (select id from activity where ${BEN} and ${where})`
const first = (type: string, more = 'true') =>
  at(`seq = (select min(seq) from activity where ${BEN} and type = '${type}' and seq > 20 and ${more})`)
const ORDER = first('order')
const POSTED = `activity = (select id from activity where ${ORDER})`

describe('a row that was tampered with is found, and named with its cause', () => {
  /** What is done, the rows that it touches, how, and what is said of it. */
  const tampered: [string, string[], string, string, RegExp][] = [
    [
      'points of a posting',
      ['posting'],
      `update posting set points = points + 1 where ${POSTED} and place = 0`,
      'posting',
      /^Member ben \(mem_\w+\): activity \d+, the order act_\w+ \(order:ben-\d+\), recorded 2026-\S+Z: points of posting 1 is (\d+) and was (\d+)$/,
    ],
    [
      'the bucket of a posting',
      ['posting'],
      `update posting set to_bucket = 'pending' where ${POSTED} and place = 0 and to_bucket = 'available'`,
      'posting',
      /: to of posting 1 is pending and was available$/,
    ],
    [
      'a posting deleted',
      ['posting'],
      `delete from posting where ${POSTED} and place = 0`,
      'posting',
      /: posting 1 \(\d+ points from issued to available\) is missing: there were 2$/,
    ],
    [
      'a posting inserted',
      ['posting'],
      `insert into posting select activity, account, 7, 9, stripe, from_bucket, to_bucket, month, release_ms, expiry_ms, reverses, kind, wallet, rule, line from posting where ${POSTED} and place = 0`,
      'posting',
      /: posting 3 \(7 points from issued to available\) was added: there were 2$/,
    ],
    [
      'two postings swapped',
      ['posting'],
      `update posting set place = 3 - place where ${POSTED}; update posting set place = place - 2 where ${POSTED}`,
      'posting',
      /: posting 1 stands where another did$/,
    ],
    [
      'an order made dearer',
      ['activity'],
      `update activity set body = replace(body, '"quantity":2', '"quantity":9') where ${ORDER}`,
      'body',
      /: its body, salt, type or times were changed after it was recorded; what it says now would move other points$/,
    ],
    [
      'a salt',
      ['activity'],
      `update activity set salt = decode(repeat('00', 16), 'hex') where ${ORDER}`,
      'body',
      /: its body, salt, type or times were changed/,
    ],
    [
      'an activity moved in time',
      ['activity'],
      `update activity set recorded_ms = recorded_ms + 1 where ${ORDER}`,
      'body',
      /: its body, salt, type or times were changed/,
    ],
    [
      'an answer',
      ['activity'],
      `update activity set outcome = replace(outcome, '"gold"', '"green"') where ${first('order', `outcome like '%"gold"%'`)}`,
      'outcome',
      /: its stored answer was changed: answer\.\S+ is green and should be gold$/,
    ],
    [
      'what returns may read',
      ['activity'],
      `update activity set frozen = replace(frozen, '"p"', '"q"') where ${ORDER}`,
      'receipt',
      /: what its returns may read was changed$/,
    ],
    [
      'a hash',
      ['activity'],
      `update activity set hash = sha256(hash) where ${ORDER}`,
      'hash',
      /: its hash was changed; what it hashes and what follows it agree$/,
    ],
    [
      'a key',
      ['activity'],
      `update activity set key = 'order:other' where ${ORDER}`,
      'key',
      /: its key is not that of what was sent$/,
    ],
    [
      'an activity deleted',
      ['activity'],
      `delete from activity where ${ORDER}`,
      'missing',
      /: activity \d+ is missing; the last of them was act_\w+$/,
    ],
    [
      'the last activity deleted',
      ['activity'],
      `delete from activity where ${at(`seq = (select max(seq) from activity where ${BEN})`)}`,
      'missing',
      /^Member ben \(mem_\w+\): activity \d+, its last, is missing: act_\w+ was the last$/,
    ],
    [
      'two activities swapped',
      ['activity'],
      `update activity set seq = case seq when 21 then 22 else 21 end where ${BEN} and seq in (21, 22)`,
      'order',
      /: it stands after act_\w+, but was recorded after act_\w+$/,
    ],
    [
      'a balance raised',
      ['account'],
      `update account set state = replace(state, '"c":', '"c":1') where id = (select account from profile where external_id = 'ben')`,
      'state',
      /^Member ben \(mem_\w+\): the snapshot was changed, its activities lead to another: account\.clock is \d+ and should be \d+$/,
    ],
    [
      'a head',
      ['account'],
      `update account set head = sha256(head) where id = (select account from profile where external_id = 'ben')`,
      'head',
      /: the account’s row names another last activity or another hash of it$/,
    ],
    [
      'an account deleted',
      ['account'],
      `delete from account where id = (select account from profile where external_id = 'ben')`,
      'account',
      /: the account is missing, though \d+ of its activities are there$/,
    ],
    [
      'a redemption',
      ['redemption'],
      `update redemption set status = 'voided' where ${BEN} and status = 'expired'`,
      'redemption',
      /: the table of redemptions has .*"voided"\S* where the activities lead to .*"(expired|captured)"/,
    ],
    ['a due time', ['due'], 'update due set due_ms = due_ms + 1', 'due', /: it is not due when its state says$/],
  ]
  test.each(tampered)('%s', async (_, tables, change, cause, sentence) => {
    const { db } = ledger.database
    for (const table of tables) await db.query(`create table kept_${table} as select * from ${table}`)
    await db.query(change)
    const { differences } = await check()
    for (const table of tables)
      await db.query(`truncate ${table}; insert into ${table} select * from kept_${table}; drop table kept_${table}`)
    expect(differences[0], JSON.stringify(differences, null, 1)).toMatchObject({
      cause,
      sentence: expect.stringMatching(sentence),
    })
    expect((await check()).differences).toEqual([])
  })

  test('what another engine decided is told as that', async () => {
    const { db } = ledger.database
    await db.query(`create table kept_activity as select * from activity`)
    await db.query(
      `update activity set outcome = replace(outcome, '"gold"', '"green"') where ${first('order', `outcome like '%"gold"%'`)}`,
    )
    const other = { engine: { release: '9.9.9', tzdata: 'test' } }
    const { differences } = await verify(ledger.database.db, ledger.programs, other)
    await db.query('truncate activity; insert into activity select * from kept_activity; drop table kept_activity')
    expect(differences[0]).toMatchObject({ cause: 'engine' })
    expect(differences[0]!.sentence).toContain('release test with time zones test decided it, this is 9.9.9 with test')
  })

  test('of a person who was erased the chain is checked by the hashes of the bodies', async () => {
    const { db } = ledger.database
    await db.query('create table kept_activity as select * from activity')
    await db.query(
      `update activity set body_hash = sha256(salt || convert_to(body, 'UTF8')), body = null, salt = null where ${BEN}`,
    )
    const whole = await check()
    await db.query(`update activity set body_hash = sha256(body_hash) where ${ORDER}`)
    const broken = await check()
    await db.query('truncate activity; insert into activity select * from kept_activity; drop table kept_activity')
    expect(whole.differences).toEqual([])
    expect(whole.erased).toBeGreaterThan(40)
    expect(broken.differences.map(({ cause }) => cause)).toEqual(['body'])
  })
})

test('an account is decided again from the program that it began under, whatever later revisions add', async () => {
  const plain = SOURCE.slice(0, SOURCE.indexOf('tiers:'))
  const other = await testLedger(plain, BEGIN)
  try {
    const account = await other.join('ana', BEGIN)
    const { db } = other.database
    await db.query(
      `insert into revision (program, number, source, effective_ms, published_by) values ($1, 2, $2, $3, 'test')`,
      [other.program.number, SOURCE, BEGIN + DAY],
    )
    await db.query('update program set clock_ms = $2 where number = $1', [other.program.number, BEGIN + 2 * DAY])
    await other.programs.refresh()
    expect((await verify(db, other.programs, { engine: ENGINE })).differences).toEqual([])
    await other.recorder.record([other.incoming('visit', {}, { ref: { by: 'id', id: account } })])
    expect((await verify(db, other.programs, { engine: ENGINE })).differences).toEqual([])
  } finally {
    await other.drop()
  }
})
