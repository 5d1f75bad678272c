/** What members are told of discounts that come by themselves, and what a new revision takes from those of a level. */

import type { Statement } from '../../core/feature.ts'
import {
  type Bounds,
  boundsSentences,
  type Gives,
  givesLess,
  givesSentences,
  levelNames,
} from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'

/** A discount as the program file has it. */
interface Setting extends Bounds {
  id: string
  name?: string
  gives: Gives
}

function settingsOf(program: Program): Setting[] {
  return program.settings['discounts'] as Setting[]
}

function nameOf({ id, name }: Setting): string {
  return name ?? wordsOfId(id)
}

export function discountStatements(program: Program): Statement[] {
  return settingsOf(program).map((setting) => {
    const [first, ...others] = givesSentences(setting.gives, program)
    return {
      about: `discounts.${setting.id}`,
      title: nameOf(setting),
      ...first!,
      more: [...others, ...boundsSentences(setting, program)],
      who: levelNames(setting, program) ?? undefined,
    }
  })
}

/** Whoever has reached a level has earned what comes with it; what everybody has may end as it came. */
export function discountLosses(before: Program, after: Program): Statement[] {
  return settingsOf(before).flatMap((old): Statement[] => {
    const levels = levelNames(old, before)
    if (levels === null) return []
    const loss = (aspect: string, message: string, whose: readonly string[]): Statement => ({
      about: `discounts.${old.id}${aspect}`,
      message: `loss.${message}`,
      values: { discount: nameOf(old), levels: { list: whose } },
      who: whose,
    })
    const own = settingsOf(after).find(({ id }) => id === old.id)
    if (own === undefined) return [loss('', 'removed', levels)]
    const still = levelNames(own, after)
    const without = still === null ? [] : levels.filter((level) => !still.includes(level))
    return [
      ...(givesLess(old.gives, own.gives) ? [loss('.gives', 'less', levels)] : []),
      ...(without.length > 0 ? [loss('.levels', 'fewer', without)] : []),
    ]
  })
}
