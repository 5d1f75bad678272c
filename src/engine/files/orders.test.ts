import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FileEntry, type FileOrder, isReturn } from './order-reader.ts'
import { type OrderFile, type OrderOptions, openOrders } from './orders.ts'
import type { RowReport } from './reports.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orders-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const BRITISH: OrderOptions = { currency: 'GBP', timezone: 'Europe/London' }

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

interface Whole {
  file: OrderFile
  orders: FileOrder[]
  reports: RowReport[]
}

async function readAll(path: string, options: Partial<OrderOptions> = {}): Promise<Whole> {
  const opened = await openOrders(path, { ...BRITISH, ...options })
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
  const orders: FileOrder[] = []
  for await (const batch of opened.batches()) orders.push(...(batch as FileOrder[]))
  const reports: RowReport[] = []
  for await (const report of opened.reports()) reports.push(report)
  await opened.close()
  return { file: opened, orders, reports }
}

async function problems(
  path: string,
  options: Partial<OrderOptions> = {},
): Promise<{ code: string; message: string }[]> {
  const opened = await openOrders(path, { ...BRITISH, ...options })
  if (!('problems' in opened)) throw new Error('the file was opened')
  return opened.problems
}

const said = (whole: Whole) => whole.reports.map(({ row, code, taken }) => [row, code, taken])

