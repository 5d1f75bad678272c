/** The commands as people call them: the built executable, its output and its exit codes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitmentOf, digestOf, drawWinners, entryOf, saltOf } from '../src/engine/drawing.ts'
import { type TestDatabase, testDatabase } from './database.ts'

const PROJECT = dirname(import.meta.dirname)
const EXECUTABLE = join(PROJECT, 'bin', 'regulars.mjs')
const COFFEE = join(PROJECT, 'examples', 'corner-coffee.yaml')

let folder: string
const databases: TestDatabase[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'))
  // The first call compiles what is not compiled yet, and says so; from here on there is nothing of that kind to say.
  await regulars(['--version'])
})
afterAll(async () => {
  for (const database of databases) await database.drop()
  await rm(folder, { recursive: true })
})

interface Ended {
  code: number | null
  out: string
  err: string
}

function begin(args: string[], env: Record<string, string> = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], { cwd: folder, env: { ...process.env, ...env } })
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => {
    out += data
  })
  child.stderr.on('data', (data) => {
    err += data
  })
  return { child, ended: once(child, 'close').then(([code]) => ({ code, out, err })) }
}

async function regulars(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return begin(args, env).ended
}

async function freshDatabase(): Promise<Record<string, string>> {
  const database = await testDatabase()
  databases.push(database)
  return { DATABASE_URL: database.url }
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

test('help, version and mistakes in using it', async () => {
  const help = await regulars(['--help'])
  expect(help.code).toBe(0)
  for (const name of [
    'init',
    'check',
    'schema',
    'publish',
    'start',
    'serve',
    'migrate',
    'import',
    'export',
    'backtest',
    'balance',
    'verify',
  ])
    expect(help.out).toContain(`\n  ${name}`)
  expect((await regulars(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  const command = await regulars(['chek'])
  expect(command).toMatchObject({ code: 2, out: '' })
  expect(command.err).toContain('Did you mean check?')
  const option = await regulars(['backtest', COFFEE, '--orders', 'x.csv', '--untill', 'x'])
  expect(option.code).toBe(2)
  expect(option.err).toContain('Did you mean --until?')
  const time = await regulars(['backtest', COFFEE, '--orders', 'x.csv', '--until', '2026-01-01'])
  expect(time).toMatchObject({ code: 2 })
  expect(time.err).toContain('is no time with an offset')
  const missing = await regulars(['check', 'nothing.yaml'])
  expect(missing).toEqual({ code: 2, out: '', err: 'There is no file or folder nothing.yaml.\n' })
})

test('a template is written once, and checks out', async () => {
  const list = await regulars(['init', '--list'])
  expect(list.out).toMatch(/^corner-coffee +Corner Coffee Rewards: .+$/m)
  expect(await regulars(['init', '--out', 'mine.yaml'])).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'mine.yaml'), 'utf8')).toBe(await readFile(COFFEE, 'utf8'))
  const again = await regulars(['init', '--out', 'mine.yaml'])
  expect(again).toEqual({ code: 2, out: '', err: 'mine.yaml is there already; name another file with --out.\n' })
  const check = await regulars(['check', 'mine.yaml'])
  expect(check).toMatchObject({ code: 0, err: '' })
  expect(check.out).toBe(
    'mine.yaml is right: Corner Coffee Rewards (corner-coffee), USD, America/New_York; 1 wallet, 3 earning rules, 3 tier levels, 7 rewards.\n',
  )
  const unknown = await regulars(['init', '--template', 'corner-cofee'])
  expect(unknown.code).toBe(2)
  expect(unknown.err).toContain('did you mean corner-coffee?')
})

test('every mistake of a program is told with its place', async () => {
  const text = await readFile(COFFEE, 'utf8')
  const path = await file(
    'wrong.yaml',
    text.replace('member.tier', 'member.teir').replace('currency: USD', 'currency: UDS'),
  )
  const { code, out, err } = await regulars(['check', path])
  expect({ code, err }).toEqual({ code: 1, err: '' })
  const lines = out.trim().split('\n')
  expect(lines).toHaveLength(2)
  for (const line of lines)
    expect(line).toMatch(/^.*wrong\.yaml:\d+:\d+ {2}.+did you mean `?(member\.tier|USD)`?\?\)?$/i)
  expect(JSON.parse((await regulars(['schema'])).out)).toMatchObject({ title: 'A Regulars program', type: 'object' })
})

test('the terms are written in a language of ours, or in one that a file brings', async () => {
  const english = await regulars(['terms', COFFEE])
  expect(english).toMatchObject({ code: 0, err: '' })
  expect(english.out).toMatch(/^Corner Coffee Rewards: Members’ terms\n\nThe program\n-+\n\* These are/)
  expect(await regulars(['terms', COFFEE, '--language', 'tr', '--html', '--out', 'terms.html'])).toMatchObject({
    code: 0,
    err: 'terms.html is written.\n',
  })
  expect(await readFile(join(folder, 'terms.html'), 'utf8')).toMatch(/^<!doctype html>\n<html lang="tr">/)
  expect(await regulars(['terms', '--template-words', '--out', 'words.json'])).toMatchObject({ code: 0 })
  const words = JSON.parse(await readFile(join(folder, 'words.json'), 'utf8'))
  const german = await file('de.json', JSON.stringify({ ...words, 'core.terms': 'Teilnahmebedingungen' }))
  const translated = await regulars(['terms', COFFEE, '--language', 'de', '--words', german])
  expect(translated.out).toMatch(/^Corner Coffee Rewards: Teilnahmebedingungen\n/)
  expect(translated.out).toContain('Costs 25 stars. You get 1,00\u00a0$ off')
  const half = await file('half.json', JSON.stringify({ ...words, 'earning.title': undefined }))
  const refused = await regulars(['terms', COFFEE, '--language', 'de', '--words', half])
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('earning.title is missing') })
  const unknown = await regulars(['terms', COFFEE, '--language', 'xx'])
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('There are no words in xx, only in en, tr') })
})

test('what changes between two programs is told, and what they take is a finding unless it is meant', async () => {
  const changed = await file(
    'changed.yaml',
    (await readFile(COFFEE, 'utf8')).replace('cost: 400 stars', 'cost: 450 stars'),
  )
  const found = await regulars(['diff', COFFEE, changed])
  expect(found).toMatchObject({ code: 1, err: '' })
  expect(found.out).toContain('  ~ rewards.bag-of-beans\n      was: A bag of beans. Costs 400 stars.')
  expect(found.out).toContain(
    '  ! rewards.bag-of-beans.cost: “A bag of beans”, for which members have been collecting,',
  )
  expect(found.out).toContain('(not said to be meant)')
  const meant = await regulars(['diff', COFFEE, changed, '--json', '--meant', 'rewards.bag-of-beans'])
  expect(meant).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(meant.out)).toMatchObject({ settings: [], losses: [{ meant: true }] })
  expect(await regulars(['diff', COFFEE, COFFEE])).toMatchObject({ code: 0, out: 'Nothing changes.\n' })
})

/** Orders of many members, in minutes of one week each, so that an import has many batches. */
function manyOrders(count: number): string {
  const rows = ['order,member,date,sku,quantity,price']
  for (let i = 0; i < count; i++) {
    const at = new Date(Date.UTC(2026, 0, 5) + i * 90_000).toISOString()
    rows.push(`o${i},${i % 9 === 4 ? '' : `m${i % 97}`},${at},tea,1,${3 + (i % 5)}.50`)
  }
  return `${rows.join('\n')}\n`
}

