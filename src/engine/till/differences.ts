/** Differences between what tills did and what the ledger took: each stands until a person settles it. */

import type { ByHand } from '../../core/activity.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { parseMember } from '../answers.ts'
import type { Queries } from '../db.ts'
import type { Services } from '../http/route.ts'
import { publicId, stripeOfText } from '../ids.ts'
import { keys } from '../incoming.ts'
import { type LiveProgram, nowOf } from '../programs.ts'
import { namedAccount, noMember, type Page, type PageRequest, pageFrom, readCursor, wrongCursor } from '../read.ts'
import { submit } from '../submit.ts'
import { readDevice } from './devices.ts'
import { type DeedRow, readDeed } from './doing.ts'
import { sell } from './sales.ts'
import type { DeedOf, Difference } from './shapes.ts'

interface Row {
  id: number
  kind: Difference['kind']
  device: string
  device_name: string
  staff: string | null
  staff_name: string | null
  deed: string
  place: number
  opened_ms: number
  account: number | null
  reward: string | null
  wallet: string | null
  points: number | null
  amount: number | null
  code: string
  reason: string
  settled_ms: number | null
  settled_by: string | null
  how: Difference['how']
  settle_reason: string | null
}

const ROWS = `select f.id, f.kind, f.device, d.name as device_name, f.staff, s.name as staff_name, f.deed, f.place, f.opened_ms, f.account, f.reward,
    f.wallet, f.points, f.amount, f.code, f.reason, f.settled_ms, f.settled_by, f.how, f.settle_reason
  from till_difference f join till_device d on d.id = f.device left join staff s on s.id = f.staff where f.program = $1`

/** The latest first. */
export async function listDifferences(
  services: Services,
  live: LiveProgram,
  { status, limit, cursor }: PageRequest & { status?: 'open' | 'settled' | undefined },
): Promise<Page<Difference> | Refusal> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor)
  if (before === null) return wrongCursor()
  const { rows } = await services.database.query<Row>(
    `${ROWS} and f.id < $2 and ($3::boolean is null or (f.settled_ms is null) = $3) order by f.id desc limit $4`,
    [live.number, before, status === undefined ? null : status === 'open', limit + 1],
  )
  const data = await Promise.all(rows.slice(0, limit).map((row) => shown(services, live, row)))
  return pageFrom(data, rows.length > limit, rows[limit - 1]?.id)
}

async function readRow({ database }: Services, live: LiveProgram, id: string): Promise<Row | null> {
  if (!/^\d{1,15}$/.test(id)) return null
  const { rows } = await database.query<Row>(`${ROWS} and f.id = $2`, [live.number, Number(id)])
  return rows[0] ?? null
}

async function shown(services: Services, live: LiveProgram, row: Row): Promise<Difference> {
  const deed = (await readDeed(services.database, services.stripes, live, row.deed))!
  return {
    id: String(row.id),
    kind: row.kind,
    device: { id: row.device, name: row.device_name },
    staff: row.staff,
    staff_name: row.staff_name,
    deed: row.deed,
    type: deed.type,
    occurred_at: formatInstant(deed.occurred_ms),
    opened_at: formatInstant(row.opened_ms),
    member: row.account === null ? null : publicId('mem', row.account),
    looked_for: lookedFor(deed),
    reward: row.reward,
    wallet: row.wallet,
    points: row.points,
    amount: row.amount,
    code: row.code,
    reason: row.reason,
    settled_at: row.settled_ms === null ? null : formatInstant(row.settled_ms),
    settled_by: row.settled_by,
    how: row.how,
    settle_reason: row.settle_reason,
  }
}

/** Enough to ask the cashier about it, and not the number itself. */
function lookedFor({ body }: DeedRow): string | null {
  if (body === null) return null
  const { member, phone } = JSON.parse(body) as { member?: { phone?: string; card?: string } | null; phone?: string }
  const text = phone ?? member?.phone ?? member?.card
  return text === undefined ? null : `•• ${text.slice(-4)}`
}

