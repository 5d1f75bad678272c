/** Undoing a sale right after it: the order is cancelled, and what was redeemed with it is the member's again. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import { findInDirectory } from '../directory.ts'
import { stripeOfText } from '../ids.ts'
import { keys } from '../incoming.ts'
import { readActivities } from '../load.ts'
import { nowOf } from '../programs.ts'
import { readOrder } from '../read.ts'
import { submit } from '../submit.ts'
import { type DeedRow, type Doing, type Done, readDeed, wordsOf } from './doing.ts'
import type { DeedOf } from './shapes.ts'
import { letThingsGo, undoneLate } from './things.ts'

/** How long the till shows the ring, in ms, and what its way here may take. */
const UNDO_MS = 30_000
const SLACK_MS = 5_000

export async function undo(doing: Doing<'undo'>): Promise<Done | Refusal> {
  const { services, live, device, deed, occurredMs } = doing
  const sale = await readDeed(services.database, services.stripes, live, deed.sale)
  // A sale that never came, or was refused, has nothing to be undone.
  if (sale === null || sale.type !== 'sale' || sale.device !== device.id) return { account: null }
  if (sale.state === 'undone') return { account: sale.account }
  if (occurredMs - sale.occurred_ms > UNDO_MS + SLACK_MS)
    return refuse('too_late', 'A sale can be undone for 30 seconds; after that it is a return.', '/sale')
  const refused = await cancel(doing)
  if (refused !== null) return refused
  const wasHeld = await letThingsGo(doing, deed.sale)
  const wasTaken = await giveTakenBack(doing, sale)
  await markUndone(doing)
  const open = wasHeld && wasTaken ? [] : [{ kind: 'undone_late' as const, place: 0, ...wordsOf(undoneLate()) }]
  return { account: sale.account, open }
}

async function cancel({ services, live, deed }: Doing<'undo'>): Promise<Refusal | null> {
  if ((await readOrder(services, live, deed.sale)) === null) return null
  const recorded = await submit(services, {
    program: live,
    ref: { by: 'order', order: deed.sale },
    key: keys.cancel(deed.sale),
    occurredMs: nowOf(live),
    type: 'cancel',
    body: { order: deed.sale },
  })
  return recorded.status === 'refused' ? recorded.refusal : null
}

/** Points that were booked as owed for what was handed out offline; a code that was given away cannot come back. */
async function giveTakenBack({ services, live, device, deed }: Doing<'undo'>, sale: DeedRow): Promise<boolean> {
  const redeemed = sale.body === null ? 20 : ((JSON.parse(sale.body) as DeedOf<'sale'>).redeem?.length ?? 0)
  let all = true
  for (let place = 0; place < redeemed; place++) {
    const find = (key: string) =>
      findInDirectory(services.database, services.stripes, live.number, 'key', keys.given(key))
    if ((await find(`till:${deed.sale}:code:${place}`)) !== null) all = false
    const taken = await find(`till:${deed.sale}:take:${place}`)
    if (taken?.activity == null) continue
    const stored = (await readActivities(services.database, [taken.activity])).get(taken.activity)!
    const { wallet, points } = stored.body as { wallet: string; points: number }
    await submit(services, {
      program: live,
      ref: { by: 'id', id: stored.account },
      key: keys.given(`till:${deed.sale}:untake:${place}`),
      occurredMs: nowOf(live),
      type: 'adjust',
      body: { wallet, points: -points, reason: `${deed.sale} was undone`, actor: `till:${device.name}` },
    })
  }
  return all
}

/** What was handed out with it is back on the counter, and what was open is no difference any more. */
async function markUndone({ services, live, deed, staff }: Doing<'undo'>): Promise<void> {
  await services.database.transaction(async (connection) => {
    await connection.query(
      `update till_deed set state = 'undone', body = null where stripe = $1 and program = $2 and id = $3`,
      [stripeOfText(deed.sale, services.stripes), live.number, deed.sale],
    )
    await connection.query('delete from till_handed where deed = $1', [deed.sale])
    await connection.query(
      `update till_difference set settled_ms = $3, how = 'undone', settled_by = $4
       where program = $1 and deed = $2 and settled_ms is null`,
      [live.number, deed.sale, Date.now(), staff],
    )
  })
}
