import { expect, test } from 'vitest'
import { programJsonSchema } from '../../../core/program.ts'
import { features } from '../../../features/index.ts'
import { beginningOf, controlOf, formOf, newEntry, type Schema } from './fields.ts'

const schema = programJsonSchema(features) as Schema
const rule = schema.properties!['earning']!.items!

test('settings get the controls that people expect', () => {
  const kinds = Object.fromEntries(
    Object.entries(rule.properties!).map(([name, one]) => [name, controlOf(one, name).kind]),
  )
  expect(kinds).toMatchObject({
    id: 'words',
    on: 'choice',
    when: 'condition',
    lines: 'condition',
    earn: 'words',
    times: 'words',
    limit: 'words',
    off: 'switch',
    category: 'list',
    without: 'list',
    pending: 'several',
    expiry: 'several',
  })
  expect(controlOf(schema.properties!['wallets']!, 'wallets').kind).toBe('named')
  expect(controlOf(schema.properties!['tiers']!, 'tiers').kind).toBe('section')
  expect(controlOf(schema.properties!['rewards']!.items!.properties!['gives']!, 'gives').kind).toBe('several')
})

test('of several forms the one that is written is found', () => {
  const { anyOf } = rule.properties!['expiry']!
  expect(formOf(anyOf!, 'never')).toBe(0)
  expect(formOf(anyOf!, { after: '6 months' })).toBe(1)
  expect(formOf(anyOf!, { unknown: 1 })).toBe(-1)
})

test('every part can be begun, and an entry gets an id that is free', () => {
  for (const [name, part] of Object.entries(schema.properties!)) expect(beginningOf(part, name)).toBeDefined()
  expect(newEntry(rule, [{ id: 'base' }, { id: 'new-3' }])).toEqual({ id: 'new-4', on: 'order' })
})
