/** What members are told of campaigns that end when they are spent. How much they have is the business's own affair. */

import type { Statement } from '../../core/feature.ts'
import { boundsSentences, moneyValue, nameIn, pointsValue } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'

/** A budget as the program file has it. */
interface Setting {
  id: string
  name?: string
  from?: string
  until?: string
  points?: string | number
  money?: string | number
  each: { most: string | number; per: string }[]
  covers: Record<string, string[]>
}

function settingsOf(program: Program): Setting[] {
  return program.settings['budgets'] as Setting[]
}

export function budgetStatements(program: Program): Statement[] {
  return settingsOf(program).map(({ id, name, from, until, points, each, covers }) => {
    const what = Object.entries(covers).flatMap(([section, ids]) => ids.map((one) => nameIn(program, section, one)))
    const shares = each.map(({ most, per }) => ({
      message: 'each',
      values: { most: points === undefined ? moneyValue(most, program) : pointsValue(most, program), per },
    }))
    const days = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
    return {
      about: `budgets.${id}`,
      title: name,
      message: 'covers',
      values: { what: { list: what } },
      more: [...boundsSentences(days, program), ...shares],
    }
  })
}

export function budgetLosses(before: Program, after: Program): Statement[] {
  return settingsOf(before).flatMap((old): Statement[] => {
    const own = settingsOf(after).find(({ id }) => id === old.id)
    const isLess = old.each.some(({ most, per }) =>
      own?.each.some(
        (share) => share.per === per && Number.parseFloat(String(share.most)) < Number.parseFloat(String(most)),
      ),
    )
    const values = { budget: old.name ?? wordsOfId(old.id) }
    return isLess ? [{ about: `budgets.${old.id}.each`, message: 'loss.each', values }] : []
  })
}
