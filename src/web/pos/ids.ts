/** The names of what is done at a till: short enough to be typed from a receipt, too many to meet by chance. */

/** Signs that nobody mistakes for another (Crockford's base 32). */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const GROUPS = 3
const GROUP = 4

/** `K4-7QX2-M9PD-3WZ8`: the till's own signs, and 60 random bits. */
export function newDeedId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP))
  const signs = [...bytes].map((byte) => SIGNS[byte % SIGNS.length])
  const groups = Array.from({ length: GROUPS }, (_, i) => signs.slice(i * GROUP, (i + 1) * GROUP).join(''))
  return [prefix, ...groups].join('-')
}

/** What somebody typed, scanned or swiped into the one field. */
export type Asked =
  | { by: 'phone'; text: string }
  | { by: 'card'; text: string }
  | { by: 'voucher'; text: string }
  | { by: 'receipt'; text: string }

/** Null while it can be nothing yet. */
export function readAsked(typed: string): Asked | null {
  const text = typed.trim().toUpperCase()
  if (/^[0-9A-Z]{2,4}(-[0-9A-Z]{4}){3}$/.test(text)) return { by: 'receipt', text }
  const digits = text.replace(/[\s().+/-]/g, '')
  if (/^9\d{15}$/.test(digits)) return { by: 'card', text: digits }
  if (/^\d{5,15}$/.test(digits)) return { by: 'phone', text: text.startsWith('+') ? `+${digits}` : digits }
  if (/^\d{16,32}$/.test(digits)) return { by: 'card', text: digits }
  return /^[0-9A-Z][0-9A-Z -]{6,}$/.test(text) && /[A-Z]/.test(text) ? { by: 'voucher', text } : null
}
