import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runs } from '../../test/history.ts'
import { accountOf, type TestLedger, testLedger } from '../../test/ledger.ts'
import { decodeFrozen } from '../core/receipt.ts'
import { Refusal } from '../core/refusal.ts'
import { backtestFile } from '../insight/backtest/file.ts'
import { assume } from '../insight/backtest/scenario.ts'
import { exportProgram } from './export.ts'
import { type MemberFile, openMembers } from './files/members.ts'
import { type OrderFile, openOrders } from './files/orders.ts'
import type { RowReport } from './files/reports.ts'
import { type ImportOptions, type ImportResult, importOrders } from './import.ts'
import { importMembers } from './import-members.ts'
import { isImporting, takeTurn } from './importing.ts'
import { keys } from './incoming.ts'
import { pastPurchases } from './past-purchases.ts'
import { currentProgram } from './programs.ts'
import type { Recorder } from './record.ts'
import { totals } from './totals.ts'
import { verify } from './verify.ts'

/** Points that expire within the history, a fraction that is carried and a tier: whatever depends on order shows. */
const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 2 months } }
earning:
  - { id: base, on: order, earn: 3 per 2.00, rounding: carry }
  - { id: lots, on: order, when: 'order.total >= money("40.00")', times: 2, limit: 60 per month }
