/** Verify from an export alone: it agrees with a ledger that was left alone, and names every row that was tampered with. */

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile, type TestLedger, testLedger } from '../../test/ledger.ts'
import { NEVER } from '../core/points.ts'
import { DAY_MS } from '../core/time.ts'
import { exportProgram } from './export.ts'
import { keys } from './incoming.ts'
import { sealDays } from './roots.ts'
import { verify } from './verify.ts'
import { verifyExport } from './verify-export.ts'

const SOURCE = `
program: shop
name: Shop, "the" one
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 2 months } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, rounding: carry }
  - { id: later, on: order, earn: 1 per item, pending: 3 days }
  - { id: review, on: action, when: 'action.type == "review"', earn: 25, pending: { until: published, per: member, within: 400 days } }
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
`
const BEGIN = Date.UTC(2026, 0, 10, 15)
const ENGINE = { release: 'test', tzdata: 'test' }
let ledger: TestLedger
let folder: string

beforeAll(async () => {
  ledger = await testLedger(SOURCE, BEGIN)
  folder = await mkdtemp(join(tmpdir(), 'verify-export-'))
  const accounts: number[] = []
  for (const member of ['ana', 'ben, "the baker"', 'cléo']) accounts.push(await ledger.join(member, BEGIN))
  for (let day = 0; day < 40; day++) await live(accounts, day)
  const { db } = ledger.database
  await db.query('update program set clock_ms = $1', [BEGIN + 45 * DAY_MS])
  await ledger.programs.refresh()
  await sealDays({ database: db, stripes: ledger.recorder.stripes, signingKey: null }, ledger.program)
  for (const format of ['csv', 'parquet'] as const)
    await exportProgram(db, ledger.program, join(folder, format), { format })
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await ledger.drop()
})

/** A day: everybody buys, somebody returns, holds points, sends some; a day later it is sealed. */
async function live(accounts: number[], day: number): Promise<void> {
  const { db } = ledger.database
  const now = BEGIN + day * DAY_MS
  await db.query('update program set clock_ms = $1', [now])
  await ledger.programs.refresh()
  const at = { occurredMs: now }
  for (const [i, id] of accounts.entries()) {
    const ref = { by: 'id', id } as const
    const order = `${i}-${day}`
    const lines = [{ id: '1', sku: 'tea, "green"', quantity: 2, unit_price: 1055 + day }]
    const body = { external_id: order, currency: 'USD', prices: 'tax_excluded' as const, lines }
    const batch = [ledger.incoming('order', body, { key: keys.order(order), ref, ...at })]
    if (day % 5 === 2) {
      const back = { external_id: 'r', order, lines: [{ id: '1', quantity: 1 }] }
      batch.push(ledger.incoming('return', back, { key: keys.return(order, 'r'), ref: { by: 'order', order }, ...at }))
    }
    if (day % 6 === 3)
      batch.push(ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: false }, { ref, ...at }))
    // The codes of vouchers follow from a secret that no export has.
    if (day % 12 === 11)
      batch.push(ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: true }, { ref, ...at }))
    if (day % 7 === 4) batch.push(ledger.incoming('action', { type: 'review', data: {} }, { ref, ...at }))
    if (day === 25) batch.push(ledger.incoming('action', { type: 'published', data: {} }, { ref, ...at }))
    if (day === 10) {
      const gift = { wallet: 'points', points: 5, reason: 'kind', actor: 'ann', apply: true }
      batch.push(ledger.incoming('adjust', gift as never, { ref, ...at }))
    }
    if (day === 20 && i === 0) {
      const gift = { from: id, to: accounts[1]!, wallet: 'points', points: 15 }
      batch.push(ledger.incoming('transfer', gift as never, { ref, ...at }))
    }
    const answers = await ledger.recorder.record(batch)
    expect(answers.filter(({ status }) => status !== 'recorded')).toEqual([])
  }
  if (day > 2 && day < 30 && day % 9 !== 0) return
  await sealDays({ database: db, stripes: ledger.recorder.stripes, signingKey: null }, ledger.program)
}

const check = (dir: string) => verifyExport(dir, { compile, engine: ENGINE })

test.each(['csv', 'parquet'])('an export to %s says what the database says', async (format) => {
  const database = await verify(ledger.database.db, ledger.programs, { engine: ENGINE })
  expect(database.differences).toEqual([])
  const { seconds: _, accounts_per_second: __, ...counts } = database
  // Points that wait for an action are released at a time that never comes, which no calendar has.
  if (format === 'csv') expect(await readFile(join(folder, 'csv', 'postings.csv'), 'utf8')).toContain(`,${NEVER},`)
  const exported = await check(join(folder, format))
  expect(exported.differences).toEqual([])
  expect(exported).toMatchObject(counts)
  expect(counts).toMatchObject({ accounts: 3, roots: 45, different: 0 })
})

