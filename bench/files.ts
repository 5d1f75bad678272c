/**
 * A backtest of a file from beginning to end, on all cores, beside DuckDB adding up the same file by member. Each is
 * measured in a process of its own, so that memory and garbage are its own. Run it after `npm run build` as
 * `node dist/bench/files.js [orders]`; the files stay in `.regulars/bench` for the next run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { DuckDBInstance } from '@duckdb/node-api'
import { openOrders } from '../src/engine/files/orders.ts'
import { backtestFile } from '../src/insight/backtest/file.ts'
import { assume } from '../src/insight/backtest/scenario.ts'
import { Threads } from '../src/insight/backtest/threads.ts'
import { demoProgram } from './backtest.ts'

/** What one process took, from its first line to its last answer. */
interface Taken {
  seconds: number
  /** Of all threads. */
  cpu_seconds: number
  peak_mb: number
  members: number
}

export interface FileFigure {
  orders: number
  cores: number
  backtest: Taken
  /** `select member, sum(amount) … group by member` over the same file, its rows read out. */
  group_by: Taken
}

const FOLDER = '.regulars/bench'

/** The file of so many orders, by a tenth as many members, and one of a hundredth of it. */
export async function measureFiles(orders = 10_000_000, runs = 3): Promise<FileFigure[]> {
  const figures: FileFigure[] = []
  for (const count of [orders / 100, orders]) {
    const path = await makeFile(count)
    const backtest = medianOf(runs, () => inProcess('backtest', path))
    const group_by = medianOf(runs, () => inProcess('group-by', path))
    figures.push({ orders: count, cores: availableParallelism(), backtest, group_by })
  }
  return figures
}

/** Two years of whole orders between 3 and 28 dollars, in the order of time. */
async function makeFile(orders: number): Promise<string> {
  const path = `${FOLDER}/orders-${orders}.parquet`
  if (existsSync(path)) return path
  mkdirSync(FOLDER, { recursive: true })
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const step = (2 * 365 * 86_400) / orders
  await connection.run(`COPY (SELECT 'o' || i AS order_id, 'm' || hash(i) % ${Math.ceil(orders / 10)} AS member,
      TIMESTAMP '2024-01-01' + to_seconds(floor(i * ${step})::BIGINT) AS occurred_at,
      (3 + hash(i + ${orders}) % 2500 / 100)::DECIMAL(9, 2) AS amount
    FROM range(${orders}) AS numbers(i)) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  return path
}

function medianOf(runs: number, measure: () => Taken): Taken {
  const all = Array.from({ length: runs }, measure)
  return all.sort((a, b) => a.seconds - b.seconds)[runs >> 1]!
}

function inProcess(what: string, path: string): Taken {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--max-semi-space-size=64', import.meta.filename, what, path],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Taken
}

/** From the first line of the process to the result. */
async function backtestAll(path: string): Promise<Taken> {
  const program = demoProgram()
  const { currency, zone } = program
  const threads = await Threads.begin(new URL('../src/backtest-thread.js', import.meta.url), path)
  const file = await openOrders(path, { currency, timezone: zone.name, sortedBy: 'member' })
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  const [result] = await backtestFile(file, [assume(program)], { threads })
  await Promise.all([file.close(), threads.end()])
  return taken(process.uptime(), { user: 0, system: 0 }, result!.members)
}

/** The query alone, on a database that is open. */
async function groupBy(path: string): Promise<Taken> {
  const connection = await (await DuckDBInstance.create()).connect()
  const before = process.cpuUsage()
  const begun = performance.now()
  const query = `SELECT member, sum(amount) FROM '${path}' GROUP BY member`
  const { currentRowCount } = await connection.runAndReadAll(query)
  return taken((performance.now() - begun) / 1000, before, currentRowCount)
}

function taken(seconds: number, before: NodeJS.CpuUsage, members: number): Taken {
  const { user, system } = process.cpuUsage(before)
  const peak_mb = Math.round(process.resourceUsage().maxRSS / 1024)
  return { seconds, cpu_seconds: (user + system) / 1e6, peak_mb, members }
}

if (process.argv[1] === import.meta.filename) {
  const [what, path] = process.argv.slice(2)
  if (what === 'backtest') console.log(JSON.stringify(await backtestAll(path!)))
  else if (what === 'group-by') console.log(JSON.stringify(await groupBy(path!)))
  else
    for (const figure of await measureFiles(what === undefined ? undefined : Number(what)))
      console.log(JSON.stringify(figure))
}