const INVOICES = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
2,B,Blue bowl,1,2011-07-01 10:00:00,2.50,17.0,France
1,A,"Apple, red",6,2011-07-01 09:00:00,0.42,0,United Kingdom
2,B,Blue bowl,2,2011-07-01 10:01:00,2.50,17.0,France
3,C,Candle,1,2011-07-02 09:00:00,0.005,,United Kingdom
`

test('rows become orders by time, with lines called by their places', async () => {
  const whole = await readAll(await file('invoices.csv', INVOICES))
  expect(whole.orders).toEqual([
    {
      external_id: '1',
      member: null,
      occurred_at: Date.parse('2011-07-01T08:00:00Z'),
      currency: 'GBP',
      location: 'United Kingdom',
      lines: [{ id: '1', sku: 'A', name: 'Apple, red', quantity: 6, unit_price: 42 }],
      rows: [3, 3],
    },
    {
      external_id: '2',
      member: '17',
      occurred_at: Date.parse('2011-07-01T09:00:00Z'),
      currency: 'GBP',
      location: 'France',
      lines: [
        { id: '1', sku: 'B', name: 'Blue bowl', quantity: 1, unit_price: 250 },
        { id: '2', sku: 'B', name: 'Blue bowl', quantity: 2, unit_price: 250 },
      ],
      rows: [2, 4],
    },
    expect.objectContaining({
      external_id: '3',
      lines: [{ id: '1', sku: 'C', name: 'Candle', quantity: 1, unit_price: 1 }],
    }),
  ])
  expect(said(whole)).toEqual([
    [4, 'second_time', true],
    [5, 'price_rounded', true],
  ])
  expect(whole.reports[0]!.message).toBe(
    'Row 4 (order 2) has the time “2011-07-01 10:01:00”, while its first row says 2011-07-01T09:00:00Z; the first row’s time stands.',
  )
  expect(whole.file).toMatchObject({ rows: 4, lines: 4, orders: 3, members: 1, anonymous: 2 })
  expect(whole.file.from_ms).toBe(whole.orders[0]!.occurred_at)
})

test('the same orders come out of CSV, compressed CSV, NDJSON and Parquet', async () => {
  const path = await file('same.csv', INVOICES)
  const duck = await (await DuckDBInstance.create()).connect()
  await duck.run(
    `COPY (FROM read_csv('${path}', types = {'UnitPrice': 'DOUBLE', 'CustomerID': 'DOUBLE'})) TO '${folder}/same.parquet'`,
  )
  await duck.run(
    `COPY (FROM read_csv('${path}', types = {'UnitPrice': 'DOUBLE'})) TO '${folder}/same.ndjson' (FORMAT json)`,
  )
  duck.closeSync()
  const ours = (whole: Whole) => whole.orders.map(({ rows: _, ...order }) => order)
  const wanted = ours(await readAll(path))
  expect(ours(await readAll(await file('same.csv.gz', gzipSync(INVOICES))))).toEqual(wanted)
  expect(ours(await readAll(`${folder}/same.parquet`))).toEqual(wanted)
  expect(ours(await readAll(`${folder}/same.ndjson`))).toEqual(wanted)
})

test('each odd row is reported by its number, and the rest is taken', async () => {
  const whole = await readAll(
    await file(
      'odd.csv',
      [
        'order,member,date,item,qty,price,currency,discount',
        '1,m,2011-01-01 10:00,a,1,1.00,GBP,',
        '1,m,2011-01-01 10:00,a,0,1.00,GBP,',
        '1,m,2011-01-01 10:00,a,1.5,1.00,GBP,',
        '1,m,2011-01-01 10:00,a,,1.00,GBP,',
        '1,m,2011-01-01 10:00,a,1,-1.00,GBP,',
        '1,m,2011-01-01 10:00,a,1,free,GBP,',
        '',
        '1,m,03/04/2011,a,1,1.00,GBP,',
        '1,m,2011-01-01 10:00,a,1,1.00,USD,',
        ',m,2011-01-01 10:00,a,1,1.00,GBP,',
        '1,n,2011-01-01 10:00,a,1,1.00,GBP,',
        '1,,2011-01-01 10:00,a,1,1.00,,0.25',
        '1,m,2011-01-01 10:00,a,1,1.00,GBP,1.01',
        '1,m',
        '1,m,2011-01-01 10:00,,1,1.00,GBP,',
        '1,m,2011-01-01 10:00,a,1,1.00,GBP,,extra',
        '1,m,2011-01-01 10:00,last,2000000000,90071992547409.91,GBP,',
        '1,m,2011-01-01 10:00,last,1,1.00,GBP,',
      ].join('\n'),
    ),
  )
  expect(said(whole)).toEqual([
    [3, 'quantity_zero', false],
    [4, 'quantity_not_whole', false],
    [5, 'quantity_missing', false],
    [6, 'price_negative', false],
    [7, 'price_unreadable', false],
    [9, 'date_unreadable', false],
    [10, 'currency_differs', false],
    [11, 'order_missing', false],
    [12, 'two_members', false],
    [14, 'discount_too_large', false],
    [15, 'malformed', false],
    [16, 'sku_missing', true],
    [17, 'malformed', false],
    [18, 'price_too_large', false],
  ])
  expect(whole.orders).toHaveLength(1)
  expect(whole.orders[0]).toMatchObject({ member: 'm', rows: [2, 19] })
  expect(whole.orders[0]!.lines.map(({ id, sku, discount }) => [id, sku, discount])).toEqual([
    ['1', 'a', undefined],
    ['2', 'a', 25],
    ['3', 'unknown', undefined],
    ['4', 'last', undefined],
  ])
  expect(whole.file.rows).toBe(17)
  expect(whole.reports.find((report) => report.row === 9)!.message).toContain('date_order')
  expect(whole.reports.find((report) => report.row === 12)!.message).toContain('“n”')
})

test('the end asked for is left out, whole orders at a time, and counted', async () => {
  const path = await file('until.csv', INVOICES)
  const until = Date.parse('2011-07-01T09:00:00Z')
  const before = await readAll(path, { until })
  expect(before.orders.map((order) => order.external_id)).toEqual(['1'])
  expect(before.file.reportCounts).toEqual({ after_until: 3 })
  expect(before.reports).toEqual([])
  const beyond = await readAll(path, { until: until + 1 })
  expect(beyond.orders[1]!.lines).toHaveLength(2)
})

test('line breaks in cells make the numbers those of rows', async () => {
  const whole = await readAll(
    await file(
      'breaks.csv',
      'order,date,item,price\n1,2011-01-01,"a\nb",1\n2,2011-01-01,c,x\n3,2011-01-01\n4,2011-01-01,d,y\n',
    ),
  )
  expect(said(whole)).toEqual([
    [3, 'price_unreadable', false],
    [4, 'malformed', false],
    [5, 'price_unreadable', false],
  ])
})

test('blank lines, and a quote that is never closed, do not move the numbers of what follows', async () => {
  const rows = [
    '',
    'order,item,date,price',
    '',
    '1,5" nail,2011-01-01,x',
    '2,"b"x,2011-01-01,1',
    '3,c,2011-01-01,x',
    '',
    '4,"d,2011',
    '5,e',
  ]
  const whole = await readAll(await file('quotes.csv', rows.join('\n')))
  expect(said(whole)).toEqual([
    [4, 'price_unreadable', false],
    [5, 'malformed', false],
    [6, 'price_unreadable', false],
    [8, 'malformed', false],
  ])
  expect(whole.file.numbering).toBe('the header is row 2')
  expect(whole.reports[3]!.message).toContain('“4,"d,2011 … 5,e”')
})

test('a file without header or order ids, separated by blanks, is mapped by numbers', async () => {
  const path = await file('blanks.txt', ' 00004 19970101  2   29.33\n 00004 19970118  1   29.73\n 00021 1997\n')
  const found = await problems(path, { currency: 'USD' })
  expect(found.map((problem) => problem.code)).toEqual(['missing_column', 'missing_column', 'missing_column'])
  expect(found[0]!.message).toContain('2, as in “19970101”')
  const map = { order: '@row', member: '1', date: '2', quantity: '3', total: '4' }
  const whole = await readAll(path, { currency: 'USD', timezone: 'America/New_York', map })
  expect(whole.orders.map(({ external_id, member, lines }) => [external_id, member, lines])).toEqual([
    ['1', '00004', [{ id: '1', sku: 'order', quantity: 2, unit_price: 1467, discount: 1 }]],
    ['2', '00004', [{ id: '1', sku: 'order', quantity: 1, unit_price: 2973 }]],
  ])
  expect(said(whole)).toEqual([[3, 'malformed', false]])
})

test('a row an order is one line, and an order that comes twice is not taken twice', async () => {
  const whole = await readAll(
    await file('totals.csv', 'receipt;customer;date;total;tax\n7;ann;1.2.2011;12,50;2,08\n7;ann;1.2.2011;12,50;2,08\n'),
  )
  expect(whole.orders[0]!.lines).toEqual([{ id: '1', sku: 'order', quantity: 1, unit_price: 1250, tax: 208 }])
  expect(said(whole)).toEqual([[3, 'duplicate_order', false]])
})

test('a day beyond the twelfth settles the order of day and month for the whole file', async () => {
  const rows = 'order,item,date,price\n1,a,12/1/2010 8:26,1\n2,a,12/13/2010 8:26,1\n'
  const whole = await readAll(await file('american.csv', rows))
  expect(whole.orders.map((order) => new Date(order.occurred_at).toISOString().slice(0, 10))).toEqual([
    '2010-12-01',
    '2010-12-13',
  ])
  const either = await file('either.csv', 'order,item,date,price\n1,a,12/1/2010,1\n')
  expect((await readAll(either)).file.reportCounts).toEqual({ date_unreadable: 1 })
  expect((await readAll(either, { map: { date_order: 'dmy' } })).orders[0]!.occurred_at).toBe(Date.parse('2010-01-12'))
})

test('lines that have ids keep them, once each', async () => {
  const rows = 'order,line_id,item,date,price\n1,x,a,2011-01-01,1\n1,x,a,2011-01-01,1\n1,,a,2011-01-01,1\n'
  const whole = await readAll(await file('ids.csv', rows))
  expect(whole.orders[0]!.lines.map((line) => line.id)).toEqual(['x', '#2'])
  expect(said(whole)).toEqual([[3, 'duplicate_line', false]])
})

test('text in the Latin alphabet of old and wide text are read as meant', async () => {
  const rows = 'order,item,date,price\n1,café,2011-01-01,1\n\n2,thé,2011-01-01,x\n'
  const latin = await readAll(await file('latin.csv', Buffer.from(rows, 'latin1')))
  const wide = await readAll(await file('wide.csv', Buffer.from(`\uFEFF${rows}`, 'utf16le')))
  const marked = await readAll(await file('marked.csv', `\uFEFF${rows.replaceAll('\n', '\r\n')}`))
  for (const whole of [latin, wide, marked]) {
    expect(whole.orders[0]!.lines[0]!.sku).toBe('café')
    expect(said(whole)).toEqual([[4, 'price_unreadable', false]])
  }
})

test('names of files and columns are text and nothing else', async () => {
  const name = `it's "a" *[x]?; DROP TABLE raw.csv`
  const header = `"order'); DROP TABLE raw; --",item,date,"pri""ce"`
  const map = { order: `order'); DROP TABLE raw; --`, price: 'pri"ce' }
  const csv = await file(name, `${header}\n1,a',2011-01-01,1\n`)
  expect((await readAll(csv, { map })).orders[0]!.lines[0]!.sku).toBe(`a'`)
  const key = JSON.stringify(`a/b~c'"d`)
  const json = await file(
    'keys.ndjson',
    `{"order":1,"item":"a","date":"2011-01-01",${key}:2.10}\n\nbad\n{"order":2,"date":"x"}`,
  )
  const whole = await readAll(json, { map: { price: `a/b~c'"d` } })
  expect(whole.orders[0]!.lines[0]!.unit_price).toBe(210)
  expect(said(whole)).toEqual([
    [3, 'malformed', false],
    [4, 'date_unreadable', false],
  ])
})

