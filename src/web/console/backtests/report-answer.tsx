/** The answer of a backtest: the verdict, three sentences, and the few figures that matter most. */

import { formatShare } from '../../ui/format.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Figure, Figures } from '../parts/figure.tsx'
import { useFormats } from '../parts/values.tsx'
import { reportWords } from './report-words.ts'
import { leadOf, type Report, type Result, redeemingText, type SayReport } from './told.ts'

export function Answer({ report }: { report: Report }) {
  const say = useWords(reportWords)
  const texts = useTexts(report)
  const { result } = leadOf(report)
  const { judgement } = report
  return (
    <>
      {judgement !== null && (
        <p className="backtest-judgement">
          <b className="backtest-verdict" data-verdict={judgement.verdict}>
            {say(judgement.verdict)}
          </b>
          <span>
            {judgement.because.length === 0
              ? say('within')
              : judgement.because.map((limit) => say(limit, { limit: texts.limit(limit) })).join(' ')}
          </span>
        </p>
      )}
      <ol className="backtest-answer">
        {[texts.cost(), texts.reach(), texts.owed()].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
      <Headlines report={report} />
      <Response report={report} result={result} say={say} />
    </>
  )
}

/** What would be different if members came sooner near a goal; never a part of the figures above it. */
function Response({ report, result, say }: { report: Report; result: Result; say: SayReport }) {
  const { language } = useLanguage()
  const { money } = useFormats()
  const sooner = report.scenarios[0]?.with_response?.result.economics
  const { sales } = result.economics
  if (sooner === undefined || sales <= 0) return null
  const more = formatShare((sooner.sales - sales) / sales, language)
  const rate = formatShare(sooner.expected_rate ?? 0, language)
  return <p className="backtest-aside">{say('response', { sales: money(sooner.sales), more, rate })}</p>
}

function Headlines({ report }: { report: Report }) {
  const say = useWords(reportWords)
  const { range, share, money } = useTexts(report)
  const { economics, members, customers } = leadOf(report).result
  const isBeyond = economics.break_even_lift === null && economics.expected_rate !== null
  return (
    <Figures>
      <Figure
        label={say('fig_rate')}
        value={share(economics.reward_rate)}
        note={<Note range={range('reward_rate', share)} text={say('fig_rate_note')} />}
      />
      <Figure
        label={say('fig_expected')}
        value={share(economics.expected_rate)}
        note={<Note range={range('expected_rate', share)} text={say('fig_expected_note')} />}
      />
      <Figure
        label={say('fig_reach')}
        value={share(members === 0 ? null : customers.reached / members)}
        note={<Note range={range('reached_share', share)} text={say('fig_reach_note')} />}
      />
      <Figure
        label={say('fig_owed')}
        value={money(economics.liability.net)}
        note={<Note range={range('liability_net', money)} text={say('fig_owed_note')} />}
      />
      <Figure
        label={say('fig_lift')}
        value={isBeyond ? say('fig_lift_none') : share(economics.break_even_lift)}
        note={
          <Note
            range={isBeyond ? null : range('break_even_lift', share)}
            text={say('fig_lift_note', { margin: share(economics.margin) })}
          />
        }
      />
    </Figures>
  )
}

function Note({ range, text }: { range: string | null; text: string }) {
  return (
    <>
      {range !== null && (
        <>
          <b>{range}</b>
          <br />
        </>
      )}
      {text}
    </>
  )
}

/** What stands where there is no figure. */
const NO_FIGURE = '–'

function useTexts(report: Report) {
  const say = useWords(reportWords)
  const { language } = useLanguage()
  const formats = useFormats()
  const { result, ranges } = leadOf(report)
  const { economics, members, customers, first_reward } = result
  const share = (value: number | null) => (value === null ? NO_FIGURE : formatShare(value, language))
  const money = (minor: number) =>
    formats.money(Math.abs(minor) < 100_000 ? minor : Math.round(minor / 100) * 100, 'exact', result.currency)
  const range = (figure: string, text: (value: number) => string): string | null => {
    const { low = null, high = null } = ranges[figure] ?? {}
    if (low === null) return null
    return high === null ? say('range_open', { low: text(low) }) : say('range', { low: text(low), high: text(high) })
  }
  const how = redeemingText(say, result.redeeming)
  return {
    share,
    money,
    range,
    limit(name: 'least_reached' | 'longest_wait' | 'least_rate' | 'most_lift'): string {
      const limit = report.judgement!.limits[name]!
      return name === 'longest_wait' ? formats.count(limit) : share(limit)
    },
    cost(): string {
      const { reward_rate, cost, sales } = economics
      if (sales <= 0 || reward_rate === null) return say('cost_no_sales')
      if (cost === 0) return say('cost_nothing', { how })
      const spread = range('reward_rate', share)
      const beside = spread === null ? '' : say('range_beside', { range: spread })
      return say('cost', { how, rate: share(reward_rate), range: beside, money: money(cost) })
    },
    reach(): string {
      if (members === 0) return say('reach_nobody')
      if (customers.reached === 0) return say('reach_none', { members })
      const used = share(customers.redeeming / members)
      const days = first_reward.days?.median ?? 0
      const when = first_reward.days === null ? 'none' : 'days'
      return say('reach', { share: share(customers.reached / members), members, when, days, used })
    },
    owed(): string {
      const { liability, margin, break_even_lift: lift, expected_cost } = economics
      if (liability.gross <= 0 && expected_cost <= 0) return say('owed_nothing')
      const values = { gross: money(liability.gross), net: money(liability.net), margin: share(margin) }
      return lift === null ? say('owed_never', values) : say('owed', { ...values, lift: share(lift) })
    },
  }
}
