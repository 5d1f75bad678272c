/** What `regulars balance` was asked for, read and checked before any order is; and the report that comes of it. */

import { minorDigits } from '../../core/money.ts'
import type { Program } from '../../core/program.ts'
import { formatInstant } from '../../core/time.ts'
import type { OrderFile } from '../../engine/files/orders.ts'
import { type FileBacktestOptions, fileSource } from '../backtest/file.ts'
import { costsOf, type Model, type RewardCosts, redeemingOf } from '../backtest/question.ts'
import type { Scenario } from '../backtest/scenario.ts'
import { findBalance, findTarget } from './balance.ts'
import { parseRange } from './ranges.ts'
import type { BalanceReport } from './report.ts'
import { runOver } from './run.ts'
import { type Asked, parseTarget } from './target-text.ts'
import { type Axis, type Compile, Variants, type Vary } from './variants.ts'
import { setThreshold, type Thresholds, USUAL_THRESHOLDS } from './verdict.ts'

export interface Request {
  /** The program file, and what it compiles to. */
  text: string
  program: Program
  /** Each as `earning.base.rate=0.5..3`. */
  vary: readonly string[]
  /** How many values a range is given; null for a few round ones. */
  steps: number | null
  /** As `reward_rate=5%`; null to compare variants. */
  target: string | null
  /** Each as `most_lift=15%`. */
  thresholds: readonly string[]
  assumed: Pick<Scenario, 'redeeming' | 'margin' | 'reward_cost'>
}

export interface Plan {
  request: Request
  variants: Variants
  thresholds: Thresholds
  target: Asked | null
}

/** The same as people ask it: how members redeem by its name, and what rewards cost. */
export interface BalanceQuestion extends Omit<Request, 'assumed'> {
  model: Model
  chance: number
  margin: number
  rewardCosts: RewardCosts
}

export function planFor(question: BalanceQuestion, compile: Compile): Plan | { problems: string[] } {
  const { model, chance, margin, rewardCosts, ...request } = question
  const reward_cost = costsOf([question.program], rewardCosts)
  return planOf({ ...request, assumed: { redeeming: redeemingOf(model, chance), margin, reward_cost } }, compile)
}

/** The program's text with other values of what varies; null where not all of them are named. */
export function textWith({ variants }: Plan, settings: Readonly<Record<string, number>>): string | null {
  const place = variants.axes.flatMap(({ name }) => settings[name] ?? [])
  return place.length === variants.axes.length ? variants.textAt(place) : null
}

/** Reads a request; what makes no sense comes back in sentences, all of it at once. */
export function planOf(request: Request, compile: Compile): Plan | { problems: string[] } {
  const problems: string[] = []
  const keep = <T>(read: T | string): T[] => {
    if (typeof read !== 'string') return [read]
    problems.push(read)
    return []
  }
  const varied = request.vary.flatMap((text) => keep(parseVary(text)))
  const thresholds = request.thresholds.reduce(
    (before, text) => keep(setThreshold(before, text))[0] ?? before,
    USUAL_THRESHOLDS,
  )
  const digits = minorDigits(request.program.currency) ?? 2
  const target = request.target === null ? null : (keep(parseTarget(request.target, digits))[0] ?? null)
  if (request.target !== null && request.vary.length > 1)
    problems.push('--target solves for one setting: vary a single one.')
  if (request.vary.length > MOST_AXES) problems.push(`At most ${MOST_AXES} settings vary at once.`)
  const variants = Variants.of(request.text, compile, varied, request.steps)
  if ('problems' in variants) problems.push(...variants.problems)
  else {
    problems.push(...variants.axes.flatMap((axis, i) => wrongThroughout(variants, axis, i)))
    if (variants.size > MOST_VARIANTS)
      problems.push(
        `These are ${variants.size} variants, and at most ${MOST_VARIANTS} are looked through: take larger steps.`,
      )
  }
  if (problems.length > 0 || 'problems' in variants) return { problems }
  return { request, variants, thresholds, target }
}

const MOST_AXES = 6
const MOST_VARIANTS = 100_000

/** Runs what was planned over a file of orders that was opened at this path. */
export async function runPlan(
  { request, variants, thresholds, target }: Plan,
  file: OrderFile,
  path: string,
  options: FileBacktestOptions,
): Promise<BalanceReport> {
  const { program, assumed } = request
  const { redeeming, margin, reward_cost } = assumed
  const runs = runOver(file, assumed, options)
  // Whoever saves for the dearest reward has nothing of reaching the cheapest.
  const gets = redeeming.model === 'saver' ? 'redeeming_share' : 'reached_share'
  const asked = { run: runs.run, thresholds, history: file, gets } as const
  const found = await (target === null ? findBalance(variants, asked) : findTarget(variants, target, asked))
  const until = options.until ?? (file.until_ms ?? 0) + 1
  return {
    schema: 'regulars.balance/1',
    program: program.id,
    name: program.name,
    currency: program.currency,
    source: fileSource(path, file),
    history: {
      orders: file.orders - file.anonymous,
      members: runs.members(),
      from: file.from_ms === null ? null : formatInstant(file.from_ms),
      until: formatInstant(until),
    },
    redeeming,
    margin,
    reward_cost: { ...reward_cost },
    gets,
    thresholds: { ...thresholds },
    ...found,
  }
}

function parseVary(text: string): Vary | string {
  const at = text.indexOf('=')
  if (at < 1) return `--vary takes setting=range, such as earning.base.rate=0.5..3, which “${text}” is not.`
  const path = text.slice(0, at).trim()
  const range = parseRange(text.slice(at + 1).trim())
  return typeof range === 'string' ? `--vary ${path}: ${range}` : { path, range }
}

/** A range of which no value makes a right program is told with what is wrong at its ends. */
function wrongThroughout(variants: Variants, { name, values }: Axis, axis: number): string[] {
  const at = (value: number) => variants.at(variants.current.map((own, i) => (i === axis ? value : own)))
  if (values.some((value) => 'program' in at(value))) return []
  const found = at(values[0]!)
  return [
    `--vary ${name}: no value of it makes a right program. At ${values[0]}: ${'problem' in found ? found.problem : ''}`,
  ]
}