test('what cannot be opened is said, and leaves nothing behind', async () => {
  // A place of its own for temporary files, since other tests open files at the same time.
  const place = await mkdtemp(join(folder, 'temporary-'))
  vi.stubEnv('TMPDIR', place)
  const code = async (path: string, options?: Partial<OrderOptions>) =>
    (await problems(path, options)).map((problem) => problem.code)
  const good = await file('good.csv', INVOICES)
  expect(await code(join(folder, 'none.csv'))).toEqual(['not_a_file'])
  expect(await code(folder)).toEqual(['not_a_file'])
  expect(await code(await file('empty.csv', ' \n'))).toEqual(['empty_file'])
  expect(await code(await file('sheet.xlsx', 'PK\x03\x04…'))).toEqual(['spreadsheet'])
  expect(await code(await file('array.json', '[{"order":1}]'))).toEqual(['json_array'])
  expect(await code(await file('broken.parquet', 'PAR1 and no more PAR1'))).toEqual(['unreadable_file'])
  const broken = await openOrders(join(folder, 'broken.parquet'), BRITISH)
  expect(JSON.stringify(broken)).toContain('in file “broken.parquet”')
  expect(JSON.stringify(broken)).not.toContain(place)
  expect(await code(await file('broken.csv.gz', 'not compressed'))).toEqual(['not_compressed'])
  expect(await code(good, { currency: 'GPB' })).toEqual(['unknown_currency'])
  expect(await code(good, { timezone: 'Europe/Londn' })).toEqual(['unknown_timezone'])
  expect(await code(good, { map: { prize: 'UnitPrice' } })).toEqual(['unknown_field'])
  expect(await code(good, { map: { price: 'Prize' } })).toEqual(['unknown_column', 'missing_column'])
  expect(await readdir(place)).toEqual([])
  vi.unstubAllEnvs()
})

