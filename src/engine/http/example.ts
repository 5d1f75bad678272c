/** A plausible value for a schema: what the documentation shows where a schema brings no example of its own. */

import type { JsonSchema } from './schemas.ts'

type Schemas = Readonly<Record<string, JsonSchema>>

/** What says most about a value: the field that it is in, and what that is a field of. */
export interface Place {
  name: string
  owner: string
}

const DEEPEST = 10

export function exampleOf(schema: JsonSchema, schemas: Schemas, place: Place = NOWHERE, depth = 0): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '')
    const target = schemas[name]
    const here = place.name === '' ? { name: name.toLowerCase(), owner: '' } : place
    return target === undefined || depth > DEEPEST ? null : exampleOf(target, schemas, here, depth + 1)
  }
  const given = schema.examples?.[0] ?? schema.const ?? schema.enum?.[0] ?? schema.default
  if (given !== undefined) return given
  const choice = (schema.anyOf ?? schema.oneOf)?.find((one) => one.type !== 'null') ?? schema.allOf?.[0]
  if (choice !== undefined) return exampleOf(choice, schemas, place, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  if (type === 'object') return objectExample(schema, schemas, place, depth)
  if (type === 'array') return listExample(schema, schemas, place, depth)
  if (type === 'integer' || type === 'number') return NUMBERS[place.name] ?? Math.max(1, schema.minimum ?? 1)
  if (type === 'boolean') return false
  return type === 'string' ? textExample(schema, place) : null
}

const NOWHERE: Place = { name: '', owner: '' }

function objectExample(schema: JsonSchema, schemas: Schemas, { name: owner }: Place, depth: number): unknown {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, inner]) => [
      name,
      exampleOf(inner, schemas, { name, owner }, depth + 1),
    ]),
  )
}

function listExample({ items }: JsonSchema, schemas: Schemas, { name, owner }: Place, depth: number): unknown {
  const singular = name === 'data' ? '' : name.replace(/ies$/, 'y').replace(/s$/, '')
  return items === undefined ? [] : [exampleOf(items, schemas, { name: singular, owner }, depth + 1)]
}

function textExample({ format }: JsonSchema, { name, owner }: Place): string {
  if (format === 'date-time' || name === 'at' || name.endsWith('_at')) return '2026-03-14T09:26:53Z'
  const known = Object.keys(NAMES).find((one) => owner.includes(one))
  return (known === undefined ? undefined : NAMES[known]![name]) ?? TEXTS[name] ?? name
}

/** Figures of one small purchase, two coffees at 4.50 with tax, so that they agree wherever they stand together. */
const NUMBERS: Record<string, number> = {
  amount: 100,
  attempts: 1,
  available: 34,
  base: 900,
  captured_points: 25,
  cost: 25,
  debt: 0,
  decimals: 0,
  discount: 0,
  failures: 0,
  have: 34,
  held: 0,
  limit: 20,
  need: 500,
  net: 900,
  pending: 0,
  points: 9,
  quantity: 2,
  refund_total: 490,
  response: 200,
  returnable: 2,
  status: 200,
  subtotal: 900,
  tax: 80,
  to_pay: 0,
  total: 980,
  unit_price: 450,
}

/** By what they name; the first that fits is taken. */
const NAMES: Record<string, Record<string, string>> = {
  line: { id: '1' },
  return: { id: 'return-7', external_id: 'return-7' },
  order: { id: 'order-1001', external_id: 'order-1001' },
  redemption: { id: 'red_1f3kq' },
  activit: { id: 'act_1f3kq' },
  posting: { id: 'pst_1f3kq_0' },
  member: { id: 'mem_1f3kq', external_id: 'ada' },
  program: { id: 'corner-coffee', name: 'Corner Coffee Rewards' },
  webhook: { id: 'whk_42305256704b2163e3' },
  event: { id: 'evt_4f0' },
  reward: { name: 'A dollar off' },
  key: { id: 'key_4cVQx0aPJr9Lm' },
}

const TEXTS: Record<string, string> = {
  activity: 'act_1f3kq',
  actor: 'till 2',
  birthday: '1990-12-10',
  card_number: '9025702579730980',
  carry_after: '0',
  carry_before: '0',
  category: 'drinks',
  code: 'insufficient_points',
  currency: 'USD',
  email: 'ada@example.com',
  event: 'evt_4f0',
  exact: '9',
  from: 'issued',
  level: 'green',
  locale: 'en-US',
  location: 'main-street',
  lot: 'order/2026-03-1790827200000',
  measure: 'stars_earned',
  member: 'mem_1f3kq',
  name: 'Ada Lovelace',
  order: 'order-1001',
  phone: '+12025550123',
  program: 'corner-coffee',
  rate: '1',
  reason: '16 more stars are needed.',
  redemption: 'red_1f3kq',
  referral_code: 'MYBS2ZNE',
  reverses: 'act_1f3k2',
  reward: 'dollar-off',
  rule: 'base',
  sku: 'latte',
  source: 'dollar-off',
  text: '9 stars: 1 star for every 1.00 USD of 9.00',
  to: 'available',
  topic: 'member.joined',
  type: 'order',
  url: 'https://shop.example/loyalty-events',
  wallet: 'stars',
}
