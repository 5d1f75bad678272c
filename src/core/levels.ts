/** Which levels of membership something is for: what a section of a program says with `from_tier` or `tiers`. */

import { z } from 'zod'
import type { Compiling, Path } from './feature.ts'
import { nearest } from './nearest.ts'
import { Id } from './program.ts'
import type { Condition } from './rules.ts'

/** The settings, for sections to spread among their own. */
export const LevelSettings = {
  from_tier: Id.optional().describe('The lowest tier that may have it'),
  tiers: z.array(Id).min(1).optional().describe('The tiers that may have it'),
}

export interface Levels {
  /** Their ids, the lowest first. */
  ids: readonly string[]
  /** Whether the member has one of them; null where that could not be compiled, which is reported. */
  isOne: Condition | null
}

/** Null when the section says nothing of levels, so that everybody may have it. */
export function compileLevels(
  { from_tier, tiers }: { from_tier?: string | undefined; tiers?: readonly string[] | undefined },
  compiling: Compiling,
  path: Path,
): Levels | null {
  if (from_tier === undefined && tiers === undefined) return null
  const setting = tiers === undefined ? 'from_tier' : 'tiers'
  if (from_tier !== undefined && tiers !== undefined)
    compiling.problem([...path, 'tiers'], 'contradiction', 'say `from_tier` or `tiers`, not both')
  const known = levelsOf(compiling)
  for (const id of tiers ?? [from_tier!])
    if (!known.includes(id))
      compiling.problem([...path, setting], 'unknown_tier', `there is no tier ${id}`, nearest(id, known))
  const ids = tiers === undefined ? known.slice(known.indexOf(from_tier!)) : known.filter((id) => tiers.includes(id))
  const isKnown = known.length > 0 && ids.length > 0
  const isOne = isKnown
    ? compiling.condition([...path, setting], `member.tier in ${JSON.stringify(ids)}`, 'member')
    : null
  return { ids, isOne }
}

/** The program's levels, the lowest first. */
export function levelsOf({ settings }: { settings: Readonly<Record<string, unknown>> }): string[] {
  const section = settings['tiers'] as { levels: { id: string }[] } | undefined
  return section?.levels.map(({ id }) => id) ?? []
}
