/** Two programs on the same history: every figure side by side, and who gains and who loses. */

import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import { formatShare } from '../../ui/format.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Chart } from '../parts/chart.tsx'
import { Figure, Figures } from '../parts/figure.tsx'
import { useFormats } from '../parts/values.tsx'
import { FigureTable } from './report-tables.tsx'
import { type ReportWord, reportWords } from './report-words.ts'
import { type Comparison, wordsOf } from './told.ts'

export function Compared({ comparison, currency }: { comparison: Comparison; currency: string }) {
  const say = useWords(reportWords)
  const { count, points } = useFormats()
  const amount = useAmount(currency)
  const { members, rules, rewards, figures } = comparison
  const text = useFigureText(amount)
  return (
    <>
      <Figures>
        <Figure
          label={say('lose')}
          value={count(members.lose)}
          note={say('lost', { money: amount(Math.abs(members.lost)) })}
        />
        <Figure
          label={say('gain')}
          value={count(members.gain)}
          note={say('gained', { money: amount(members.gained) })}
        />
        <Figure label={say('same')} value={count(members.same)} />
      </Figures>
      <Distribution comparison={comparison} amount={amount} />
      <FigureTable
        title={say('figures_beside')}
        head={[say('figure'), say('this'), say('other'), say('difference')]}
        rows={figures.map((one) => [
          nameOf(one.figure, one.wallet, say),
          text(one, one.this),
          text(one, one.other),
          text(one, one.difference, 'always'),
        ])}
      />
      <FigureTable
        title={say('worst')}
        head={[say('member'), say('this'), say('other'), say('difference')]}
        rows={members.worst.map((one) => [one.member, amount(one.this), amount(one.other), amount(one.difference)])}
      />
      <FigureTable
        title={say('best')}
        head={[say('member'), say('this'), say('other'), say('difference')]}
        rows={members.best.map((one) => [one.member, amount(one.this), amount(one.other), amount(one.difference)])}
      />
      <FigureTable
        title={say('rules_beside')}
        head={[say('rule'), say('this'), say('other')]}
        rows={rules.map(({ rule, this: one, other }) => [
          wordsOf(rule),
          one === null ? '–' : points(one.points, decimalsOf(comparison, one.wallet)),
          other === null ? '–' : points(other.points, decimalsOf(comparison, other.wallet)),
        ])}
      />
      <FigureTable
        title={say('rewards_beside')}
        head={[say('reward'), say('this'), say('other')]}
        rows={rewards.map(({ reward, this: one, other }) => [
          one?.name ?? other?.name ?? wordsOf(reward),
          one === null ? '–' : amount(one.cost),
          other === null ? '–' : amount(other.cost),
        ])}
      />
    </>
  )
}

function Distribution({ comparison, amount }: { comparison: Comparison; amount: (minor: number) => string }) {
  const say = useWords(reportWords)
  const { language } = useLanguage()
  const { count } = useFormats()
  const { distribution } = comparison.members
  // biome-ignore lint/correctness/useExhaustiveDependencies: formats change with the language alone.
  const { option, rows } = useMemo(() => {
    const names = distribution.map(({ from, to }) =>
      from === null
        ? say('below', { to: amount(to ?? 0) })
        : to === null
          ? say('beyond', { from: amount(from) })
          : say('between', { from: amount(from), to: amount(to) }),
    )
    const option: EChartsCoreOption = {
      grid: { containLabel: true, left: 0, right: 8, top: 12, bottom: 10 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: names, axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', splitNumber: 3 },
      series: [
        { type: 'bar', name: say('members'), data: distribution.map(({ members }) => members), barMaxWidth: 48 },
      ],
    }
    const rows = [[say('change'), say('members')], ...names.map((name, i) => [name, count(distribution[i]!.members)])]
    return { option, rows }
  }, [distribution, language])
  if (distribution.length === 0) return null
  return (
    <div className="backtest-table">
      <Chart title={say('distribution')} option={option} rows={rows} height_px={220} />
    </div>
  )
}

type Figured = Comparison['figures'][number]

function useAmount(currency: string) {
  const { money } = useFormats()
  return (minor: number) => money(minor, 'exact', currency)
}

function useFigureText(amount: (minor: number) => string) {
  const { language } = useLanguage()
  const { count, points } = useFormats()
  return ({ unit, decimals }: Figured, value: number | null, sign: 'auto' | 'always' = 'auto'): string => {
    if (value === null) return '–'
    const plus = sign === 'always' && value > 0 ? '+' : ''
    if (unit === 'share') return `${plus}${formatShare(value, language)}`
    if (unit === 'money') return `${plus}${amount(value)}`
    if (unit === 'points') return `${plus}${points(value, decimals)}`
    return `${plus}${count(value)}`
  }
}

/** Figures of a wallet are called as they are with the wallet beside them. */
function nameOf(
  figure: string,
  wallet: string | null,
  say: (name: ReportWord, values?: Record<string, string>) => string,
): string {
  const key = `f_${figure}`
  const name = key in reportWords.en ? say(key as ReportWord) : say('f_other', { name: wordsOf(figure) })
  return wallet === null ? name : `${name} (${wordsOf(wallet)})`
}

function decimalsOf({ figures }: Comparison, wallet: string): number {
  return figures.find((one) => one.wallet === wallet)?.decimals ?? 0
}
