/** The section of the program file that stamp cards have, and what decisions use of it. */

import { z } from 'zod'
import type { Compiling, Path } from '../../core/feature.ts'
import { type Limit, LimitText, mostWithin, parseLimit } from '../../core/limits.ts'
import { type Counts, compileLines, LineChoice, refuseLines } from '../../core/lines.ts'
import { DurationText, Id, MoneyText, moneyAt, type Program } from '../../core/program.ts'
import type { Condition } from '../../core/rules.ts'
import { type Duration, parseDay, parseDuration, wholeDays } from '../../core/time.ts'

const Ends = z.strictObject({
  after: DurationText.optional().describe('How long a card lasts from its first stamp'),
  on: z
    .string()
    .refine((text) => parseDay(text) !== null, 'must be a date, such as 2027-03-31')
    .optional()
    .describe('The last day on which there are stamps'),
  warn: DurationText.default('7 days').describe('How long before a card ends the member is told'),
})

const StampCard = z.strictObject({
  id: Id.describe('Names the card'),
  name: z.string().max(200).optional().describe('What members call the card'),
  on: z.enum(['order', 'visit', 'action']).default('order').describe('What gives a stamp'),
  per: z
    .union([
      z.enum(['order', 'item']),
      z.strictObject({ spend: MoneyText.describe('One stamp for each so much spent') }),
    ])
    .default('order')
    .describe('For what an order gives a stamp: once, for every item, or for so much spent'),
  when: z.string().optional().describe('A condition in CEL: there are stamps only then'),
  ...LineChoice,
  min_spend: MoneyText.optional().describe('An order gives stamps only if the customer pays at least this'),
  free_items: z.boolean().default(false).describe('Whether items that a reward made free give stamps too'),
  stamps: z.int().min(2).max(1_000).describe('Stamps on a full card'),
  head_start: z.int().min(0).default(0).describe('Stamps that are on a new card already'),
  next: z.boolean().default(true).describe('Whether every new card begins with the head start, or only the first'),
  reward: Id.describe('What a full card gives'),
  limit: LimitText.optional().describe('"2 per day" in stamps, "2 times per day" in occasions'),
  cards: z.int().min(1).optional().describe('How many cards a member may fill in all'),
  ends: Ends.optional().describe('When a card that is not full ends and loses its stamps; never unless said'),
})

export const StampsSection = z.array(StampCard).max(40).default([])
export type Section = z.output<typeof StampsSection>
type Setting = Section[number]

export interface CardRules {
  id: string
  name: string
  on: Setting['on']
  /** Stamps for an order as a whole, for each of its items, or for each so much money (minor units). */
  per: 'order' | 'item' | number
  when: Condition | null
  counts: Counts | null
  minSpend: number
  freeItems: boolean
  stamps: number
  headStart: number
  /** Whether only the first card has the head start. */
  headStartOnce: boolean
  reward: string
  limit: Limit | null
  /** How many cards may be filled. */
  cards: number
  /** How long a card lasts from its first stamp; null where it does not end so. */
  lasts: Duration | null
  /** The last local day on which there are stamps; null where there is none. */
  lastDay: number | null
  warn: Duration
}

interface StampRules {
  /** By the activity that they hear. */
  on: Readonly<Record<Setting['on'], readonly CardRules[]>>
  all: readonly CardRules[]
  /** Those whose cards end. */
  ending: readonly CardRules[]
}

export function stampRulesOf(program: Program): StampRules {
  return program.compiled['stamps'] as StampRules
}

export function compile(section: Section, compiling: Compiling): StampRules {
  const seen = new Set<string>()
  const all = section.map((setting, i) => {
    const path = ['stamps', i]
    if (seen.has(setting.id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another card ${setting.id}`)
    seen.add(setting.id)
    return compileCard(setting, compiling, path)
  })
  const heard = (on: Setting['on']) => all.filter((rules) => rules.on === on)
  return {
    on: { order: heard('order'), visit: heard('visit'), action: heard('action') },
    all,
    ending: all.filter(({ lasts, lastDay }) => lasts !== null || lastDay !== null),
  }
}

function compileCard(setting: Setting, compiling: Compiling, path: Path): CardRules {
  const { id, on, per, ends, stamps, head_start, reward } = setting
  checkForm(setting, compiling, path)
  compiling.gift([...path, 'reward'], reward, [on, 'return', 'cancel', 'absorb'])
  const rules: CardRules = {
    id,
    name: setting.name ?? id,
    on,
    per: typeof per === 'object' ? moneyAt(compiling, [...path, 'per', 'spend'], per.spend) : per,
    when: setting.when === undefined ? null : compiling.condition([...path, 'when'], setting.when, on),
    counts: compileLines(setting, compiling, path),
    minSpend: setting.min_spend === undefined ? 0 : moneyAt(compiling, [...path, 'min_spend'], setting.min_spend),
    freeItems: setting.free_items,
    stamps,
    headStart: head_start,
    headStartOnce: !setting.next,
    reward,
    limit: setting.limit === undefined ? null : parseLimit(setting.limit, false, 0),
    cards: setting.cards ?? Number.MAX_SAFE_INTEGER,
    lasts: ends?.after === undefined ? null : parseDuration(ends.after)!,
    lastDay: ends?.on === undefined ? null : parseDay(ends.on)!,
    warn: parseDuration(ends?.warn ?? '0 days')!,
  }
  checkReachable(rules, setting, compiling, path)
  return rules
}

function checkForm(setting: Setting, compiling: Compiling, path: Path): void {
  const { id, on, per, ends, stamps, head_start, min_spend, free_items } = setting
  const problem = (key: string, code: string, message: string) => compiling.problem([...path, key], code, message)
  if (on !== 'order') {
    refuseLines(setting, on, compiling, path)
    if (per !== 'order') problem('per', 'order_only', `a ${on} gives one stamp: only an order has items and money`)
    if (min_spend !== undefined) problem('min_spend', 'order_only', `only an order is paid, and this card is on ${on}`)
    if (free_items) problem('free_items', 'order_only', `only an order has items, and this card is on ${on}`)
  }
  if (head_start >= stamps)
    problem('head_start', 'nothing_to_do', `card ${id} would be full from the start: give fewer than ${stamps} stamps`)
  if (ends !== undefined && (ends.after === undefined) === (ends.on === undefined))
    problem('ends', 'after_or_on', 'say either how long a card lasts (`after`) or the last day (`on`)')
  if (typeof per === 'object' && moneyAt(compiling, [...path, 'per', 'spend'], per.spend) === 0)
    problem('per', 'not_money', 'one stamp for each 0.00 spent would be stamps without end')
}

/** A card that nobody can ever fill promises what it does not keep. */
function checkReachable(rules: CardRules, setting: Setting, compiling: Compiling, path: Path): void {
  const { limit, lasts, stamps, headStart, on, per, id } = rules
  const needed = stamps - headStart
  // Occasions that give several stamps each have no bound in stamps.
  if (limit === null || (limit.amount > 0 && limit.counts === 'times' && on === 'order' && per !== 'order')) return
  const days = lasts === null ? Number.POSITIVE_INFINITY : lasts.months * 31 + wholeDays(lasts)
  const most = mostWithin(limit, days)
  if (most >= needed) return
  const within = lasts === null ? '' : ` within ${setting.ends!.after}`
  const message = `card ${id} can never be full: it needs ${needed} stamps, and "${setting.limit}" allows ${most}${within}`
  compiling.problem([...path, 'limit'], 'never_reached', message)
}
