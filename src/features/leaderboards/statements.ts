/** What members are told of leaderboards, and what a new revision takes from those who are in front. */

import type { Sentence, Statement } from '../../core/feature.ts'
import { nameIn } from '../../core/offer-words.ts'
import { type Program, rulesOf } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'
import { type BoardRules, boardsOf } from './rules.ts'

export function boardStatements(program: Program): Statement[] {
  const boards = boardsOf(program)
  if (boards.length === 0) return []
  return [
    ...boards.map((board) => statementOf(board, program)),
    { about: 'leaderboards.returns', message: 'returned', values: {} },
  ]
}

function statementOf({ id, name, counts, wallet, per, shows, contest }: BoardRules, program: Program): Statement {
  const what = typeof counts === 'object' ? 'action' : counts === 'points_earned' ? 'points' : counts
  const more: Sentence[] = [{ message: 'seen', values: { shows } }]
  if (contest !== null) {
    const reward = nameIn(program, 'rewards', contest.reward)
    more.unshift({ message: 'reward', values: { places: contest.places, reward } })
  }
  return {
    about: `leaderboards.${id}`,
    title: titleOf({ id, name }),
    message: 'board',
    values: {
      what,
      per,
      wallet: wallet === '' ? '' : rulesOf(program, wallet).name,
      action: typeof counts === 'object' ? wordsOfId(counts.on) : '',
    },
    more,
  }
}

/** Whoever is in front was promised a reward for it. */
export function boardLosses(before: Program, after: Program): Statement[] {
  const next = new Map(boardsOf(after).map((board) => [board.id, board]))
  return boardsOf(before).flatMap(({ id, name, contest }): Statement[] => {
    if (contest === null) return []
    const board = titleOf({ id, name })
    const loss = (aspect: string): Statement[] => [
      { about: `leaderboards.${id}`, title: board, message: `loss.${aspect}`, values: { board } },
    ]
    const now = next.get(id)?.contest ?? null
    if (now === null) return loss('gone')
    if (now.reward !== contest.reward) return loss('reward')
    return now.places < contest.places ? loss('places') : []
  })
}

function titleOf({ id, name }: Pick<BoardRules, 'id' | 'name'>): string {
  return name === id ? wordsOfId(id) : name
}
