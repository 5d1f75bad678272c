/** The HTTP of shops: names for the places that orders come from. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { textArray } from '../../engine/arrays.ts'
import type { Queries } from '../../engine/db.ts'
import { once } from '../../engine/http/answered.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { type LiveProgram, nowOf } from '../../engine/programs.ts'
import { List, pageOf, Text, text } from '../../engine/shapes.ts'
import { LATELY_DAYS, readShop, readShops, readUnnamed, shopAnswer, takenLocations } from './views.ts'

const ShopId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _')
  .meta({ examples: ['main-street'] })

const ShopInput = z.strictObject({
  name: z.string().trim().pipe(Text).describe('What people call it'),
  address: text(500).optional(),
  locations: z
    .array(Text)
    .max(50)
    .default([])
    .describe('What tills call it: the `location` of orders. Each belongs to one shop'),
  closed: z.boolean().default(false).describe('Whether nothing is sold there any more'),
})
type ShopInput = z.output<typeof ShopInput>

const Shop = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    address: z.string().nullable(),
    locations: z.array(z.string()).describe('What tills call it: the `location` of orders'),
    closed: z.boolean(),
    orders: z.int().describe(`Orders made there within the last ${LATELY_DAYS} days, members’ and others’`),
    created_at: z.iso.datetime({ offset: true }),
  })
  .meta({ id: 'Shop' })

const ById = z.strictObject({ id: ShopId })
const TAG = 'Shops'

const list = route({
  method: 'GET',
  path: '/v1/shops',
  id: 'listShops',
  tag: TAG,
  summary: 'List shops',
  query: List,
  answers: { 200: { description: 'Shops by their ids', schema: pageOf(Shop, 'ShopList') } },
  roles: MAY.read,
  async handle({ caller: { program }, services: { database }, query: { limit, cursor } }) {
    const rows = await readShops(database, program, cursor ?? '', limit + 1)
    const data = rows.slice(0, limit).map(shopAnswer)
    const has_more = rows.length > limit
    return { status: 200, body: { data, has_more, next_cursor: has_more ? data.at(-1)!.id : null } }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/shops/{id}',
  id: 'getShop',
  tag: TAG,
  summary: 'Get a shop',
  params: ById,
  answers: { 200: { description: 'The shop', schema: Shop } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ caller: { program }, services: { database }, params: { id } }) {
    const shop = await readShop(database, program, id)
    return shop === undefined ? noShop(id) : { status: 200, body: shopAnswer(shop) }
  },
})

const locations = route({
  method: 'GET',
  path: '/v1/shop-locations',
  id: 'getUnnamedLocations',
  tag: TAG,
  summary: 'Look which places have no shop',
  description:
    'The `location`s that orders named within a year and that no shop has yet, the busiest first; 50 at most.',
  answers: {
    200: {
      description: 'Places without a name',
      schema: z
        .strictObject({
          unnamed: z.array(
            z.strictObject({
              location: z.string(),
              orders: z.int(),
              last_day: z.string().describe('The day of the last order there'),
            }),
          ),
        })
        .meta({ id: 'UnnamedLocations' }),
    },
  },
  roles: MAY.read,
  async handle({ caller: { program }, services: { database } }) {
    return { status: 200, body: { unnamed: await readUnnamed(database, program) } }
  },
})

const create = route({
  method: 'POST',
  path: '/v1/shops',
  id: 'createShop',
  tag: TAG,
  summary: 'Add a shop',
  body: ShopInput.extend({ id: ShopId.optional().describe('Made from the name unless said') }).meta({
    examples: [{ name: 'Main Street', locations: ['main-street'] }],
  }),
  answers: { 201: { description: 'The shop', schema: Shop } },
  refusals: ['location_taken', 'idempotency_conflict'],
  roles: MAY.shops,
  handle: (call) =>
    once(call, 'createShop', async (connection) => {
      const { program } = call.caller
      const { id: wanted, ...shop } = call.body
      const id = wanted ?? (await freeId(connection, program, shop.name))
      if (wanted !== undefined && (await readShop(connection, program, wanted)) !== undefined)
        return refuse('idempotency_conflict', `There is a shop ${wanted} already.`, '/id')
      await connection.query('insert into shop (program, id, name, created_ms) values ($1, $2, $3, $4)', [
        program.number,
        id,
        shop.name,
        nowOf(program),
      ])
      const kept = await keep(connection, program, id, shop)
      return kept instanceof Refusal
        ? kept
        : { status: 201, body: kept, audit: { about: id, before: null, after: kept } }
    }),
})

const change = route({
  method: 'PUT',
  path: '/v1/shops/{id}',
  id: 'putShop',
  tag: TAG,
  summary: 'Change a shop',
  description: 'All of it: what is left out is as it would be for a new shop.',
  params: ById,
  body: ShopInput.meta({ examples: [{ name: 'Bleecker Street', locations: ['bleecker'] }] }),
  answers: { 200: { description: 'The shop', schema: Shop } },
  refusals: ['not_found', 'location_taken', 'idempotency_conflict'],
  roles: MAY.shops,
  handle: (call) =>
    once(call, 'putShop', async (connection) => {
      const { program } = call.caller
      const { id } = call.params
      const before = await readShop(connection, program, id)
      if (before === undefined) return noShop(id)
      const kept = await keep(connection, program, id, call.body)
      return kept instanceof Refusal
        ? kept
        : { status: 200, body: kept, audit: { about: id, before: shopAnswer(before), after: kept } }
    }),
})

const remove = route({
  method: 'DELETE',
  path: '/v1/shops/{id}',
  id: 'deleteShop',
  tag: TAG,
  summary: 'Remove a shop',
  description: 'Its orders stay as they are: their places have no name any more.',
  params: ById,
  answers: { 200: { description: 'The shop that is gone', schema: Shop } },
  refusals: ['not_found'],
  roles: MAY.shops,
  async handle({ caller: { program }, services: { database }, params: { id } }) {
    const shop = await readShop(database, program, id)
    if (shop === undefined) return noShop(id)
    await database.query('delete from shop where program = $1 and id = $2', [program.number, id])
    const gone = shopAnswer(shop)
    return { status: 200, body: gone, audit: { about: id, before: gone, after: null } }
  },
})

export const routes: Route[] = [list, get, locations, create, change, remove]

function noShop(id: string): Refusal {
  return refuse('not_found', `There is no shop ${id}.`)
}

/** `Kadıköy Çarşı` is `kadikoy-carsi`; where that is taken it gets a number. */
async function freeId(queries: Queries, { number }: LiveProgram, name: string): Promise<string> {
  const plain = name
    .toLowerCase()
    .replaceAll('ı', 'i')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50)
  const base = plain === '' ? 'shop' : plain
  const { rows } = await queries.query<{ id: string }>('select id from shop where program = $1', [number])
  const taken = new Set(rows.map(({ id }) => id))
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`
    if (!taken.has(id)) return id
  }
}

async function keep(connection: Queries, live: LiveProgram, id: string, shop: ShopInput) {
  const locations = [...new Set(shop.locations)]
  const taken = await takenLocations(connection, live, id, locations)
  const errors = shop.locations.flatMap((location, place) => {
    const message = `${taken.get(location)} has ${location} already.`
    return taken.has(location) ? [{ pointer: `/locations/${place}`, code: 'location_taken', message }] : []
  })
  if (errors.length > 0) return new Refusal('location_taken', errors[0]!.message, errors)
  await connection.query('update shop set name = $3, address = $4, closed = $5 where program = $1 and id = $2', [
    live.number,
    id,
    shop.name,
    shop.address ?? null,
    shop.closed,
  ])
  await connection.query('delete from shop_location where program = $1 and shop = $2', [live.number, id])
  await connection.query(
    'insert into shop_location (program, location, shop) select $1, location, $2 from unnest($3::text[]) as one (location)',
    [live.number, id, textArray(locations)],
  )
  return shopAnswer((await readShop(connection, live, id))!)
}
