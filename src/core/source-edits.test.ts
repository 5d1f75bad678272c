import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify as yaml } from 'yaml'
import { insertIn, moveIn, removeIn, renameIn, setIn, Written } from './source-edits.ts'

const CORNER = readFileSync(new URL('../../examples/corner-coffee.yaml', import.meta.url), 'utf8')

/** The lines that are another, as `-before` and `+after`. */
function difference(before: string, after: string): string[] {
  const [old, own] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && old[start] === own[start]) start++
  let end = 0
  while (end < old.length - start && end < own.length - start && old.at(-1 - end) === own.at(-1 - end)) end++
  return [
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...own.slice(start, own.length - end).map((line) => `+${line}`),
  ]
}

describe('a change touches its own place', () => {
  test('of a value in a line of its own, with the comment behind it', () => {
    expect(difference(CORNER, setIn(CORNER, ['name'], 'Corner Club'))).toEqual([
      '-name: Corner Coffee Rewards          # what members see',
      '+name: Corner Club          # what members see',
    ])
  })

  test('of a value between braces, which keeps its quotes', () => {
    const changed = setIn(CORNER, ['earning', 1, 'when'], `order.weekday == "monday"`)
    expect(difference(CORNER, changed)).toEqual([
      `-  - { id: double-tuesday, on: order, when: 'order.weekday == "tuesday" && member.tier != "green"', times: 2, limit: 200 per month }`,
      `+  - { id: double-tuesday, on: order, when: 'order.weekday == "monday"', times: 2, limit: 200 per month }`,
    ])
  })

  test('of a setting that is new', () => {
    expect(difference(CORNER, setIn(CORNER, ['earning', 2, 'name'], 'Reviews, of any kind'))).toEqual([
      `-  - { id: review, on: action, when: 'action.type == "review"', earn: 25, limit: 1 per week }`,
      `+  - { id: review, on: action, when: 'action.type == "review"', earn: 25, limit: 1 per week, name: 'Reviews, of any kind' }`,
    ])
    expect(difference(CORNER, setIn(CORNER, ['tiers', 'on_return'], 'keep'))).toEqual(['+  on_return: keep'])
  })

  test('of a section that is new, in lines of its own', () => {
    expect(difference(CORNER, setIn(CORNER, ['discounts'], [{ id: 'staff', percent: 10 }]))).toEqual([
      '+discounts:',
      '+  - { id: staff, percent: 10 }',
    ])
    expect(difference(CORNER, setIn(CORNER, ['terms', 'text'], 'Be kind'))).toEqual(['+terms: { text: Be kind }'])
  })

  test('of money, which keeps its decimals', () => {
    const changed = setIn(CORNER, ['rewards', 0, 'gives', 'amount_off'], new Written('2.50'))
    expect(difference(CORNER, changed)[1]).toContain('amount_off: 2.50 }')
  })

  test('of a rule that is added, at its place', () => {
    const rule = { id: 'visit', on: 'visit', earn: 5 }
    expect(difference(CORNER, insertIn(CORNER, ['earning'], 3, rule))).toEqual([
      '+  - { id: visit, on: visit, earn: 5 }',
    ])
    expect(difference(CORNER, insertIn(CORNER, ['stamps'], 0, rule))).toEqual([
      '+stamps:',
      '+  - { id: visit, on: visit, earn: 5 }',
    ])
  })

  test('of a rule that goes, with the comment above it', () => {
    const gone = removeIn(CORNER, ['earning', 2])
    expect(difference(CORNER, gone)).toEqual([
      '-  # 25 stars for a review, once a week. What the review says makes no difference.',
      `-  - { id: review, on: action, when: 'action.type == "review"', earn: 25, limit: 1 per week }`,
      '-',
    ])
    expect(difference(CORNER, removeIn(CORNER, ['earning', 1, 'limit']))[1]).toMatch(/times: 2 }$/)
  })

  test('of a rule that moves, which takes its comment along', () => {
    const moved = moveIn(CORNER, ['earning'], 2, 1)
    expect(moved.split('\n').sort()).toEqual(CORNER.split('\n').sort())
    expect(moved.indexOf('# 25 stars for a review')).toBeLessThan(moved.indexOf('# On Tuesdays gold'))
    expect(parse(moved).earning.map(({ id }: { id: string }) => id)).toEqual(['base', 'review', 'double-tuesday'])
  })

  test('of a name', () => {
    expect(difference(CORNER, renameIn(CORNER, ['wallets', 'stars'], 'beans'))).toHaveLength(2)
    expect(Object.keys(parse(renameIn(CORNER, ['wallets', 'stars'], 'beans')).wallets)).toEqual(['beans'])
  })

  test('in files that are written with a line for each setting', () => {
    const text = 'earning:\n  # the first\n  - id: a\n    on: order\n  - id: b # the second\n    on: visit\n'
    expect(insertIn(text, ['earning'], 2, { id: 'c', on: 'action' })).toBe(`${text}  - id: c\n    on: action\n`)
    expect(setIn(text, ['earning', 0, 'earn'], 5)).toBe(text.replace('order\n', 'order\n    earn: 5\n'))
    expect(removeIn(text, ['earning', 1, 'on'])).toBe(text.replace('\n    on: visit', ''))
    // The dash stands before the first setting, so that the entry has to be written anew.
    expect(parse(removeIn(text, ['earning', 1, 'id'])).earning[1]).toEqual({ on: 'visit' })
    expect(removeIn(text, ['earning', 1, 'id'])).toContain('# the first')
  })
})

