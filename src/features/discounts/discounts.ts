/** Discounts: money off that comes by itself, for all members, for some of them, or for a while. */

import { z } from 'zod'
import type { ActivityOf } from '../../core/activity.ts'
import { type Candidate, DISCOUNTS_LANE, refuseBelow } from '../../core/checkout.ts'
import { compileDays, DaySettings, type Days, outsideOf } from '../../core/days.ts'
import type { Deciding, Discount } from '../../core/deciding.ts'
import { compileMoneyOff, type MoneyOff, MoneyOffKinds, takeOff } from '../../core/discounts.ts'
import type { Compiling, Feature } from '../../core/feature.ts'
import { compileLevels, LevelSettings, type Levels } from '../../core/levels.ts'
import { pointsKept } from '../../core/order.ts'
import { NEVER } from '../../core/points.ts'
import { Id, MoneyText, moneyAt, type Program } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Condition } from '../../core/rules.ts'
import { discountLosses, discountStatements } from './statements.ts'
import { words } from './words.ts'

const DiscountRule = z.strictObject({
  id: Id,
  name: z.string().max(200).optional().describe('What members read'),
  gives: MoneyOffKinds.describe('What is taken off'),
  ...LevelSettings,
  when: z.string().optional().describe('A condition in CEL, such as order.channel == "web"'),
  min_spend: MoneyText.optional().describe('What the order has to come to, without its shipping'),
  locations: z.array(z.string()).min(1).optional().describe('Only in these shops'),
  ...DaySettings,
  lane: Id.optional().describe('In which lane of the checkout it stands'),
})

const DiscountsSection = z.array(DiscountRule).default([])
type Section = z.output<typeof DiscountsSection>

interface Terms {
  id: string
  name: string
  gives: MoneyOff
  levels: Levels | null
  when: Condition | null
  minSpend: number
  locations: readonly string[] | null
  days: Days | null
  lane: string
  /** Whether a member has it for a level or a membership: what it saves is booked as a benefit of that. */
  isBenefit: boolean
}

/** What an order freezes of discounts that count as benefits. */
type Saved = [id: string, shares: number[]]

export const discounts: Feature = {
  id: 'discounts',
  section: DiscountsSection,
  compile: (section: Section, compiling) => section.map((rule, i) => compileDiscount(rule, compiling, i, section)),
  hears: {
    order: { price: propose, count: bookBenefits },
    return: { count: takeBenefitsBack },
    cancel: { count: takeBenefitsBack },
  },
  isIdle: (program) => discountsOf(program).length === 0,
  statements: discountStatements,
  losses: discountLosses,
  words,
}

function discountsOf(program: Program): readonly Terms[] {
  return program.compiled['discounts'] as Terms[]
}

function propose(d: Deciding, { body }: ActivityOf<'order'>): undefined {
  const all = discountsOf(d.program)
  if (all.length === 0 || body.as_paid === true) return
  for (let i = 0; i < all.length; i++) d.propose(candidateOf(all[i]!, d))
}

function candidateOf(terms: Terms, d: Deciding): Candidate {
  const { id, name, lane, gives } = terms
  const why = refusalFor(terms, d)
  // What is bought and given comes as often as it fits.
  const times = gives.kind === 'buy_get' ? NEVER : 1
  return {
    source: id,
    name,
    lane,
    place: null,
    take: (basket) => why ?? takeOff(gives, basket, times) ?? unavailable(`${name} is for nothing in this order.`),
  }
}

function refusalFor({ name, levels, when, minSpend, locations, days }: Terms, d: Deciding): Refusal | null {
  const outside = outsideOf(days, d.day)
  if (outside !== null) return unavailable(`${name} ${outside}.`)
  if (levels !== null && !levels.isOne!.test(d.slots))
    return refuse('tier_too_low', `${name} is for ${levels.ids.join(', ')}.`)
  const { location } = d.body as { location?: string }
  if (locations !== null && (location === undefined || !locations.includes(location)))
    return unavailable(`${name} is to be had at ${locations.join(', ')}.`)
  if (when !== null && !when.test(d.slots)) return unavailable(`${name} asks for ${when.source}.`)
  return refuseBelow(minSpend, name, d)
}

function unavailable(detail: string): Refusal {
  return refuse('reward_unavailable', detail)
}

/** What a level or a membership has saved its member is remembered with it. */
function bookBenefits(d: Deciding): undefined {
  if (d.discounts.length === 0) return
  const saved: Saved[] = []
  for (const { id, isBenefit } of discountsOf(d.program))
    for (const { amount, shares } of isBenefit ? ownDiscounts(d, id) : []) {
      d.addBenefit(`discounts:${id}`, amount)
      saved.push([id, shares])
    }
  if (d.frozen !== null && saved.length > 0) d.frozen.slices['discounts'] = saved
}

function ownDiscounts({ discounts: all }: Deciding, id: string): readonly Discount[] {
  return all.filter(({ source, place }) => source === id && place === undefined)
}

function takeBenefitsBack(d: Deciding): undefined {
  const receipt = d.receipt!
  for (const [id, shares] of (receipt.frozen.slices['discounts'] ?? []) as Saved[]) {
    const amount = shares.reduce((sum, share) => sum + share, 0)
    const before = pointsKept(amount, shares, d.order!, receipt.returned)
    const after = pointsKept(amount, shares, d.order!, d.remains!.returned)
    if (after !== before) d.addBenefit(`discounts:${id}`, after - before)
  }
}

function compileDiscount(rule: Section[number], compiling: Compiling, i: number, section: Section): Terms {
  const path = ['discounts', i]
  if (section.findIndex(({ id }) => id === rule.id) < i)
    compiling.problem([...path, 'id'], 'duplicate_id', `there is another discount ${rule.id}`)
  const rewards = (compiling.settings['rewards'] ?? []) as { id: string }[]
  if (rewards.some(({ id }) => id === rule.id))
    compiling.problem(
      [...path, 'id'],
      'duplicate_id',
      `there is a reward ${rule.id}, and answers name both by their ids`,
    )
  const minSpend = rule.min_spend === undefined ? 0 : moneyAt(compiling, [...path, 'min_spend'], rule.min_spend)
  const levels = compileLevels(rule, compiling, path)
  return {
    id: rule.id,
    name: rule.name ?? rule.id,
    gives: compileMoneyOff(rule.gives, compiling, [...path, 'gives']),
    levels,
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, 'order'),
    minSpend,
    locations: rule.locations ?? null,
    days: compileDays(rule, compiling, path),
    lane: rule.lane ?? DISCOUNTS_LANE,
    isBenefit: levels !== null || /\bmember\.(tier|plan)\b/.test(rule.when ?? ''),
  }
}