tiers:
  measure: points_earned
  levels: [{ id: green }, { id: gold, from: 60, multiply: 1.2 }]
  keep: until_end_of_next_window
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
`
const NOW = Date.UTC(2026, 5, 1)
const UNTIL = Date.UTC(2025, 8, 1)

let folder: string
let files: { close(): Promise<void> }[] = []
let ledgers: TestLedger[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-test-'))
})
afterEach(() => clean())

async function clean(): Promise<void> {
  for (const file of files) await file.close()
  for (const ledger of ledgers) await ledger.drop()
  files = []
  ledgers = []
}
afterAll(() => rm(folder, { recursive: true }))

async function ledgerOf(now = NOW, source = SOURCE): Promise<TestLedger> {
  const ledger = await testLedger(source, now)
  ledgers.push(ledger)
  return ledger
}

async function ordersOf(csv: string, ledger?: TestLedger): Promise<OrderFile> {
  const path = join(folder, `orders-${files.length}.csv`)
  await writeFile(path, csv)
  return openFile(path, ledger)
}

/** With a ledger, credit notes are matched to what it has, too, as an import does. */
async function openFile(path: string, ledger?: TestLedger): Promise<OrderFile> {
  const past = ledger && pastPurchases(ledger.database.db, ledger.recorder.stripes, ledger.program)
  const opened = await openOrders(path, { currency: 'USD', timezone: 'America/New_York', until: UNTIL, past })
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
  files.push(opened)
  return opened
}

async function membersOf(csv: string): Promise<MemberFile> {
  const path = join(folder, `members-${files.length}.csv`)
  await writeFile(path, csv)
  const opened = await openMembers(path)
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
  files.push(opened)
  return opened
}

/** Nine months of twelve members who come at their own rhythm, with sales to nobody in between. */
function history(): string {
  const rows = ['order,member,date,item,quantity,price']
  for (let i = 0; i < 240; i++) {
    const at = new Date(Date.UTC(2025, 0, 1, 10) + i * 26 * 3_600_000).toISOString()
    const member = i % 7 === 3 ? '' : `m${(i * i) % 12}`
    rows.push(`o${i},${member},${at},tea,${1 + (i % 3)},${(4 + (i % 11) * 1.37).toFixed(2)}`)
    if (i % 4 === 0) rows.push(`o${i},${member},${at},cake,1,${(i % 30) + 1}.99`)
  }
  return `${rows.join('\n')}\n`
}

interface Run {
  result: ImportResult
  reports: RowReport[]
}

async function run(ledger: TestLedger, file: OrderFile, options: Partial<ImportOptions> = {}): Promise<Run> {
  const reports: RowReport[] = []
  const means = { database: ledger.database.db, recorder: ledger.recorder }
  const result = await importOrders(means, file, {
    program: ledger.program,
    until: UNTIL,
    batch: 10,
    onRefused: (report) => reports.push(report),
    ...options,
  })
  if (result instanceof Refusal) throw new Error(result.detail)
  return { result, reports }
}

/** Everything that must not depend on how often an import was begun: states, postings, sales. */
async function snapshot({ database: { db } }: TestLedger) {
  const read = async (text: string) => (await db.query(text)).rows
  return {
    accounts: await read(
      `select p.external_id, a.seq, a.state from account a join profile p on p.account = a.id order by 1`,
    ),
    postings:
      await read(`select p.external_id, a.key, a.occurred_ms, a.recorded_ms, o.place, o.from_bucket, o.to_bucket, o.points, o.kind, o.month, o.expiry_ms
      from posting o join activity a on a.id = o.activity join profile p on p.account = a.account order by 1, a.seq, o.place`),
    sales: await read('select key, body, occurred_ms from sale order by key'),
  }
}

test('an import gives what a backtest over the same file gives, to the point', async () => {
  const ledger = await ledgerOf()
  const file = await ordersOf(history())
  const { result } = await run(ledger, file)
  const scenario = assume(currentProgram(ledger.program))
  const expected = (await backtestFile(file, [scenario], { until: UNTIL }))[0]!
  const after = await totals(ledger.database.db, ledger.program)
  expect(after.points).toMatchObject(expected.points)
  expect(expected.points[0]!.expired).toBeGreaterThan(0)
  expect(after).toMatchObject({
    members: expected.members,
    orders: expected.orders.members,
    anonymous: expected.orders.anonymous,
  })
  expect(result).toEqual({
    finished: true,
    orders: expected.orders.members,
    anonymous: expected.orders.anonymous,
    returns: 0,
    anonymous_returns: 0,
    joined: expected.members,
    replayed: 0,
    waiting: 0,
    refused: {},
  })
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
})

test('what a file tells was paid: no discount comes off it a second time', async () => {
  const ledger = await ledgerOf(NOW, `${SOURCE}discounts: [{ id: half, gives: { percent_off: 50 } }]\n`)
  await run(ledger, await ordersOf(history()))
  const { rows } = await ledger.database.db.query<{ taken: string }>(
    `select count(*) as taken from activity where type = 'order' and outcome::text like '%discounts%'`,
  )
  expect(rows).toEqual([{ taken: 0 }])
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
})

test('the same file again changes nothing', async () => {
  const ledger = await ledgerOf()
  const file = await ordersOf(history())
  await run(ledger, file)
  const before = await snapshot(ledger)
  const { result } = await run(ledger, file, { batch: 7 })
  expect(result).toMatchObject({
    finished: true,
    orders: 0,
    anonymous: 0,
    joined: 0,
    replayed: file.orders,
    refused: {},
  })
  expect(await snapshot(ledger)).toEqual(before)
})

test('stopped between batches again and again, it ends like an import in one go', async () => {
  const whole = await ledgerOf()
  const parts = await ledgerOf()
  const file = await ordersOf(history())
  await run(whole, file)
  for (const stop of [30, 70, 70, 150]) {
    const controller = new AbortController()
    const onProgress = (done: number) => done >= stop && controller.abort()
    const { result } = await run(parts, file, { signal: controller.signal, onProgress, batch: 5 + stop / 10 })
    expect(result.finished).toBe(false)
    expect(await isImporting(parts.database.db, parts.program)).toBe(true)
  }
  expect((await run(parts, file)).result.finished).toBe(true)
  expect(await isImporting(parts.database.db, parts.program)).toBe(false)
  expect(await snapshot(parts)).toEqual(await snapshot(whole))
})

test('when one of two batches in flight is lost with its process, the next run makes up for it', async () => {
  const whole = await ledgerOf()
  const broken = await ledgerOf()
  const file = await ordersOf(history())
  await run(whole, file)
  for (const calls of [1, 4, 7]) {
    const recorder = failingAfter(broken.recorder, calls)
    await expect(run({ ...broken, recorder }, file)).rejects.toThrow('the machine is gone')
  }
  await run(broken, file)
  expect(await snapshot(broken)).toEqual(await snapshot(whole))
})

/** A recorder that loses every batch once so many were kept. */
function failingAfter(recorder: Recorder, calls: number): Recorder {
  let count = 0
  return {
    ...recorder,
    async record(batch) {
      count += 1
      if (count > calls) throw new Error('the machine is gone')
      return recorder.record(batch)
    },
  }
}

/** The same history with credit notes: a note a few days after each third purchase, some for more than was bought. */
function creditedHistory(): string {
  const rows = history().trimEnd().split('\n')
  const notes = rows.slice(1).flatMap((row, i) => {
    const [, member, date, item, quantity, price] = row.split(',')
    if (i % 3 !== 0) return []
    const at = new Date(Date.parse(date!) + (i % 5) * 86_400_000 + 3_600_000).toISOString()
    return [`C${i},${member},${at},${item},-${Number(quantity) + (i % 4)},${price}`]
  })
  return `${[...rows, ...notes, `C999,m1,2025-01-01T00:00:00Z,cake,-1,1.00`].join('\n')}\n`
}

test('credit notes come in as returns, as a backtest over the same file says to the point, and again change nothing', async () => {
  const ledger = await ledgerOf()
  const file = await ordersOf(creditedHistory())
  const { result } = await run(ledger, file)
  expect(file.credits.unmatched).toBeGreaterThan(0)
  expect(result.returns + result.anonymous_returns).toBe(file.returns)
  expect(Math.min(result.returns, result.anonymous_returns)).toBeGreaterThan(10)
  expect(result).toMatchObject({ refused: {}, waiting: 0, orders: 192, anonymous: 32 })
  const scenario = assume(currentProgram(ledger.program))
  const expected = (await backtestFile(file, [scenario], { until: UNTIL }))[0]!
  const after = await totals(ledger.database.db, ledger.program)
  expect(after.points).toMatchObject(expected.points)
  expect(expected.points[0]!.reversed).toBeGreaterThan(100)
  expect(expected.returns).toEqual({ members: result.returns, anonymous: result.anonymous_returns })
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  const before = await snapshot(ledger)
  const again = (await run(ledger, file, { batch: 7 })).result
  expect(again).toMatchObject({ orders: 0, returns: 0, anonymous_returns: 0, replayed: file.orders + file.returns })
  expect(await snapshot(ledger)).toEqual(before)
})

test('a file with credit notes that is killed in the middle and run again ends like one in one go', async () => {
  const whole = await ledgerOf()
  const broken = await ledgerOf()
  const file = await ordersOf(creditedHistory())
  await run(whole, file)
  for (const calls of [1, 4, 9]) {
    const recorder = failingAfter(broken.recorder, calls)
    await expect(run({ ...broken, recorder }, file)).rejects.toThrow('the machine is gone')
  }
  await run(broken, file)
  expect(await snapshot(broken)).toEqual(await snapshot(whole))
})

describe('a credit note whose purchase came in an earlier file', () => {
  const HEAD = 'order,member,date,item,quantity,price\n'
  const EARLIER = `${HEAD}a,m1,2025-02-01,tea,5,10.00\nb,m1,2025-02-03,tea,2,10.00\nc,m2,2025-02-03,tea,9,10.00\n`

  /** Nothing falls due after a file's last row, so that the next file goes on where it ended. */
  const take = (ledger: TestLedger, file: OrderFile) => run(ledger, file, { until: undefined })

  test('goes to the latest purchase before it, wherever that is, and on to the one before', async () => {
    const ledger = await ledgerOf()
    await take(ledger, await ordersOf(EARLIER))
    const csv = `${HEAD}d,m1,2025-02-05,tea,1,10.00\nC1,m1,2025-02-06,tea,-4,10.00\nd2,m1,2025-02-07,tea,9,10.00\n`
    const file = await ordersOf(csv, ledger)
    expect(file).toMatchObject({ returns: 3, credits: { rows: 1, unmatched: 0, partly: 0 } })
    const { result } = await take(ledger, file)
    expect(result).toMatchObject({ orders: 2, returns: 3, refused: {} })
    expect(await givenBack(ledger)).toEqual(['return:a:C1 1×1', 'return:b:C1 1×2', 'return:d:C1 1×1'])
    const before = await snapshot(ledger)
    for (const again of [await ordersOf(csv, ledger), await ordersOf(EARLIER, ledger), await ordersOf(csv, ledger)])
      expect((await take(ledger, again)).result).toMatchObject({ orders: 0, returns: 0, refused: {}, waiting: 0 })
    expect(await snapshot(ledger)).toEqual(before)
  })

  test('that is not there is reported, and found once it is', async () => {
    const ledger = await ledgerOf()
    const notes = `${HEAD}C1,m1,2025-02-06,tea,-6,10.00\nC2,m3,2025-02-06,tea,-1,10.00\nC3,m1,2025-02-02,cake,-1,10.00\n`
    const reported = async () => {
      const file = await ordersOf(notes, ledger)
      await take(ledger, file)
      const found: [number, string][] = []
      for await (const { row, code } of file.reports()) found.push([row, code])
      return found
    }
    const none = [2, 3, 4].map((row) => [row, 'credit_unmatched'])
    expect(await reported()).toEqual(none)
    await take(ledger, await ordersOf(`${HEAD}a,m1,2025-02-01,tea,5,10.00\n`, ledger))
    const partly = [[2, 'credit_partly'], ...none.slice(1)]
    expect(await reported()).toEqual(partly)
    expect(await reported()).toEqual(partly)
    expect(await givenBack(ledger)).toEqual(['return:a:C1 1×5'])
  })

  test('finds what is left: what came back by other ways is not given back again, and what it became is remembered', async () => {
    const ledger = await ledgerOf()
    await take(ledger, await ordersOf(EARLIER))
    const back = async (order: string, id: string, quantity: number) => {
      const body = { external_id: id, order, lines: [{ id: '1', quantity }] }
      const ref = { by: 'order', order } as const
      const occurredMs = Date.UTC(2025, 1, 7)
      const options = { key: keys.return(order, id), ref, occurredMs, history: true }
      expect((await ledger.recorder.record([ledger.incoming('return', body, options)]))[0]!.status).toBe('recorded')
    }
    await back('b', 'by-hand', 2)
    const csv = `${HEAD}C1,m1,2025-02-08,tea,-3,10.00\n`
    await take(ledger, await ordersOf(csv, ledger))
    await back('a', 'by-hand', 2)
    const file = await ordersOf(csv, ledger)
    expect(file.credits).toEqual({ rows: 1, unmatched: 0, partly: 0 })
    expect((await take(ledger, file)).result).toMatchObject({ returns: 0, replayed: 1, refused: {} })
    expect(await givenBack(ledger)).toEqual(['return:a:C1 1×3', 'return:a:by-hand 1×2', 'return:b:by-hand 1×2'])
  })

  test('is found under every name that a member ever had, and in the pool that decided it', async () => {
    const now = Date.UTC(2025, 1, 9)
    const ledger = await ledgerOf(now)
    const { recorder, incoming } = ledger
    await take(ledger, await ordersOf(`${EARLIER}e,m3,2025-02-02,tea,1,10.00\n`))
    const accountNamed = async (member: string) =>
      (
        await ledger.database.db.query<{ account: number }>('select account from profile where external_id = $1', [
          member,
        ])
      ).rows[0]!.account
    const [m1, m2, m3] = [await accountNamed('m1'), await accountNamed('m2'), await accountNamed('m3')]
    const at = { occurredMs: now }
    const home = await recorder.record([
      incoming('join', { external_id: 'home', pool: true }, { ...at, ref: { by: 'new' } }),
    ])
    const pool = accountOf(home[0]!)
    const rights = { from: m2, pool, earn: true, spend: true }
    const both = await recorder.record([
      incoming('merge', { from: m1, into: m3 }, { ...at, ref: { by: 'id', id: m1 } }),
      incoming('pool', rights, { ...at, ref: { by: 'id', id: m2 } }),
    ])
    expect(both).toMatchObject([{ status: 'recorded' }, { status: 'recorded' }])
    await take(ledger, await ordersOf(`${HEAD}f,m2,2025-02-10,tea,3,10.00\n`, ledger))
    const notes = ['C1,m3,2025-02-11,tea,-3', 'C2,m1,2025-02-12,tea,-5', 'C3,m2,2025-02-13,tea,-4']
    const csv = `${HEAD}${notes.map((note) => `${note},10.00\n`).join('')}`
    for (const returns of [5, 0]) {
      const file = await ordersOf(csv, ledger)
      expect(file.credits).toEqual({ rows: 3, unmatched: 0, partly: 0 })
      expect((await take(ledger, file)).result).toMatchObject({ returns, refused: {} })
    }
    expect(await givenBack(ledger)).toEqual([
      'return:a:C2 1×5',
      'return:b:C1 1×2',
      'return:c:C3 1×1',
      'return:e:C1 1×1',
      'return:f:C3 1×3',
    ])
    expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  })

  /** What happens in a random history, in the order of time; a moment apart, or at the same one. */
  const happening = fc.record({
    member: fc.constantFrom('m1', 'm2', 'm3', ''),
    later: fc.constantFrom(0, 1, 1, 5, 40),
    gives: fc.boolean(),
    lines: fc.array(
      fc.record({ item: fc.constantFrom('tea', 'cake', 'mug'), quantity: fc.integer({ min: 1, max: 4 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  })

  type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never

  /** Sales to nobody of one moment have no order among themselves once they are in the ledger. */
  function rowsOf(history: Happening[]): { hour: number; rows: string[] }[] {
    let hour = 0
    return history.map(({ member, later, gives, lines }, i) => {
      hour += member === '' ? Math.max(1, later) : later
      const at = new Date(Date.UTC(2025, 0, 2) + hour * 3_600_000).toISOString()
      const rows = lines.map(
        ({ item, quantity }) =>
          `${gives ? 'C' : 'o'}${i},${member},${at},${item},${gives ? -quantity : quantity},7.35\n`,
      )
      return { hour, rows }
    })
  }

  /** What was reported, without the numbers of rows, which are those of a file. */
  async function reportedOf(file: OrderFile): Promise<string[]> {
    const found: string[] = []
    for await (const { code, message } of file.reports()) found.push(`${code} ${message.replace(/^Row \d+ /, '')}`)
    return found
  }

  const cut = { history: fc.array(happening, { minLength: 2, maxLength: 40 }), at: fc.nat(), lost: fc.nat({ max: 6 }) }

  test('an import in two files, cut at any moment, killed on its way and run again, is the import of one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(cut), async ({ history, at, lost }) => {
        const events = rowsOf(history)
        const { hour } = events[at % events.length]!
        const part = (isIn: (one: number) => boolean) =>
          HEAD + events.flatMap((event) => (isIn(event.hour) ? event.rows : [])).join('')
        const [whole, parts] = [await ledgerOf(), await ledgerOf()]
        const file = await ordersOf(part(() => true))
        await take(whole, file)
        const reports: string[] = []
        for (const csv of [part((one) => one < hour), part((one) => one >= hour)]) {
          if (csv === HEAD) continue
          const killed = { ...parts, recorder: failingAfter(parts.recorder, lost) }
          await take(killed, await ordersOf(csv, parts)).catch(() => {})
          const opened = await ordersOf(csv, parts)
          expect((await take(parts, opened)).result).toMatchObject({ waiting: 0, refused: {} })
          reports.push(...(await reportedOf(opened)))
          const again = await ordersOf(csv, parts)
          const nothing = { orders: 0, anonymous: 0, returns: 0, anonymous_returns: 0, waiting: 0, refused: {} }
          expect((await take(parts, again)).result).toMatchObject(nothing)
          expect(await reportedOf(again)).toEqual(await reportedOf(opened))
        }
        expect(reports.sort()).toEqual((await reportedOf(file)).sort())
        expect(await snapshot(parts)).toEqual(await snapshot(whole))
        await clean()
      }),
      { numRuns: runs(6) },
    )
  })
})

/** What has come back of which order: the keys of returns with their lines. */
async function givenBack({ database: { db } }: TestLedger): Promise<string[]> {
  const { rows } = await db.query<{ key: string; body: string }>(
    `select key, body from activity where type = 'return' order by key`,
  )
  return rows.map(({ key, body }) => {
    const { lines } = JSON.parse(body) as { lines: { id: string; quantity: number }[] }
    return `${key} ${lines.map(({ id, quantity }) => `${id}×${quantity}`).join(' ')}`
  })
}

test('a return whose order is refused waits for it, moves nothing and is reported', async () => {
  const ledger = await ledgerOf()
  await ledger.join('m2', NOW)
  const file = await ordersOf(
    'order,member,date,sku,quantity,price\na,m2,2025-02-01,X,1,10.00\nC1,m2,2025-02-02,X,-1,10.00\n',
  )
  const { result, reports } = await run(ledger, file)
  expect(result).toMatchObject({ orders: 0, returns: 0, waiting: 1, refused: { too_late: 1 } })
  expect(reports.map(({ row, code, taken }) => [row, code, taken])).toEqual([
    [2, 'too_late', false],
    [3, 'order_not_taken', false],
  ])
})

test('odd rows stay out, each with its reason, and the rest goes in', async () => {
  const ledger = await ledgerOf()
  const live = await ledger.join('m2', NOW)
  const long = 'x'.repeat(300)
  const file = await ordersOf(
    [
      'order,member,date,price',
      'a,m1,2025-02-01,10.00',
      'b,m1,yesterday,10.00',
      'c,m1,2025-02-02,-3',
      'd,m2,2025-02-03,10.00',
      `${long},m1,2025-02-04,10.00`,
      `f,${long},2025-02-05,10.00`,
      'g,m1,2025-02-06,10.00',
      'h,m1,2025-12-24,10.00',
      '',
    ].join('\n'),
  )
  const { result, reports } = await run(ledger, file)
  expect(result).toMatchObject({ orders: 2, joined: 1, refused: { too_late: 1, invalid: 2 } })
  expect(reports.map(({ row, code, taken }) => [row, code, taken])).toEqual(
    expect.arrayContaining([
      [5, 'too_late', false],
      [6, 'invalid', false],
      [7, 'invalid', false],
    ]),
  )
  expect(reports.find(({ row }) => row === 5)!.message).toBe(
    'Row 5 (order d) was not taken: This occurred longer ago than the program accepts.',
  )
  const inFile: [number, string][] = []
  for await (const { row, code } of file.reports()) inFile.push([row, code])
  expect(inFile).toEqual([
    [3, 'date_unreadable'],
    [4, 'price_negative'],
  ])
  expect(file.reportCounts.after_until).toBe(1)
  const { rows } = await ledger.database.db.query('select seq from account where id = $1', [live])
  expect(rows).toEqual([{ seq: 1 }])
})

test('members who are there already are found by the id that the business gave them', async () => {
  const ledger = await ledgerOf()
  const join = ledger.incoming(
    'join',
    { external_id: 'm1', name: 'Mia' },
    { key: keys.join('m1'), ref: { by: 'new' }, occurredMs: Date.UTC(2025, 0, 2), history: true },
  )
  const member = accountOf((await ledger.recorder.record([join]))[0]!)
  const file = await ordersOf('order,member,date,price\na,m1,2025-01-03,10.00\n')
  const { result } = await run(ledger, file)
  expect(result).toMatchObject({ orders: 1, joined: 0 })
  const { rows } = await ledger.database.db.query(`select account from activity where key = 'order:a'`)
  expect(rows).toEqual([{ account: member }])
})

test('two imports into one program take turns', async () => {
  const ledger = await ledgerOf()
  const { db } = ledger.database
  const turn = await takeTurn(db, ledger.program)
  if (turn instanceof Refusal) throw new Error(turn.detail)
  const file = await ordersOf('order,member,date,price\na,m1,2025-01-03,10.00\n')
  const means = { database: db, recorder: ledger.recorder }
  const refused = await importOrders(means, file, { program: ledger.program })
  expect(refused).toMatchObject({ code: 'unavailable', detail: 'Another import into shop is running.' })
  await turn.release()
  expect((await run(ledger, file)).result.finished).toBe(true)
})

const PEOPLE = `id,name,email,phone,birthday,joined
p1,Ana,Ana@Example.com,(212) 555-0101,1990-02-03,2024-05-01
p2,Ben,,+1 212 555 0101,,2024-06-01
p3,Cleo,not an address,12,,2024-07-01
m1,Mia,mia@example.com,,,
`

test('members join with contacts in one spelling, and whoever is there is brought up to date', async () => {
  const ledger = await ledgerOf()
  const { db } = ledger.database
  await run(ledger, await ordersOf('order,member,date,price\na,m1,2025-01-03,10.00\n'))
  const file = await membersOf(PEOPLE)
  const take = async () => {
    const reports: RowReport[] = []
    const means = { database: db, recorder: ledger.recorder }
    const onReport = (report: RowReport) => reports.push(report)
    const result = await importMembers(means, file, { program: ledger.program, onReport })
    return { result, codes: reports.map(({ row, code }) => [row, code]).sort() }
  }
  const first = await take()
  expect(first.result).toEqual({ finished: true, joined: 3, updated: 1, unchanged: 0, undated: 0, refused: {} })
  // Two people share a number: the first has it. A number of two digits is none.
  expect(first.codes).toEqual([
    [3, 'phone_dropped'],
    [4, 'phone_dropped'],
  ])
  const profiles = () =>
    db.query('select external_id, name, email, phone, birthday, joined_ms from profile order by external_id')
  const { rows } = await profiles()
  expect(rows).toEqual([
    {
      external_id: 'm1',
      name: 'Mia',
      email: 'mia@example.com',
      phone: null,
      birthday: null,
      joined_ms: expect.any(Number),
    },
    {
      external_id: 'p1',
      name: 'Ana',
      email: 'ana@example.com',
      phone: '+12125550101',
      birthday: '1990-02-03',
      joined_ms: Date.UTC(2024, 4, 1),
    },
    { external_id: 'p2', name: 'Ben', email: null, phone: null, birthday: null, joined_ms: Date.UTC(2024, 5, 1) },
    { external_id: 'p3', name: 'Cleo', email: null, phone: null, birthday: null, joined_ms: Date.UTC(2024, 6, 1) },
  ])
  const activities = async () => (await db.query('select id from activity')).rows.length
  const before = await activities()
  expect((await take()).result).toMatchObject({ joined: 0, updated: 0, unchanged: 4 })
  expect(await activities()).toBe(before)
  expect((await profiles()).rows).toEqual(rows)
})

test.each(['csv', 'parquet'] as const)('what is exported as %s is what an import takes', async (format) => {
  const ledger = await ledgerOf()
  const { db } = ledger.database
  await run(ledger, await ordersOf(history()))
  await buyWithTaxAndReward(ledger)
  const dir = join(folder, `export-${format}`)
  const tables = await exportProgram(db, ledger.program, dir, { format })
  const rows = Object.fromEntries(
    tables.map(({ path, rows: count }) => [path.slice(dir.length + 1).split('.')[0], count]),
  )
  const { members } = await totals(db, ledger.program)
  const counted = await db.query<{ activities: number; postings: number }>(
    'select (select count(*) from activity) as activities, (select count(*) from posting) as postings',
  )
  expect(rows).toMatchObject({ members, ...counted.rows[0], returns: 1 })

  const fresh = await ledgerOf()
  await run(fresh, await openFile(join(dir, `orders.${format}`)))
  expect(await orderTotals(fresh)).toEqual(await orderTotals(ledger))
  if (format === 'csv')
    expect((await readFile(join(dir, 'returns.csv'), 'utf8')).split('\n')[1]).toBe(
      'back,taxed,m1,return,2025-08-21T00:00:00.000Z,1,1,,9.35',
    )
})

/** An order whose prices come without tax, with a reward redeemed on it; then a part of it comes back. */
async function buyWithTaxAndReward(ledger: TestLedger): Promise<void> {
  const lines = [{ id: '1', sku: 'pot', quantity: 2, unit_price: 1150, discount: 100, tax: 220 }]
  const body = {
    external_id: 'taxed',
    currency: 'USD',
    prices: 'tax_excluded' as const,
    lines,
    redeem: [{ reward: 'mug' }],
  }
  const ref = { by: 'external', value: 'm1' } as const
  const at = (day: number) => ({ occurredMs: Date.UTC(2025, 7, day), history: true })
  // Rich enough for the reward: the last weeks of the history gave points that are still there.
  const order = ledger.incoming('order', body, { key: keys.order('taxed'), ref, ...at(20) })
  const back = ledger.incoming(
    'return',
    { external_id: 'back', order: 'taxed', lines: [{ id: '1', quantity: 1 }] },
    { key: keys.return('taxed', 'back'), ref: { by: 'order', order: 'taxed' }, ...at(21) },
  )
  for (const answer of await ledger.recorder.record([order, back])) expect(answer).toMatchObject({ status: 'recorded' })
}

/** What was paid for every order, as its receipt says. */
async function orderTotals({ database: { db }, program }: TestLedger) {
  const { priceOrder } = await import('../core/order.ts')
  const { rows } = await db.query<{ key: string; body: string; frozen: string | null }>(
    `select key, body, frozen from activity where type = 'order' union all select key, body, null from sale order by 1`,
  )
  return rows.map(({ key, body, frozen }) => {
    const { net, tax, total } = priceOrder(JSON.parse(body), frozen === null ? null : decodeFrozen(frozen).shares)
    return { program: program.id, key, net, tax, total }
  })
}
