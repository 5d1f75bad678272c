/** What this device keeps: the secret of the card, and what was seen of it last, so that it opens without a connection. */

import type { Card, CardLine, Page } from '../../client/index.ts'

export interface Seen {
  card: Card
  lines: Page<CardLine>
}

const SECRET = 'regulars-card'
const SEEN = 'regulars-card-seen'
const FORM = /^#(card_[0-9A-Za-z]+)$/

/** The secret in the address, which is kept from then on; else the one that was kept. */
export function secretOf(hash: string): string | null {
  const given = FORM.exec(hash)?.[1]
  if (given === undefined) return localStorage.getItem(SECRET)
  // Another link on the same device is somebody else's card.
  if (given !== localStorage.getItem(SECRET)) forget()
  localStorage.setItem(SECRET, given)
  return given
}

export function keep(seen: Seen): void {
  localStorage.setItem(SEEN, JSON.stringify(seen))
}

export function lastSeen(): Seen | null {
  const text = localStorage.getItem(SEEN)
  return text === null ? null : (JSON.parse(text) as Seen)
}

export function forget(): void {
  localStorage.removeItem(SECRET)
  localStorage.removeItem(SEEN)
}