export interface Settling {
  how: 'book' | 'take' | 'waive'
  member?: string | undefined
}

/** Settles a difference once: two people who do it at once do it once. */
export async function settle(
  services: Services,
  live: LiveProgram,
  id: string,
  { how, member }: Settling,
  by: ByHand,
): Promise<Difference | Refusal> {
  const row = await readRow(services, live, id)
  if (row === null) return refuse('not_found', `There is no difference ${id}.`)
  if (row.settled_ms !== null) return refuse('adjustment_closed', 'This difference was settled before.')
  const refusal =
    how === 'book'
      ? await book(services, live, row, member)
      : how === 'take'
        ? await take(services, live, row, by)
        : null
  if (refusal !== null) return refusal
  await close(services.database, live, row, how === 'book' ? 'booked' : how === 'take' ? 'taken' : 'waived', by)
  return shown(services, live, (await readRow(services, live, id))!)
}

async function close(queries: Queries, live: LiveProgram, row: Row, how: Difference['how'], by: ByHand): Promise<void> {
  await queries.query(
    `update till_difference set settled_ms = $3, how = $4, settled_by = $5, settle_reason = $6
     where program = $1 and id = $2 and settled_ms is null`,
    [live.number, row.id, Date.now(), how, by.actor, by.reason],
  )
  await queries.query(
    `update till_deed d set state = 'done', body = null where d.program = $1 and d.id = $2 and d.state = 'open'
       and not exists (select from till_difference f where f.program = $1 and f.deed = $2 and f.settled_ms is null)`,
    [live.number, row.deed],
  )
}

/** The sale goes into the ledger after all: to the member who is named, or to nobody; too late ones as of now. */
async function book(
  services: Services,
  live: LiveProgram,
  { kind, deed: id, device, code }: Row,
  name: string | undefined,
): Promise<Refusal | null> {
  const deed = await readDeed(services.database, services.stripes, live, id)
  if (deed?.body == null || deed.type !== 'sale' || (kind !== 'no_member' && kind !== 'refused'))
    return refuse('invalid', 'There is no sale in this that could be booked.', '/how')
  const account = name === undefined ? null : await accountOf(services, live, name)
  if (account instanceof Refusal) return account
  const sale = { ...(JSON.parse(deed.body) as DeedOf<'sale'>), kept: true }
  const member = account === null ? (kind === 'refused' ? sale.member : null) : { id: publicId('mem', account) }
  const doing = {
    services,
    live,
    device: (await readDevice(services.database, live, device))!,
    deed: member === null ? { ...sale, redeem: [] } : sale,
    occurredMs: code === 'too_late' ? nowOf(live) : deed.occurred_ms,
    staff: deed.staff,
  }
  const done = await sell(doing, member)
  if (done instanceof Refusal) return done
  if (done.open?.some((one) => one.kind === 'no_member') === true) return noMember(name ?? '', '/member')
  await services.database.query('update till_deed set account = $4 where stripe = $1 and program = $2 and id = $3', [
    stripeOfText(id, services.stripes),
    live.number,
    id,
    done.account,
  ])
  return null
}

async function accountOf(services: Services, live: LiveProgram, name: string): Promise<number | Refusal> {
  return parseMember(name) === null
    ? noMember(name, '/member')
    : ((await namedAccount(services, live, name)) ?? noMember(name, '/member'))
}

/** The member has the points by now, or may owe them. */
async function take(services: Services, live: LiveProgram, row: Row, by: ByHand): Promise<Refusal | null> {
  if (row.kind !== 'not_redeemed' || row.account === null || row.wallet === null || !row.points)
    return refuse('invalid', 'There are no points in this that could be taken.', '/how')
  const recorded = await submit(services, {
    program: live,
    ref: { by: 'id', id: row.account },
    key: keys.given(`till:${row.deed}:take:${row.place}`),
    occurredMs: nowOf(live),
    type: 'adjust',
    body: { wallet: row.wallet, points: -row.points, ...by },
  })
  return recorded.status === 'refused' ? recorded.refusal : null
}
