/** The library: the pure engine for any Node program or browser, with every feature in it. */

import { compileProgram, type Program } from './core/program.ts'
import type { Problem } from './core/source.ts'
import { features } from './features/index.ts'

export type { Account } from './core/account.ts'
export type { Activity, ActivityOf, OrderBody, OrderLine } from './core/activity.ts'
export { type Decided, decide, type Env, type Related, start } from './core/decide.ts'
export type { Deciding } from './core/deciding.ts'
export type { HistoryOrder, HistoryReturn } from './core/history.ts'
export { type Posting, sums } from './core/points.ts'
export type { Program } from './core/program.ts'
export { Refusal } from './core/refusal.ts'
export { formatProblem, type Problem } from './core/source.ts'
export {
  type Backtest,
  type BacktestOptions,
  backtest,
  createBacktest,
  type HistoryOptions,
} from './insight/backtest/backtest.ts'
export { resultOf } from './insight/backtest/figures.ts'
export type { MemberEnd } from './insight/backtest/member.ts'
export type {
  BacktestResult,
  MonthPoints,
  MonthResult,
  PointsResult,
  RuleResult,
} from './insight/backtest/result.ts'
export { assume, type Redeeming, type Response, type Scenario } from './insight/backtest/scenario.ts'
export { mergeTallies, type TallyState } from './insight/backtest/tally-state.ts'

/**
 * Checks and compiles a program file, YAML or JSON. Mistakes come back as values, each with its line and column, what
 * is wrong and, where it can be told, what would be right.
 */
export function program(text: string): { program: Program; problems: [] } | { program: null; problems: Problem[] } {
  return compileProgram(text, features)
}
