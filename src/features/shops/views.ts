/** Shops as they stand, and the places that orders name and no shop has. */

import { formatDay, formatInstant, localDay } from '../../core/time.ts'
import { textArray } from '../../engine/arrays.ts'
import type { Queries } from '../../engine/db.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'

export interface ShopRow {
  id: string
  name: string
  address: string | null
  closed: boolean
  locations: string[]
  /** Orders of late. */
  orders: number
  created_ms: number
}

/** Orders of so many days are told with each shop, today among them. */
export const LATELY_DAYS = 28
/** Places that no shop has are offered when an order named them within so many days. */
const KNOWN_DAYS = 366
const MOST_UNNAMED = 50

const SHOPS = `select s.id, s.name, s.address, s.closed, s.created_ms,
    coalesce((select array_agg(l.location order by l.location) from shop_location l
      where l.program = s.program and l.shop = s.id), '{}') as locations,
    coalesce((select sum(f.amount) from shop_location l join day_figure f
      on f.program = l.program and f.figure = 'orders_at' and f.about = l.location and f.day between $2 and $3
      where l.program = s.program and l.shop = s.id), 0)::bigint as orders
  from shop s where s.program = $1`

export async function readShop(queries: Queries, live: LiveProgram, id: string): Promise<ShopRow | undefined> {
  const { rows } = await queries.query<ShopRow>(`${SHOPS} and s.id = $4`, [...lately(live), id])
  return rows[0]
}

/** In the order of their ids. */
export async function readShops(queries: Queries, live: LiveProgram, after: string, most: number): Promise<ShopRow[]> {
  const { rows } = await queries.query<ShopRow>(`${SHOPS} and s.id > $4 order by s.id limit $5`, [
    ...lately(live),
    after,
    most,
  ])
  return rows
}

function lately(live: LiveProgram): [program: number, first: number, last: number] {
  const today = todayOf(live)
  return [live.number, today - LATELY_DAYS + 1, today]
}

function todayOf(live: LiveProgram): number {
  return localDay(currentProgram(live).zone, nowOf(live))
}

/** What orders call the places where they were made, where no shop has that name; the busiest first. */
export async function readUnnamed(
  queries: Queries,
  live: LiveProgram,
): Promise<{ location: string; orders: number; last_day: string }[]> {
  const { rows } = await queries.query<{ location: string; orders: number; last: number }>(
    `select f.about as location, sum(f.amount)::bigint as orders, max(f.day) as last from day_figure f
     where f.program = $1 and f.figure = 'orders_at' and f.day > $2
       and not exists (select from shop_location l where l.program = f.program and l.location = f.about)
     group by f.about having sum(f.amount) > 0 order by 2 desc, 1 limit $3`,
    [live.number, todayOf(live) - KNOWN_DAYS, MOST_UNNAMED],
  )
  return rows.map(({ location, orders, last }) => ({ location, orders, last_day: formatDay(last) }))
}

/** Which of these places are another shop's. */
export async function takenLocations(
  queries: Queries,
  live: LiveProgram,
  id: string,
  locations: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await queries.query<{ location: string; name: string }>(
    `select l.location, s.name from shop_location l join shop s on s.program = l.program and s.id = l.shop
     where l.program = $1 and l.shop <> $2 and l.location = any ($3::text[])`,
    [live.number, id, textArray(locations)],
  )
  return new Map(rows.map(({ location, name }) => [location, name]))
}

export function shopAnswer({ created_ms, ...shop }: ShopRow) {
  return { ...shop, created_at: formatInstant(created_ms) }
}
