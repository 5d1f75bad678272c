/** A plausible value for a schema: what the documentation shows where a schema brings no example of its own. */

import type { JsonSchema } from './schemas.ts'

/** @param name the field that the value is for, which says most about what it looks like */
export function exampleOf(
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
  name = '',
  depth = 0,
): unknown {
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.replace('#/components/schemas/', '')]
    return target === undefined || depth > DEEPEST ? null : exampleOf(target, schemas, name, depth + 1)
  }
  const given = schema.examples?.[0] ?? schema.example ?? schema.const ?? schema.enum?.[0] ?? schema.default
  if (given !== undefined) return given
  const choice = (schema.anyOf ?? schema.oneOf)?.find((one) => one.type !== 'null') ?? schema.allOf?.[0]
  if (choice !== undefined) return exampleOf(choice, schemas, name, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  if (type === 'object') return objectExample(schema, schemas, depth)
  if (type === 'array')
    return schema.items === undefined ? [] : [exampleOf(schema.items, schemas, singular(name), depth + 1)]
  if (type === 'integer' || type === 'number') return NUMBERS[name] ?? Math.max(1, schema.minimum ?? 1)
  if (type === 'boolean') return false
  if (type === 'string') return textExample(schema, name)
  return null
}

const DEEPEST = 8

function objectExample(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>, depth: number): unknown {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, exampleOf(inner, schemas, name, depth + 1)]),
  )
}

function textExample({ format }: JsonSchema, name: string): string {
  if (format === 'date-time' || name === 'at' || name.endsWith('_at')) return '2026-03-14T09:26:53Z'
  return TEXTS[name] ?? name
}

function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name
}

const NUMBERS: Record<string, number> = {
  unit_price: 450,
  total: 900,
  subtotal: 900,
  net: 900,
  quantity: 2,
  points: 120,
}
const TEXTS: Record<string, string> = {
  id: 'mem_1f3kq',
  member: 'external:ada',
  external_id: 'ada',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+12025550123',
  birthday: '1990-12-10',
  locale: 'en-US',
  currency: 'USD',
  wallet: 'stars',
  sku: 'latte',
  category: 'drinks',
  location: 'main-street',
  actor: 'till 2',
  reward: 'free-coffee',
  order: 'order-1001',
}
