/**
 * The yardstick: the TPC-B-like transaction of PostgreSQL's own `pgbench`, on the server that is measured. Where the
 * program itself is not on the machine, the same transaction goes out from Node over as many connections.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import { Random } from '../examples/random.ts'
import { type Latencies, summarise } from './latencies.ts'
import { createDatabase } from './place.ts'

export const CLIENTS = 8

export interface Yardstick {
  by: 'pgbench' | 'Node'
  transactions_a_second: number
  latencies: Latencies
}

/** One stretch of it: how long each transaction took, in ms. */
export interface Stretch {
  by: 'pgbench' | 'Node'
  seconds: number
  times: number[]
}

/** Stretches between the other figures make one yardstick, so that what else the machine does meets all of them alike. */
export function yardstickOf(stretches: readonly Stretch[]): Yardstick {
  const times = stretches.flatMap((stretch) => stretch.times)
  const seconds = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0)
  return { by: stretches[0]!.by, transactions_a_second: times.length / seconds, latencies: summarise(times) }
}

const DATABASE = 'pgbench'
const TELLERS = 10
const ACCOUNTS = 100_000

export async function measureTpcB(serverUrl: string, scale: number, seconds: number): Promise<Stretch> {
  const url = await createDatabase(serverUrl, DATABASE)
  await prepare(url, scale)
  const program = findPgbench()
  return program === null ? measureFromNode(url, scale, seconds) : runPgbench(program, url, seconds)
}

/** What `pgbench --initialize` makes, without the program; and what it does before each run. */
async function prepare(url: string, scale: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const there = await client.query(`select to_regclass('pgbench_branches') as there`)
    const rows = there.rows[0].there === null ? 0 : (await client.query('select from pgbench_branches')).rowCount
    if (rows !== scale) await fill(client, scale)
    await client.query('vacuum pgbench_branches')
    await client.query('vacuum pgbench_tellers')
    await client.query('truncate pgbench_history')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

async function fill(client: pg.Client, scale: number): Promise<void> {
  await client.query(`
    drop table if exists pgbench_branches, pgbench_tellers, pgbench_accounts, pgbench_history;
    create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    create table pgbench_branches (bid int not null, bbalance int, filler char(88)) with (fillfactor = 100);
    create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84)) with (fillfactor = 100);
    create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84)) with (fillfactor = 100);
    insert into pgbench_branches (bid, bbalance) select bid, 0 from generate_series(1, ${scale}) as bid;
    insert into pgbench_tellers (tid, bid, tbalance)
      select tid, (tid - 1) / ${TELLERS} + 1, 0 from generate_series(1, ${scale * TELLERS}) as tid;
    insert into pgbench_accounts (aid, bid, abalance, filler)
      select aid, (aid - 1) / ${ACCOUNTS} + 1, 0, '' from generate_series(1, ${scale * ACCOUNTS}) as aid;
    alter table pgbench_branches add primary key (bid);
    alter table pgbench_tellers add primary key (tid);
    alter table pgbench_accounts add primary key (aid);`)
  await client.query('vacuum analyze')
}

/** On the path, or where Debian keeps the programs of each version. */
function findPgbench(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...versions.map((one) => join(debian, one, 'bin'))]
  return folders.map((folder) => join(folder, 'pgbench')).find((path) => existsSync(path)) ?? null
}

async function runPgbench(program: string, url: string, seconds: number): Promise<Stretch> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'regulars-bench-'))
  try {
    const options = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds), '-l']
    const address = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)]
    await run(program, [...options, ...address], folder, { PGPASSWORD: password })
    // A line of its log is a transaction; the third number is how long it took, in microseconds.
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    return { by: 'pgbench', seconds, times: lines.map((line) => Number(line.split(' ')[2]) / 1_000) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(program: string, options: string[], cwd: string, more: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, {
      cwd,
      env: { ...process.env, ...more },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let complaint = ''
    child.stderr.on('data', (text) => {
      complaint += text
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`pgbench: ${complaint}`))))
  })
}

/** The transaction of pgbench's script `tpcb-like`, prepared. */
const STEPS = [
  ['account', 'update pgbench_accounts set abalance = abalance + $1 where aid = $2'],
  ['balance', 'select abalance from pgbench_accounts where aid = $1'],
  ['teller', 'update pgbench_tellers set tbalance = tbalance + $1 where tid = $2'],
  ['branch', 'update pgbench_branches set bbalance = bbalance + $1 where bid = $2'],
  ['history', 'insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)'],
] as const

async function measureFromNode(url: string, scale: number, seconds: number): Promise<Stretch> {
  const times: number[] = []
  const began = performance.now()
  const until = began + seconds * 1_000
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => transact(url, scale, new Random(i + 1), until, times)))
  return { by: 'Node', seconds: (performance.now() - began) / 1_000, times }
}

async function transact(url: string, scale: number, random: Random, until: number, times: number[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const step = (index: number, values: number[]) =>
    client.query({ name: STEPS[index]![0], text: STEPS[index]![1], values })
  while (performance.now() < until) {
    const began = performance.now()
    const aid = 1 + random.below(scale * ACCOUNTS)
    const bid = 1 + random.below(scale)
    const tid = 1 + random.below(scale * TELLERS)
    const delta = random.below(10_001) - 5_000
    // One statement after the other, each waiting for its answer, as pgbench sends them.
    await client.query('begin')
    await step(0, [delta, aid])
    await step(1, [aid])
    await step(2, [delta, tid])
    await step(3, [delta, bid])
    await step(4, [tid, bid, aid, delta])
    await client.query('end')
    times.push(performance.now() - began)
  }
  await client.end()
}
