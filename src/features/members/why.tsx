/** Why these points: the sentences of an explanation, and below each the exact figures for those who check. */

import type { Activity, Balance, Explanation, Posting } from '../../client/index.ts'
import type { Bucket } from '../../core/points.ts'
import { useLanguage, useWords } from '../../web/console/language.tsx'
import { Facts } from '../../web/console/parts/figure.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { useProgram } from '../../web/console/session.tsx'
import { plain, titled } from './activity-titles.tsx'
import { lineWords } from './screen-words.ts'
import { lastMoment } from './standing.tsx'

export function Why({ activity, balances }: { activity: Activity; balances: readonly Balance[] }) {
  const say = useWords(lineWords)
  const format = useFormats()
  const { explanation, postings, discounts, vouchers, occurred_at, recorded_at, revision } = activity
  const byId = new Map(postings.map((posting) => [posting.id, posting]))
  const isLate = Math.abs(Date.parse(recorded_at) - Date.parse(occurred_at)) > LATE_MS
  return (
    <div className="why">
      {explanation.length === 0 && <p>{say('no_points')}</p>}
      {explanation.map((one) => (
        <Explained
          key={`${one.rule} ${one.wallet} ${one.postings[0] ?? one.text}`}
          explanation={one}
          postings={one.postings.flatMap((id) => byId.get(id) ?? [])}
          decimals={balances.find(({ wallet }) => wallet === one.wallet)?.decimals ?? 0}
        />
      ))}
      {discounts.map(({ source, amount }) => (
        <p key={source}>{say('discount', { amount: format.money(amount), name: plain(source) })}</p>
      ))}
      {vouchers.map(({ code, state }) => (
        <p key={code}>{say('vouchers', { code, state })}</p>
      ))}
      <p className="why-foot">
        {say('revision', { revision })}
        {isLate && ` · ${say('heard', { day: format.time(recorded_at) })}`} · <code>{activity.id}</code>
      </p>
    </div>
  )
}

/** Nobody wonders about a minute between a purchase and when we heard of it. */
const LATE_MS = 60_000

function Explained({
  explanation,
  postings,
  decimals,
}: {
  explanation: Explanation
  postings: readonly Posting[]
  decimals: number
}) {
  const say = useWords(lineWords)
  const { rule, line, base, rate, exact, rounding, carry_before, carry_after } = explanation
  const sentence = useSentence(explanation, postings, decimals)
  // Points that only move have nothing that was reckoned.
  const isReckoned = rate !== '1' || exact !== String(base)
  return (
    <section className="why-one">
      <p className="why-text">{sentence}</p>
      <Facts
        facts={[
          [say('rule'), titled(rule)],
          line === null ? null : [say('line'), line],
          isReckoned ? [say('reckoning'), <Reckoning key="sum" of={explanation} decimals={decimals} />] : null,
          isReckoned ? [say('rounding'), say(rounding)] : null,
          carry_before === null || carry_after === null
            ? null
            : ['', say('carried', { before: carry_before, after: carry_after })],
          postings.length === 0 ? null : [say('moved'), <Moves key="moves" postings={postings} decimals={decimals} />],
        ]}
      />
    </section>
  )
}

/** The base is money or a number of things: a limit makes points fewer and never more, which tells one from the other. */
function Reckoning({ of, decimals }: { of: Explanation; decimals: number }) {
  const say = useWords(lineWords)
  const format = useFormats()
  const { currency } = useProgram()
  const [rate, exact] = [fraction(of.rate), fraction(of.exact)]
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  const isMoney = Math.abs((of.base / 10 ** digits) * rate) >= Math.abs(exact) - TINY
  const unit = 10 ** decimals
  return say('base_rate', {
    base: isMoney ? format.money(of.base) : format.count(of.base),
    rate: format.count(rate / unit),
    exact: `${format.count(exact / unit)} ${plain(of.wallet)}`,
  })
}

/** Only shown: what was decided is exact, and stands in the explanation as a fraction. */
function fraction(text: string): number {
  const [n, d = '1'] = text.split('/')
  return Number(n) / Number(d)
}

const TINY = 1e-6

/** The interface explains in English; for readers of other languages the same is put together from its parts. */
function useSentence({ text, rule, points }: Explanation, postings: readonly Posting[], decimals: number): string {
  const say = useWords(lineWords)
  const format = useFormats()
  const { language } = useLanguage()
  const [first] = postings
  if (language === 'en' || first === undefined) return text
  const [from, to] = [bucket(first.from), bucket(first.to)]
  return say('sentence', {
    points: format.points(Math.abs(points), decimals),
    rule: plain(rule),
    from: say(from),
    to: say(to),
  })
}

function Moves({ postings, decimals }: { postings: readonly Posting[]; decimals: number }) {
  const say = useWords(lineWords)
  const format = useFormats()
  return (
    <ul className="why-moves">
      {postings.map(({ id, points, from, to, lot, expires_at }) => (
        <li key={id}>
          {say('moved_from_to', {
            points: format.points(points, decimals),
            from: say(bucket(from)),
            to: say(bucket(to)),
          })}
          {lot !== null && <small>{say('lot', { lot })}</small>}
          {to === 'available' || to === 'pending' ? (
            <small>
              {expires_at === null
                ? say('never_expires')
                : say('expires', { day: format.time(lastMoment(expires_at), 'day') })}
            </small>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function bucket(name: string): Bucket {
  return name as Bucket
}
