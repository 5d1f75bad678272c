/** What is read of vouchers: one by its code, and all that a member had. */

import type { Refusal } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { rewardNamed } from '../../core/vouchers.ts'
import { shownSource } from '../../engine/answers.ts'
import { findInDirectory } from '../../engine/directory.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import { readCard } from '../../engine/printed-codes.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import { type Page, type PageRequest, type Reading, readProfile, wrongCursor } from '../../engine/read.ts'
import { noVoucher } from '../../engine/voucher-refusal.ts'
import type { Voucher } from '../../engine/voucher-shapes.ts'

export interface VoucherRow {
  /** Null for a card that is nobody's yet, as is its account. */
  activity: number | null
  account: number | null
  code: string
  reward: string
  source: string
  from_ms: number
  expires_ms: number | null
  state: Voucher['state']
  /** What a card gives, where its batch says so. */
  amount?: number | null
  ended: number | null
}

const COLUMNS = 'v.activity, v.account, v.code, v.reward, v.source, v.from_ms, v.expires_ms, v.state, v.ended'

/** The voucher of a code in normal form. */
export async function findVoucher(reading: Reading, live: LiveProgram, code: string): Promise<VoucherRow | Refusal> {
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'voucher', code)
  if (found === null) return noVoucher(code, '/code')
  const voucher = found.activity === null ? undefined : await voucherOf(reading, found.activity, code)
  return voucher ?? (await cardOf(reading, live, code)) ?? noVoucher(code, '/code')
}

/** A card that nobody has claimed, or that was worth points or credit to whoever did. */
async function cardOf({ database, stripes }: Reading, live: LiveProgram, code: string): Promise<VoucherRow | null> {
  const card = await readCard(database, stripes, live.number, code)
  if (card === null) return null
  const { id, account, activity, reward, amount, created_ms: from_ms, expires_ms } = card
  const state = activity !== null ? 'used' : 'unclaimed'
  return {
    activity,
    account,
    code,
    reward,
    source: publicId('bat', id),
    from_ms,
    expires_ms,
    state,
    amount,
    ended: activity,
  }
}

async function voucherOf({ database }: Reading, activity: number, code: string): Promise<VoucherRow | undefined> {
  const { rows } = await database.query<VoucherRow>(
    `select ${COLUMNS} from voucher v where v.stripe = $1 and v.activity = $2 and v.code = $3`,
    [stripeOf(activity), activity, code],
  )
  return rows[0]
}

/** The vouchers of an account, the latest first. */
export async function listVouchers(
  { database }: Reading,
  live: LiveProgram,
  account: number,
  { limit, cursor }: PageRequest,
): Promise<Page<Voucher> | Refusal> {
  const before = cursor === undefined ? [Number.MAX_SAFE_INTEGER, 0] : readCursor(cursor)
  if (before === null) return wrongCursor()
  const { rows } = await database.query<VoucherRow & { activity: number; place: number }>(
    `select ${COLUMNS}, v.place from voucher v where v.account = $1 and (v.activity, v.place) < ($2, $3)
     order by v.activity desc, v.place desc limit $4`,
    [account, ...before, limit + 1],
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    data: page.map((row) => voucherAnswer(row, live, null)),
    has_more: more,
    next_cursor: more ? Buffer.from(`${last.activity}.${last.place}`).toString('base64url') : null,
  }
}

function readCursor(cursor: string): [number, number] | null {
  const match = /^(\d{1,16})\.(\d{1,5})$/.exec(Buffer.from(cursor, 'base64url').toString())
  return match === null || !Number.isSafeInteger(Number(match[1])) ? null : [Number(match[1]), Number(match[2])]
}

/** Whose a voucher is, for those who serve them: a cashier sees as much as it takes to greet somebody. */
export async function holderName(reading: Reading, account: number, isMasked: boolean): Promise<string | null> {
  const name = (await readProfile(reading, account))?.name ?? null
  return name !== null && isMasked ? initialsOf(name) : name
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => `${[...word][0]}.`)
    .join(' ')
}

export function voucherAnswer(row: VoucherRow, live: LiveProgram, holder: string | null): Voucher {
  const { code, reward, source, account, from_ms, expires_ms, ended } = row
  const settings = rewardNamed(currentProgram(live), reward)
  // What fell due and was not swept yet shows as if it had been.
  const isOver = (row.state === 'open' || row.state === 'unclaimed') && expires_ms !== null && expires_ms <= nowOf(live)
  return {
    code,
    reward,
    name: settings?.name ?? reward,
    gives: settings?.gives ?? null,
    amount: row.amount ?? null,
    source: shownSource(source),
    state: isOver ? 'expired' : row.state,
    member: account === null ? null : publicId('mem', account),
    holder,
    issued_by: row.activity === null ? null : publicId('act', row.activity),
    starts_at: formatInstant(from_ms),
    expires_at: expires_ms === null ? null : formatInstant(expires_ms),
    ended_by: ended === null ? null : publicId('act', ended),
  }
}
