/** What a program offers, in the places by which a backtest counts it: rules, levels, and rewards by level. */

import type { Fact, Offer } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { termsOf } from '../../core/terms.ts'

/** Every earning rule of the program, with the wallet that it gives to. */
export function rulesIn(program: Program): { id: string; wallet: string }[] {
  const rules = program.settings['earning'] as readonly { id: string; wallet?: string | undefined }[]
  return rules.map(({ id, wallet }) => ({ id, wallet: wallet ?? program.wallets[0]!.id }))
}

/** The ids of the program's levels, from the lowest; none without tiers. */
export function levelsOf(program: Program): readonly string[] {
  return findTier(program)?.values ?? []
}

/** The tier as conditions see it: what a tier is, only its own feature knows. */
export function findTier(program: Program): Fact | null {
  for (const feature of program.features) {
    const fact = feature.facts?.(program.settings[feature.id] as never)['member.tier']
    if (fact !== undefined) return fact
  }
  return null
}

/** All that members use, by its place: rewards that they ask for, and then those that they are only given. */
export function usedIn(program: Program): readonly Offer[] {
  const { offers, gifts } = termsOf(program)
  return gifts.length === 0 ? offers : [...offers, ...gifts]
}

/** By reward, what its vouchers are worth; none where the program gives no vouchers. */
export function givenIn(program: Program): ReadonlyMap<string, Offer> {
  const given = new Set(program.gifts.map(({ reward }) => reward))
  return new Map(usedIn(program).flatMap((offer) => (given.has(offer.reward) ? [[offer.reward, offer]] : [])))
}

/** The rewards that members of each level may have; without tiers there is one list, for all. */
export function offersByLevel(program: Program): readonly (readonly Offer[])[] {
  const ids = levelsOf(program)
  const { offers } = termsOf(program)
  const of = (level: string | null) =>
    offers.filter(({ levels }) => levels === null || (level !== null && levels.includes(level)))
  return (ids.length === 0 ? [null] : ids).map(of)
}

/** The fewest points for which a level gets a reward, by the places of level and wallet. What is free is not reached. */
export function cheapestByLevel(program: Program): number[][] {
  return offersByLevel(program).map((offers) =>
    program.wallets.map(({ id }) => {
      const own = offers.filter(({ wallet, cost }) => wallet === id && cost > 0)
      return Math.min(...own.map(({ cost }) => cost))
    }),
  )
}