test('a backtest prints tables, or JSON for other programs', async () => {
  const orders = await file('orders.csv', `${manyOrders(500)}bad,m1,never,tea,1,1\n`)
  const { code, out, err } = await regulars(['backtest', COFFEE, '--orders', orders, '--json', 'result.json'])
  expect(code).toBe(0)
  expect(err).toMatch(/order +order +by its name; each row is a line of an order\n/)
  expect(err).toContain('500 lines out of 501 rows make 500 orders: 444 of 97 members and 56 anonymous')
  expect(err).toContain('Row 502 (order bad) has a date that cannot be read')
  expect(out).toMatch(/rule +wallet +times +points\nbase +stars +444 +[\d,]+\n/)
  const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))
  expect(result).toMatchObject({ members: 97, orders: { members: 444, anonymous: 56 } })
  const pure = await regulars(['backtest', COFFEE, '--orders', orders, '--json'])
  expect(JSON.parse(pure.out)).toEqual(result)
  const unmapped = await regulars(['backtest', COFFEE, '--orders', orders, '--map', 'price=prize'])
  expect(unmapped).toMatchObject({ code: 2, out: '' })
  expect(unmapped.err).toContain('“price” is mapped to “prize”, which is not a column of the file.')
})

test('threads that share a backtest change nothing in it, nor do members who are listed beside it', async () => {
  // Each of three threads has several of the portions in which rows are read and batches in which orders are told.
  const rows = Array.from({ length: 24_000 }, (_, i) => {
    const day = new Date(Date.UTC(2025, 0, 1) + ((i * 7_919) % 24_000) * 1_500_000).toISOString()
    return `${i},${i % 7 === 0 ? '' : `m${(i * 31) % 2_003}`},${day.slice(0, 19)}Z,${(i % 900) / 100 + 1}`
  })
  const orders = await file('large.csv', `order,member,date,total\n${rows.join('\n')}\n`)
  const members = await file('members.csv', 'member,joined\nm1,2024-06-01\nnever,2024-12-24\nm2,\n')
  const run = async (cores: number, ...more: string[]) => {
    const { code, out, err } = await regulars([
      ...['backtest', COFFEE, '--orders', orders, '--json', '--cores', String(cores)],
      ...more,
    ])
    expect(err).toContain('Its rows are not in the order of time')
    expect(code).toBe(0)
    return JSON.parse(out)
  }
  const alone = await run(1)
  expect(alone).toMatchObject({ orders: { anonymous: 3_429 }, members: 2_003 })
  expect(await run(2)).toEqual(alone)
  const listed = await run(1, '--members', members)
  expect(listed.members).toBe(2_004)
  expect(listed.months[0]).toMatchObject({ month: '2024-06', joined: 1 })
  expect(await run(3, '--members', members)).toEqual(listed)
})

