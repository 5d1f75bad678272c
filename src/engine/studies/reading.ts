/** What can be said of a file of orders before anything is made of it: the same that the command previews. */

import { formatInstant } from '../../core/time.ts'
import { readBeginning } from '../files/beginning.ts'
import { type FileProblem, findColumns, ORDER_FIELDS, type Understood } from '../files/columns.ts'
import { type OrderFile, openOrders } from '../files/orders.ts'
import type { FileHistory } from './task.ts'

export interface Reading {
  /** Null where nothing could be read of it at all. */
  format: string | null
  columns: { name: string; sample: string | null }[]
  /** The first rows, a text a column. */
  sample: (string | null)[][]
  understood: (Understood & { needed: boolean })[]
  /** Why it cannot be used as it is; none where it can. */
  problems: FileProblem[]
  /** What it holds; null while there are problems. */
  holds: {
    rows: number
    orders: number
    returns: number
    /** Null where they are too many to have been counted. */
    members: number | null
    anonymous: number
    from: string | null
    until: string | null
  } | null
  /** Rows that were odd, by kind, and what is wrong with the first of them. */
  odd: { code: string; rows: number; taken: boolean; first: string }[]
}

export async function readOrderFile({ path, map, currency, timezone }: FileHistory): Promise<Reading> {
  const beginning = await readBeginning(path)
  const opened = await openOrders(path, { map, currency, timezone, sortedBy: 'member' })
  if ('problems' in beginning)
    return { ...NOTHING, problems: 'problems' in opened ? opened.problems : beginning.problems }
  const { kind, columns, rows } = beginning
  const shown = {
    format: kind === 'blanks' ? 'csv' : kind,
    columns: columns.map(({ name, sample = null }) => ({ name, sample })),
    sample: rows,
  }
  if ('problems' in opened) {
    const { date_order: _, ...columnMap } = map
    const { understood } = findColumns(ORDER_FIELDS, columns, columnMap)
    return { ...NOTHING, ...shown, understood: withNeed(understood), problems: opened.problems }
  }
  try {
    const odd = await oddRows(opened)
    return { ...shown, understood: withNeed(opened.understood), problems: problemsOf(opened), holds: held(opened), odd }
  } finally {
    await opened.close()
  }
}

const NOTHING: Reading = {
  format: null,
  columns: [],
  sample: [],
  understood: [],
  problems: [],
  holds: null,
  odd: [],
}

function withNeed(understood: readonly Understood[]): Reading['understood'] {
  const needed = new Set(ORDER_FIELDS.filter((one) => one.needed).map(({ field }) => field))
  return understood.map((one) => ({ ...one, needed: needed.has(one.field) }))
}

/** What can be read and is of no use all the same. */
function problemsOf({ orders, anonymous }: OrderFile): FileProblem[] {
  if (orders === 0)
    return [{ code: 'no_orders', message: 'No row could be taken as an order: there is nothing to replay.' }]
  if (anonymous === orders)
    return [
      {
        code: 'no_members',
        message:
          'No order names a member, and what nobody bought earns nothing. Choose the column that says who bought (member).',
      },
    ]
  return []
}

function held(file: OrderFile): Reading['holds'] {
  const { rows, orders, returns, members, anonymous, from_ms, until_ms } = file
  const from = from_ms === null ? null : formatInstant(from_ms)
  const until = until_ms === null ? null : formatInstant(until_ms)
  return { rows, orders, returns, members, anonymous, from, until }
}

async function oddRows(file: OrderFile): Promise<Reading['odd']> {
  const kinds = new Map<string, Reading['odd'][number]>()
  for await (const { code, message, taken } of file.reports()) {
    const known = kinds.get(code)
    if (known === undefined) kinds.set(code, { code, rows: 1, taken, first: message })
    else known.rows += 1
  }
  return [...kinds.values()].sort((a, b) => b.rows - a.rows || (a.code < b.code ? -1 : 1))
}