/** The rows of a CSV file as people see them: the texts of cells, null where there is nothing. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/g)) {
    row.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

function writeCsv(rows: (string | null)[][]): string {
  const cell = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`)
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('')
}

type Cells = Record<string, string | null>

/** Changes the rows of a table in a copy of the export; answers what is found there. */
async function tamper(table: string, change: (rows: Cells[]) => unknown) {
  const copy = await mkdtemp(join(folder, 'copy-'))
  await cp(join(folder, 'csv'), copy, { recursive: true })
  const path = join(copy, `${table}.csv`)
  const [names, ...lines] = readCsv(await readFile(path, 'utf8'))
  const rows = lines.map((line) => Object.fromEntries(names!.map((name, i) => [name!, line[i]!])))
  const answer = change(rows)
  const changed = Array.isArray(answer) ? (answer as Cells[]) : rows
  await writeFile(path, writeCsv([names!, ...changed.map((row) => names!.map((name) => row[name!]!))]))
  return (await check(copy)).differences
}

describe('what was tampered with in an export is found, and named with its cause', () => {
  const BEN = 'ben, "the baker"'
  const order = (rows: Cells[]) => rows.find(({ member, key }) => member === BEN && key === 'order:1-17')!
  let id: string
  beforeAll(async () => {
    const { rows } = await ledger.database.db.query<{ id: number }>(`select id from activity where key = 'order:1-17'`)
    id = `act_${rows[0]!.id.toString(36)}`
  })
  const posted = (rows: Cells[]) => rows.find(({ activity, rule }) => activity === id && rule === 'base')!
  const without = (rows: Cells[], row: Cells) => rows.filter((one) => one !== row)
  const swap = (a: Cells, b: Cells, name: string) => {
    const kept = a[name]!
    a[name] = b[name]!
    b[name] = kept
  }
  const WHO = String.raw`^Member ben, "the baker" \(mem_\w+\): activity \d+, the order act_\w+ \(order:1-17\), recorded 2026-01-27T15:00:00Z: `

  const tampered: [string, string, (rows: Cells[]) => unknown, string, RegExp][] = [
    [
      'the body of an activity',
      'activities',
      (rows) => (order(rows).body = order(rows).body!.replace('"quantity":2', '"quantity":9')),
      'body',
      new RegExp(
        `${WHO}its body, salt, type or times were changed after it was recorded; what it says now would move other points$`,
      ),
    ],
    [
      'a salt',
      'activities',
      (rows) => (order(rows).salt = '00'.repeat(16)),
      'body',
      new RegExp(`${WHO}its body, salt`),
    ],
    [
      'an answer',
      'activities',
      (rows) => (order(rows).outcome = order(rows).outcome!.replace('"base"', '"best"')),
      'outcome',
      new RegExp(`${WHO}its stored answer was changed: answer\\.entries`),
    ],
    [
      'a hash',
      'activities',
      (rows) => (order(rows).hash = '0'.repeat(64)),
      'hash',
      new RegExp(`${WHO}its hash was changed`),
    ],
    [
      'an activity deleted',
      'activities',
      (rows) => without(rows, order(rows)),
      'file',
      /^activities\.csv has \d+ rows, and the export wrote \d+$/,
    ],
    [
      'two activities swapped',
      'activities',
      (rows) => swap(order(rows), rows.find(({ key }) => key === 'order:1-16')!, 'number'),
      'order',
      new RegExp(`${WHO}it stands after act_\\w+, but was recorded after act_\\w+$`),
    ],
    [
      'points of a posting',
      'postings',
      (rows) => (posted(rows).points = '90'),
      'posting',
      new RegExp(`${WHO}points of posting 1 is 90 and was 22$`),
    ],
    [
      'the bucket of a posting',
      'postings',
      (rows) => (posted(rows).to = 'pending'),
      'posting',
      new RegExp(`${WHO}to of posting 1 is pending and was available$`),
    ],
    [
      'the expiry of a posting',
      'postings',
      (rows) => (posted(rows).expiry = null),
      'posting',
      new RegExp(`${WHO}expiry of posting 1 is null and was \\d+$`),
    ],
    [
      'a posting inserted',
      'postings',
      (rows) => [...rows, { ...posted(rows), place: '7' }],
      'file',
      /^postings\.csv has/,
    ],
    [
      'a balance',
      'accounts',
      (rows) => (rows[1]!.state = rows[1]!.state!.replace(/"c":(\d+)/, '"c":9$1')),
      'state',
      /^Member ben, "the baker" \(mem_\w+\): the snapshot was changed, its activities lead to another: account\.clock is \d+ and should be \d+$/,
    ],
    [
      'a head',
      'accounts',
      (rows) => (rows[1]!.head = '0'.repeat(64)),
      'head',
      /the account’s row names another last activity or another hash of it$/,
    ],
    [
      'a redemption',
      'redemptions',
      (rows) => (rows[0]!.status = 'voided'),
      'redemption',
      /the table of redemptions has .*voided/,
    ],
    [
      'a voucher',
      'vouchers',
      (rows) => (rows[0]!.state = 'used'),
      'voucher',
      /the table of vouchers has .*used.* where the activities lead to .*open/,
    ],
    [
      'an adjustment',
      'adjustments',
      (rows) => (rows[0]!.points = '500'),
      'adjustment',
      /the table of adjustments has .*,500,.* where the activities lead to .*,5,/,
    ],
    [
      'the other side of a transfer',
      'activities',
      (rows) => {
        const received = rows.find(({ type }) => type === 'receive')!
        received.outcome = received.outcome!.replace(/("other":\{"account":\d+,"activity":)\d+/, '$1256000000')
      },
      'pair',
      /^act_\w+ moved points between two members, and what one sent the other did not receive$/,
    ],
    [
      'a root',
      'roots',
      (rows) => (rows[3]!.root = '0'.repeat(64)),
      'signature',
      /^the signature of the root of 2026-01-13 is not that of its key/,
    ],
    [
      'a signature',
      'roots',
      (rows) => (rows[3]!.signature = rows[4]!.signature!),
      'signature',
      /^the signature of the root of 2026-01-13/,
    ],
    [
      'a head under a root',
      'root_heads',
      (rows) => (rows[0]!.head = '0'.repeat(64)),
      'root',
      /^Member .* the root of 2026-01-\d\d covers another hash of activity \d+/,
    ],
    ['what cannot be read', 'postings', (rows) => (posted(rows).points = 'many'), 'file', /many/],
    [
      'an id that is none',
      'activities',
      (rows) => (order(rows).account = 'nobody'),
      'file',
      /^“nobody” is in a place of the export where only mem_… can be$/,
    ],
  ]
  test.each(tampered)('%s', async (_, table, change, cause, sentence) => {
    const differences = await tamper(table, change)
    expect(differences[0], JSON.stringify(differences, null, 1)).toMatchObject({
      cause,
      sentence: expect.stringMatching(sentence),
    })
  })

  test('an activity or a posting that is gone is named beside the count', async () => {
    const deleted = await tamper('activities', (rows) => without(rows, order(rows)))
    expect(deleted.map(({ cause }) => cause)).toContain('missing')
    expect(deleted.find(({ cause }) => cause === 'missing')!.sentence).toMatch(
      new RegExp(`activity \\d+ is missing; the last of them was ${id}$`),
    )
    const inserted = await tamper('postings', (rows) => [...rows, { ...posted(rows), place: '7' }])
    expect(inserted[1]!.sentence).toMatch(
      new RegExp(`${WHO}posting 3 \\(22 points from issued to available\\) was added: there were 2$`),
    )
  })

  test('rows in another order say the same', async () => {
    expect(await tamper('activities', (rows) => [...rows].reverse())).toEqual([])
    expect(await tamper('postings', (rows) => [...rows].sort((a, b) => (a.points! < b.points! ? -1 : 1)))).toEqual([])
  })

  test('another program decides otherwise, and one that is none is said to be', async () => {
    const copy = await mkdtemp(join(folder, 'copy-'))
    await cp(join(folder, 'csv'), copy, { recursive: true })
    const path = join(copy, 'ledger.json')
    const file = await readFile(path, 'utf8')
    await writeFile(path, file.replace('1 per item', '2 per item'))
    expect((await check(copy)).differences[0]).toMatchObject({ cause: 'decision' })
    await writeFile(path, file.replace('1 per item', '1 per iten'))
    expect((await check(copy)).differences[0]!.sentence).toMatch(/^revision 1 of the program in ledger\.json is none: /)
    await rm(path)
    expect((await check(copy)).differences[0]!.sentence).toMatch(
      /ledger\.json is missing: the folder is no export of this release$/,
    )
  })

  test('a file that is missing is named', async () => {
    const copy = await mkdtemp(join(folder, 'copy-'))
    await cp(join(folder, 'parquet'), copy, { recursive: true })
    await rm(join(copy, 'postings.parquet'))
    const { differences } = await check(copy)
    expect(differences[0]).toMatchObject({ cause: 'file', sentence: expect.stringContaining('postings.parquet') })
  })
})
