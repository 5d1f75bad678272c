/** Writes the client's types and calls from the OpenAPI document, so that the client says what the server does. */

import type { Document, Operation } from './openapi.ts'
import type { JsonSchema } from './schemas.ts'

/** The text of `src/client/calls.ts`. */
export function clientCode(document: Document): string {
  const { schemas } = document.components
  const shapes = Object.entries(schemas).map(([name, schema]) => shape(name, schema))
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => isCall(operation))
      .map(([method, operation]) => call(method.toUpperCase(), path, operation, schemas)),
  )
  return `${HEADER}\n${shapes.join('\n')}\n${CLASS}\n${calls.join('\n')}}\n`
}

const HEADER = `/** Generated from the OpenAPI document by \`npm run generate\`: the shapes and the calls of the interface. */
// biome-ignore-all format: written by a program
// biome-ignore-all lint: written by a program

import { type CallOptions, type Listing, part, type Request } from './request.ts'
`

const CLASS = `export abstract class Calls {
  protected abstract send<Answer>(request: Request, options?: CallOptions): Promise<Answer>
  protected abstract list<Item>(request: Request, options?: CallOptions): Listing<Item>
`

/**
 * Calls of one JSON value, or a file, each: batches are lines, pages are for people, and those for machines are not for
 * clients.
 */
function isCall({ requestBody, security, responses }: Operation): boolean {
  const isPage = Object.values(responses).some(({ content }) => content?.['text/html'] !== undefined)
  return security?.length !== 0 && requestBody?.content['application/x-ndjson'] === undefined && !isPage
}

function shape(name: string, schema: JsonSchema): string {
  const isPlainObject = schema.properties !== undefined && schema.anyOf === undefined
  const declared = isPlainObject ? `interface ${name} ` : `type ${name} = `
  return `${comment(schema.description, '')}export ${declared}${typeOf(schema, '')}\n`
}

function call(method: string, path: string, operation: Operation, schemas: Document['components']['schemas']): string {
  const answer = answerSchema(operation)
  const item = itemOf(answer, schemas)
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const query = queryType(operation)
  const body = bodyOf(operation)
  const parameters = [
    ...inPath.map((name) => `${name}: string`),
    ...(body === null ? [] : [`body${body.required ? '' : '?'}: ${body.type}`]),
    ...(query === null ? [] : [`query${query.required ? '' : '?'}: ${query.type}`]),
    'options?: CallOptions',
  ]
  const request = [
    `method: '${method}'`,
    `path: \`${path.replace(/\{(\w+)\}/g, (_whole, name) => `\${part(${name})}`)}\``,
    ...(query === null ? [] : ['query']),
    ...(body === null ? [] : ['body', `type: '${body.content}'`]),
  ]
  const type = item === null ? typeOf(answer, '  ') : typeOf(item, '  ')
  const [result, how] = item === null ? [`Promise<${type}>`, 'send'] : [`Listing<${type}>`, 'list']
  return `${comment(describe(operation), '  ')}  ${operation.operationId}(${parameters.join(', ')}): ${result} {
    return this.${how}({ ${request.join(', ')} }, options)
  }
`
}

function describe({ summary, description, 'x-refusals': refusals = [] }: Operation): string {
  const sentence = /[.!?]$/.test(summary) ? summary : `${summary}.`
  const telling = refusals.filter((code) => !USUAL.has(code))
  const codes = telling.length === 0 ? '' : ` May be refused with ${telling.join(', ')}.`
  return `${sentence}${description === undefined ? '' : ` ${description}`}${codes}`
}

/** What any call that takes something can be refused with. */
const USUAL = new Set(['invalid', 'too_large', 'unsupported_media_type', 'idempotency_conflict'])

function answerSchema({ responses }: Operation): JsonSchema {
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const schemas = answers.map(([, { content }]) => content?.['application/json']?.schema ?? { type: 'null' })
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0]! : { anyOf: distinct }
}

/** What a list is a list of: lists have the same three fields everywhere. */
function itemOf(answer: JsonSchema, schemas: Document['components']['schemas']): JsonSchema | null {
  const schema = answer.$ref === undefined ? answer : schemas[refName(answer.$ref)]
  const fields = schema?.properties ?? {}
  const isList = 'data' in fields && 'has_more' in fields && 'next_cursor' in fields
  return isList ? (fields.data?.items ?? {}) : null
}

function queryType({ parameters = [] }: Operation): { required: boolean; type: string } | null {
  const query = parameters.filter((parameter) => parameter.in === 'query')
  if (query.length === 0) return null
  const properties = Object.fromEntries(
    query.map(({ name, schema, description }) => [
      name,
      description === undefined ? schema : { ...schema, description },
    ]),
  )
  const required = query.filter((parameter) => parameter.required).map(({ name }) => name)
  return { required: required.length > 0, type: typeOf({ type: 'object', properties, required }, '  ') }
}

function bodyOf({ requestBody }: Operation): { required: boolean; type: string; content: string } | null {
  const [first] = Object.entries(requestBody?.content ?? {})
  if (first === undefined) return null
  const [content, { schema }] = first
  return { required: requestBody!.required, type: typeOf(schema, '  '), content }
}

function typeOf(schema: JsonSchema, indent: string): string {
  if (schema.format === 'binary') return 'Blob'
  if (schema.$ref !== undefined) return refName(schema.$ref)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return [...new Set(choices.map((one) => typeOf(one, indent)))].join(' | ')
  if (schema.allOf !== undefined) return schema.allOf.map((one) => `(${typeOf(one, indent)})`).join(' & ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(' | ')
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map((one) => typeOf(one, indent)).join(', ')}]`
  if (schema.type === 'array') return `(${typeOf(schema.items ?? {}, indent)})[]`.replace(/^\((\w+)\)/, '$1')
  if (schema.type === 'object') return objectType(schema, indent)
  return TYPES[String(schema.type)] ?? 'unknown'
}

const TYPES: Record<string, string> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
}

function objectType({ properties, required = [], additionalProperties }: JsonSchema, indent: string): string {
  const others = typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'
  if (properties === undefined) return `Record<string, ${others}>`
  const inner = `${indent}  `
  const fields = Object.entries(properties).map(([name, field]) => {
    const must = required.includes(name) ? '' : '?'
    return `${comment(field.description, inner)}${inner}${quote(name)}${must}: ${typeOf(field, inner)}\n`
  })
  const open = typeof additionalProperties === 'object' ? `${inner}[name: string]: ${others}\n` : ''
  return `{\n${fields.join('')}${open}${indent}}`
}

function comment(description: string | undefined, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description.replaceAll('*/', '* /')} */\n`
}

function quote(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replace(/['\\]/g, '\\$&')}'` : JSON.stringify(value)
}

function refName(ref: string): string {
  return ref.replace('#/components/schemas/', '')
}
