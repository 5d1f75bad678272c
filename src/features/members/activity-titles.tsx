/** Activities in a few words: what happened, and the little that tells it from others of its kind. */

import type { Activity, Posting } from '../../client/index.ts'
import { useWords } from '../../web/console/language.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { lineWords } from './screen-words.ts'

interface Titled {
  title: string
  more: string | null
}

/** What the bodies of the kinds have, as far as it is told here. */
interface Body {
  external_id?: string
  order?: string
  lines?: { quantity: number; unit_price: number; discount?: number; tax?: number }[]
  prices?: string
  currency?: string
  location?: string
  type?: string
  reward?: string
  wallet?: string
  points?: number
  reason?: string
  actor?: string
  until?: string
  code?: string
  level?: string
  challenge?: string
  perk?: string
  plan?: string
  option?: string
  place?: number
  note?: string
}

export function useTitles(): (activity: Activity) => Titled {
  const say = useWords(lineWords)
  const format = useFormats()
  return (activity) => {
    const body = activity.body as Body | null
    const title = titleOf(activity, body ?? {})
    return { title, more: body === null ? say('gone') : moreOf(activity, body) }
  }

  function titleOf({ type, postings }: Activity, body: Body): string {
    switch (type) {
      case 'order':
        return say('order', { id: body.external_id ?? '' })
      case 'return':
        return say('return', { id: body.order ?? '' })
      case 'cancel':
        return say('cancel', { id: body.order ?? '' })
      case 'visit':
        return body.location === undefined ? say('visit') : say('visit_at', { shop: body.location })
      case 'action':
        return say('action', { name: plain(body.type) })
      case 'redeem':
        return say('redeem', { reward: plain(body.reward) })
      case 'adjust':
        return postings.length === 0 ? say('adjust_waits', { points: pointsOf(body) }) : say('adjust')
      case 'extension':
        return say('extension', { day: body.until ?? '' })
      case 'voucher_use':
      case 'voucher_transfer':
      case 'voucher_claim':
        return say(type, { code: body.code ?? '' })
      case 'tier_given':
        return say('tier_given', { level: plain(body.level) })
      case 'challenge':
        return say('challenge', { name: plain(body.challenge) })
      case 'perk_use':
        return say('perk_use', { name: plain(body.perk) })
      case 'membership':
        return say('membership', { name: plain(body.plan) })
      case 'choose':
        return say('choose', { name: plain(body.option) })
      case 'award':
        return say('award', { place: body.place ?? '' })
      case 'clock':
        return say(duePoints(postings[0]))
      default:
        return PLAIN.has(type) ? say(type as 'join') : say('other')
    }
  }

  /** Who did it by hand, and why; what an order was about. */
  function moreOf({ type }: Activity, body: Body): string | null {
    if (type === 'order') return orderOf(body)
    const parts = [
      body.reason === undefined || body.reason === '' ? null : `“${body.reason}”`,
      body.note === undefined ? null : `“${body.note}”`,
      body.actor === undefined ? null : say('by', { actor: body.actor }),
    ].filter((part) => part !== null)
    return parts.length === 0 ? null : parts.join(' ')
  }

  function orderOf({ lines = [], prices, currency, location }: Body): string {
    const count = lines.reduce((sum, { quantity }) => sum + quantity, 0)
    const cost = lines.reduce(
      (sum, { quantity, unit_price, discount = 0, tax = 0 }) =>
        sum + quantity * unit_price - discount + (prices === 'tax_excluded' ? tax : 0),
      0,
    )
    const what = say('order_of', { count, amount: format.money(cost, 'exact', currency) })
    return location === undefined ? what : `${what} · ${titled(location)}`
  }

  /** An adjustment that waits is told in whole points of the wallet's smallest unit, as it was asked for. */
  function pointsOf({ points = 0, wallet }: Body): string {
    return `${format.points(points, 0, 'always')} ${plain(wallet)}`
  }
}

/** What fell due, by where the first points of it went. */
function duePoints(first: Posting | undefined) {
  if (first === undefined) return 'clock'
  if (first.to === 'expired') return 'expired_now'
  if (first.to === 'forfeited') return 'forfeited_now'
  if (first.from === 'held') return 'let_go_now'
  return first.from === 'pending' ? 'released_now' : 'given_now'
}

/** Kinds whose words need nothing of the body. */
const PLAIN = new Set([
  'join',
  'profile',
  'capture',
  'void',
  'transfer',
  'receive',
  'merge',
  'absorb',
  'approve',
  'reject',
  'close',
  'reopen',
  'erase',
  'pool',
  'pooled',
  'voucher_receive',
  'perk_void',
  'membership_cancel',
  'referred',
])

/** An id of the program as words: `free-coffee` is “free coffee”. */
export function plain(id: string | undefined): string {
  return (id ?? '').replaceAll(/[-_]/g, ' ')
}

/** The same at the beginning of a line. */
export function titled(id: string): string {
  const text = plain(id)
  return text.charAt(0).toUpperCase() + text.slice(1)
}
