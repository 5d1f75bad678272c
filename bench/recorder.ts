/** Decisions a second straight through the recorder: what is left of a purchase when HTTP is taken away. */
import { Inbox } from '../src/engine/inbox.ts'
import { type Incoming, keys } from '../src/engine/incoming.ts'
import type { LiveProgram } from '../src/engine/programs.ts'
import { drive } from './drive.ts'
import { benchOrders } from './load.ts'
import { type Ledger, MOST_ORDERS, NOW, newLoad } from './place.ts'

export interface RecorderFigure {
  orders: number
  seconds: number
  orders_a_second: number
  batches: number
}

/** How many orders wait for their answer at any moment: as many as keep every batch full. */
export const FULL = { callers: 4, each: 1_000 } as const

export async function measureRecorder(
  ledger: Ledger,
  members: number,
  seconds: number,
  lanes?: number,
  most?: number,
): Promise<RecorderFigure> {
  const seed = await newLoad(ledger)
  let batches = 0
  const inbox = new Inbox(ledger.recorder, {
    ...(lanes === undefined ? {} : { lanes }),
    ...(most === undefined ? {} : { most }),
    onBatch: () => {
      batches += 1
    },
  })
  const orders = ordersFor(ledger.program, members, seed)
  const { done, seconds: took, a_second } = await drive(inbox, orders, { ...FULL, seconds })
  await inbox.close()
  return { orders: done, seconds: took, orders_a_second: a_second, batches }
}

/** Orders of members of a program, each at its own time before its present. */
export function* ordersFor(program: LiveProgram, members: number, seed: number): Generator<Incoming> {
  for (const order of benchOrders(members, MOST_ORDERS, seed, NOW)) {
    const { external_id, member, occurred_at, currency, prices, lines } = order
    yield {
      program,
      ref: { by: 'external', value: member.slice('external:'.length) },
      key: keys.order(external_id),
      occurredMs: Date.parse(occurred_at),
      dated: true,
      type: 'order',
      body: { external_id, currency, prices, lines: lines as never },
    }
  }
}
