/** A balance: the frontier with the program of now on it; any point of it becomes a draft. */

import { Button } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import type { ProgramBalance } from '../../../client/index.ts'
import { formatShare } from '../../ui/format.ts'
import { api, useAsk, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Chart } from '../parts/chart.tsx'
import { Facts } from '../parts/figure.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page, Section } from '../parts/page.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram, useSession } from '../session.tsx'
import { backtestWords } from './backtest-words.ts'
import './backtests.css'
import { FigureTable } from './report-tables.tsx'
import { isOpen, LOOK_MS, Unfinished, useNames } from './study-state.tsx'
import type { BalanceReport, Variant } from './told.ts'

export default function BalancePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const ask = () => api.getBalance(id)
  const first = useAsk(['balance', id], ask)
  const again = first.data !== undefined && isOpen(first.data)
  useAsk(['balance', id], ask, { when: again, ...(again && { every_ms: LOOK_MS }) })
  return <Answered ask={first}>{(told) => <Told told={told} />}</Answered>
}

function Told({ told }: { told: ProgramBalance }) {
  const say = useWords(backtestWords)
  const names = useNames()
  const { report } = told
  const lead = `${names.program(told.asked.program)} · ${names.history(told.asked)} · ${told.asked.vary.join(', ')}`
  const file = `/v1/balances/${told.id}/report?format=html`
  return (
    <Page
      title={say('balance_title')}
      lead={lead}
      actions={
        report !== null && (
          <Button variant="default" component="a" href={file} download>
            {say('html')}
          </Button>
        )
      }
      wide
    >
      {report === null ? (
        <Unfinished entry={told} renews={['balance', told.id]} />
      ) : (
        <Found report={report} id={told.id} />
      )}
    </Page>
  )
}

function Found({ report, id }: { report: BalanceReport; id: string }) {
  const say = useWords(backtestWords)
  const names = useNames()
  const { language } = useLanguage()
  const { count } = useFormats()
  const [{ pick }, change] = useFilters()
  const share = (value: number | null) => (value === null ? '–' : formatShare(value, language))
  const { variants, gets } = report
  const chosen = variants.find((one) => settingsOf(one) === pick) ?? variants.find(({ recommended }) => recommended)
  const current = variants.find((one) => one.current)
  return (
    <>
      <Section title={current === undefined ? say('frontier') : names.verdict(current.verdict)} lead={say('pick')}>
        <Frontier report={report} chosen={chosen} />
        {report.axes.map(
          ({ setting, hardly_matters }) =>
            hardly_matters && (
              <p key={setting} className="backtest-aside">
                {say('hardly', { setting })}
              </p>
            ),
        )}
      </Section>
      {chosen !== undefined && (
        <Section title={say('picked')} actions={<MakeDraft variant={chosen} id={id} />}>
          <Facts
            facts={[
              ...Object.entries(chosen.settings).map(([name, value]): [string, string] => [name, count(value)]),
              [say('verdict'), names.verdict(chosen.verdict)],
              [say('reach'), share(chosen.figures[gets])],
              [say('rate'), share(chosen.figures.expected_rate)],
              [say('lift'), share(chosen.figures.break_even_lift)],
            ]}
          />
        </Section>
      )}
      <Section title={say('variants')}>
        <FigureTable
          title={say('variants')}
          isTitled={false}
          head={[say('variant'), say('verdict'), say('reach'), say('rate'), say('wait'), say('lift')]}
          names={variants.map((one) => (
            <Button
              key={settingsOf(one)}
              size="compact-sm"
              variant={one === chosen ? 'light' : 'subtle'}
              aria-pressed={one === chosen}
              onClick={() => change({ pick: settingsOf(one) }, 'replace')}
            >
              {[
                Object.values(one.settings)
                  .map((value) => count(value))
                  .join(' · '),
                ...marksOf(one),
              ].join(' — ')}
            </Button>
          ))}
          rows={variants.map((one) => [
            settingsOf(one),
            names.verdict(one.verdict),
            share(one.figures[gets]),
            share(one.figures.expected_rate),
            one.figures.days_to_first === null ? '–' : count(one.figures.days_to_first),
            share(one.figures.break_even_lift),
          ])}
        />
      </Section>
    </>
  )

  function marksOf({ current, recommended }: Variant): string[] {
    return [...(current ? [say('now')] : []), ...(recommended ? [say('recommended')] : [])]
  }
}

/** What tells a variant from all others, in an address and in a table. */
function settingsOf({ settings }: Variant): string {
  return Object.values(settings).join(',')
}

