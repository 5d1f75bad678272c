/** A backtest from the question to its report: over a file of orders, or over what members of a live program did. */

import type { Program } from '../../core/program.ts'
import type { Database } from '../../engine/db.ts'
import type { OrderFile } from '../../engine/files/orders.ts'
import { ledgerAssumptions } from './assumptions.ts'
import { type FileBacktestOptions, fileSource, runFile } from './file.ts'
import { atOneMoment, backtestLedger, type LedgerRequest, type LedgerSource, ledgerSource } from './ledger.ts'
import { chancesOf, readPast } from './past.ts'
import { assumedBy, CannotAnswer, type Question } from './question.ts'
import { type BacktestReport, reportOf } from './report.ts'
import type { Scenario } from './scenario.ts'
import { study } from './study.ts'

/** Over a file that was opened at this path; `chances` are those of a live program's past. */
export async function askFile(
  question: Question,
  file: OrderFile,
  path: string,
  options: FileBacktestOptions,
  chances: Record<string, number> | null = null,
): Promise<BacktestReport> {
  const assumed = assumedBy(question, chances)
  const found = await study((scenarios) => runFile(file, scenarios, options), question.program, assumed)
  return reportOf(found.assumed, fileSource(path, file), found.asIs, found.scenarios, found.against)
}

/** A live program whose members' doings are the history. */
export interface Ledger {
  id: string
  /** What decides there now. */
  inForce: Program
  /** Whose activities, from when on and until when. */
  request: LedgerRequest
}

export async function askLedger(
  question: Question,
  database: Database,
  { id, inForce, request }: Ledger,
  onProgress?: (done: number, of: number) => void,
): Promise<{ report: BacktestReport; erased: number }> {
  const { program, against } = question
  if (inForce.currency !== program.currency)
    throw new CannotAnswer(`The ledger of ${id} is in ${inForce.currency}, and ${program.id} in ${program.currency}.`)
  return atOneMoment(database, async (queries) => {
    const past = await readPast(queries, request, inForce)
    const chances = chancesOf(past, against === null ? [program] : [program, against])
    let source: LedgerSource | null = null
    const read = async (scenarios: readonly Scenario[]) => {
      const folded = await backtestLedger(queries, request, scenarios, onProgress)
      source = folded.source
      return folded.runs
    }
    const found = await study(read, program, assumedBy(question, chances))
    const known = ledgerAssumptions(source!, request.since, past, found.assumed)
    const told = ledgerSource(id, source!)
    const report = reportOf(found.assumed, told, found.asIs, found.scenarios, found.against, known)
    return { report, erased: source!.erased }
  })
}

/** How often members of a live program use each reward, for a history that does not tell it. */
export async function pastChances(
  database: Database,
  { id, inForce, request }: Ledger,
  programs: readonly Program[],
): Promise<Record<string, number>> {
  const past = await atOneMoment(database, (queries) => readPast(queries, request, inForce))
  const chances = chancesOf(past, programs)
  if (chances === null) throw new CannotAnswer(`Nobody has redeemed anything in ${id} yet: its past tells nothing.`)
  return chances
}