test('whoever is read last joined as early as the list of members says', async () => {
  const names = ['ana', 'bob', 'cem', 'dee']
  const orders = await file(
    'once.csv',
    `order,member,date,total\n${names.map((name, i) => `${i},${name},2025-03-0${i + 1},5.00\n`).join('')}`,
  )
  const members = await file(
    'once-members.csv',
    `member,joined\n${names.map((name) => `${name},2025-01-01\n`).join('')}`,
  )
  const { out } = await regulars([
    ...['backtest', COFFEE, '--orders', orders, '--members', members, '--cores', '2', '--json'],
  ])
  expect(JSON.parse(out).months[0]).toMatchObject({ month: '2025-01', joined: 4 })
})

test('files that cannot be replayed are told, with what would help', async () => {
  const backtest = (...args: string[]) => regulars(['backtest', COFFEE, ...args])
  const header = 'order,member,date,total\n'
  const none = await backtest('--orders', await file('none.csv', header))
  expect(none).toMatchObject({ code: 2, out: '' })
  expect(none.err).toContain('there is nothing to replay')
  const nobody = await backtest(
    '--orders',
    await file('nobody.csv', `${header}1,,2025-01-01,5.00\n2,0,2025-01-02,5.00\n`),
  )
  expect(nobody.code).toBe(0)
  expect(nobody.err).toContain('Name it with --map member=COLUMN')
  const odd = [
    '1,a,2025-01-01,5.00',
    '1,a,2025-01-01,5.00',
    '2,a,2025-01-02,-5.00',
    '3,a,3/4/2025,5.00',
    '4,a,2025-01-05,x',
  ]
  const told = await backtest('--orders', await file('told.csv', header + odd.join('\n')), '--report', 'told-odd.csv')
  expect(told.code).toBe(0)
  for (const sentence of [
    'Row 3 (order 1) repeats the order of row 2.',
    'Row 4 (order 2) has a negative total, “-5.00”',
    'it looks like either day/month/year or month/day/year; say which with --map date_order=dmy or mdy',
    'Row 6 (order 4) has the total “x”, which cannot be read as a number.',
  ])
    expect(told.err).toContain(sentence)
  expect((await readFile(join(folder, 'told-odd.csv'), 'utf8')).split('\n')).toHaveLength(6)
  const missing = await backtest('--orders', await file('missing.csv', 'receipt,who,total\n1,a,5.00\n'))
  expect(missing).toMatchObject({ code: 2, out: '' })
  expect(missing.err).toContain('No column of the file is known as the “date”, which is needed')
  expect(missing.err).toContain('The file’s columns are: receipt (1); who (2); total (3).')
  const euros = await backtest(
    '--orders',
    await file('euros.csv', `${header}1,a,2025-01-01,5.00\n`),
    '--currency',
    'EUR',
  )
  expect(euros).toMatchObject({ code: 2, out: '' })
  expect(euros.err).toContain('is in USD, so orders in EUR can earn nothing in it')
  const unknown = await backtest(
    '--orders',
    await file('some.csv', `${header}1,a,2025-01-01,5.00\n`),
    '--members',
    'no.csv',
  )
  expect(unknown).toMatchObject({ code: 2, out: '', err: 'There is no file “no.csv”.\n' })
})

