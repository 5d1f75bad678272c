/** Values as people read them: money, points and times in their language and the program's zone. */

import { formatCount, formatMoney, formatPoints, formatTime, type TimeStyle } from '../../ui/format.ts'
import { useLanguage } from '../language.tsx'
import { useProgram } from '../session.tsx'

/** Functions that write values as text, where markup cannot stand. */
export function useFormats() {
  const { language } = useLanguage()
  const { currency, timezone } = useProgram()
  return {
    money: (minor: number, style?: 'exact' | 'short', of: string = currency) => formatMoney(minor, of, language, style),
    points: (units: number, decimals: number, sign?: 'auto' | 'always') =>
      formatPoints(units, decimals, language, sign),
    count: (count: number, style?: 'exact' | 'short') => formatCount(count, language, style),
    time: (instant: string, style: TimeStyle = 'moment') => formatTime(instant, style, language, timezone),
  }
}

export function When({ at, style = 'moment' }: { at: string; style?: TimeStyle }) {
  const { time } = useFormats()
  return (
    <time dateTime={at} title={time(at, 'exact')}>
      {time(at, style)}
    </time>
  )
}
