/**
 * The windows of time in which tiers are counted. What members do is kept by month, quarter or year of the program's
 * calendar, or of the time since they joined, or in one sum for life; each such part has a number that grows by one.
 * A window is one part or several in a row: the twelve months of a year, or the last three months, which slide.
 */

import { NEVER } from '../../core/points.ts'
import { addMonths, firstDayOf, localDay, monthIndex, periodOf, startOfDay, type Zone } from '../../core/time.ts'

/** How long a part is. `joined_…` are counted from the day on which the member joined. */
export type Part = 'month' | 'quarter' | 'year' | 'joined_month' | 'joined_year' | 'lifetime' | 'since_joining'

export class Windows {
  readonly part: Part
  /** How many parts make a window. */
  readonly length: number
  /** Whether a window begins with every part, as the last twelve months do. */
  readonly slides: boolean
  private readonly zone: Zone
  /** The part that was asked for last, its first day and the day after it: the next question is most often about it. */
  private last = Number.NaN
  private firstDay = Number.NaN
  private nextDay = Number.NaN
  /** The ends of parts of the calendar that were asked for, in ms. */
  private readonly ends = new Map<number, number>()

  constructor(part: Part, length: number, slides: boolean, zone: Zone) {
    this.part = part
    this.length = length
    this.slides = slides
    this.zone = zone
  }

  /** The part that holds a moment (ms), for a member who joined on that local day. */
  at(ms: number, joined: number): number {
    const { part } = this
    if (part === 'lifetime' || part === 'since_joining') return 0
    const day = localDay(this.zone, ms)
    if (day >= this.firstDay && day < this.nextDay) return this.last
    if (part === 'joined_month' || part === 'joined_year') return sinceJoining(part, day, joined)
    this.last = periodOf(part, day)
    this.firstDay = firstDayOf(part, this.last)
    this.nextDay = firstDayOf(part, this.last + 1)
    return this.last
  }

  /** The end of a part in ms: the first instant of the next, NEVER for life. */
  endOf(number: number, joined: number): number {
    const { part } = this
    if (part === 'lifetime' || part === 'since_joining' || number >= NEVER) return NEVER
    if (part === 'joined_month' || part === 'joined_year')
      return startOfDay(this.zone, addMonths(joined, (number + 1) * monthsOf(part)))
    let end = this.ends.get(number)
    if (end === undefined) {
      end = startOfDay(this.zone, firstDayOf(part, number + 1))
      this.ends.set(number, end)
    }
    return end
  }

  /** The first part of the window that a part belongs to, or that ends with it when windows slide. */
  firstOf(number: number): number {
    if (this.slides) return number - this.length + 1
    return this.length === 1 ? number : Math.floor(number / this.length) * this.length
  }

  /** The last part of that window. */
  lastOf(number: number): number {
    return this.slides || this.length === 1 ? number : this.firstOf(number) + this.length - 1
  }

  /** Whether what happened at a moment counts: what came before joining does not count since joining. */
  counts(ms: number, joined: number): boolean {
    return this.part !== 'since_joining' || localDay(this.zone, ms) >= joined
  }
}

function monthsOf(part: 'joined_month' | 'joined_year'): number {
  return part === 'joined_month' ? 1 : 12
}

/** Whoever joins on 31 January has joined for a month on 28 February, and for a year on the next 31 January. */
function sinceJoining(part: 'joined_month' | 'joined_year', day: number, joined: number): number {
  const months = monthIndex(day) - monthIndex(joined)
  const whole = addMonths(joined, months) > day ? months - 1 : months
  return Math.floor(whole / monthsOf(part))
}