test('what a backtest assumes of members is said by options, and told back', async () => {
  const orders = await file('assumed.csv', manyOrders(400))
  const said = ['--redeem', 'saver,random', '--chance', '50%', '--seeds', '3', '--response', '60%,10%', '--seed', '7']
  const costs = ['--margin', '0.4', '--reward-cost', '40%', 'free-coffee=25%']
  const { code, out } = await regulars(['backtest', COFFEE, '--orders', orders, ...said, ...costs, '--json'])
  expect(code).toBe(0)
  const { redeeming, economics, scenarios } = JSON.parse(out)
  expect([redeeming, economics.cost, economics.margin]).toEqual([{ model: 'none' }, 0, 0.4])
  expect(scenarios).toMatchObject([
    { redeeming: { model: 'saver' }, seeds: 1, result: { response: null } },
    { redeeming: { model: 'hazard', chance: 0.5 }, seeds: 3, result: { seed: 7, response: null } },
  ])
  for (const { result, ranges, with_response } of scenarios) {
    expect(with_response.response).toEqual({ closeness: 0.6, speedup: 0.1 })
    expect(with_response.result.redeeming).toEqual(result.redeeming)
    expect(ranges.cost.low).toBeLessThanOrEqual(ranges.cost.high)
    // Each use is rounded on its own.
    for (const { reward, value, cost } of result.rewards)
      expect(Math.abs(cost - value * (reward === 'free-coffee' ? 0.25 : 0.4))).toBeLessThan(50)
  }

  const wrong = async (...options: string[]) => {
    const { code, err } = await regulars(['backtest', COFFEE, '--orders', orders, ...options])
    expect(code).toBe(2)
    return err
  }
  expect(await wrong('--redeem', 'randm')).toContain('“randm” is not one of none, at-once, saver, random')
  expect(await wrong('--margin', '30')).toContain('“30” is no share from 0 to 1, such as 0.3 or 30%.')
  expect(await wrong('--response', '50%')).toContain('--response takes two shares')
  expect(await wrong('--seeds', '0')).toContain('“0” is no whole number')
  expect(await wrong('--reward-cost', 'free-cofee=25%')).toContain(
    'There is no reward free-cofee (did you mean free-coffee?).',
  )
})

