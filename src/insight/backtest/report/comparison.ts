/** Two programs on the same history: what changes, for whom, and by how much. */

import { type Html, html, NOTHING } from '../../../core/html.ts'
import { minorDigits } from '../../../core/money.ts'
import { wordsOfId } from '../../../core/terms.ts'
import { countOf } from '../../../core/text-table.ts'
import { area, bars, figure, nameAxis, type Picture, told, valueAxis } from '../../report/charts.ts'
import { gallery } from '../../report/page.ts'
import { table } from '../../report/table.ts'
import {
  amount,
  capital,
  compact,
  count,
  money,
  NO_FIGURE,
  percent,
  points as pointsText,
  pointWorth,
  signed,
} from '../../report/words.ts'
import type { Comparison, Figure, MemberChange } from '../compare.ts'

export function comparisonOf(comparison: Comparison, currency: string): Html {
  const pictures = [distribution(comparison, currency), rewardCosts(comparison, currency)]
    .filter((picture) => picture !== null)
    .map(figure)
  return html`<p class="statement">${costs(comparison)}${whoGains(comparison, currency)}</p>
${pictures.length === 0 ? NOTHING : gallery(pictures)}
${figures(comparison, currency)}
${rules(comparison)}
${rewards(comparison, currency)}
${levels(comparison)}
${changes('Who would lose most', comparison.members.worst, currency)}
${changes('Who would gain most', comparison.members.best, currency)}`
}

/** `corner-coffee, revision 3`: every file is the first. */
export function otherName({ with: other }: Comparison): string {
  return other.revision > 1 ? `${other.program}, revision ${count(other.revision)}` : other.program
}

function costs(comparison: Comparison): Html {
  const rate = comparison.figures.find(({ figure }) => figure === 'expected_rate')
  if (!rate || rate.this === null || rate.other === null) return NOTHING
  return html`In the end this program costs <b>${percent(rate.this)}</b> of sales, and ${otherName(comparison)} <b>${percent(rate.other)}</b>. `
}

function whoGains({ members }: Comparison, currency: string): Html {
  const { gain, lose, same, gained, lost } = members
  if (gain + lose === 0) return html`Nobody would gain or lose: both programs are worth the same to every member.`
  const gainers =
    gain === 0
      ? html`Under this program instead of the other <b>nobody</b> would gain`
      : html`Under this program instead of the other <b>${countOf(gain, 'member')}</b> would gain ${money(gained, currency)} in all`
  const losers =
    lose === 0 ? html`<b>nobody</b> would lose` : html`<b>${count(lose)}</b> would lose ${money(lost, currency)}`
  return html`${gainers}, ${losers}, and for ${count(same)} nothing changes.`
}

function distribution({ members }: Comparison, currency: string): Picture | null {
  const bins = members.distribution.filter(({ members }) => members > 0)
  if (bins.length < 2) return null
  const named = members.distribution.map((bin) => ({ ...bin, name: binName(bin, currency) }))
  const colour = ({ from, to }: (typeof named)[number]) =>
    isNoChange({ from, to }) ? 'var(--sand)' : (to ?? 1) <= 0 ? 'var(--clay)' : 'var(--accent)'
  return {
    id: 'changes',
    title: 'Who gains and who loses',
    reading: `Members by what they would gain or lose, in ${currency}: money saved by rewards, and open points at what they are worth.`,
    description: `Bars of members by change: ${named.map(({ name, members }) => `${name} ${count(members)}`).join('; ')}.`,
    legend: [
      { name: 'Lose', colour: 'var(--clay)' },
      { name: 'No change', colour: 'var(--sand)' },
      { name: 'Gain', colour: 'var(--accent)' },
    ].filter(({ name }) => name !== 'No change' || named.some(isNoChange)),
    heights: { wide: named.length * 26 + 16, narrow: named.length * 26 + 16 },
    draw: ({ narrow }) => ({
      grid: [area({ left: narrow ? 128 : 150, right: 56, top: 4, bottom: 4 })],
      xAxis: [valueAxis(count, { show: false })],
      yAxis: [nameAxis(named.map(({ name }) => name))],
      series: [
        {
          ...bars('members', 'var(--accent)', [], { label: told(count), barCategoryGap: '30%' }),
          data: named.map((bin) => ({ value: bin.members, itemStyle: { color: colour(bin) } })),
        },
      ],
    }),
  }
}

