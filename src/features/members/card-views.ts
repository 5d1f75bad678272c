/** What a member sees of themselves: their card, and what happened on it with the reason of each line. */

import { z } from 'zod'
import type { OrderBody } from '../../core/activity.ts'
import { priceOrder } from '../../core/order.ts'
import { prizesOf } from '../../core/prizes.ts'
import { type Program, rulesOf } from '../../core/program.ts'
import type { Refusal } from '../../core/refusal.ts'
import { termsOf, wordsOfId } from '../../core/terms.ts'
import { formatInstant } from '../../core/time.ts'
import { activityAnswer } from '../../engine/answers.ts'
import type { StoredActivity } from '../../engine/incoming.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import { type Page, type PageRequest, type Reading, readMembers } from '../../engine/read.ts'
import { Explanation, Member } from '../../engine/shapes.ts'
import { readTimeLine } from '../../engine/time-line.ts'

const Time = z.iso.datetime({ offset: true })

export const Card = z
  .object({
    as_of: Time,
    program: z.object({
      id: z.string(),
      name: z.string(),
      currency: z.string(),
      timezone: z.string(),
    }),
    ...Member.pick({
      name: true,
      joined_at: true,
      card_number: true,
      referral: true,
      balances: true,
      tier: true,
      cards: true,
      challenges: true,
      badges: true,
      vouchers: true,
      entitlements: true,
      membership: true,
    }).shape,
    perks: z.array(z.string()).describe('In words'),
    next_level: z.string().nullable().describe('What the next level of the tier is called'),
    rewards: z
      .array(
        z.object({
          reward: z.string(),
          name: z.string(),
          wallet: z.string(),
          decimals: z.int(),
          cost: z.int(),
          missing: z.int().describe('Points that are missing for it; 0 when it can be had'),
          for_level: z.boolean().describe('Whether the member’s level may have it'),
        }),
      )
      .describe('What points are good for, the smallest first'),
  })
  .meta({ id: 'Card', description: 'What a member sees of themselves' })
export type Card = z.output<typeof Card>

/** More than fit on a card that somebody looks at while waiting. */
const MOST_REWARDS = 50

export async function readCard(reading: Reading, live: LiveProgram, account: number): Promise<Card> {
  const program = currentProgram(live)
  const [member] = await readMembers(reading, live, [account])
  const { name, joined_at, card_number, referral, balances, tier } = member!
  const { cards, challenges, badges, vouchers, entitlements, membership } = member!
  return {
    as_of: formatInstant(nowOf(live)),
    program: {
      id: live.id,
      name: program.name,
      currency: program.currency,
      timezone: program.settings['timezone'] as string,
    },
    ...{ name, joined_at, card_number, referral, balances },
    tier: tier === null ? null : { ...tier, name: capital(tier.name) },
    ...{ cards, challenges, badges, vouchers, entitlements, membership },
    perks: member!.perks.map(wordsOfId),
    next_level: tier?.next == null ? null : nameOfLevel(program, tier.next),
    rewards: rewardsFor(program, member!),
  }
}

function nameOfLevel(program: Program, level: string): string {
  const { levels = [] } = (program.settings['tiers'] ?? {}) as { levels?: { id: string; name?: string }[] }
  return levels.find(({ id }) => id === level)?.name ?? capital(wordsOfId(level))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function rewardsFor(program: Program, { balances, tier }: Member): Card['rewards'] {
  const available = new Map(balances.map((balance) => [balance.wallet, balance.available]))
  return termsOf(program)
    .offers.map(({ reward, name, wallet, cost, levels }) => ({
      reward,
      name,
      wallet,
      decimals: rulesOf(program, wallet).decimals,
      cost,
      missing: Math.max(0, cost - (available.get(wallet) ?? 0)),
      for_level: levels === null || (tier !== null && levels.includes(tier.level)),
    }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, MOST_REWARDS)
}

export const CardLine = z
  .object({
    id: z.string(),
    type: z.string().describe('order, return, visit, redeem, clock (something fell due) and so on'),
    occurred_at: Time,
    total: z.int().nullable().describe('Of an order, in minor units; null for everything else'),
    moves: z
      .array(
        z.object({
          wallet: z.string(),
          decimals: z.int(),
          from: z.string(),
          to: z.string(),
          points: z.int(),
          name: z.string().nullable().describe('The rule or the reward, in words'),
        }),
      )
      .describe('Points that moved, from which bucket to which'),
    reasons: z.array(Explanation.pick({ wallet: true, points: true, text: true })).describe('Why, in English'),
  })
  .meta({ id: 'CardLine', description: 'Something that happened on a card' })
export type CardLine = z.output<typeof CardLine>

export async function listCardLines(
  reading: Reading,
  live: LiveProgram,
  account: number,
  request: PageRequest,
): Promise<Page<CardLine> | Refusal> {
  const page = await readTimeLine(reading, live, account, request)
  return 'data' in page ? { ...page, data: page.data.map((stored) => lineOf(stored, live)) } : page
}

function lineOf(stored: StoredActivity, live: LiveProgram): CardLine {
  const program = currentProgram(live)
  const { id, type, occurred_at, postings, explanation } = activityAnswer(stored, live)
  return {
    id,
    type,
    occurred_at,
    total: totalOf(stored),
    moves: postings.map(({ wallet, from, to, points, rule }) => ({
      wallet,
      decimals: rulesOf(program, wallet).decimals,
      from,
      to,
      points,
      name: rule === null ? null : (prizesOf(program).get(rule)?.name ?? capital(wordsOfId(rule))),
    })),
    reasons: explanation.map(({ wallet, points, text }) => ({ wallet, points, text })),
  }
}

/** What was paid for an order, as it was bought: what came back since is a line of its own. */
function totalOf({ type, body, shares }: StoredActivity): number | null {
  return type === 'order' && body !== null ? priceOrder(body as OrderBody, shares).total : null
}