test('a backtest over the ledger is that over the file which was imported, and may be compared with another program', async () => {
  const env = await freshDatabase()
  const orders = await file('month.csv', manyOrders(400))
  const kinder = await file(
    'kinder.yaml',
    (await readFile(COFFEE, 'utf8')).replace('earn: 1 per 1.00', 'earn: 2 per 1.00'),
  )
  const until = ['--until', '2026-02-01T00:00:00Z']
  const imported = await regulars(['import', 'orders', orders, '--program-file', COFFEE, ...until], env)
  expect(imported.code).toBe(0)
  const report = async (...args: string[]) => {
    const { code, out } = await regulars(['backtest', ...args, ...until, '--json'], env)
    expect(code).toBe(0)
    return JSON.parse(out)
  }
  const [live, past] = [
    await report(COFFEE, '--from-ledger', '--against', kinder),
    await report(COFFEE, '--orders', orders, '--against', kinder),
  ]
  expect(live.source).toMatchObject({ kind: 'ledger', name: 'corner-coffee', orders: 400 - 44 })
  for (const same of [
    'from',
    'members',
    'orders',
    'sales',
    'points',
    'rules',
    'rewards',
    'tiers',
    'months',
    'economics',
  ])
    expect(live[same], same).toEqual(past[same])
  // Nobody has redeemed anything in the ledger, so that members redeem at once in both.
  expect(live.scenarios[0].result).toEqual(past.scenarios[0].result)
  expect(live.against).toEqual(past.against)
  expect(live.against).toMatchObject({ with: { program: 'corner-coffee' }, members: { gain: 0 } })
  expect(live.against.members.lose).toBeGreaterThan(80)
  const tables = await regulars(['backtest', COFFEE, '--from-ledger', '--against', kinder, ...until], env)
  expect(tables.out).toMatch(/\n\d+ members would gain .+\n/)
  const unknown = await regulars(['backtest', COFFEE, '--from-ledger', '--program', 'corner-cofee'], env)
  expect(unknown.err).toContain('There is no program corner-cofee (did you mean corner-coffee?)')
  const future = await regulars(['backtest', COFFEE, '--from-ledger', '--since', '2999-01-01T00:00:00Z'], env)
  expect(future).toMatchObject({
    code: 2,
    err: expect.stringContaining('--since 2999-01-01T00:00:00Z is not before the end'),
  })
  const redeemed = await regulars(['backtest', COFFEE, '--from-ledger', '--redeem', 'past'], env)
  expect(redeemed).toMatchObject({ code: 2, err: expect.stringContaining('Nobody has redeemed anything yet') })
})

test('a backtest that names no history, or two, or programs that cannot be compared, says so', async () => {
  const euros = await file('euros.yaml', (await readFile(COFFEE, 'utf8')).replace('currency: USD', 'currency: EUR'))
  const wrong = await file('eran.yaml', (await readFile(COFFEE, 'utf8')).replace('earn: 1 per', 'eran: 1 per'))
  const told = async (...args: string[]) => {
    const { code, out, err } = await regulars(['backtest', COFFEE, ...args])
    return `${code}: ${out}${err}`
  }
  expect(await told()).toMatch(/^2: Name the history: --orders FILE, or --from-ledger/)
  expect(await told('--orders', 'x.csv', '--from-ledger')).toMatch(/^2: --orders and --from-ledger each name a history/)
  expect(await told('--orders', 'x.csv', '--since', '2026-01-01T00:00:00Z')).toBe(
    '2: --since goes with --from-ledger.\n',
  )
  expect(await told('--from-ledger', '--map', 'price=cost')).toBe('2: --map goes with --orders.\n')
  expect(await told('--orders', 'x.csv', '--redeem', 'past')).toMatch(/^2: A file does not tell how members redeemed/)
  expect(await told('--orders', 'x.csv', '--against', euros)).toMatch(/^2: .+ is in EUR and .+ in USD: only programs/)
  expect(await told('--orders', 'x.csv', '--against', wrong)).toMatch(
    /^1: .+eran\.yaml:25:28 {2}`eran` is not known here/,
  )
})

