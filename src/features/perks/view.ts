/** What a member may use now: how much of it is left, until when, and why. */

import type { Account } from '../../core/account.ts'
import { outsideOf } from '../../core/days.ts'
import type { FactContext } from '../../core/feature.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import { firstDayAfter, formatInstant, localDay, startOfDay, type Unit } from '../../core/time.ts'
import { type Perk, perkRulesOf, UNITS } from './rules.ts'
import { givenOf, isHad, leftIn, periodFor, type Slice, sliceOf } from './uses.ts'

export interface Entitlement {
  perk: string
  name: string
  kind: string
  /** Null without limit; on each order, where that is what is counted. */
  left: number | null
  per: string | null
  /** When uses come anew, or when what a reward gave ends, whichever is next. */
  until: string | null
  worth: number
  why: ('tier' | 'plan' | 'program' | 'reward')[]
  open: { activity: number; until: string }[]
}

const NOTHING: readonly never[] = []

export function entitlementsOf(account: Account, program: Program, at: number): readonly Entitlement[] {
  const rules = perkRulesOf(program)
  if (rules.perks.size === 0) return NOTHING
  const day = localDay(program.zone, at)
  const slots = slotsAt(account, program, at, day)
  const slice = sliceOf(account)
  return [...rules.perks.values()].flatMap((perk) => {
    const had = isHad(perk, slots)
    const given = givenOf(slice, perk.id, at)
    if (outsideOf(perk.days, day) !== null || (!had && given.length === 0)) return []
    // On an order that nobody has named yet, everything is left.
    const period = periodFor(perk, rules, slots, day, '')
    const standing = had ? leftIn(slice, perk, period) : 0
    const more = given.reduce((sum, [, , left]) => sum + left, 0)
    const ends = [
      ...(had ? [endOf(perk, program, day)] : []),
      ...given.flatMap(([, , , until]) => (until === 0 ? [] : [until])),
    ]
    const until = Math.min(NEVER, ...ends)
    return [
      {
        perk: perk.id,
        name: perk.name,
        kind: perk.kind,
        left: standing === NEVER ? null : standing + more,
        per: had ? (perk.limit?.per ?? null) : null,
        until: until === NEVER ? null : formatInstant(until),
        worth: perk.worth,
        why: [...reasons(perk, slots, had), ...(given.length > 0 ? (['reward'] as const) : [])],
        open: openOf(slice, perk.id),
      },
    ]
  })
}

function slotsAt(account: Account, program: Program, at: number, day: number): FactValue[] {
  const context: FactContext = { program, account, type: 'clock', body: {}, order: null, at, day }
  const slots: FactValue[] = new Array(program.slots)
  for (const { slot, fact } of program.readers) slots[slot] = fact.read(context)
  return slots
}

/** When a new period begins, or the perk itself is over. */
function endOf({ limit, days }: Perk, { zone }: Program, day: number): number {
  const over = days === null || days.until === Number.POSITIVE_INFINITY ? NEVER : startOfDay(zone, days.until + 1)
  if (limit === null || !UNITS.has(limit.per)) return over
  return Math.min(over, startOfDay(zone, firstDayAfter(limit.per as Unit, day)))
}

function reasons({ ofLevel, ofPlan }: Perk, slots: FactValue[], had: boolean): Entitlement['why'] {
  if (!had) return []
  const why: Entitlement['why'] = []
  if (ofLevel?.test(slots)) why.push('tier')
  if (ofPlan?.test(slots)) why.push('plan')
  return why.length === 0 ? ['program'] : why
}

function openOf(slice: Slice, perk: string): Entitlement['open'] {
  return (slice.u ?? []).flatMap(({ a, p, z }) =>
    p === perk && z !== undefined ? [{ activity: a, until: formatInstant(z) }] : [],
  )
}