test('a file of a header alone has no orders', async () => {
  const whole = await readAll(await file('header.csv', INVOICES.split('\n')[0]!))
  expect(whole.file).toMatchObject({ rows: 0, lines: 0, orders: 0, members: 0, from_ms: null, until_ms: null })
})

test('batches come in the order of time, of bounded size, and again', async () => {
  const rows = Array.from(
    { length: 9_000 },
    (_, i) => `${i % 4_500},a,${1_300_000_000 + ((i * 7_919) % 4_500)},1,m${i % 7}`,
  )
  const opened = await openOrders(await file('many.csv', `order,item,date,price,channel\n${rows.join('\n')}`), BRITISH)
  if ('problems' in opened) throw new Error('the file was not opened')
  const sizes = async () => {
    const found: number[] = []
    let last = 0
    for await (const batch of opened.batches()) {
      found.push(batch.length)
      for (const order of batch) {
        expect(order.occurred_at).toBeGreaterThanOrEqual(last)
        expect(order.lines).toHaveLength(2)
        last = order.occurred_at
      }
    }
    return found
  }
  expect(await Promise.all([sizes(), sizes()])).toEqual([
    [2_000, 2_000, 500],
    [2_000, 2_000, 500],
  ])
  await opened.close()
})

test('asked for by member, one comes after the other, each by time, and anonymous sales last', async () => {
  const rows = ['1,bob,2011-07-03', '2,,2011-07-01', '3,ann,2011-07-04', '4,bob,2011-07-02', '5,ann,2011-07-01']
  const path = await file('by-member.csv', `order,member,date,total\n${rows.map((row) => `${row},5.00`).join('\n')}\n`)
  const ids = ({ orders }: Whole) => orders.map(({ external_id }) => external_id)
  const whole = ids(await readAll(path, { sortedBy: 'member' }))
  expect(whole.indexOf('3')).toBe(whole.indexOf('5') + 1)
  expect(whole.indexOf('1')).toBe(whole.indexOf('4') + 1)
  expect(whole.indexOf('2')).toBe(4)
  expect(ids(await readAll(path))).toEqual(['2', '5', '4', '1', '3'])
})

