/** The first page: what happened, against the time before, and what needs somebody; before there is anything, how to begin. */

import { SegmentedControl } from '@mantine/core'
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import type { Overview, OverviewPeriod } from '../../../client/index.ts'
import { formatShare } from '../../ui/format.ts'
import type { Say } from '../../ui/words.ts'
import { api, useAsk } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Chart } from '../parts/chart.tsx'
import { Facts, Figure, Figures } from '../parts/figure.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page, Section } from '../parts/page.tsx'
import { Answered } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram, useSession } from '../session.tsx'
import { Attention } from './attention.tsx'
import { Guide } from './guide.tsx'
import './home.css'
import { homeWords } from './words.ts'

const PERIODS = ['7', '28', '90', '365'] as const
const USUAL = '28'
const DAY_MS = 86_400_000

export default function Home() {
  const [{ days = USUAL, begin }] = useFilters()
  const { now, timezone } = useProgram()
  const until = dayOf(now, timezone)
  const from = dayBefore(until, Number(days) - 1)
  const overview = useAsk(['overview', from, until], () => api.getOverview({ from, until }), { every_ms: 60_000 })
  const { may } = useSession()
  // Whoever cannot draft a program has nothing to begin with.
  const isNew = overview.data !== undefined && nothingHappened(overview.data) && may('draft')
  if (begin === 'yes' || (isNew && begin === undefined)) return <Guide />
  return <Figured days={days} overview={overview} />
}

function nothingHappened({ current: { members, sales } }: Overview): boolean {
  return members.all === 0 && sales.members.orders + sales.others.orders === 0
}

/** The day that hangs on the wall where the business is. */
function dayOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(instant))
}

function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

function Figured({ days, overview }: { days: string; overview: ReturnType<typeof useAsk<Overview>> }) {
  const say = useWords(homeWords)
  const { time } = useFormats()
  const [, change] = useFilters()
  const span = overview.data?.current
  const lead = span && say('lead', { from: noon(span.from), until: noon(span.until), days: Number(days) })
  function noon(day: string) {
    return time(`${day}T12:00:00Z`, 'day')
  }
  const picker = (
    <SegmentedControl
      size="xs"
      role="radiogroup"
      aria-label={say('period')}
      value={days}
      onChange={(value) => change({ days: value === USUAL ? undefined : value })}
      data={PERIODS.map((value) => ({ value, label: say(`days_${value}`) }))}
    />
  )
  return (
    <Page title={say('title')} lead={lead} actions={picker} wide>
      <Answered ask={overview} lines={8}>
        {(shown) => <Shown overview={shown} />}
      </Answered>
    </Page>
  )
}

function Shown({ overview }: { overview: Overview }) {
  const say = useWords(homeWords)
  const { time } = useFormats()
  const { now } = useProgram()
  const isBehind = Date.parse(now) - Date.parse(overview.as_of) > DAY_MS
  return (
    <div className="home">
      {isBehind && <p className="home-behind">{say('behind', { at: time(overview.as_of) })}</p>}
      <Headline {...overview} />
      <div className="home-middle">
        <Sales overview={overview} />
        <Attention overview={overview} />
      </div>
      <Points {...overview} />
      <Rewards {...overview} />
    </div>
  )
}

/** "▲ 4.2% more than before"; a change from nothing has no share. */
function useChange(): (now: number | null, before: number | null) => string {
  const say = useWords(homeWords)
  const { language } = useLanguage()
  return (now, before) => {
    if (now === null || before === null || before <= 0)
      return now !== null && now > 0 ? say('from_nothing') : say('same')
    const share = (now - before) / before
    if (Math.abs(share) < 0.0005) return say('same')
    return say(share > 0 ? 'more' : 'less', { share: formatShare(Math.abs(share), language) })
  }
}

/** The figure of before, in words, and what else is to be said of it. */
function Note({ change, children }: { change: string; children?: string }) {
  return (
    <>
      <b>{change}</b>
      {children !== undefined && (
        <>
          <br />
          {children}
        </>
      )}
    </>
  )
}

