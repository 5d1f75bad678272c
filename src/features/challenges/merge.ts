/** Two members become one: what counted for a challenge of both adds up, period by period. */

import type { Progress, Row } from './progress.ts'

export function join(into: Progress, from: Progress): void {
  for (const row of from.r) addRow(into, row)
  into.r.sort((a, b) => a.p - b.p)
  if (from.w !== undefined) into.w = added(into.w ?? [], from.w)
  if (from.g !== undefined) into.g = added(into.g ?? [], from.g)
  if (from.t !== undefined) into.t = Math.min(from.t, into.t ?? from.t)
  // Of two streaks that are half forgotten the later one goes on.
  if (from.b !== undefined && from.b[2] > (into.b?.[2] ?? Number.NEGATIVE_INFINITY)) into.b = from.b
  if (from.j !== undefined) into.j = Math.min(from.j, into.j ?? from.j)
}

function addRow(into: Progress, { p, a }: Row): void {
  const own = into.r.find((row) => row.p === p)
  if (own === undefined) {
    into.r.push({ p, a })
    return
  }
  own.a = own.a.map((counted, i) => {
    const other = a[i]
    if (typeof counted === 'number') return counted + (typeof other === 'number' ? other : 0)
    return typeof other === 'object' ? addedByName(counted, other) : counted
  })
}

function added(one: readonly number[], other: readonly number[]): number[] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, i) => (one[i] ?? 0) + (other[i] ?? 0))
}

function addedByName(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const all = { ...one }
  for (const [name, times] of Object.entries(other)) all[name] = (all[name] ?? 0) + times
  return all
}
