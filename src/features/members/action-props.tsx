/** What the dialogs about a member have in common. */

import type { ReactNode } from 'react'
import type { Member } from '../../client/index.ts'

export interface ActionProps {
  member: Member
  /** Closes the dialog; with a sentence, it was done. */
  onEnd(said?: ReactNode): void
}

/** What every action changes: the member, the time line, and what waits for a second person. */
export function renewedBy({ id }: Member) {
  return [['member', id], ['activities', id], ['members'], ['adjustments']] as const
}
