/** A door: the process in which a server has one backtest or balance worked out, or a file looked at. */

import { basename, dirname } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { assert } from './core/assert.ts'
import { compileProgram, type Program } from './core/program.ts'
import { formatProblem } from './core/source.ts'
import type { openHistory } from './engine/history-session.ts'
import './engine/inlining.ts'
import type {
  BacktestTask,
  BalanceTask,
  Begun,
  FileHistory,
  Findings,
  ProgramText,
  Told,
} from './engine/studies/task.ts'
import { UsedWrongly } from './engine/terminal.ts'
import { features } from './features/index.ts'
import type { askFile } from './insight/backtest/ask.ts'
import { CannotAnswer } from './insight/backtest/question.ts'
import type { BacktestReport } from './insight/backtest/report.ts'
import { Threads } from './insight/backtest/threads.ts'
import type { BalanceReport } from './insight/balance/report.ts'

const THREAD = new URL('./backtest-thread.js', import.meta.url)
const RELEASE = packageJson.version
/** Of the way, what has been gone when the file is read and nothing is decided yet. */
const READ = 0.25

process.once('message', (begun: Begun) => {
  // Whoever asked for it has gone: nobody is left to tell.
  process.once('disconnect', () => process.exit(0))
  void answer(begun).then(end, (error: unknown) => {
    const isTheirs = error instanceof UsedWrongly || error instanceof CannotAnswer
    end(isTheirs ? { problem: error.message } : { mistake: (error as Error).stack ?? String(error) })
  })
})

function end(told: Told): void {
  process.send!(told, () => process.exit(0))
}

let toldAt = 0
let furthest = 0

/** Never goes back, and does not tell more often than anybody looks. */
function tell(progress: number): void {
  furthest = Math.max(furthest, progress)
  if (Date.now() - toldAt < 100) return
  toldAt = Date.now()
  process.send!({ progress: furthest } satisfies Told)
}

/** Loads what it needs and no more: a process begins for each of them. */
async function answer({ task, url }: Begun): Promise<Told> {
  if (task.kind === 'balance') return { found: await balance(task) }
  if (task.kind === 'backtest') return { found: await backtest(task, url) }
  const { readOrderFile } = await import('./engine/studies/reading.ts')
  return { reading: await readOrderFile(here(task.history)) }
}

/** Messages name the file as its owner does, and not where it stands on this machine. */
function here(history: FileHistory): FileHistory {
  process.chdir(dirname(history.path))
  return { ...history, path: basename(history.path) }
}

async function backtest(task: BacktestTask, url: string): Promise<Findings> {
  const { askFile, askLedger } = await import('./insight/backtest/ask.ts')
  const { history } = task
  const question = { ...task, program: compile(task.program), against: task.against && compile(task.against) }
  if ('path' in history) {
    const once: OnProgress = (done, of) => tell(READ + (1 - READ) * shareOf(done, of))
    return found(
      await withOrders(history, question.program, once, (file, path, options) =>
        askFile(question, file, path, options),
      ),
    )
  }
  const { program, number, inForce, since, until } = history
  const { openDatabase } = await import('./engine/db.ts')
  const database = await openDatabase(url, { max: 2 })
  try {
    const ledger = { id: program, inForce: compile(inForce), request: { program: number, since, until } }
    const onProgress: OnProgress = (done, of) => tell(shareOf(done, of))
    return found((await askLedger(question, database, ledger, onProgress)).report)
  } finally {
    await database.close()
  }
}

async function found(report: BacktestReport): Promise<Findings> {
  const { backtestPage } = await import('./insight/backtest/report/backtest-page.ts')
  const { economics, customers, members } = report.scenarios[0]?.result ?? report
  return {
    report: `${JSON.stringify(report, null, 2)}\n`,
    page: backtestPage(report, RELEASE),
    summary: {
      name: report.name,
      orders: report.orders.members,
      members,
      verdict: report.judgement?.verdict ?? null,
      expected_rate: economics.expected_rate,
      reached_share: members === 0 ? null : customers.reached / members,
    },
  }
}

async function balance(task: BalanceTask): Promise<Findings> {
  const { planFor, runPlan } = await import('./insight/balance/plan.ts')
  const { balancePage } = await import('./insight/balance/page.ts')
  const { history } = task
  const program = compile(task.program)
  const plan = planFor({ ...task, text: task.program.source, program }, (variant) => {
    const { program, problems } = compileProgram(variant, features)
    return program ?? formatProblem('line', problems[0]!)
  })
  if ('problems' in plan) throw new CannotAnswer(plan.problems.join(' '))
  const report = await withOrders(history, program, again(), (file, path, options) =>
    runPlan(plan, file, path, options),
  )
  return {
    report: `${JSON.stringify(report, null, 2)}\n`,
    page: balancePage(report, RELEASE),
    summary: balanceSummary(report),
  }
}

function balanceSummary({ name, history, variants, axes }: BalanceReport): Record<string, unknown> {
  const current = variants.find((variant) => variant.current)
  const best = variants.find(({ recommended }) => recommended)
  return {
    name,
    orders: history.orders,
    members: history.members,
    settings: axes.map(({ setting }) => setting),
    verdict: current?.verdict ?? null,
    recommended: best?.settings ?? null,
  }
}

type OnProgress = (done: number, of: number) => void

type OverFile<Report> = (
  file: Awaited<ReturnType<typeof openHistory>>['file'],
  path: string,
  options: Parameters<typeof askFile>[3],
) => Promise<Report>

async function withOrders<Report>(
  history: FileHistory,
  program: Program,
  onProgress: OnProgress,
  work: OverFile<Report>,
): Promise<Report> {
  const { openHistory } = await import('./engine/history-session.ts')
  const { path, map, currency, timezone, until } = here(history)
  const end = until ?? undefined
  const threads = await Threads.begin(THREAD, path)
  try {
    const { file, close } = await openHistory(path, program, { map, currency, timezone, until: end })
    try {
      tell(READ)
      return await work(file, path, { until: end, onProgress, threads })
    } finally {
      await close()
    }
  } finally {
    await threads.end()
  }
}

/** A balance reads the orders again and again, nobody knows how often: each reading brings it half as far as is left. */
function again(): OnProgress {
  let [before, nth] = [0, 0]
  return (done, of) => {
    if (done < before) nth++
    before = done
    tell(READ + (1 - READ) * (1 - 0.5 ** nth + shareOf(done, of) * 0.5 ** (nth + 1)))
  }
}

function shareOf(done: number, of: number): number {
  return of === 0 ? 1 : done / of
}

function compile({ source, revision }: ProgramText): Program {
  const { program, problems } = compileProgram(source, features, revision)
  assert(program !== null, `what was asked was compiled before: ${problems[0]?.message}`)
  return program
}
