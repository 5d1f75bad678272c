/** The documentation page: everything that the OpenAPI document says, in one file without scripts. */

import { exampleOf, type Place } from './example.ts'
import type { Answer, Content, Document, Operation, Parameter } from './openapi.ts'
import type { JsonSchema } from './schemas.ts'

type Schemas = Readonly<Record<string, JsonSchema>>

export function docsPage(document: Document): string {
  const { info, paths, tags, components } = document
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const sections = tags.map(({ name }) => ({
    name,
    calls: calls.filter(({ operation }) => operation.tags[0] === name),
  }))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(info.title)} HTTP interface</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the calls</a>
<nav aria-label="Calls">
<p class="brand">${text(info.title)} <span>v${text(info.version.split('.')[0]!)}</span></p>
<ul>${sections.map(navigation).join('')}<li><a href="#problems">Problems</a></li></ul>
</nav>
<main id="content">
<h1>${text(info.title)} HTTP interface</h1>
<p class="lead">${prose(info.description)}</p>
<p>Send your API key with every call: <code>Authorization: Bearer sk_…</code>. People who are signed in need none. The same description for machines is
<a href="/openapi.json">/openapi.json</a>.</p>
${sections.map((section) => sectionOf(section, components.schemas)).join('\n')}
${problems(document)}
</main>
</body>
</html>
`
}

interface Call {
  method: string
  path: string
  operation: Operation
}

interface Section {
  name: string
  calls: Call[]
}

function navigation({ name, calls }: Section): string {
  const entries = calls.map(
    ({ operation }) => `<li><a href="#${operation.operationId}">${text(operation.summary)}</a></li>`,
  )
  return `<li><a href="#${slug(name)}">${text(name)}</a><ul>${entries.join('')}</ul></li>`
}

function sectionOf({ name, calls }: Section, schemas: Schemas): string {
  return `<section id="${slug(name)}" aria-labelledby="${slug(name)}-heading">
<h2 id="${slug(name)}-heading">${text(name)}</h2>
${calls.map((call) => callOf(call, schemas)).join('\n')}
</section>`
}

function callOf(call: Call, schemas: Schemas): string {
  const { method, path, operation } = call
  const [status, answer] = Object.entries(operation.responses)[0]!
  const body = firstContent(operation.requestBody?.content)
  const refusals = operation['x-refusals'] ?? []
  return `<article id="${operation.operationId}">
