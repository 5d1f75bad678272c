/** What a till may hand out while nobody answers it: signed by the server, kept to by the till, checked when it is told. */

import { canonical } from './canonical.ts'

export interface Allowance {
  id: string
  device: string
  /** Half-open, in ms. */
  from: number
  until: number
  /** In all, and to one member; points in the smallest unit of whatever wallet they are of. */
  points: number
  times: number
  member_points: number
  member_times: number
}

/** One reward that was handed out; the member as the till knows them, which may be a phone number. */
export interface Handed {
  member: string
  points: number
}

/** What is signed: the same text on the server and in the browser. */
export function allowanceText(allowance: Allowance): string {
  return canonical(allowance)
}

export type Beyond = 'not_now' | 'points' | 'times' | 'member_points' | 'member_times'

/** Which bound one more reward would break; null when it is within all of them. */
export function beyondAllowance(
  allowance: Allowance,
  handed: readonly Handed[],
  wanted: Handed,
  at: number,
): Beyond | null {
  if (at < allowance.from || at >= allowance.until) return 'not_now'
  const own = handed.filter(({ member }) => member === wanted.member)
  if (handed.length + 1 > allowance.times) return 'times'
  if (pointsOf(handed) + wanted.points > allowance.points) return 'points'
  if (own.length + 1 > allowance.member_times) return 'member_times'
  if (pointsOf(own) + wanted.points > allowance.member_points) return 'member_points'
  return null
}

function pointsOf(handed: readonly Handed[]): number {
  return handed.reduce((sum, { points }) => sum + points, 0)
}
