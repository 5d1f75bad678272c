/** A deed of a till on its way into the ledger, and what became of it. */

import type { Refusal } from '../../core/refusal.ts'
import type { Queries } from '../db.ts'
import type { Services } from '../http/route.ts'
import { stripeOfText } from '../ids.ts'
import type { LiveProgram } from '../programs.ts'
import type { DeviceRow } from './devices.ts'
import type { Deed, DeedAnswer, DeedOf, TillRedeem } from './shapes.ts'

/** A deed on its way into the ledger. */
export interface Doing<T extends Deed['type'] = Deed['type']> {
  services: Services
  live: LiveProgram
  device: DeviceRow
  deed: DeedOf<T>
  /** By the till's clock, put right: it stays as it was when the deed came first. */
  occurredMs: number
  /** Who did it, if we know the person. */
  staff: string | null
}

/** What became of it; what is open is told besides, and waits for a person. */
export interface Done {
  account: number | null
  sale?: NonNullable<DeedAnswer['sale']>
  refund?: number
  balances?: DeedAnswer['balances']
  open?: OpenDifference[]
}

export interface OpenDifference {
  kind: 'no_member' | 'not_redeemed' | 'refused' | 'undone_late'
  place: number
  code: string
  reason: string
  reward?: string
  wallet?: string
  points?: number
  amount?: number
}

export interface DeedRow {
  id: string
  type: Deed['type']
  state: 'begun' | 'done' | 'open' | 'undone'
  device: string
  staff: string | null
  account: number | null
  occurred_ms: number
  hash: Buffer
  body: string | null
  answer: string | null
}

const COLUMNS = 'id, type, state, device, staff, account, occurred_ms, hash, body, answer'

export async function readDeed(queries: Queries, stripes: number, live: LiveProgram, id: string) {
  const { rows } = await queries.query<DeedRow>(
    `select ${COLUMNS} from till_deed where stripe = $1 and program = $2 and id = $3`,
    [stripeOfText(id, stripes), live.number, id],
  )
  return rows[0] ?? null
}

/** A reward, a voucher or points, as the sale names it, with its place there. */
export interface Wanted extends TillRedeem {
  place: number
  name: string
  cost: number
}

export function wordsOf({ code, detail }: Refusal): { code: string; reason: string } {
  return { code, reason: detail }
}

export function moneyOf(deed: Deed): { amount?: number } {
  return deed.type === 'sale' ? { amount: deed.lines.reduce((sum, { amount }) => sum + amount, 0) } : {}
}
