/** The figures as a table that people read: each beside what pgbench reaches on the same server in the same run. */
import type { BacktestFigure } from './backtest.ts'
import type { FileFigure } from './files.ts'
import type { HttpFigure } from './http.ts'
import type { LifeFigure } from './life.ts'
import type { RecorderFigure } from './recorder.ts'
import type { RulesEngineFigure } from './rules-engine.ts'
import type { Yardstick } from './tpcb.ts'
import type { VerifyFigure } from './verifying.ts'

export interface Conditions {
  cores: number
  memoryGiB: number
  postgres: string
  node: string
  members: number
  scale: number
  seconds: number
}

export interface Figures {
  yardstick: Yardstick
  batch: HttpFigure
  recorder: RecorderFigure
  single: HttpFigure
  bytesPerOrder: number
  life: LifeFigure
  verified: VerifyFigure
  backtest: BacktestFigure[]
  /** A small file and a large one. */
  files: FileFigure[]
  rulesEngine: RulesEngineFigure
}

export function report(conditions: Conditions, figures: Figures): string {
  const { cores, memoryGiB, postgres, node, members, scale, seconds } = conditions
  const { yardstick, batch, recorder, single, bytesPerOrder, life, verified, backtest, files, rulesEngine } = figures
  const tps = yardstick.transactions_a_second
  const sendsFrom = yardstick.by === 'pgbench' ? 'pgbench' : 'the transaction of pgbench, sent from Node'
  const rate = (ordersASecond: number) => [count(ordersASecond), `${(ordersASecond / tps).toFixed(2)} ×`]
  const rows = [
    [`${sendsFrom}: TPC-B, scale ${scale}, 8 clients, prepared, transactions a second`, count(tps), '1 ×', ''],
    [
      '`POST /v1/batch`, 16 connections, 100 lines a call, orders a second',
      ...rate(batch.orders / batch.seconds),
      '3 ×; 6 ×',
    ],
    ['the same straight through the recorder', ...rate(recorder.orders_a_second), ''],
    ['`PUT /v1/orders`, 64 connections, orders a second', ...rate(single.orders / single.seconds), '1.3 ×; 2.5 ×'],
    ['the same: half of them are answered within', ms(single.latencies.p50_ms), ms(yardstick.latencies.p50_ms), ''],
    ['the same: 99 in 100 are answered within', ms(single.latencies.p99_ms), ms(yardstick.latencies.p99_ms), ''],
    ['disk for an order, all tables and indexes', `${count(bytesPerOrder)} bytes`, '', 'under 1,400 bytes'],
    ...rowsOfLife(life, rate),
    ['verify, members a second, all their decisions made again', count(verified.members_a_second), '', ''],
    ...backtest.map(({ span, orders_a_second }) => [
      `backtest on one core, orders a second, history of ${span}`,
      count(orders_a_second),
      '',
      '400,000; 1,000,000',
    ]),
    ...rowsOfFiles(files),
    ...rowsOfRulesEngine(rulesEngine),
  ]
  return `# Figures

Written by \`npm run bench\`: one embedded server with fsync on, ${count(members)} members in the ledger, each figure measured
for ${seconds} s after a checkpoint. ${cores} cores, ${memoryGiB.toFixed(0)} GiB of memory, PostgreSQL ${postgres}, Node ${node};
server, database and those who call share them. pgbench runs before, between and after the others.

| figure | here | beside pgbench | to reach; to try for |
|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}

/** What follows an earn, beside an earn straight through the recorder. */
function rowsOfLife(life: LifeFigure, rate: (aSecond: number) => string[]): string[][] {
  const { night } = life
  const beside = night.orders_beside_a_second / night.orders_a_second
  return [
    ['a return of a line, straight through the recorder, returns a second', ...rate(life.returns_a_second), ''],
    ['a redemption, captured at once', ...rate(life.redemptions_a_second), ''],
    ['a hold and its capture', ...rate(life.captures_a_second), ''],
    [
      `expiry sweep of ${count(night.members)} members due on one night, points expired a second`,
      count(night.points_a_second),
      '',
      '',
    ],
    ['orders of 64 tills without the sweep, orders a second', ...rate(night.orders_a_second), ''],
    [
      'the same while the sweep goes on',
      ...rate(night.orders_beside_a_second),
      `0.67 of those without; here ${beside.toFixed(2)}`,
    ],
  ]
}

/** A whole backtest of a file beside DuckDB adding up the same file by member. */
function rowsOfFiles(files: readonly FileFigure[]): string[][] {
  const [small, large] = files as [FileFigure, FileFigure]
  const { backtest, group_by: groupBy, orders, cores } = large
  const perOrder = (figure: FileFigure) => figure.backtest.cpu_seconds / figure.orders
  return [
    [
      `backtest of a file of ${count(orders)} orders of ${count(backtest.members)} members (Parquet), ${cores} cores, all of it`,
      `${backtest.seconds.toFixed(1)} s; ${backtest.cpu_seconds.toFixed(1)} s of CPU`,
      '',
      '',
    ],
    [
      'the same ÷ DuckDB’s `sum(amount) … group by member` over that file',
      `${(backtest.seconds / groupBy.seconds).toFixed(1)} × ${groupBy.seconds.toFixed(2)} s`,
      '',
      'at most 20; 12',
    ],
    ['the same: most memory', `${(backtest.peak_mb / 1024).toFixed(2)} GB`, '', 'at most 4 GB; 1.5 GB'],
    [
      `the same: CPU for an order ÷ that of a file of ${count(small.orders)}`,
      (perOrder(large) / perOrder(small)).toFixed(2),
      '',
      'at most 1.3; 1.0',
    ],
  ]
}

function rowsOfRulesEngine({ theirs_a_second, ours_a_second, backtest_a_second }: RulesEngineFigure): string[][] {
  const times = (aSecond: number) => `${(aSecond / theirs_a_second).toFixed(0)} ×`
  return [
    [
      '`json-rules-engine` deciding the demo program’s three conditions, orders a second',
      count(theirs_a_second),
      '',
      '',
    ],
    ['our conditions over the same orders', count(ours_a_second), '', `10 ×; 50 ×: here ${times(ours_a_second)}`],
    ['all of the backtest over them', count(backtest_a_second), '', `here ${times(backtest_a_second)}`],
  ]
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
