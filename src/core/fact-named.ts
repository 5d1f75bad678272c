/** A feature asks what another one knows of an account by the name of a fact, as conditions do. */

import type { Account } from './account.ts'
import type { Fact } from './feature.ts'
import type { Program } from './program.ts'
import type { FactValue } from './rules/facts.ts'

const known = new WeakMap<Program, Record<string, Fact>>()

/** What a fact about the member says on a local day; null when the program has no such fact. */
export function readFact(
  program: Program,
  name: `member.${string}`,
  account: Account,
  at: number,
  day: number,
): FactValue {
  let facts = known.get(program)
  if (facts === undefined) {
    facts = Object.assign({}, ...program.features.map((one) => one.facts?.(program.settings[one.id] as never) ?? {}))
    known.set(program, facts!)
  }
  return facts![name]?.read({ program, account, type: 'clock', body: {}, order: null, at, day }) ?? null
}