const Name = fc.stringMatching(/^[a-z][a-z_]{0,5}$/)
const Leaf = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.string({ maxLength: 12 }),
  fc.constantFrom('a, b', '- x', '#', '"', "it's", 'a: b'),
)
const Data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    Leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(Name, tie('value'), { maxKeys: 3 }),
  ),
})).value
const Root = fc.dictionary(Name, Data, { minKeys: 1, maxKeys: 4 })

/** Every path of a value, to maps, lists and leaves. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? value.map((_, place) => place) : Object.keys(value)
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))]
}

describe('whatever the file and the change', () => {
  const written = (data: unknown, isFlow: boolean) => {
    const lines = Object.entries(data as object).map(([key, value]) =>
      isFlow
        ? `# about ${key}\n${JSON.stringify(key)}: ${JSON.stringify(value)}`
        : `# about ${key}\n${yaml({ [key]: value })}`,
    )
    return `${lines.join('\n').trimEnd()}\n`
  }

  test('what is read afterwards is what was asked for, and all comments of the file are there', () => {
    fc.assert(
      fc.property(Root, fc.boolean(), Data, fc.nat(), (data, isFlow, value, pick) => {
        const text = written(data, isFlow)
        const paths = pathsOf(data).filter(({ length }) => length > 0)
        const path = paths[pick % paths.length]!
        const wanted = structuredClone(data)
        const holder = path.slice(0, -1).reduce<never>((at, key) => at[key] as never, wanted as never)
        ;(holder as Record<string | number, unknown>)[path.at(-1)!] = value
        const after = setIn(text, path, value)
        expect(parse(after)).toEqual(wanted)
        for (const key of Object.keys(data)) expect(after).toContain(`# about ${key}`)
      }),
      { numRuns: 500 },
    )
  })

  test('what is removed is gone, and nothing else', () => {
    fc.assert(
      fc.property(Root, fc.boolean(), fc.nat(), (data, isFlow, pick) => {
        const paths = pathsOf(data).filter(({ length }) => length > 1)
        if (paths.length === 0) return
        const path = paths[pick % paths.length]!
        const wanted = structuredClone(data)
        const holder = path.slice(0, -1).reduce<never>((at, key) => at[key] as never, wanted as never) as unknown
        if (Array.isArray(holder)) holder.splice(Number(path.at(-1)), 1)
        else delete (holder as Record<string, unknown>)[path.at(-1)!]
        expect(parse(removeIn(written(data, isFlow), path))).toEqual(wanted)
      }),
      { numRuns: 500 },
    )
  })

  test('what moves in a list is where it should be', () => {
    const List = fc.array(Data, { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(List, fc.boolean(), fc.nat(), fc.nat(), (list, isFlow, one, other) => {
        const [from, to] = [one % list.length, other % list.length]
        const wanted = [...list]
        wanted.splice(to, 0, ...wanted.splice(from, 1))
        expect(parse(moveIn(written({ list }, isFlow), ['list'], from, to))).toEqual({ list: wanted })
      }),
      { numRuns: 500 },
    )
  })
})
