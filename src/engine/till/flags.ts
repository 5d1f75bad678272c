/** Sales of cashiers to their own membership: nothing is refused, but somebody else should see them. */

import type { Refusal } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { publicId } from '../ids.ts'
import type { LiveProgram } from '../programs.ts'
import { type Page, type PageRequest, pageFrom, readCursor, wrongCursor } from '../read.ts'
import type { Doing, Done } from './doing.ts'
import type { Flag } from './shapes.ts'
import { readCashier } from './shifts.ts'

export async function flagOwnSale(doing: Doing<'sale'>, account: number, { sale }: Done): Promise<void> {
  const { services, live, device, deed, occurredMs, staff } = doing
  if (staff === null || sale === undefined) return
  const cashier = await readCashier(services.database, live, staff)
  if (cashier?.account !== account) return
  const points = sale.earned.reduce((sum, one) => sum + one.points, 0)
  await services.database.query(
    `insert into till_flag (program, device, deed, staff, account, occurred_ms, amount, points)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [live.number, device.id, deed.id, staff, account, occurredMs, sale.total, points],
  )
}

export async function listFlags(
  queries: Queries,
  live: LiveProgram,
  { limit, cursor }: PageRequest,
): Promise<Page<Flag> | Refusal> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor)
  if (before === null) return wrongCursor()
  const { rows } = await queries.query<{
    id: number
    device: string
    name: string
    staff: string
    staff_name: string | null
    account: number
    deed: string
    occurred_ms: number
    amount: number
    points: number
  }>(
    `select f.id, f.device, d.name, f.staff, s.name as staff_name, f.account, f.deed, f.occurred_ms, f.amount, f.points
     from till_flag f join till_device d on d.id = f.device left join staff s on s.id = f.staff where f.program = $1 and f.id < $2 order by f.id desc limit $3`,
    [live.number, before, limit + 1],
  )
  const data = rows.slice(0, limit).map((row) => ({
    id: String(row.id),
    device: { id: row.device, name: row.name },
    staff: row.staff,
    staff_name: row.staff_name,
    member: publicId('mem', row.account),
    deed: row.deed,
    occurred_at: formatInstant(row.occurred_ms),
    amount: row.amount,
    points: row.points,
  }))
  return pageFrom(data, rows.length > limit, rows[limit - 1]?.id)
}