<h3>${text(operation.summary)}</h3>
<p class="address"><span class="method ${method.toLowerCase()}">${method}</span> <code>${text(path)}</code></p>
${operation.description === undefined ? '' : `<p>${prose(operation.description)}</p>`}
<div class="columns"><div>
${parameters(operation.parameters ?? [], schemas)}
${body === null ? '' : table('Body', fieldsOf(body.schema, schemas), schemas)}
${refusals.length === 0 ? '' : `<p class="refusals">May be refused with ${refusals.map(codeLink).join(', ')}.</p>`}
${operation['x-roles'] === undefined ? '' : `<p class="roles">For the roles ${operation['x-roles'].map(text).join(', ')}.</p>`}
</div><div class="examples">
${block('Example', curl(call, schemas))}
${answerOf(status, answer, schemas)}
</div></div>
</article>`
}

function answerOf(status: string, answer: Answer, schemas: Schemas): string {
  const content = firstContent(answer.content)
  if (content === null || Object.keys(content.schema).length === 0) return ''
  const example = content.example ?? exampleOf(content.schema, schemas)
  return block(`Answer ${status}`, JSON.stringify(example, null, 2))
}

function firstContent(content: Content | undefined) {
  const [first] = Object.entries(content ?? {})
  return first === undefined ? null : { type: first[0], ...first[1] }
}

function curl({ method, path, operation }: Call, schemas: Schemas): string {
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string, offset: number) => {
    const parameter = operation.parameters?.find((one) => one.in === 'path' && one.name === name)
    // The part before it says what it names: /v1/orders/{external_id}.
    const owner = path.slice(0, offset).split('/').at(-2) ?? ''
    return String(exampleOf(parameter?.schema ?? {}, schemas, { name, owner }) ?? name)
  })
  const parts = [`curl ${method === 'GET' ? '' : `-X ${method} `}"$REGULARS${filled}"`]
  if (operation.security === undefined) parts.push('-H "Authorization: Bearer $KEY"')
  if (method === 'POST') parts.push('-H "Idempotency-Key: $(uuidgen)"')
  const body = firstContent(operation.requestBody?.content)
  if (body !== null) {
    parts.push(`-H "Content-Type: ${body.type}"`)
    parts.push(body.schema.type === 'string' ? '--data-binary @program.yaml' : `-d '${bodyText(body, schemas)}'`)
  }
  return parts.join(' \\\n  ')
}

/** What has to be sent, without what may be left out; a line of NDJSON stays one. */
function bodyText({ type, schema }: { type: string; schema: JsonSchema }, schemas: Schemas): string {
  const example = requiredPart(schema, schemas, schema.$ref?.split('/').at(-1)?.toLowerCase() ?? '')
  const short = JSON.stringify(example)
  const whole = type.includes('ndjson') || short.length < SHORT ? short : JSON.stringify(example, null, 2)
  // Programs accept what is some weeks late, not years: the shell puts in the time at which the example is tried.
  return whole.replace(/("occurred_at": ?)"[^"]*"/g, `$1"'$(date -u +%FT%TZ)'"`)
}

const SHORT = 40

function requiredPart(schema: JsonSchema, schemas: Schemas, owner: string): unknown {
  const fields = fieldsOf(schema, schemas)
  if (fields.examples !== undefined || fields.properties === undefined) return exampleOf(schema, schemas)
  const { properties } = fields
  const required = fields.required?.length ? fields.required : Object.keys(properties).slice(0, 3)
  return Object.fromEntries(
    required.map((name) => [name, requiredValue(properties[name] ?? {}, schemas, { name, owner })]),
  )
}

function requiredValue(schema: JsonSchema, schemas: Schemas, place: Place): unknown {
  const items = schema.type === 'array' ? schema.items : undefined
  if (items === undefined || fieldsOf(items, schemas).properties === undefined) return exampleOf(schema, schemas, place)
  return [requiredPart(items, schemas, place.name)]
}

function fieldsOf(schema: JsonSchema, schemas: Schemas): JsonSchema {
  return schema.$ref === undefined ? schema : (schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {})
}

function parameters(all: readonly Parameter[], schemas: Schemas): string {
  const shown = all.filter((parameter) => parameter.in !== 'header')
  const properties = Object.fromEntries(
    shown.map(({ name, schema, description }) => [
      name,
      description === undefined ? schema : { ...schema, description },
    ]),
  )
  const required = shown.filter((parameter) => parameter.required).map(({ name }) => name)
  return table('Parameters', { properties, required }, schemas)
}

function table(caption: string, schema: JsonSchema, schemas: Schemas): string {
  const rows = rowsOf(schema, schemas, '', 0)
  if (rows.length === 0) return schema.description === undefined ? '' : `<p>${prose(schema.description)}</p>`
  return `<div class="scroll" role="group" aria-label="${text(caption)}" tabindex="0"><table><caption>${text(caption)}</caption>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`
}

/** How deep fields within fields are listed. */
const SHOWN_LEVELS = 3

function rowsOf(schema: JsonSchema, schemas: Schemas, prefix: string, level: number): string[] {
  const { properties = {}, required = [] } = fieldsOf(schema, schemas)
  return Object.entries(properties).flatMap(([name, field]) => {
    const must = required.includes(name) ? '<span class="required">required</span>' : ''
    const row = `<tr><th scope="row"><code>${text(prefix + name)}</code> ${must}</th><td>${text(typeOf(field, schemas))}</td><td>${notes(field, schemas)}</td></tr>`
    const inner = field.items ?? (field.anyOf ?? []).find((one) => one.type !== 'null') ?? field
    const deeper =
      level < SHOWN_LEVELS ? rowsOf(inner, schemas, `${prefix}${name}${field.items ? '[]' : ''}.`, level + 1) : []
    return [row, ...deeper]
  })
}

function typeOf(schema: JsonSchema, schemas: Schemas): string {
  if (schema.$ref !== undefined) return typeOf(fieldsOf(schema, schemas), schemas)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return [...new Set(choices.map((one) => typeOf(one, schemas)))].join(' | ')
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items, schemas)}`
  if (schema.format === 'date-time') return 'time'
  if (Array.isArray(schema.type)) return schema.type.join(' | ')
  return schema.type ?? 'anything'
}

function notes(schema: JsonSchema, schemas: Schemas): string {
  const described =
    schema.description ?? (schema.$ref === undefined ? undefined : fieldsOf(schema, schemas).description)
  const parts = described === undefined ? [] : [prose(described)]
  if (schema.default !== undefined) parts.push(`Unless said: <code>${text(JSON.stringify(schema.default))}</code>`)
  const { minimum, maximum } = schema
  if (minimum !== undefined) parts.push(`At least ${minimum}`)
  if (maximum !== undefined) parts.push(`At most ${maximum}`)
  return parts.map((part) => part.replace(/[.]$/, '')).join('. ')
}

function problems(document: Document): string {
  const rows = Object.entries(document['x-problem-codes']).map(
    ([code, { status, description }]) =>
      `<tr id="${code}"><th scope="row"><code>${code}</code></th><td>${status}</td><td>${text(description)}</td></tr>`,
  )
  return `<section id="problems" aria-labelledby="problems-heading"><h2 id="problems-heading">Problems</h2>
<p>What is refused answers with <code>application/problem+json</code>. Decide by <code>code</code>; <code>detail</code> and
<code>errors</code> are for people.</p>
<div class="scroll" role="group" aria-label="Codes" tabindex="0"><table><caption>Codes</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">What it means</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div></section>`
}

