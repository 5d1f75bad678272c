/** What members are told of draws, and what a new revision takes from those who have entries. */

import type { Statement } from '../../core/feature.ts'
import { nameIn } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'
import { type DrawRules, drawsOf } from './rules.ts'

export function drawStatements(program: Program): Statement[] {
  const draws = drawsOf(program).map((draw): Statement => {
    const { id, lastDay, winners, prize, mostEntries } = draw
    return {
      about: `draws.${id}`,
      title: titleOf(draw),
      message: 'draw',
      values: { day: { day: lastDay }, winners, prize: nameIn(program, 'rewards', prize) },
      more: [{ message: 'most', values: { count: mostEntries } }],
    }
  })
  if (draws.length === 0) return []
  return [...draws, { about: 'draws.fair', message: 'fair', values: {}, more: [{ message: 'open', values: {} }] }]
}

export function drawLosses(before: Program, after: Program): Statement[] {
  const next = new Map(drawsOf(after).map((draw) => [draw.id, draw]))
  return drawsOf(before).flatMap((old) => {
    const own = next.get(old.id)
    const draw = titleOf(old)
    const isLess = (aspect: string): Statement => ({
      about: aspect === 'gone' ? `draws.${old.id}` : `draws.${old.id}.${aspect}`,
      title: draw,
      message: `loss.${aspect}`,
      values: { draw },
    })
    if (own === undefined) return [isLess('gone')]
    const losses: Statement[] = []
    if (own.lastDay !== old.lastDay) losses.push(isLess('until'))
    if (own.prize !== old.prize || own.winners < old.winners) losses.push(isLess('prize'))
    if (own.mostEntries < old.mostEntries) losses.push(isLess('most'))
    return losses
  })
}

function titleOf({ id, name }: DrawRules): string {
  return name === id ? wordsOfId(id) : name
}
