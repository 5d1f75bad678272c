/** Every assumption that a backtest makes, in sentences for those who answer for its figures. */

import { prizesOf } from '../../core/prizes.ts'
import type { Program } from '../../core/program.ts'
import { termsOf, wordsOfId } from '../../core/terms.ts'
import { parseInstant } from '../../core/time.ts'
import { USUAL_THRESHOLDS } from '../balance/verdict.ts'
import { chosenPercent, count, dayName, percent, pointWorth } from '../report/words.ts'
import type { LedgerSource } from './ledger.ts'
import { givenIn } from './offered.ts'
import type { PastUse } from './past.ts'
import type { BacktestResult } from './result.ts'
import type { Redeeming, Response, Scenario } from './scenario.ts'

export interface Assumption {
  name: string
  value: string
  text: string
}

/** What else was run beside the scenario that a report is about. */
interface Beside {
  redeeming: Redeeming
  seeds: number
  ranges: Readonly<Record<string, unknown>>
  with_response: { response: Response } | null
}

/** `result` is the run of the scenario that the report is about, which is the first of all. */
export function assumptionsOf(scenario: Scenario, result: BacktestResult, all: readonly Beside[]): Assumption[] {
  const response = all[0]?.with_response?.response
  return [
    redeemingOf(scenario, result),
    ...all.slice(1).map(({ redeeming }) => otherRedeeming(redeeming)),
    ...stockOf(scenario),
    ...giftsOf(scenario),
    {
      name: 'How members buy',
      value: 'As they did',
      text: `The program changes nothing about what members buy and when${response === undefined ? '' : ', but where it is said'}.`,
    },
    ...(response === undefined ? [] : [responseOf(response)]),
    ...rewardCosts(scenario),
    {
      name: 'Margin',
      value: chosenPercent(scenario.margin),
      text: 'What is left of sales when the goods are paid. Only the growth that pays for the program hangs on it.',
    },
    ...pointValues(result),
    ...(all.some(({ ranges }) => Object.keys(ranges).length > 0) ? [rangesOf(scenario, all)] : []),
    {
      name: 'Who is a member',
      value: 'From the first order on',
      text: 'Whoever the history names joins with their first order, unless it says when they joined, and begins without points. Sales that name nobody earn nothing.',
    },
    {
      name: 'Sales',
      value: `${result.currency}, with tax`,
      text: 'What members paid, less what they got back. What rewards took off orders is not in it.',
    },
    endOf(result),
    ...(result.economics.expected_rate === null ? [] : limits()),
  ]
}

function redeemingOf({ redeeming }: Scenario, result: BacktestResult): Assumption {
  const onlyOnOrders =
    'At most one reward is used with an order. Where an order does not show the item that a reward is for, the reward is worth the most that it may cost, or what a unit of that order costs. Rewards of which there are only so many never run out.'
  const noRewards = result.rewards.length === 0 ? ' This program offers none.' : ''
  const isSaid = redeeming.model === 'none' || noRewards !== ''
  return {
    name: 'How members redeem',
    value: redeemingName(redeeming),
    text: `${REDEEMING_TEXTS[redeeming.model]}${noRewards}${isSaid ? '' : ` ${onlyOnOrders}`}`,
  }
}

const REDEEMING_TEXTS: Record<Redeeming['model'], string> = {
  none: 'Nobody uses a reward: an import of the same orders gives these figures, to the point.',
  'at-once': 'With every order, members use the reward that saves them most of those that their points pay for.',
  saver: 'Members wait until their points pay for the dearest reward that their level may have, and use that.',
  hazard: 'Whenever their points pay for a reward, members use one with this chance, any of them alike.',
  past: 'Whenever their points pay for a reward, members use it as often as they did in the past.',
}

/** `At once`: how members redeem, as a heading or the name of a bar. */
export function redeemingName(redeeming: Redeeming): string {
  if (redeeming.model === 'hazard') return `At ${chosenPercent(redeeming.chance)} of visits`
  return { none: 'Nobody redeems', 'at-once': 'At once', saver: 'Saving up', past: 'As in the past' }[redeeming.model]
}

function otherRedeeming(redeeming: Redeeming): Assumption {
  const name = 'Beside it, for comparison'
  return { name, value: redeemingName(redeeming), text: REDEEMING_TEXTS[redeeming.model] }
}

function responseOf({ closeness, speedup }: Response): Assumption {
  return {
    name: 'Where it is said',
    value: 'Sooner near a goal',
    text: `From ${chosenPercent(closeness)} of the way to a reward or a level on, members come sooner: by up to ${chosenPercent(speedup)} of their usual time right before it. The time that they gain is filled with orders like their own.`,
  }
}

/** What is given is used like a reward, but costs no points; entries and uses of perks have no use that a history tells. */
function giftsOf({ program, redeeming }: Scenario): Assumption[] {
  const vouchers = [...givenIn(program).values()].map(({ name }) => name)
  const used: Assumption = {
    name: 'Vouchers',
    value: 'Used first',
    text: `The program gives these by itself: ${vouchers.join(', ')}. With an order members use a voucher before a reward that costs points, and of several the one that ends first.`,
  }
  return [...(vouchers.length === 0 || redeeming.model === 'none' ? [] : [used]), ...unusedGifts(program)]
}

function unusedGifts(program: Program): Assumption[] {
  const given = new Set(program.gifts.map(({ reward }) => reward))
  const names = [...given].flatMap((id) => {
    const prize = prizesOf(program).get(id)
    return prize?.gives.kind === 'entry' || prize?.gives.kind === 'perk' ? [prize.name] : []
  })
  if (names.length === 0) return []
  return [
    {
      name: 'Entries and perks',
      value: 'Cost nothing here',
      text: `A history does not show what becomes of these gifts: ${names.join(', ')}.`,
    },
  ]
}

