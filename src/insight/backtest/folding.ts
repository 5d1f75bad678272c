/** Folds what is read of a file, members by members, through every scenario of one reading. */

import type { HistoryMember } from '../../core/history.ts'
import { type FileEntry, isReturn } from '../../engine/files/order-reader.ts'
import type { Joining } from '../../engine/files/orders.ts'
import { type Backtest, createBacktest } from './backtest.ts'
import type { Scenario } from './scenario.ts'
import type { TallyState } from './tally-state.ts'

/** What is the same for all scenarios and threads. */
export interface History {
  /** Where it begins and where it ends (ms), the end itself not included. */
  from: number
  until: number
  returns: boolean
  /** Whether one member's entries come after the other's. */
  byMember: boolean
}

export class Folding {
  readonly #runs: readonly Backtest[]
  readonly #from: number

  constructor(scenarios: readonly Scenario[], { from, until, returns, byMember }: History) {
    this.#runs = scenarios.map((scenario) => createBacktest(scenario, { until, returns, distinct: true, byMember }))
    this.#from = from
  }

  /** Takes the members whom it meets off the list of those who join. */
  take(entries: readonly FileEntry[], joining: Joining): void {
    const all = joining.size > 0 ? withJoining(entries, joining) : entries
    for (const run of this.#runs) fold(run, all)
  }

  /** Those who never ordered are members all the same, from the first day on where nobody says since when. */
  finish(others: Joining): TallyState[] {
    const joined = [...others].map(([member, joined_at]) => ({ member, joined_at: joined_at ?? this.#from }))
    for (const run of this.#runs) fold(run, joined)
    return this.#runs.map((run) => run.finishPart())
  }
}

function fold(run: Backtest, entries: readonly (FileEntry | HistoryMember)[]): void {
  for (const entry of entries) {
    if ('joined_at' in entry) run.join(entry)
    else if (isReturn(entry)) run.giveBack(entry)
    else run.order(entry)
  }
}

/** Puts before each member's first order that they joined, and takes them off the list. Who orders has joined. */
function withJoining(batch: readonly FileEntry[], joining: Joining): (FileEntry | HistoryMember)[] {
  const all: (FileEntry | HistoryMember)[] = []
  for (const entry of batch) {
    const { member, occurred_at } = entry
    const joined_at = member === null ? null : (joining.get(member) ?? null)
    if (member !== null && joined_at !== null && joined_at < occurred_at) all.push({ member, joined_at })
    if (member !== null) joining.delete(member)
    all.push(entry)
  }
  return all
}