test('from a program file to a proven ledger and out again', async () => {
  const env = await freshDatabase()
  const orders = await file('week.csv', `${manyOrders(300)}bad,m1,never,tea,1,1\n`)
  const nobody = await regulars(['import', 'orders', orders, '--program', 'corner-coffee'], env)
  expect(nobody).toMatchObject({ code: 2, out: '' })
  expect(nobody.err).toContain('There is no program corner-coffee. There are none yet.')
  expect((await regulars(['publish', COFFEE], env)).out).toBe('corner-coffee is created in live mode.\n')
  expect((await regulars(['publish', COFFEE], env)).out).toContain('nothing to publish')

  const args = ['import', 'orders', orders, '--program', 'corner-coffee', '--until', '2026-02-01T00:00:00Z']
  const dry = await regulars([...args, '--dry-run'], env)
  expect(dry.code).toBe(1)
  expect(dry.err).toMatch(/order +order +by its name; each row is a line of an order/)
  expect(dry.out).toContain('Nothing was imported')
  const first = await regulars([...args, '--report', 'odd.csv'], env)
  expect(first.code).toBe(1)
  expect(first.out).toMatch(/orders of members, new +267\n +anonymous sales, new +33\n/)
  expect(first.out).toContain('Row 302 (order bad) has a date that cannot be read')
  expect(await readFile(join(folder, 'odd.csv'), 'utf8')).toMatch(
    /^row,code,taken,message\n302,date_unreadable,false,"Row 302/,
  )
  const again = JSON.parse((await regulars([...args, '--json'], env)).out)
  expect(again.import).toMatchObject({ finished: true, orders: 0, anonymous: 0, joined: 0, replayed: 300, refused: {} })

  const proof = await regulars(['verify', '--program', 'corner-coffee'], env)
  expect(proof).toMatchObject({ code: 0, err: '' })
  expect(proof.out).toMatch(/^Checked 97 accounts, 364 activities, \d+ postings, 0 roots: everything agrees\.\n$/)
  const exported = await regulars(['export', '--program', 'corner-coffee', '--to', 'out', '--format', 'parquet'], env)
  expect(exported).toMatchObject({ code: 0, err: '' })
  for (const table of ['members', 'orders', 'returns', 'activities', 'postings'])
    expect(existsSync(join(folder, 'out', `${table}.parquet`)), table).toBe(true)

  const alone = await regulars(['verify', '--export', 'out'])
  expect(alone).toMatchObject({ code: 0, err: '', out: proof.out })
  const nowhere = await regulars(['verify', '--export', 'nowhere'])
  expect(nowhere).toEqual({ code: 2, out: '', err: 'There is no file or folder nowhere.\n' })
  await rm(join(folder, 'out', 'activities.parquet'))
  const broken = await regulars(['verify', '--export', 'out', '--json'])
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.out)).toMatchObject({ different: 1, differences: [{ cause: 'file' }] })
  expect((await regulars(['seal'], env)).out).toBe('corner-coffee: 0 days sealed.\n')

  await databases.at(-1)!.db.query(`update posting set points = points + 1 where (activity, place) in
    (select activity, place from posting order by activity limit 1)`)
  const tampered = await regulars(['verify'], env)
  expect(tampered.code).toBe(1)
  expect(tampered.out).toMatch(
    /\n {2}posting: Member m\d+ \(mem_\w+\): activity \d+, the order act_\w+ .*points of posting 1 is \d+ and was \d+\n/,
  )
})

