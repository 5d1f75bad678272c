/** Things that are handed over beside a sale: their points are held while the sale can be undone, and spent afterwards. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import { redemptionsOf } from '../answers.ts'
import type { Database } from '../db.ts'
import type { Inbox } from '../inbox.ts'
import { type Incoming, keys, type StoredActivity } from '../incoming.ts'
import { type LiveProgram, nowOf, type Programs } from '../programs.ts'
import { submit } from '../submit.ts'
import type { Doing, Wanted } from './doing.ts'

/** Longer than a sale can be undone, and shorter than the shortest hold that makes sense; in ms. */
const CAPTURE_AFTER_MS = 45_000

/** Answers the code that it brought, if any. */
export async function redeemThing(
  doing: Doing<'sale'>,
  account: number,
  { reward, place }: Wanted,
): Promise<string | null | Refusal> {
  const { services, live, device, deed, occurredMs } = doing
  const body = { reward: reward!, quantity: 1, ...(device.shop === null ? {} : { location: device.shop }) }
  const incoming = (capture: boolean): Incoming => ({
    program: live,
    ref: { by: 'id', id: account },
    key: keys.given(`till:${deed.id}:${capture ? 'code' : 'thing'}:${place}`),
    occurredMs,
    dated: true,
    type: 'redeem',
    body: { ...body, capture },
  })
  let recorded = await submit(services, incoming(false))
  const isCode = recorded.status === 'refused' && recorded.refusal.errors.some(({ pointer }) => pointer === '/capture')
  if (isCode) recorded = await submit(services, incoming(true))
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`a redemption is not answered with ${recorded.status}`)
  if (!isCode) await keepHeld(doing, place, recorded.activity.id)
  return codeOf(recorded.activity, live)
}

/** The code of a voucher that a redemption brought. */
function codeOf(activity: StoredActivity, live: LiveProgram): string | null {
  return redemptionsOf(activity, live)[0]?.voucher ?? null
}

async function keepHeld({ services, live, deed }: Doing<'sale'>, place: number, activity: number): Promise<void> {
  await services.database.query(
    `insert into till_held (program, deed, place, activity, capture_after_ms) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [live.number, deed.id, place, activity, Date.now() + CAPTURE_AFTER_MS],
  )
}

interface Held {
  program: number
  deed: string
  place: number
  activity: number
}

/** Lets go of what a sale held; false when it was spent already. */
export async function letThingsGo(
  { services, live }: Pick<Doing, 'services' | 'live'>,
  sale: string,
): Promise<boolean> {
  const { rows } = await services.database.query<Held>(
    'select program, deed, place, activity from till_held where program = $1 and deed = $2',
    [live.number, sale],
  )
  let all = true
  for (const held of rows) {
    const recorded = await submit(services, closing(live, held, 'void'))
    if (recorded.status === 'refused') all = false
    await dropHeld(services.database, held)
  }
  return all
}

/** Spends what sales held that nobody can undo any more. Answers how many. */
export async function captureThings(services: {
  database: Database
  inbox: Inbox
  stripes: number
  programs: Programs
}): Promise<number> {
  const { rows } = await services.database.query<Held>(
    'select program, deed, place, activity from till_held where capture_after_ms <= $1 order by capture_after_ms limit 500',
    [Date.now()],
  )
  if (rows.length > 0) await services.programs.all()
  for (const held of rows) {
    // A hold that the program let go before this was given away for nothing, which its own time line says.
    await submit(services, closing(services.programs.byNumber(held.program), held, 'capture'))
    await dropHeld(services.database, held)
  }
  return rows.length
}

function closing(live: LiveProgram, { deed, place, activity }: Held, type: 'capture' | 'void'): Incoming {
  return {
    program: live,
    ref: { by: 'activity', id: activity },
    key: keys.given(`till:${deed}:${type}:${place}`),
    occurredMs: nowOf(live),
    type,
    body: { redemption: activity },
  }
}

async function dropHeld(database: Pick<Database, 'query'>, { program, deed, place }: Held): Promise<void> {
  await database.query('delete from till_held where program = $1 and deed = $2 and place = $3', [program, deed, place])
}

export function undoneLate(): Refusal {
  return refuse('hold_closed', 'What was handed over was spent before the sale was undone.')
}