function MakeDraft({ variant, id }: { variant: Variant; id: string }) {
  const say = useWords(backtestWords)
  const navigate = useNavigate()
  const program = useProgram()
  const { may } = useSession()
  const settings = Object.entries(variant.settings).map(([name, value]) => `${name} ${value}`)
  const draft = useTell(
    async (asked: Record<string, number>, idempotencyKey) => {
      const { source } = await api.writeVariant(id, { settings: asked })
      return api.beginDraft(
        program.id,
        { title: say('draft_title', { settings: settings.join(', ') }).slice(0, 100), source },
        { idempotencyKey },
      )
    },
    { renews: [['drafts', program.id]], onDone: ({ id }) => void navigate({ to: `/program/drafts/${id}` as never }) },
  )
  if (!may('draft')) return null
  return (
    <>
      <Problem error={draft.error} />
      <Button loading={draft.isPending} onClick={() => draft.mutate(variant.settings)}>
        {say('make_draft')}
      </Button>
    </>
  )
}

const COLOURS = { too_stingy: 'blue', balanced: 'accent', too_generous: 'clay', both: 'plum' } as const

function Frontier({ report, chosen }: { report: BalanceReport; chosen: Variant | undefined }) {
  const say = useWords(backtestWords)
  const names = useNames()
  const { language } = useLanguage()
  const { count } = useFormats()
  const [, change] = useFilters()
  const key = chosen === undefined ? '' : settingsOf(chosen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: formats change with the language alone.
  const { option, rows } = useMemo(() => {
    const { variants, gets, thresholds, margin } = report
    const share = (value: number) => formatShare(value, language)
    const pointOf = ({ figures }: Variant) => [figures.expected_rate ?? 0, figures[gets] ?? 0]
    const { least_rate = 0, most_lift = 0 } = thresholds
    // ℓ = c ÷ (m − c), the other way round.
    const dearest = (margin * most_lift) / (1 + most_lift)
    const most = Math.max(dearest, ...variants.map((one) => pointOf(one)[0]!)) * 1.15
    const region = (name: string, from: number, to: number, colour: string) => [
      {
        name,
        xAxis: from,
        itemStyle: { color: colourOf(colour), opacity: 0.08 },
        label: { color: colourOf('quiet'), position: 'insideTop' },
      },
      { xAxis: to },
    ]
    const option: EChartsCoreOption = {
      grid: { containLabel: true, left: 8, right: 24, top: 24, bottom: 24 },
      tooltip: { trigger: 'item', formatter: ({ name }: { name: string }) => name },
      xAxis: {
        type: 'value',
        min: 0,
        max: most,
        name: say('cost_axis'),
        nameLocation: 'middle',
        nameGap: 28,
        axisLabel: { formatter: share },
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        name: say('reach_axis'),
        nameTextStyle: { align: 'left' },
        axisLabel: { formatter: share },
      },
      series: [
        {
          type: 'line',
          name: say('frontier_line'),
          silent: true,
          symbol: 'none',
          lineStyle: { color: colourOf('quiet'), width: 1.25 },
          data: variants.filter(({ frontier }) => frontier).map(pointOf),
          markArea: {
            silent: true,
            data: [
              region(say('region_stingy'), 0, least_rate, 'blue'),
              region(say('region_generous'), dearest, most, 'clay'),
            ],
          },
        },
        {
          type: 'scatter',
          data: variants.map((one) => ({
            name: `${Object.values(one.settings)
              .map((value) => count(value))
              .join(' · ')}: ${share(pointOf(one)[1]!)}, ${share(pointOf(one)[0]!)}`,
            value: pointOf(one),
            symbol: one.current ? 'diamond' : 'circle',
            symbolSize: one.current || settingsOf(one) === key ? 17 : 9,
            itemStyle: {
              color: colourOf(COLOURS[one.verdict]),
              ...(settingsOf(one) === key || one.current
                ? { borderColor: colourOf('ink'), borderWidth: settingsOf(one) === key ? 2.5 : 1 }
                : {}),
            },
            label: {
              show: one.current || one.recommended,
              position: 'bottom',
              color: colourOf('ink'),
              formatter: say(one.current ? 'now' : 'recommended'),
            },
          })),
        },
      ],
    }
    const rows = [
      [say('variant'), say('verdict'), say('reach'), say('rate')],
      ...variants.map((one) => [
        settingsOf(one),
        names.verdict(one.verdict),
        share(pointOf(one)[1]!),
        share(pointOf(one)[0]!),
      ]),
    ]
    return { option, rows }
  }, [report, language, key])
  return (
    <Chart
      title={say('frontier')}
      option={option}
      rows={rows}
      height_px={380}
      onPick={({ seriesType, dataIndex }) => {
        const variant = report.variants[dataIndex]
        if (seriesType === 'scatter' && variant !== undefined) change({ pick: settingsOf(variant) }, 'replace')
      }}
    />
  )
}

/** A colour of the page as it is now. */
function colourOf(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim()
}
