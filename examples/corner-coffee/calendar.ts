/** When Corner Coffee is open and how busy its days are: the New York calendar as the demo business lives it. */
import { Temporal } from 'temporal-polyfill'

const ZONE = 'America/New_York'
const MINUTE_MS = 60_000

/** One local day. Minutes count from local midnight; `closes` is the first minute that is closed. */
export interface Day {
  index: number
  /** `YYYY-MM-DD`. */
  date: string
  /** 1 is Monday, 7 is Sunday. */
  weekday: number
  month: number
  dayOfMonth: number
  closed: boolean
  /** Nobody commutes: a weekend or a public holiday. */
  restful: boolean
  opens: number
  closes: number
  /** How many people come, beside an ordinary day's 1. */
  demand: number
  /** `−05:00` in winter, `−04:00` in summer, in ASCII. */
  offset: string
  /** Epoch milliseconds that minutes are added to; the clocks change while the shops are closed, so one offset does. */
  midnight: number
}

/** Every local day that shares a moment with `[from, until)`, in order. */
export function* daysBetween(from: number, until: number): Generator<Day> {
  let date = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(ZONE).toPlainDate()
  for (let index = 0; ; index++) {
    const day = dayOf(date, index)
    if (day.midnight >= until) return
    yield day
    date = date.add({ days: 1 })
  }
}

/** Epoch milliseconds of a second of this day. */
export function momentOf(day: Day, second: number): number {
  return day.midnight + second * 1000
}

/** A moment of this day as RFC 3339 text with New York's offset. */
export function timeText(day: Day, at: number): string {
  const second = Math.floor((at - day.midnight) / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
  return `${day.date}T${clock}${day.offset}`
}

function dayOf(date: Temporal.PlainDate, index: number): Day {
  const noon = date.toZonedDateTime({ timeZone: ZONE, plainTime: '12:00' })
  const { dayOfWeek: weekday, month, day: dayOfMonth } = date
  const holiday = holidayOf(date)
  const restful = weekday > 5 || holiday !== 'none'
  return {
    index,
    date: date.toString(),
    weekday,
    month,
    dayOfMonth,
    closed: holiday === 'closed',
    restful,
    opens: restful ? 450 : 390,
    closes: restful ? 1080 : 1140,
    demand: MONTH_DEMAND[month - 1]! * (holiday === 'quiet' ? 0.6 : 1),
    offset: noon.offset,
    midnight: noon.epochMilliseconds - 720 * MINUTE_MS,
  }
}

/** People leave town in August and come back in September; the cold months before the holidays are the best. */
const MONTH_DEMAND = [0.93, 0.95, 0.98, 1, 1.02, 1, 0.95, 0.9, 1.04, 1.06, 1.06, 1.05]

function holidayOf({ month, day, dayOfWeek }: Temporal.PlainDate): 'closed' | 'quiet' | 'none' {
  if (month === 12 && day === 25) return 'closed'
  // Thanksgiving is the fourth Thursday of November.
  if (month === 11 && dayOfWeek === 4 && day >= 22 && day <= 28) return 'closed'

  const fixed = (month === 1 && day === 1) || (month === 7 && day === 4) || (month === 12 && day === 24)
  const memorialDay = month === 5 && dayOfWeek === 1 && day >= 25
  const laborDay = month === 9 && dayOfWeek === 1 && day <= 7
  return fixed || memorialDay || laborDay ? 'quiet' : 'none'
}
