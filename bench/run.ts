/**
 * `npm run bench`: every figure in one run on one server with fsync on, as ratios to what pgbench reaches on it. The data
 * stays in `.regulars/bench` for the next run.
 * `npm run bench -- --members 20000 --seconds 5 --scale 5 --file 100000` is a quick try.
 */
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { measureBacktest } from './backtest.ts'
import { type Conditions, report } from './figures.ts'
import { measureFiles } from './files.ts'
import { BATCH, measureHttp, SINGLE } from './http.ts'
import { measureLife } from './life.ts'
import { type Ledger, loadMembers, openLedger, serverVersion, sizes, startServer } from './place.ts'
import { measureRecorder } from './recorder.ts'
import { measureRulesEngine } from './rules-engine.ts'
import { measureTpcB, type Stretch, yardstickOf } from './tpcb.ts'
import { measureVerify } from './verifying.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '70' },
    scale: { type: 'string', default: '100' },
    orders: { type: 'string', default: '1000000' },
    file: { type: 'string', default: '10000000' },
  },
})
const { members, seconds, scale, orders, file } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
) as Record<keyof typeof values, number>

await run()

async function run(): Promise<void> {
  const server = await startServer()
  let table: string
  try {
    const ledger = await openLedger(server.url)
    try {
      table = await measureAll(ledger, server.url)
    } finally {
      await ledger.database.close()
    }
  } finally {
    await server.stop()
  }
  console.log(table)
  const isWhole = members >= 1_000_000 && seconds > 60 && scale >= 100 && file >= 10_000_000
  if (isWhole) writeFileSync('bench/figures.md', table)
  else say('A quick try: bench/figures.md stays as it was.')
}

async function measureAll(ledger: Ledger, serverUrl: string): Promise<string> {
  const there = await loadMembers(ledger, members, (done) => {
    if (done % 50_000 === 0) say(`${done.toLocaleString('en')} members are in the ledger`)
  })
  const stretches: Stretch[] = []
  const stretch = async () => {
    say('pgbench')
    stretches.push(await measureTpcB(serverUrl, scale, Math.ceil(seconds / 3)))
  }
  await stretch()
  const before = await bytes(ledger)
  say(`POST /v1/batch, ${seconds} s`)
  const batch = await measureHttp(ledger, there, seconds, BATCH)
  await stretch()
  say(`straight through the recorder, ${seconds} s`)
  const recorder = await measureRecorder(ledger, there, seconds)
  await stretch()
  say(`PUT /v1/orders, ${seconds} s`)
  const single = await measureHttp(ledger, there, seconds, SINGLE)
  await stretch()
  const bytesPerOrder = ((await bytes(ledger)) - before) / (batch.orders + recorder.orders + single.orders)
  const life = await measureLife(ledger, members, seconds, say)
  await stretch()
  say(`verify, ${seconds} s`)
  const verified = await measureVerify(ledger, seconds)
  say('backtest')
  const backtest = measureBacktest(orders)
  say(`backtest of a file of ${file.toLocaleString('en')} orders`)
  const files = await measureFiles(file)
  const rulesEngine = await measureRulesEngine()
  const conditions: Conditions = {
    cores: cpus().length,
    memoryGiB: totalmem() / 2 ** 30,
    postgres: await serverVersion(ledger),
    node: process.versions.node,
    members: there,
    scale,
    seconds,
  }
  const yardstick = yardstickOf(stretches)
  return report(conditions, {
    yardstick,
    batch,
    recorder,
    single,
    bytesPerOrder,
    life,
    verified,
    backtest,
    files,
    rulesEngine,
  })
}

async function bytes(ledger: Ledger): Promise<number> {
  return (await sizes(ledger)).reduce((sum, { bytes }) => sum + bytes, 0)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