test('a proof is checked without a database, by the key that one was given', async () => {
  const example = join(PROJECT, 'examples', 'proof.json')
  const text = await readFile(example, 'utf8')
  const { public_key: key } = (JSON.parse(text) as { root: { public_key: string } }).root
  const pem = await file('public.pem', `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`)
  expect(await regulars(['verify', '--proof', example, '--key', pem])).toEqual({
    code: 0,
    err: '',
    out:
      'mem_48ez9e of tea: 2 activities, whole under the root of 2026-11-22, which is signed.\n' +
      '  It is signed by the key that you gave.\n  points: 6 available\n',
  })
  const forged = await file('forged.json', text.replace('\\"available\\",6,', '\\"available\\",600,'))
  const found = await regulars(['verify', '--proof', forged])
  expect(found.code).toBe(1)
  expect(found.out).toMatch(
    /^Activity 2 \(act_48f01u\): the hash before, body_hash and sealed do not come to its hash\.\n$/,
  )
  const wrong = await regulars(['verify', '--proof', example, '--key', 'nothing'])
  expect(wrong).toMatchObject({ code: 2, err: '“nothing” is neither an Ed25519 public key nor a file with one.\n' })
})

test('an import that is killed again and again ends like one that was not', async () => {
  const orders = await file('many.csv', manyOrders(6_000))
  const args = ['import', 'orders', orders, '--program-file', COFFEE, '--until', '2026-02-01T00:00:00Z', '--json']
  const whole = await regulars(args, await freshDatabase())
  const env = await freshDatabase()
  const { db } = databases.at(-1)!
  let killed = 0
  for (let before = 0; before < 3_500; ) {
    const { child, ended } = begin(args, env)
    let running = true
    void ended.then(() => {
      running = false
    })
    const more = before
    while (running && before <= more) {
      await sleep(5)
      const { rows } = await db.query<{ count: number }>('select count(*) as count from activity')
      before = rows[0]!.count
    }
    if (child.kill('SIGKILL')) killed += 1
    await ended
  }
  expect(killed).toBeGreaterThan(1)
  const last = await regulars(args, env)
  expect(last.code).toBe(0)
  expect(JSON.parse(last.out).import.replayed).toBeGreaterThan(0)
  expect(JSON.parse(last.out).ledger).toEqual(JSON.parse(whole.out).ledger)
  expect((await regulars(['verify'], env)).code).toBe(0)
})

describe('draw-check', () => {
  const seed = 'a seed'
  const salt = saltOf(seed)
  const entries = [1, 2, 3]
    .map((i): [string, number] => [entryOf(salt, `mem_${i}`), i])
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
  const [winner, reserve] = drawWinners(seed, entries, 2).map(({ entry }) => entry)
  const named = {
    program: 'shop',
    draw: 'summer',
    commitment: commitmentOf(seed),
    seed,
    salt,
    digest: digestOf(entries),
  }
  const proof = { ...named, winners: [winner], reserves: [reserve], entries }

  test('comes to the winners that were published, or says what is wrong', async () => {
    const right = await regulars(['draw-check', await file('draw.json', JSON.stringify(proof))])
    expect(right).toMatchObject({ code: 0, out: expect.stringContaining(`  ${winner}\n  ${reserve}`) })
    expect(right.out).toContain('summer holds: 6 tickets of 3 members')
    const wrong = await file('wrong.json', JSON.stringify({ ...proof, winners: [reserve], reserves: [winner] }))
    expect(await regulars(['draw-check', wrong])).toMatchObject({
      code: 1,
      out: `summer: the seed draws ${winner}, ${reserve}.\n`,
    })
    const other = await file('other.json', '{ "no": "proof" }')
    expect(await regulars(['draw-check', other])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is not what GET /v1/draws/{id}/proof answers'),
    })
  })
})
