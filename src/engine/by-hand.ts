/** What people do by hand is signed: the activity says who did it, by the key that was used, and why. */

import type { ByHand } from '../core/activity.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import type { Caller } from './http/route.ts'

export function signed({ actor }: Caller, reason: string): ByHand | Refusal {
  const given = reason.trim()
  if (given === '') return refuse('reason_required', 'Say why, in `reason`.', '/reason')
  return { reason: given, actor }
}
