/** "Is it too generous or too stingy?" in three sentences: what it costs, who gets something and when, what is owed. */

import { type Html, html } from '../../../core/html.ts'
import { countOf } from '../../../core/text-table.ts'
import { chosenPercent, count, money, percent, rangeText, signed } from '../../report/words.ts'
import type { BacktestReport, Ranges } from '../report.ts'
import type { BacktestResult } from '../result.ts'
import type { Redeeming } from '../scenario.ts'

/** The run that the report is about, and how far its figures may lie from it. */
export interface Lead {
  result: BacktestResult
  ranges: Ranges
  /** The same history under other assumptions. */
  others: readonly BacktestResult[]
}

/** The first of the assumed runs; history as it was where none is assumed. */
export function leadOf(report: BacktestReport): Lead {
  const [first, ...others] = report.scenarios
  if (first === undefined) return { result: report, ranges: {}, others: [] }
  return { result: first.result, ranges: first.ranges, others: others.map(({ result }) => result) }
}

/** What would be different if members came sooner near a goal; never a part of the figures above it. */
export function responseOf({ scenarios: [first] }: BacktestReport): Html | null {
  if (!first?.with_response) return null
  const { result, with_response } = first
  const { currency, economics } = result
  const { sales, expected_rate, break_even_lift: lift } = with_response.result.economics
  if (economics.sales <= 0) return null
  const more = (sales - economics.sales) / economics.sales
  const pays = lift === null ? '' : ` (${percent(lift)} would pay for it)`
  return html`Not in these figures: if members came sooner near a reward or a level, they would buy for ${money(sales, currency)}, ${signed(more, percent(more))}${pays}, and the program would cost ${percent(expected_rate)} of that in the end. Whether they do, only a trial can tell.`
}

export function answerOf(lead: Lead): Html[] {
  return [costSentence(lead), reachSentence(lead.result), owedSentence(lead)]
}

/** `members use a reward as soon as they can`: how members redeem, as a clause of a sentence. */
export function redeemingClause(redeeming: Redeeming): string {
  if (redeeming.model === 'none') return 'nobody uses a reward'
  if (redeeming.model === 'at-once') return 'members use rewards as soon as they can'
  if (redeeming.model === 'saver') return 'members save up for the dearest reward that they may have'
  if (redeeming.model === 'past') return 'members use rewards as often as they did in the past'
  return `members use a reward at ${chosenPercent(redeeming.chance)} of the visits at which they could`
}

function costSentence({ result, ranges, others }: Lead): Html {
  const { economics, currency, rewards, redeeming } = result
  const { sales, cost, reward_rate } = economics
  if (rewards.length === 0 && cost === 0)
    return html`The program offers no reward, so there is nothing that it could cost: its points can only be collected.`
  if (sales <= 0 || reward_rate === null)
    return html`This history has no sales to members that would carry the program, so its cost cannot be set against them.`
  if (result.customers.redeeming === 0 && cost === 0) {
    if (redeeming.model === 'none') return html`As long as nobody uses a reward, the program costs <b>nothing</b>.`
    return html`Even if ${redeemingClause(redeeming)}, nobody uses a reward in this history, so the program has cost <b>nothing</b> yet.`
  }
  return html`If ${redeemingClause(redeeming)}, the program costs <b>${percent(reward_rate)}</b> of members’ sales${between(ranges['reward_rate'], reward_rate)}: <b>${money(cost, currency)}</b>${elsewhere(others)}.`
}

/** What the program costs under the other assumptions. */
function elsewhere(others: readonly BacktestResult[]): string {
  const rates = others.flatMap(({ economics }) => economics.reward_rate ?? [])
  if (rates.length === 0) return ''
  const [low, high] = [percent(Math.min(...rates)), percent(Math.max(...rates))]
  return rates.length === 1
    ? `; ${low} if ${redeemingClause(others[0]!.redeeming)}`
    : `; ${low === high ? low : `${low} to ${high}`} under the other assumptions of this report`
}

/** How far a share may lie from the one that was said; nothing where that is the whole range. */
function between(range: Ranges[string] | undefined, said: number | null): string {
  const text = rangeText(range, percent)
  // Of one member alone, most draws have nothing to tell.
  const isNews = text !== null && text !== `${percent(said)} to ${percent(said)}` && text !== `${percent(said)} or more`
  return isNews ? ` (${text})` : ''
}

