/** Folds what is read of a file through every scenario of one reading. */

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

  /** Takes the members whom it meets off the list of those who join. Who orders has joined. */
  take(entry: FileEntry, joining: Joining): void {
    const { member } = entry
    const joined_at = member === null || joining.size === 0 ? undefined : joining.get(member)
    if (joined_at !== undefined) {
      joining.delete(member!)
      if (joined_at !== null && joined_at < entry.occurred_at) this.#join({ member: member!, joined_at })
    }
    for (let i = 0; i < this.#runs.length; i++)
      if (isReturn(entry)) this.#runs[i]!.giveBack(entry)
      else this.#runs[i]!.order(entry)
  }

  /** Those who never ordered are members all the same, from the first day on where nobody says since when. */
  finish(others: Joining): TallyState[] {
    for (const [member, joined_at] of others) this.#join({ member, joined_at: joined_at ?? this.#from })
    return this.#runs.map((run) => run.finishPart())
  }

  #join(member: HistoryMember): void {
    for (const run of this.#runs) run.join(member)
  }
}
