/** The tables of a backtest, what it assumes, and what it was read from. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatShare } from '../../ui/format.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Facts } from '../parts/figure.tsx'
import '../parts/table.css'
import { useFormats } from '../parts/values.tsx'
import { reportWords } from './report-words.ts'
import { leadOf, type Report, redeemingText, wordsOf } from './told.ts'

/** A table of figures: the first column names the row, the others are figures. */
export function FigureTable({
  title,
  head,
  rows,
  names = [],
  isText = false,
  isTitled = true,
}: {
  title: string
  head: string[]
  /** The first cell is what tells a row from others. */
  rows: [string, ...ReactNode[]][]
  /** What is shown of it, where that is more than its text. */
  names?: ReactNode[]
  /** Whether its cells are texts, and no figures. */
  isText?: boolean
  /** Where a heading says the same above it, its title is for those who hear the page alone. */
  isTitled?: boolean
}) {
  if (rows.length === 0) return null
  return (
    <figure className="backtest-table">
      {isTitled && <figcaption>{title}</figcaption>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard. */}
      <section className="table-scroll" tabIndex={0} aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              {head.map((name, i) => (
                <th key={name} scope="col" data-numeric={(i > 0 && !isText) || undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...cells], row) => (
              <tr key={name}>
                <th scope="row">{names[row] ?? name}</th>
                {cells.map((cell, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row have only their place.
                  <td key={i} data-numeric={!isText || undefined}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </figure>
  )
}

export function Tables({ report }: { report: Report }) {
  const say = useWords(reportWords)
  const { language } = useLanguage()
  const { count, money, points } = useFormats()
  const { result } = leadOf(report)
  const { rules, rewards, tiers, currency } = result
  const decimals = new Map(result.points.map((one) => [one.wallet, one.decimals]))
  const amount = (minor: number) => money(minor, 'exact', currency)
  const share = (value: number | null) => (value === null ? '–' : formatShare(value, language))
  return (
    <>
      <FigureTable
        title={say('points_table')}
        head={[say('wallet'), say('issued'), say('spent'), say('expired'), say('reversed'), say('held')]}
        rows={result.points.map((one) => [
          wordsOf(one.wallet),
          points(one.issued, one.decimals),
          points(one.spent, one.decimals),
          points(one.expired, one.decimals),
          points(one.reversed, one.decimals),
          points(one.pending + one.available + one.held, one.decimals),
        ])}
      />
      <FigureTable
        title={say('rules')}
        head={[say('rule'), say('times'), say('points')]}
        rows={rules.map((one) => [
          wordsOf(one.rule),
          count(one.times),
          points(one.points, decimals.get(one.wallet) ?? 0),
        ])}
      />
      {report.idle_rules.length > 0 && (
        <p className="backtest-aside">{say('idle', { rules: report.idle_rules.map(wordsOf).join(', ') })}</p>
      )}
      <FigureTable
        title={say('rewards')}
        head={[say('reward'), say('times'), say('members'), say('points'), say('saved'), say('cost_column')]}
        rows={rewards.map((one) => [
          one.name,
          count(one.times),
          count(one.members),
          points(one.points, decimals.get(one.wallet) ?? 0),
          amount(one.value),
          amount(one.cost),
        ])}
      />
      <FigureTable
        title={say('tiers')}
        head={[say('level'), say('members'), say('sales'), say('cost_column'), say('tier_rate')]}
        rows={tiers.map((one) => [
          wordsOf(one.level),
          count(one.members),
          amount(one.sales),
          amount(one.cost),
          share(one.reward_rate),
        ])}
      />
    </>
  )
}

export function Assumptions({ report }: { report: Report }) {
  const say = useWords(reportWords)
  const { language } = useLanguage()
  const { time, count } = useFormats()
  const { result } = leadOf(report)
  const share = (value: number) => formatShare(value, language)
  const limits = report.judgement?.limits
  const how = report.scenarios.map(({ redeeming }) => redeemingText(say, redeeming))
  return (
    <>
      <Facts
        facts={[
          [say('a_redeem'), how.length === 0 ? redeemingText(say, result.redeeming) : how.join('; ')],
          [say('a_bought'), say('a_bought_text')],
          [say('a_margin'), share(result.economics.margin)],
          [say('a_seed'), say('a_seed_text', { seed: String(result.seed) })],
          [say('a_until'), time(result.until, 'moment')],
          limits === undefined
            ? null
            : [
                say('a_stingy'),
                say('a_stingy_text', {
                  reached: share(limits.least_reached!),
                  wait: count(limits.longest_wait!),
                  rate: share(limits.least_rate!),
                }),
              ],
          limits === undefined ? null : [say('a_generous'), say('a_generous_text', { lift: share(limits.most_lift!) })],
        ]}
      />
      <p className="backtest-aside">{say('a_all')}</p>
    </>
  )
}

export function SourceOf({ report, file }: { report: Report; file: { id: string; name: string } | null }) {
  const say = useWords(reportWords)
  const { count } = useFormats()
  const { source } = report
  const odd = Object.values(source.reports).reduce((sum, rows) => sum + rows, 0)
  return (
    <Facts
      facts={[
        file === null
          ? [say('s_ledger'), source.name]
          : [
              say('s_file'),
              <Link key="file" to={'/backtests/new' as never} search={{ file: file.id } as never}>
                {file.name}
              </Link>,
            ],
        [say('s_rows'), count(source.rows)],
        [say('s_orders'), count(source.orders)],
        odd === 0 ? null : [say('s_refused'), count(odd)],
        ...source.understood.flatMap(({ field, column, how }): [string, string][] =>
          column === null || how === 'not used' ? [] : [[field, column]],
        ),
      ]}
    />
  )
}
