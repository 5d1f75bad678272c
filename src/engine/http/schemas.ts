/** The schemas of routes as JSON Schema, those with a name of their own once, among the components. */

import { z } from 'zod'

export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  default?: unknown
  examples?: unknown[]
  minimum?: number
  maximum?: number
  [keyword: string]: unknown
}

/** A body that is a text is the text of a file, taken as it was sent. */
export function takesText(schema: z.ZodType): boolean {
  return schema instanceof z.ZodString
}

export class Components {
  readonly schemas: Record<string, JsonSchema> = {}

  /** As answers are: what has a default is always there. */
  output(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'output')
  }

  /** As callers send it: what has a default may be left out. */
  input(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'input')
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // One level around it, so that a schema with a name becomes a component even when it is the whole.
    const around = z.toJSONSchema(z.object({ it: schema }), { io, unrepresentable: 'any' }) as unknown as Around
    const names = new Map<string, string>()
    for (const [name, definition] of Object.entries(around.$defs ?? {}))
      names.set(name, this.#nameFor(name, definition, io))
    for (const [name, definition] of Object.entries(around.$defs ?? {}))
      this.schemas[names.get(name)!] ??= tidy(definition, names)
    return tidy(around.properties.it, names)
  }

  /** What is sent gets a name of its own where it differs from what is answered. */
  #nameFor(name: string, definition: JsonSchema, io: 'input' | 'output'): string {
    const known = this.schemas[name]
    if (io === 'output' || known === undefined) return name
    const same = tidy(definition, new Map([...Object.keys(this.schemas)].map((one) => [one, one])))
    return JSON.stringify(same) === JSON.stringify(known) ? name : `${name}Input`
  }
}

interface Around {
  properties: { it: JsonSchema }
  $defs?: Record<string, JsonSchema>
}

/** Patterns that only repeat what a format says, and the bounds of safe integers, would hide what matters. */
function tidy(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  const copy: JsonSchema = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === '$schema' || keyword === 'id') continue
    if (keyword === 'pattern' && schema.format !== undefined) continue
    if (keyword === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}') continue
    if (typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER) continue
    // Zod leaves `examples` out of what is sent when something in it is transformed, and our own word alone.
    if (keyword === 'example') copy.examples = [value]
    else if (keyword === '$ref' && typeof value === 'string') copy.$ref = refOf(value, names)
    else copy[keyword] = tidyAny(keyword, value, names)
  }
  return copy
}

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['default', 'const', 'enum', 'examples', 'required'])
/** Keywords whose values name schemas. */
const NAMED = new Set(['properties', 'patternProperties', '$defs'])

function tidyAny(keyword: string, value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (DATA.has(keyword) || typeof value !== 'object' || value === null) return value
  // A list of types is a list of words.
  if (Array.isArray(value)) return keyword === 'type' ? value : value.map((inner) => tidy(inner as JsonSchema, names))
  if (!NAMED.has(keyword)) return tidy(value as JsonSchema, names)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, tidy(inner as JsonSchema, names)]))
}

function refOf(ref: string, names: ReadonlyMap<string, string>): string {
  const name = ref.replace('#/$defs/', '')
  return `#/components/schemas/${names.get(name) ?? name}`
}