function reachSentence(result: BacktestResult): Html {
  const { members, customers, first_reward, rewards } = result
  if (members === 0) return html`There are no members in this history, so nobody could get anything.`
  if (rewards.length === 0) return html`${earnedBy(customers.earning, members)}, and there is nothing to use them for.`
  const { reached, redeeming } = customers
  if (members === 1) return onlyMember(result)
  if (reached === 0)
    return html`<b>None</b> of ${countOf(members, 'member')} ever ${reach(result)} a reward; ${count(customers.earning)} collected points at all.`
  return html`<b>${percent(reached / members)}</b> of ${countOf(members, 'member')} ever ${reach(result)} a reward, half of these ${when(first_reward)}; ${used(redeeming, members)}.`
}

/** Where the program gives rewards by itself, points are not the only way to one, and sometimes none. */
function reach({ vouchers }: BacktestResult): string {
  return vouchers.length > 0 ? 'get as far as' : 'have points enough for'
}

function onlyMember(result: BacktestResult): Html {
  const { customers, first_reward, vouchers } = result
  const reaches = vouchers.length > 0 ? 'gets as far as' : 'has points enough for'
  if (customers.reached === 0) return html`The only member <b>never</b> ${reaches} a reward.`
  return html`The only member ${reaches} a reward ${when(first_reward)}, and uses ${customers.redeeming === 0 ? 'none' : 'one'}.`
}

function earnedBy(earning: number, members: number): string {
  if (earning === 0) return `None of ${countOf(members, 'member')} have points`
  return `${count(earning)} of ${countOf(members, 'member')} have collected points`
}

function when({ days, orders }: BacktestResult['first_reward']): Html {
  if (days === null || orders === null) return html`at some time`
  const place = orders.median <= 1 ? 'with their first order' : `by their ${ordinal(orders.median)} order`
  if (days.median === 0) return html`<b>on the day they join</b>, ${place}`
  return html`within <b>${countOf(days.median, 'day')}</b> of joining, ${place}`
}

function ordinal(number: number): string {
  const [tens, ones] = [number % 100, number % 10]
  const ending = tens >= 11 && tens <= 13 ? 'th' : ['th', 'st', 'nd', 'rd'][ones]
  return `${count(number)}${ending ?? 'th'}`
}

function used(redeeming: number, members: number): Html {
  return redeeming === 0 ? html`nobody uses one` : html`<b>${percent(redeeming / members)}</b> use one`
}

function owedSentence({ result, ranges }: Lead): Html {
  const { economics, currency } = result
  const { liability, vouchers, expected_cost, expected_rate, margin, break_even_lift } = economics
  const held = vouchers.gross === 0 ? 'points' : vouchers.gross === liability.gross ? 'vouchers' : 'points and vouchers'
  const owed =
    liability.gross <= 0
      ? html`At the end <b>nothing</b> is owed to members`
      : html`At the end members hold ${held} worth <b>${money(liability.gross, currency)}</b>, ${expected(result)}`
  const withThat = liability.gross <= 0 ? '' : 'with that '
  if (expected_cost <= 0) return html`${owed}, and there is nothing that more sales would have to win back.`
  if (expected_rate === null) return html`${owed}, and no sales to members that could pay for it.`
  if (break_even_lift === null)
    return html`${owed}; ${withThat}the program takes ${percent(expected_rate)} of sales, and <b>no growth</b> pays for it at a margin of ${chosenPercent(margin)}.`
  return html`${owed}; ${withThat}the program pays for itself if members buy <b>${percent(break_even_lift)}</b> more than they would without it${between(ranges['break_even_lift'], break_even_lift)}, at a margin of ${chosenPercent(margin)}.`
}

/** Where nobody has used any, nothing tells how many lapse. */
function expected({ customers, economics, currency }: BacktestResult): Html {
  if (customers.redeeming === 0) return html`all of which count as owed, since nobody has used any yet`
  return html`of which <b>${money(economics.liability.net, currency)}</b> are expected to be used`
}