/** Whoever is served first leaves less for others; members are decided apart, so each is served. */
function stockOf({ program, redeeming }: Scenario): Assumption[] {
  const scarce = termsOf(program).offers.filter(({ stock }) => stock !== null)
  if (scarce.length === 0 || redeeming.model === 'none') return []
  const names = scarce.map(({ name, stock }) => `${name} (${count(stock!)})`)
  return [
    { name: 'Stock', value: 'Never runs out', text: `The program limits how many there are of: ${names.join(', ')}.` },
  ]
}

function rewardCosts({ reward_cost }: Scenario): Assumption[] {
  const own = Object.entries(reward_cost)
  const all: Assumption = {
    name: 'What a reward costs',
    value: '100%',
    text: `Of what members save by it${own.length === 0 ? '' : ', but for those named below'}.`,
  }
  return [
    all,
    ...own.map(([reward, share]) => ({
      name: `What ${wordsOfId(reward)} costs`,
      value: chosenPercent(share),
      text: 'Of what members save by it.',
    })),
  ]
}

function pointValues({ economics, points, currency }: BacktestResult): Assumption[] {
  return economics.wallets.flatMap(({ wallet, point_value, valued_by, expected_redemption }, place) => {
    const words = wordsOfId(wallet)
    if (valued_by === 'nothing')
      return [{ name: `What ${words} cost`, value: '0', text: 'No reward takes them, so nothing is owed for them.' }]
    const worth = {
      name: `What one of the ${words} costs`,
      value: `${pointWorth(point_value * 10 ** points[place]!.decimals, currency)} ${currency}`,
      text:
        valued_by === 'rewards used'
          ? 'What the rewards that were used have cost, for each of the points spent on them.'
          : 'Nobody used a reward, so it is judged by what is on offer: of all rewards, the one in the middle.',
    }
    const used = {
      name: `Which ${words} are used in the end`,
      value: expected_redemption === null ? 'All' : percent(expected_redemption),
      text:
        expected_redemption === null
          ? 'Nobody used any, so history cannot tell how many lapse: all that are open count as owed.'
          : 'Judged from what became of the points of each month as they grew older; nothing is expected of points older than any in this history.',
    }
    return [worth, used]
  })
}

function rangesOf({ seed }: Scenario, all: readonly Beside[]): Assumption {
  const runs = Math.max(...all.map(({ seeds }) => seeds))
  const luck = runs > 1 ? ` Where members redeem by chance, over ${count(runs)} runs with luck of their own.` : ''
  return {
    name: 'Ranges',
    value: 'Nine of ten',
    text: `Members are drawn again many times, some twice and some not at all, and nine of ten figures lie in the range: it is wide where much hangs on a few large customers.${luck} The seed is ${String(seed)}; the same seed gives the same figures.`,
  }
}

function endOf({ until, timezone }: BacktestResult): Assumption {
  return {
    name: 'Where history ends',
    value: dayName(parseInstant(until)! - 1, timezone),
    text: `In the time zone ${timezone}. What falls due later, such as points that lapse, has not happened.`,
  }
}

/** By what a program is called stingy or generous. */
function limits(): Assumption[] {
  const { least_reached, longest_wait, least_rate, most_lift } = USUAL_THRESHOLDS
  return [
    {
      name: 'Too stingy',
      value: 'By any of three limits',
      text: `Fewer than ${chosenPercent(least_reached)} of members with three orders or more ever reach a reward, half of those who reach one wait longer than ${count(longest_wait)} days for it, or members get back less than ${chosenPercent(least_rate)} of what they spend.`,
    },
    {
      name: 'Too generous',
      value: 'By one limit',
      text: `Sales would have to grow by more than ${chosenPercent(most_lift)} for the program to pay for itself.`,
    },
  ]
}

/** What is known and taken for granted of a history that was read from the ledger; `since` is null from its beginning. */
export function ledgerAssumptions(
  { erased, begun }: LedgerSource,
  since: number | null,
  past: readonly PastUse[],
  { program, redeeming }: Scenario,
): Assumption[] {
  return [
    {
      name: 'What is replayed',
      value: 'The live ledger',
      text: 'What members bought, brought back and did, as it was told then. What became of points, such as rewards, transfers and points given by hand, is decided anew. Who was merged is one member from the beginning, and a household is one.',
    },
    ...(since === null || !begun ? [] : [beginningOf(since, program.zone.name)]),
    ...(redeeming.model === 'past' ? [pastOf(past)] : []),
    ...(erased === 0
      ? []
      : [
          { name: 'Who is left out', value: count(erased), text: 'Members who were erased: nothing is known of them.' },
        ]),
  ]
}

function beginningOf(since: number, zone: string): Assumption {
  return {
    name: 'Where history begins',
    value: dayName(since, zone),
    text: 'As if the program had begun then: who was a member before joins with the first thing they do since, without points and on the lowest level, and gets once more what is for newcomers. What came back of earlier orders is left out.',
  }
}

function pastOf(past: readonly PastUse[]): Assumption {
  const sum = (key: 'could' | 'used') => past.reduce((all, use) => all + use[key], 0)
  const each = past.map(({ reward, could, used }) => `${wordsOfId(reward)} ${count(used)} of ${count(could)}`)
  return {
    name: 'How often rewards were used',
    value: percent(sum('used') / sum('could')),
    text: `Of the orders with which each could be used: ${each.join(', ')}. A reward without a past is used as often as all together.`,
  }
}
