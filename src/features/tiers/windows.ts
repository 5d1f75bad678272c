/** The windows of time in which tiers are counted, by number: months, quarters or years of the program's zone, or one for life. */

import { NEVER } from '../../core/points.ts'
import { firstDayOf, localDay, periodOf, startOfDay, type Unit, type Zone } from '../../core/time.ts'

export class Windows {
  private readonly unit: Unit | 'lifetime'
  private readonly zone: Zone
  /** The window that was asked for last, its first day and the day after it: the next question is most often about it. */
  private last = Number.NaN
  private firstDay = Number.NaN
  private nextDay = Number.NaN
  /** The ends of windows that were asked for, in ms. */
  private readonly ends = new Map<number, number>()

  constructor(unit: Unit | 'lifetime', zone: Zone) {
    this.unit = unit
    this.zone = zone
  }

  /** The window that holds a moment (ms). */
  at(ms: number): number {
    const { unit } = this
    if (unit === 'lifetime') return 0
    const day = localDay(this.zone, ms)
    if (day >= this.firstDay && day < this.nextDay) return this.last
    this.last = periodOf(unit, day)
    this.firstDay = firstDayOf(unit, this.last)
    this.nextDay = firstDayOf(unit, this.last + 1)
    return this.last
  }

  /** The end of a window in ms: the first instant of the next, NEVER for life. */
  endOf(window: number): number {
    const { unit } = this
    if (unit === 'lifetime') return NEVER
    let end = this.ends.get(window)
    if (end === undefined) {
      end = startOfDay(this.zone, firstDayOf(unit, window + 1))
      this.ends.set(window, end)
    }
    return end
  }
}
