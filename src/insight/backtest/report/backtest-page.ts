/** The report of a backtest for people: the answer first, then pictures, tables, and all that is assumed. */

import { type Html, html, NOTHING } from '../../../core/html.ts'
import { countOf } from '../../../core/text-table.ts'
import { parseInstant } from '../../../core/time.ts'
import { figuresOf } from '../../balance/figures.ts'
import { reasonOf, STANDING } from '../../balance/sentences.ts'
import { gallery, type Headline, headlines, reportPage, type Section } from '../../report/page.ts'
import { table } from '../../report/table.ts'
import {
  capital,
  chosenPercent,
  count,
  dayName,
  money,
  moneyRangeText,
  percent,
  rangeText,
} from '../../report/words.ts'
import type { BacktestReport } from '../report.ts'
import { answerOf, type Lead, leadOf, redeemingClause, responseOf } from './answer.ts'
import { comparisonOf, otherName } from './comparison.ts'
import { picturesOf } from './pictures.ts'
import { tablesOf } from './tables.ts'

/** One file of HTML that needs nothing beside it. `release` is that of the program that made it. */
export function backtestPage(report: BacktestReport, release: string): string {
  const lead = leadOf(report)
  const pictures = picturesOf(report, lead.result)
  const sections: Section[] = [
    { id: 'answer', title: 'Is it too generous or too stingy?', body: answer(report, lead) },
    ...(pictures.length === 0
      ? []
      : [{ id: 'pictures', title: 'In pictures', lead: ofWhichRun(report), body: gallery(pictures) }]),
    ...comparison(report),
    { id: 'tables', title: 'In figures', lead: ofWhichRun(report), body: html`${tablesOf(report, lead.result)}` },
    {
      id: 'assumptions',
      title: 'What is assumed',
      lead: 'Another assumption gives other figures. These are all that were made.',
      body: assumptions(report),
    },
    { id: 'source', title: 'What was read', body: source(report) },
  ]
  const { program, revision } = report
  return reportPage({
    kind: 'Backtest of a loyalty program',
    title: report.name,
    lead: about(report),
    sections,
    foot: `${program}, revision ${count(revision)}. Made by Regulars ${release}; the same orders and the same program give the same report.`,
  })
}

/** What history it is about. */
function about({ orders, members, economics, currency, timezone, from, until, source }: BacktestReport): string {
  const of = source.kind === 'ledger' ? 'the live ledger' : source.name
  if (from === null) return `No orders were found in ${of}.`
  const [first, last] = [parseInstant(from)!, parseInstant(until)! - 1]
  const [begin, end] = [dayName(first, timezone), dayName(last, timezone)]
  const days = begin === end ? `on ${begin}` : `from ${begin} to ${end}`
  return `What this program would have cost, given and owed on your own history: ${countOf(orders.members, 'order')} of ${countOf(members, 'member')} ${days}, ${money(economics.sales, currency)} of sales, from ${of}.`
}

function answer(report: BacktestReport, lead: Lead): Html {
  const response = responseOf(report)
  return html`${verdict(report, lead)}<ol class="answer">
${answerOf(lead).map((sentence) => html`<li>${sentence}</li>`)}
</ol>
${headlines(headlinesOf(lead))}${response === null ? NOTHING : html`<p class="aside">${response}</p>`}`
}

/** Where the program stands by the usual limits, and why. */
function verdict({ judgement }: BacktestReport, { result }: Lead): Html {
  if (judgement === null) return NOTHING
  const { because, limits } = judgement
  const reasons = because.map((condition) => reasonOf(condition, figuresOf(result), limits)).join('; ')
  const mark = html`<p class="verdict${because.length === 0 ? '' : ' poor'}">${STANDING[judgement.verdict]}</p>`
  const limitsStand = html`By the usual limits, which stand <a href="#assumptions">among the assumptions</a>.`
  const why = because.length === 0 ? limitsStand : `${capital(reasons)}.`
  return html`<div class="judgement">${mark}<p>${why}</p></div>
`
}

function headlinesOf({ result, ranges }: Lead): Headline[] {
  const { economics, members, customers, currency } = result
  const { margin, liability } = economics
  const isBeyond = economics.break_even_lift === null && economics.expected_rate !== null
  const told = (range: string | null) => (range === null ? {} : { range })
  const reached = members === 0 ? null : customers.reached / members
  const shares = (figure: string) => told(rangeText(ranges[figure], percent))
  const amounts = (figure: string) => told(moneyRangeText(ranges[figure], currency))
  return [
    {
      name: 'Cost of rewards',
      figure: percent(economics.reward_rate),
      ...shares('reward_rate'),
      meaning: 'of members’ sales, for the rewards used',
    },
    {
      name: 'Cost in the end',
      figure: percent(economics.expected_rate),
      ...shares('expected_rate'),
      meaning: 'of sales, once what is open is used as expected',
    },
    {
      name: 'Reach a reward',
      figure: percent(reached),
      ...shares('reached_share'),
      meaning:
        result.vouchers.length > 0 ? 'of members get one at some time' : 'of members have points enough at some time',
    },
    {
      name: 'Owed at the end',
      figure: money(liability.net, currency).split(' ')[0]!,
      unit: currency,
      ...amounts('liability_net'),
      meaning:
        economics.vouchers.open > 0
          ? 'for what is open and expected to be used'
          : 'for open points that are expected to be used',
    },
    {
      name: 'Growth that pays',
      figure: isBeyond ? 'None' : percent(economics.break_even_lift),
      ...(isBeyond ? {} : shares('break_even_lift')),
      meaning: isBeyond
        ? `no growth pays for it at a margin of ${chosenPercent(margin)}`
        : `more sales than without it, at a margin of ${chosenPercent(margin)}`,
    },
  ]
}

/** Said wherever figures stand, so that nobody takes an assumption for a fact. */
function ofWhichRun(report: BacktestReport): string {
  const { result } = leadOf(report)
  return `If ${redeemingClause(result.redeeming)}.`
}

function comparison({ against, currency }: BacktestReport): Section[] {
  if (against === null) return []
  const lead = `Both programs on the same history, if ${redeemingClause(against.redeeming)}.`
  return [{ id: 'against', title: `Against ${otherName(against)}`, lead, body: comparisonOf(against, currency) }]
}

function assumptions({ assumptions }: BacktestReport): Html {
  const entries = assumptions.map(
    ({ name, value, text }) => html`<div><dt>${name}</dt><dd>${value}</dd><dd class="means">${text}</dd></div>
`,
  )
  return html`<dl class="assumptions">
${entries}</dl>
`
}

function source({ source }: BacktestReport): Html {
  const { kind, name, rows, orders, understood } = source
  if (kind === 'ledger')
    return html`<p>${countOf(rows, 'activity', 'activities')} of the live ledger of ${name}, of which ${countOf(orders, 'order')}. What points did there is not taken over: this program decides what members did anew.</p>
`
  const absent = understood.filter(({ column }) => column === null).map(({ field }) => field)
  return table({
    title: 'Columns of the file',
    note: `${countOf(rows, 'row')} of ${name} made ${countOf(orders, 'order')}.${absent.length === 0 ? '' : ` Not in the file: ${absent.join(', ')}.`}`,
    columns: ['What', 'Column', 'How it was read'],
    words: 3,
    rows: understood.flatMap(({ field, column, how }) => (column === null ? [] : [[field, column, how]])),
  })
}
