/** What an order was sold as: the lines that were sent, by which a receipt can be read. */

import type { OrderBody } from '../../core/activity.ts'
import { findInDirectory } from '../directory.ts'
import { stripeOf } from '../ids.ts'
import { keys } from '../incoming.ts'
import { readActivities } from '../load.ts'
import type { LiveProgram } from '../programs.ts'
import type { Reading } from '../read.ts'

export async function readSoldLines(reading: Reading, live: LiveProgram, external: string): Promise<OrderBody | null> {
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'key', keys.order(external))
  if (found?.activity == null) return null
  if (found.account !== null) {
    const stored = (await readActivities(reading.database, [found.activity])).get(found.activity)
    return (stored?.body ?? null) as OrderBody | null
  }
  const { rows } = await reading.database.query<{ body: string }>(
    'select body from sale where stripe = $1 and id = $2',
    [stripeOf(found.activity), found.activity],
  )
  return rows[0] === undefined ? null : (JSON.parse(rows[0].body) as OrderBody)
}
