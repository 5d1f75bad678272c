/** How much of the budgets is used, as their counters say. */

import { type Budget, budgetClaim } from '../../core/budgets.ts'
import type { Queries } from '../../engine/db.ts'
import type { LiveProgram } from '../../engine/programs.ts'

/** In the order of the budgets, in the period that holds a local day. */
export async function readUsed(
  queries: Queries,
  live: LiveProgram,
  budgets: readonly Budget[],
  day: number,
): Promise<number[]> {
  const names = budgets.map((budget) => budgetClaim(budget, day))
  const { rows } = await queries.query<{ name: string; used: number }>(
    'select name, used from claim where program = $1 and name = any ($2)',
    [live.number, names],
  )
  const used = new Map(rows.map((row) => [row.name, row.used]))
  return names.map((name) => used.get(name) ?? 0)
}