test('a file says of each order whether its prices hold the tax', async () => {
  const path = await file(
    'prices.csv',
    'order,date,price,tax,prices\na,2011-01-01,12.00,2.00,tax_included\nb,2011-01-02,10.00,2.00,TAX_EXCLUDED\nc,2011-01-03,1.00,,\nd,2011-01-04,1.00,,net\n',
  )
  const { orders, reports } = await readAll(path)
  expect(orders.map(({ external_id, prices }) => [external_id, prices])).toEqual([
    ['a', 'tax_included'],
    ['b', 'tax_excluded'],
    ['c', undefined],
  ])
  expect(reports.map(({ message }) => message)).toEqual([
    'Row 5 (order d) says “net” of its prices; they can be tax_included or tax_excluded.',
  ])
})

const CREDITS = `InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID
1,A,6,2011-07-01 09:00:00,0.42,17
1,B,1,2011-07-01 09:00:00,2.50,17
2,A,2,2011-07-02 09:00:00,0.42,17
3,A,1,2011-07-02 10:00:00,0.42,
C4,A,-3,2011-07-03 09:00:00,0.42,17
C4,B,-2,2011-07-03 09:00:00,2.50,17
C5,A,-1,2011-07-04 09:00:00,0.42,
C5,A,-1,2011-07-04 09:00:00,0.42,
6,A,9,2011-07-05 09:00:00,0.42,17
C7,C,-1,2011-07-06 09:00:00,0.42,17
C7,,-1,2011-07-06 09:00:00,0.42,17
C8,A,0,2011-07-06 09:00:00,0.42,17
C9,A,-4,2011-06-30 09:00:00,0.42,17
`

test('rows that give something back are returns of the latest purchases of the same item', async () => {
  for (const sortedBy of ['time', 'member'] as const) {
    const opened = await openOrders(await file('credits.csv', CREDITS), { ...BRITISH, sortedBy })
    if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
    const returns: unknown[] = []
    for await (const batch of opened.batches())
      for (const entry of batch)
        if (isReturn(entry)) returns.push([entry.external_id, entry.order, entry.member, entry.lines, entry.rows])
    expect(returns).toEqual([
      [
        'C4',
        '1',
        '17',
        [
          { id: '1', quantity: 1 },
          { id: '2', quantity: 1 },
        ],
        [6, 7],
      ],
      ['C4', '2', '17', [{ id: '1', quantity: 2 }], [6, 6]],
      ['C5', '3', null, [{ id: '1', quantity: 1 }], [8, 8]],
    ])
    const reports: unknown[] = []
    for await (const { row, code, message, taken } of opened.reports()) reports.push([row, code, taken, message])
    await opened.close()
    expect(reports).toMatchObject([
      [7, 'credit_partly', true, expect.stringContaining('1 of 2')],
      [9, 'credit_unmatched', false, expect.stringContaining('gives back “A”')],
      [11, 'credit_unmatched', false, expect.stringContaining('gives back “C”')],
      [12, 'credit_without_item', false, expect.any(String)],
      [13, 'quantity_zero', false, expect.any(String)],
      // The purchases are later than the note.
      [14, 'credit_unmatched', false, expect.stringContaining('4 of 4')],
    ])
    expect(opened).toMatchObject({
      orders: 4,
      lines: 5,
      returns: 3,
      credits: { rows: 7, unmatched: 4, partly: 1 },
      members: 1,
      anonymous: 1,
    })
  }
})

test('a row that gives back the same item of two lines says so in the same order each time', async () => {
  const sold = Array.from({ length: 40 }, (_, i) => `a,m,2011-07-01,X,${1 + (i % 2)},1.00`)
  const path = await file(
    'lines.csv',
    ['order,member,date,sku,quantity,price', ...sold, 'C,m,2011-07-02,X,-60,1.00'].join('\n'),
  )
  const read = async (): Promise<unknown> => {
    const opened = await openOrders(path, BRITISH)
    if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
    const entries: FileEntry[] = []
    for await (const batch of opened.batches()) entries.push(...batch)
    await opened.close()
    return entries[1]!.lines.map(({ id }) => id)
  }
  const first = await read()
  expect(first).toHaveLength(40)
  expect(first).toEqual([...(first as string[])].sort())
  expect(await read()).toEqual(first)
})

