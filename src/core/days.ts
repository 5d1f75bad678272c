/** From which day until which something holds: what a section of a program says with `from` and `until`. */

import { z } from 'zod'
import type { Compiling, Path } from './feature.ts'
import { formatDay, parseDay } from './time.ts'

/** A day as `2026-12-31`. */
export const DayText = z.string().refine((text) => parseDay(text) !== null, 'must be a day, such as "2026-12-31"')

/** The settings, for sections to spread among their own. */
export const DaySettings = {
  from: DayText.optional().describe('The first day on which it holds'),
  until: DayText.optional().describe('The last day on which it holds'),
}

/** Both days are in it; local days of the program's zone. */
export interface Days {
  from: number
  until: number
}

/** Null when the section says neither, so that it always holds. */
export function compileDays(
  { from, until }: { from?: string | undefined; until?: string | undefined },
  compiling: Compiling,
  path: Path,
): Days | null {
  if (from === undefined && until === undefined) return null
  const days = {
    from: from === undefined ? Number.NEGATIVE_INFINITY : parseDay(from)!,
    until: until === undefined ? Number.POSITIVE_INFINITY : parseDay(until)!,
  }
  if (days.from > days.until)
    compiling.problem([...path, 'until'], 'contradiction', `ends before it begins, which is on ${from}`)
  return days
}

/** Why it does not hold on a day, for a sentence that says so; null when it does. */
export function outsideOf(days: Days | null, day: number): string | null {
  if (days === null) return null
  if (day < days.from) return `begins on ${formatDay(days.from)}`
  return day > days.until ? `ended on ${formatDay(days.until)}` : null
}