function Headline({ current, previous }: Pick<Overview, 'current' | 'previous'>) {
  const say = useWords(homeWords)
  const { money, count } = useFormats()
  const { language } = useLanguage()
  const change = useChange()
  const { members, others, member_share: share } = current.sales
  const average = (amount: number | null) => (amount === null ? '–' : money(amount))
  return (
    <Figures>
      <Figure
        label={say('carried')}
        value={money(carried(current))}
        note={
          <Note change={change(carried(current), carried(previous))}>
            {share === null ? say('carried_none') : say('carried_note', { share: formatShare(share, language) })}
          </Note>
        }
      />
      <Figure
        label={say('basket')}
        value={average(members.average_order)}
        note={
          <Note change={change(members.average_order, previous.sales.members.average_order)}>
            {say('basket_note', { others: average(others.average_order) })}
          </Note>
        }
      />
      <Figure
        label={say('active')}
        value={count(current.members.active)}
        note={
          <Note change={change(current.members.active, previous.members.active)}>
            {say('active_note', { count: current.members.returning })}
          </Note>
        }
      />
      <Figure
        label={say('joined')}
        value={count(current.members.joined)}
        note={
          <Note change={change(current.members.joined, previous.members.joined)}>
            {say('joined_note', { count: current.members.all })}
          </Note>
        }
      />
    </Figures>
  )
}

function carried({ sales: { members } }: OverviewPeriod): number {
  return members.amount - members.refunds
}

function Sales({ overview }: { overview: Overview }) {
  const say = useWords(homeWords)
  const { money, time } = useFormats()
  const { by, series } = overview
  // Noon is of the same day in every zone but the farthest, and a day has no zone to be converted from.
  const name = (day: string) => time(`${day}T12:00:00Z`, by === 'day' ? 'short-day' : 'month')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture changes with the figures and the language alone.
  const option = useMemo(() => salesOption(overview, say, name, money), [overview, say])
  return (
    <Section title={say(by === 'day' ? 'by_day' : 'by_month')} lead={say('net')}>
      <Chart
        title={say(by === 'day' ? 'by_day' : 'by_month')}
        option={option}
        height_px={300}
        rows={[
          [say(by), say('members'), say('others')],
          ...series.map((point) => [name(point.from), money(point.member_sales), money(point.other_sales)]),
        ]}
      />
    </Section>
  )
}

function salesOption(
  { series }: Overview,
  say: Say<'members' | 'others'>,
  name: (day: string) => string,
  money: (minor: number, style?: 'exact' | 'short') => string,
): EChartsCoreOption {
  const bars = (label: string, values: number[]) => ({
    name: label,
    type: 'bar',
    stack: 'sales',
    barMaxWidth: 28,
    data: values,
  })
  return {
    legend: { left: 0, top: 0 },
    tooltip: { trigger: 'axis', valueFormatter: (value: number) => money(value) },
    xAxis: { type: 'category', data: series.map(({ from }) => name(from)) },
    yAxis: { type: 'value', axisLabel: { formatter: (value: number) => money(value, 'short') } },
    series: [
      bars(
        say('members'),
        series.map(({ member_sales }) => member_sales),
      ),
      bars(
        say('others'),
        series.map(({ other_sales }) => other_sales),
      ),
    ],
  }
}

function Points({ current, previous }: Pick<Overview, 'current' | 'previous'>) {
  const say = useWords(homeWords)
  const { points } = useFormats()
  const change = useChange()
  return (
    <Section title={say('points')} lead={say('points_lead')}>
      {current.points.map((wallet) => {
        const before = previous.points.find((one) => one.wallet === wallet.wallet)
        const figure = (of: 'issued' | 'spent' | 'expired' | 'taken_back' | 'open') => (
          <Figure
            key={of}
            label={current.points.length > 1 ? `${say(of)} · ${wallet.name}` : say(of)}
            value={points(wallet[of], wallet.decimals)}
            note={<Note change={change(wallet[of], before?.[of] ?? 0)} />}
          />
        )
        return (
          <div className="home-wallet" key={wallet.wallet}>
            <Figures>{(['issued', 'spent', 'expired', 'open'] as const).map(figure)}</Figures>
          </div>
        )
      })}
    </Section>
  )
}

function Rewards({ current, previous }: Pick<Overview, 'current' | 'previous'>) {
  const say = useWords(homeWords)
  const { money, count } = useFormats()
  const { language } = useLanguage()
  const change = useChange()
  const { used, cost, ...parts } = current.rewards
  const bought = carried(current)
  const share = bought > 0 ? say('cost_note', { share: formatShare(cost / bought, language) }) : undefined
  const facts = (['on_orders', 'discounts', 'paid_with_points', 'beside'] as const).map((part) =>
    parts[part] === 0 ? null : ([say(part), money(parts[part])] as const),
  )
  return (
    <Section title={say('rewards')}>
      <Figures>
        <Figure label={say('used')} value={count(used)} note={<Note change={change(used, previous.rewards.used)} />} />
        <Figure
          label={say('cost')}
          value={money(cost)}
          note={<Note change={change(cost, previous.rewards.cost)}>{share}</Note>}
        />
      </Figures>
      {facts.filter((fact) => fact !== null).length > 1 && (
        <div className="home-facts">
          <Facts facts={facts} />
        </div>
      )}
    </Section>
  )
}
