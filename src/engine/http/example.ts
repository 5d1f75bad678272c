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
  if (name === 'id' || name === 'external_id') {
    const known = Object.keys(IDS).find((one) => owner.includes(one))
    if (known !== undefined) return IDS[known]![name] ?? name
  }
  return TEXTS[name] ?? name
}

const NUMBERS: Record<string, number> = {
  unit_price: 450,
  total: 900,
  subtotal: 900,
  net: 900,
  quantity: 2,
  points: 120,
  limit: 20,
  status: 200,
}

/** By what they name; the first that fits is taken. */
const IDS: Record<string, { id: string; external_id?: string }> = {
  line: { id: '1' },
  return: { id: 'return-7', external_id: 'return-7' },
  order: { id: 'order-1001', external_id: 'order-1001' },
  redemption: { id: 'red_1f3kq' },
  activit: { id: 'act_1f3kq' },
  posting: { id: 'act_1f3kq_1' },
  member: { id: 'mem_1f3kq', external_id: 'ada' },
  program: { id: 'corner-coffee' },
  key: { id: 'key_4cVQx0aPJr9Lm' },
}

const TEXTS: Record<string, string> = {
  activity: 'act_1f3kq',
  actor: 'till 2',
  birthday: '1990-12-10',
  card_number: '7700 0000 1234 5675',
  category: 'drinks',
  currency: 'USD',
  email: 'ada@example.com',
  locale: 'en-US',
  location: 'main-street',
  member: 'external:ada',
  name: 'Ada Lovelace',
  order: 'order-1001',
  phone: '+12025550123',
  reward: 'free-coffee',
  sku: 'latte',
  wallet: 'stars',
}