test('an invoice that sells and gives back is an order and a return of what was bought before', async () => {
  const rows = ['order,member,date,sku,quantity,total', 'a,m,2011-07-01,X,2,5.00', 'a,m,2011-07-01,X,-1,-2.50']
  const opened = await openOrders(await file('mixed.csv', rows.join('\n')), BRITISH)
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
  const entries: unknown[] = []
  for await (const batch of opened.batches()) entries.push(...batch)
  await opened.close()
  expect(entries).toMatchObject([
    { external_id: 'a', lines: [{ quantity: 2, unit_price: 250 }] },
    { external_id: 'a', order: 'a', lines: [{ id: '1', quantity: 1 }] },
  ])
})

test('a refund that is a sum alone is reported, with what would be taken instead', async () => {
  const whole = await readAll(
    await file('sums.csv', 'order,member,date,total\na,m,2011-07-01,20.00\nb,m,2011-07-02,-5.00\n'),
  )
  expect(whole.orders.map(({ external_id }) => external_id)).toEqual(['a'])
  expect(whole.reports).toEqual([
    {
      row: 3,
      code: 'total_negative',
      taken: false,
      message:
        'Row 3 (order b) has a negative total, “-5.00”, and does not say what came back: a refund is a row with its item and a negative quantity, or a return of its order.',
    },
  ])
})

test('columns with types of their own give what their texts give', async () => {
  const rows = `SELECT (7 + i * 3) % 5000 AS order_id, CASE WHEN i % 9 > 0 THEN i % 40 END AS member,
      TIMESTAMP '2024-03-30 22:00:00' + to_seconds(i * 61) AS date, i % 700 / 100 AS total, 1 + i % 3 AS quantity
    FROM range(3000) AS numbers(i)
    UNION ALL SELECT 7, 1, TIMESTAMP '2024-05-01 10:00:00', 1, 1
    UNION ALL SELECT 9991, 1, NULL, 1, 1 UNION ALL SELECT 9992, 1, TIMESTAMP '2024-05-01 10:00:00', -1, 1
    UNION ALL SELECT 9993, 1, TIMESTAMP '2024-05-01 10:00:00', 1.005, 1 UNION ALL SELECT 9994, 2, TIMESTAMP '2024-05-01 10:00:00', 5, 0`
  const duck = await (await DuckDBInstance.create()).connect()
  const columns = ['order_id', 'member', 'date', 'total', 'quantity']
  const types = {
    typed: ['BIGINT', 'INTEGER', 'TIMESTAMP', 'DOUBLE', 'TINYINT'],
    decimal: ['UBIGINT', 'DOUBLE', 'TIMESTAMP_NS', 'DECIMAL(18, 3)', 'BIGINT'],
  }
  await duck.run(`COPY (${rows}) TO '${folder}/texts.csv'`)
  for (const [name, own] of Object.entries(types)) {
    const cells = columns.map((column, i) => `${column}::${own[i]} AS ${column}`)
    await duck.run(`COPY (SELECT ${cells.join(', ')} FROM (${rows})) TO '${folder}/${name}.parquet' (FORMAT parquet)`)
  }
  duck.closeSync()
  const readings = ['texts.csv', 'typed.parquet', 'decimal.parquet'].map((name) => readAll(`${folder}/${name}`))
  const [texts, typed, decimal] = (await Promise.all(readings)).map((whole) => ({
    orders: whole.orders.map(({ rows: _, ...order }) => order),
    reports: whole.reports.map(({ code, message }) => [code, message.replace(/^Row \d+/, '')]),
    counts: whole.file.reportCounts,
  }))
  expect(texts!.counts).toEqual({
    date_missing: 1,
    duplicate_order: 1,
    quantity_zero: 1,
    total_negative: 1,
    total_rounded: 1,
  })
  expect(typed!.orders).toEqual(texts!.orders)
  expect(decimal!.orders).toEqual(texts!.orders)
  expect(typed!.counts).toEqual(texts!.counts)
  expect(decimal!.counts).toEqual(texts!.counts)
})
