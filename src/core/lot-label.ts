/** What people read of a lot: `order/2026-03/expires-2026-10-01`, dates being those of the program's own calendar. */

import { type LotIdentity, NEVER } from './points.ts'
import type { Program } from './program.ts'
import { formatDay, formatInstant, localDay, startOfDay } from './time.ts'

/** Labels that were made, by lot name without its kind: the same few stand in every answer of a day. */
const made = new WeakMap<Program, Map<string, string>>()
const MOST_MADE = 1_000

/** Two lots of a program have the same label only if they are the same lot. */
export function lotLabel(program: Program, { kind, month, release, expiry }: LotIdentity): string {
  let labels = made.get(program)
  if (labels === undefined) {
    labels = new Map()
    made.set(program, labels)
  }
  const key = `${month} ${release} ${expiry}`
  let label = labels.get(key)
  if (label === undefined) {
    if (labels.size === MOST_MADE) labels.clear()
    label = withoutKind(program, month, release, expiry)
    labels.set(key, label)
  }
  return kind + label
}

function withoutKind({ zone }: Program, month: number, release: number, expiry: number): string {
  // Lots begin and end at midnight, unless the program has moved to another zone since.
  const text = (ms: number) => {
    const day = localDay(zone, ms)
    return startOfDay(zone, day) === ms ? formatDay(day) : formatInstant(ms)
  }
  const from = release === 0 ? '' : release === NEVER ? '/waiting' : `/from-${text(release)}`
  const expires = expiry === NEVER ? '' : `/expires-${text(expiry)}`
  return `/${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}${from}${expires}`
}