function rewardCosts({ rewards }: Comparison, currency: string): Picture | null {
  const used = rewards.filter(({ this: own, other }) => (own?.cost ?? 0) > 0 || (other?.cost ?? 0) > 0)
  if (used.length === 0) return null
  const name = ({ this: own, other }: (typeof used)[number]) => (own ?? other)!.name
  const unit = 10 ** (minorDigits(currency) ?? 0)
  const own = used.map((one) => (one.this?.cost ?? 0) / unit)
  const other = used.map((one) => (one.other?.cost ?? 0) / unit)
  return {
    id: 'reward-costs',
    title: 'What each reward costs in both',
    reading: `In ${currency}, of the rewards that are used in either.`,
    description: `Pairs of bars: ${used.map((one) => `${name(one)} ${money(one.this?.cost ?? 0, currency)} here and ${money(one.other?.cost ?? 0, currency)} there`).join('; ')}.`,
    legend: [
      { name: 'This program', colour: 'var(--accent)' },
      { name: 'The other', colour: 'var(--ochre)' },
    ],
    heights: { wide: used.length * 48 + 16, narrow: used.length * 48 + 16 },
    draw: ({ narrow }) => ({
      grid: [area({ left: narrow ? 128 : 180, right: 56, top: 4, bottom: 4 })],
      xAxis: [valueAxis(compact, { show: false })],
      yAxis: [nameAxis(used.map((one) => shortened(name(one), narrow ? 18 : 26)))],
      series: [
        bars('this', 'var(--accent)', own, { label: told(compact), barGap: '10%', barCategoryGap: '34%' }),
        bars('other', 'var(--ochre)', other, { label: told(compact) }),
      ],
    }),
  }
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

function isNoChange({ from, to }: { from: number | null; to: number | null }): boolean {
  return from === 0 && to === 1
}

/** `lose 1.00 to 2.00`, `gain 1,000.00 or more`: bins hold whole minor units, their end not included. */
function binName({ from, to }: { from: number | null; to: number | null }, currency: string): string {
  const text = (minor: number) => amount(Math.abs(minor), currency)
  if (isNoChange({ from, to })) return 'no change'
  if (from === null) return `lose over ${text(to! - 1)}`
  if (to === null) return `gain ${text(from)} or more`
  const last = to - 1
  if (from === last) return `${from < 0 ? 'lose' : 'gain'} ${text(from)}`
  return from < 0 ? `lose ${text(last)} to ${text(from)}` : `gain ${text(from)} to ${text(last)}`
}

function figures({ figures }: Comparison, currency: string): Html {
  return table({
    title: 'Side by side',
    note: 'Shares differ by percentage points.',
    columns: ['', 'This program', 'The other', 'Difference'],
    rows: figures.map((one) => [
      nameOf(one),
      textOf(one, one.this, currency),
      textOf(one, one.other, currency),
      signed(one.difference, textOf(one, one.difference, currency)),
    ]),
  })
}

const NAMES: Record<string, string> = {
  members: 'Members',
  sales: 'Sales to members',
  earning: 'Members who earn points',
  reached: 'Members who reach a reward',
  reached_share: 'Members who reach a reward, of all',
  redeeming: 'Members who use one',
  redeeming_share: 'Members who use one, of all',
  days_to_first_reward: 'Days to the first reward, median',
  orders_to_first_reward: 'Orders to the first reward, median',
  redemptions: 'Rewards used',
  discounts: 'Taken off orders',
  cost: 'Cost of rewards',
  reward_rate: 'Cost of rewards, of sales',
  liability_gross: 'Owed at the end',
  liability_net: 'Of it expected to be used',
  expected_cost: 'Cost in the end',
  expected_rate: 'Cost in the end, of sales',
  break_even_lift: 'Growth that pays for it',
  points_issued: 'earned',
  points_spent: 'spent',
  points_expired: 'lapsed',
  points_reversed: 'taken back',
  points_open: 'held at the end',
  point_cost: 'what one costs',
  point_value: 'what one is worth',
  expected_redemption: 'used in the end',
}

function nameOf({ figure, wallet }: Figure): string {
  const name = NAMES[figure] ?? wordsOfId(figure)
  return wallet === null ? name : `${capital(wordsOfId(wallet))}: ${name}`
}

function textOf({ unit, decimals }: Figure, value: number | null, currency: string): string {
  if (value === null) return NO_FIGURE
  if (unit === 'money') return money(value, currency)
  if (unit === 'points') return pointsText(value, decimals)
  if (unit === 'share') return percent(value)
  if (unit === 'money a point') return `${pointWorth(value * 10 ** decimals, currency)} ${currency}`
  return count(value)
}

/** Only what changes: rules that give the same in both are left out. */
function rules({ rules, figures }: Comparison): Html {
  const decimals = new Map(figures.map((one) => [one.wallet, one.decimals]))
  const changed = rules.filter(({ this: own, other }) => own?.points !== other?.points || own?.times !== other?.times)
  if (changed.length === 0) return NOTHING
  return table({
    title: 'Rules that give something else',
    columns: ['Rule', 'Times', 'in the other', 'Points', 'in the other', 'Difference'],
    rows: changed.map(({ rule, this: own, other }) => {
      const places = decimals.get((own ?? other)!.wallet) ?? 0
      return [
        wordsOfId(rule),
        ...beside(own?.times, other?.times, count).slice(0, 2),
        ...beside(own?.points, other?.points, (value) => pointsText(value, places)),
      ]
    }),
  })
}

function rewards({ rewards }: Comparison, currency: string): Html {
  if (rewards.length === 0) return NOTHING
  return table({
    title: 'Rewards in both',
    columns: [
      'Reward',
      'Used',
      'in the other',
      { name: 'Cost', unit: currency },
      { name: 'in the other', unit: currency },
      { name: 'Difference', unit: currency },
    ],
    rows: rewards.map(({ this: own, other }) => [
      (own ?? other)!.name,
      ...beside(own?.times, other?.times, count).slice(0, 2),
      ...beside(own?.cost, other?.cost, (value) => amount(value, currency)),
    ]),
  })
}

function levels({ tiers }: Comparison): Html {
  if (tiers.length === 0) return NOTHING
  return table({
    title: 'Members on each level',
    columns: ['Level', 'This program', 'The other', 'Difference'],
    rows: tiers.map(({ level, this: own, other }) => [
      capital(wordsOfId(level)),
      ...beside(own?.members, other?.members, count),
    ]),
  })
}

/** Both values and their difference; a dash where a program has no such thing. */
function beside(own: number | undefined, other: number | undefined, text: (value: number) => string): string[] {
  const difference = (own ?? 0) - (other ?? 0)
  return [
    own === undefined ? NO_FIGURE : text(own),
    other === undefined ? NO_FIGURE : text(other),
    signed(difference, text(difference)),
  ]
}

function changes(title: string, members: readonly MemberChange[], currency: string): Html {
  if (members.length === 0) return NOTHING
  return table({
    title,
    note: 'What a member has of each program: money saved by rewards, and open points at what they are worth.',
    columns: [
      'Member',
      { name: 'This program', unit: currency },
      { name: 'The other', unit: currency },
      { name: 'Difference', unit: currency },
    ],
    rows: members.map(({ member, this: own, other, difference }) => [
      member,
      amount(own, currency),
      amount(other, currency),
      signed(difference, amount(difference, currency)),
    ]),
  })
}
