/** The parts of what backtests and balances answer that several of their pages speak of. */

import type { Backtest, BacktestEntry, ProgramBalance, ProgramChoice } from '../../../client/index.ts'
import type { Say } from '../../ui/words.ts'
import type { ReportWord } from './report-words.ts'

export type Report = NonNullable<Backtest['report']>
export type Scenario = Report['scenarios'][number]
export type Result = Scenario['result']
export type Comparison = NonNullable<Report['against']>
export type BalanceReport = NonNullable<ProgramBalance['report']>
export type Variant = BalanceReport['variants'][number]
export type AskedProgram = BacktestEntry['asked']['program']
export type SayReport = Say<ReportWord>

/** The run that a page is about, and how far its figures may lie from it; history as it was where nothing is assumed. */
export function leadOf(report: Report): { result: Result; ranges: Scenario['ranges'] } {
  const [first] = report.scenarios
  return first === undefined ? { result: report as unknown as Result, ranges: {} } : first
}

/** How members redeem, as a clause. */
export function redeemingText(say: SayReport, { model }: Result['redeeming']): string {
  return say(`model_${model === 'at-once' ? 'at_once' : model}`)
}

/** `current`, `draft:main`, `template:punch-card`: a program in an address. */
export function choiceOf(text: string): ProgramChoice {
  const [kind, ...rest] = text.split(':')
  const name = rest.join(':')
  if (kind === 'draft') return { draft: name }
  if (kind === 'template') return { template: name }
  return { revision: kind === 'revision' ? Number(name) : 'current' }
}

/** An id of a program file as words: `double-tuesday` is “double tuesday”. */
export function wordsOf(id: string): string {
  return id.replaceAll(/[-_]/g, ' ')
}
