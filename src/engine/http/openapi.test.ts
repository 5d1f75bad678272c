/** The description of the whole interface, as machines and as people read it. */

import { describe, expect, test } from 'vitest'
import { REFUSALS } from '../../core/refusal.ts'
import { routes } from '../../server.ts'
import { docsPage } from './docs-page.ts'
import { type Operation, openapi } from './openapi.ts'

const document = openapi(routes)
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
)

describe('the OpenAPI document', () => {
  test('has every route, each under a name of its own', () => {
    const names = operations.map(([, , { operationId }]) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const route of routes)
      expect(document.paths[route.path]![route.method.toLowerCase()]!.operationId).toBe(route.id)
    expect(names).toEqual(expect.arrayContaining(['batch', 'health', 'ready', 'metrics']))
  })

  test('leads every reference somewhere, and has no component that none leads to', () => {
    const refs = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!))
    const components = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect([...refs].sort()).toEqual(components.sort())
  })

  test('says of every call what it takes, what it answers and how it is refused', () => {
    for (const [method, path, operation] of operations) {
      const { parameters = [], responses, summary, tags, security } = operation
      expect(summary, path).not.toBe('')
      expect(document.tags.map(({ name }) => name)).toContain(tags[0])
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(inPath, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        path,
      ).toBe(true)
      expect(
        Object.values(responses).every(({ description }) => description.length > 0),
        path,
      ).toBe(true)
      if (security?.length === 0) continue
      expect(Object.keys(responses), path).toEqual(expect.arrayContaining(['401', '403', '429', '500']))
      const hasKey = parameters.some(({ name }) => name === 'Idempotency-Key')
      expect(hasKey, `${method} ${path}`).toBe(method === 'post')
    }
  })

  test('explains every code that a problem can have', () => {
    expect(Object.keys(document['x-problem-codes'])).toEqual(Object.keys(REFUSALS))
    expect(document.components.schemas.Problem!.properties!.code!.enum).toEqual(Object.keys(REFUSALS))
  })

  test('names types by words', () => {
    const others: unknown[] = []
    JSON.stringify(document.components.schemas, (key, value) => {
      if (key === 'type' && Array.isArray(value)) others.push(...value.filter((word) => typeof word !== 'string'))
      return value
    })
    expect(others).toEqual([])
  })

  test('lets what has a default be left out when it is sent', () => {
    expect(document.components.schemas.Order!.required).not.toContain('status')
  })
})

describe('the documentation page', () => {
  const html = docsPage(document)

  test('stands alone: no script, no file of others', () => {
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|(?:src|href)="https?:/)
  })

  test('can be read by everybody: language, title, headings in their order, names that are unique', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).toMatch(/<title>[^<]+<\/title>/)
    expect(html).toContain('name="viewport"')
    const levels = [...html.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1)
      return level
    }, 0)
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })

  test('shows every call with an example, and every code', () => {
    for (const [method, path, { operationId }] of operations) {
      const article = html.slice(html.indexOf(`<article id="${operationId}">`)).split('</article>')[0]!
      expect(article, path).toContain(`${method.toUpperCase()}</span>`)
      expect(article, path).toMatch(/curl .*\$REGULARS\//)
    }
    for (const code of Object.keys(REFUSALS)) expect(html).toContain(`id="${code}"`)
  })

  test('lets nothing of the descriptions become markup', () => {
    const evil = openapi([{ ...routes[0]!, summary: '<b onclick="x">&', description: '`<i>`' }])
    expect(docsPage(evil)).toContain('&lt;b onclick=&quot;x&quot;&gt;&amp;')
    expect(docsPage(evil)).not.toMatch(/<b |<i>/)
  })
})
