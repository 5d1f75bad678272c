/** Decisions a second straight through the recorder: what is left of a purchase when HTTP is taken away. */
import { Inbox } from '../src/engine/inbox.ts'
import { type Incoming, keys } from '../src/engine/incoming.ts'
import type { LiveProgram } from '../src/engine/programs.ts'
import { benchOrders, type LoadOrder } from './load.ts'
import { type Ledger, MOST_ORDERS, NOW, newLoad, take } from './place.ts'

export interface RecorderFigure {
  orders: number
  seconds: number
  orders_a_second: number
  batches: number
}

/** How many orders wait for their answer at any moment. */
const OUTSTANDING = 4_000
const CALLERS = 4

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
  const orders = benchOrders(members, MOST_ORDERS, seed, NOW)
  let done = 0
  const began = performance.now()
  const until = began + seconds * 1_000
  const call = async () => {
    while (performance.now() < until) {
      const batch = take(orders, OUTSTANDING / CALLERS).map((order) => incoming(ledger.program, order))
      const answers = await Promise.all(batch.map((one) => inbox.submit(one)))
      for (const { status } of answers) if (status !== 'recorded') throw new Error(`An order was ${status}`)
      done += answers.length
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, call))
  await inbox.close()
  const took = (performance.now() - began) / 1_000
  return { orders: done, seconds: took, orders_a_second: done / took, batches }
}

function incoming(
  program: LiveProgram,
  { external_id, member, occurred_at, currency, prices, lines }: LoadOrder,
): Incoming {
  return {
    program,
    ref: { by: 'external', value: member.slice('external:'.length) },
    key: keys.order(external_id),
    occurredMs: Date.parse(occurred_at),
    dated: true,
    type: 'order',
    body: { external_id, currency, prices, lines: lines as never },
  }
}