function codeLink(code: string): string {
  return `<a href="#${code}"><code>${text(code)}</code></a>`
}

function block(title: string, content: string): string {
  return `<p class="title">${text(title)}</p><pre role="group" aria-label="${text(title)}" tabindex="0"><code>${text(content)}</code></pre>`
}

function slug(name: string): string {
  return `tag-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Descriptions are plain sentences with code between backquotes. */
function prose(value: string): string {
  return text(value).replace(/`([^`]+)`/g, '<code>$1</code>')
}

const STYLE = `
:root{--ink:#1d2329;--soft:#56616c;--paper:#fff;--panel:#f5f6f4;--line:#dcdfdb;--accent:#1f6b4f;--code:#f0f2ef;
--get:#1c5f8f;--post:#1f6b4f;--put:#8a5200;--delete:#a32c2c}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9e6;--soft:#a3ada6;--paper:#14181a;--panel:#1b2022;--line:#32393c;
--accent:#7fd1ab;--code:#20272a;--get:#86c3f0;--post:#7fd1ab;--put:#efb45e;--delete:#f29a9a}}
*{box-sizing:border-box}html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;color:var(--ink);background:var(--paper);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
display:grid;grid-template-columns:17rem minmax(0,1fr)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:1}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem;background:var(--panel);border-right:1px solid var(--line);font-size:.875rem}
nav ul{list-style:none;margin:0;padding:0}nav>ul>li{margin-bottom:1rem}nav>ul>li>a{font-weight:650;color:var(--ink)}
nav ul ul{margin-top:.25rem;padding-left:.75rem;border-left:1px solid var(--line)}nav a{display:block;padding:.125rem 0;color:var(--soft);text-decoration:none}
nav a:hover{color:var(--accent);text-decoration:underline}.brand{font-size:1.125rem;font-weight:700;margin:0 0 1.25rem}.brand span{color:var(--soft);font-weight:400}
main{padding:3rem clamp(1rem,4vw,4rem) 6rem;max-width:84rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em;margin:0 0 1rem}h2{font-size:1.5rem;margin:4rem 0 0;padding-bottom:.5rem;border-bottom:2px solid var(--line)}
h3{font-size:1.125rem;margin:0 0 .25rem}article{padding:2.25rem 0;border-bottom:1px solid var(--line)}
p{margin:.5rem 0;max-width:44rem}.lead{font-size:1.0625rem}.roles,.refusals{color:var(--soft);font-size:.875rem}
a{color:var(--accent)}code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono','Courier New',monospace;font-size:.8125rem}
:not(pre)>code{background:var(--code);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}
.address{font-size:1rem;margin-bottom:1rem}.method{font-size:.75rem;font-weight:700;letter-spacing:.04em}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}
.columns{display:grid;grid-template-columns:minmax(0,1.2fr) minmax(0,1fr);gap:2rem;align-items:start}.examples{position:sticky;top:1rem}
.title{font-size:.8125rem;font-weight:650;margin:0 0 .25rem}pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.875rem;margin:0 0 1.25rem;overflow:auto;max-height:26rem;line-height:1.5}
.scroll{overflow-x:auto;margin:.5rem 0 1rem}table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{text-align:left;font-weight:650;padding-bottom:.25rem}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line)}
thead th{color:var(--soft);font-weight:500;border-top:0}tbody th{font-weight:400}tbody th code{overflow-wrap:normal;white-space:nowrap}td:nth-child(2){color:var(--soft);max-width:11rem}td:nth-child(3){min-width:12rem}
.required{color:var(--put);font-size:.75rem}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
tr:target{background:var(--code)}
@media (max-width:68rem){.columns{grid-template-columns:minmax(0,1fr)}.examples{position:static}}
@media (max-width:48rem){html{scroll-padding-top:4rem}body{display:block}main{padding-top:1.5rem}h2{margin-top:2.5rem}
nav{display:flex;align-items:center;gap:1rem;height:auto;padding:.75rem 1rem;border-right:0;border-bottom:1px solid var(--line);white-space:nowrap;z-index:1}
nav .brand,nav>ul>li{margin:0}nav>ul{display:flex;gap:1rem;overflow-x:auto}nav ul ul{display:none}nav>ul>li>a{padding:.375rem 0;font-weight:500}
table,tbody,tr,tbody th,td{display:block;border:0;padding:0}thead{display:none}tr{padding:.625rem 0;border-top:1px solid var(--line)}
tbody th,td:nth-child(2){display:inline;margin-right:.5rem}td:nth-child(3){margin-top:.125rem}td:empty{display:none}}
@media print{nav{display:none}body{display:block}}
`
