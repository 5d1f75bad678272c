import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { formatProblem, type Path, pointerOf, readSource, type Source } from './source.ts'

function read(text: string): Source {
  const source = readSource(text)
  if ('problems' in source) throw new Error(source.problems.map((problem) => formatProblem('file', problem)).join('\n'))
  return source
}

function problemsOf(text: string): string[] {
  const source = readSource(text)
  return 'problems' in source ? source.problems.map((problem) => formatProblem('p.yaml', problem)) : []
}

const PROGRAM = `program: corner-coffee   # the shop
currency: "USD"
earning:
  - id: base
    earn: 1 per 1.00
  - { id: tuesday, times: 2.50, when: 'order.weekday == "tuesday"' }
tiers:
  levels:
    - id: green
empty:
2026: a year
`

describe('positions', () => {
  const source = read(PROGRAM)

  test.each<[Path, 'key' | 'value', number, number, string]>([
    [[], 'value', 1, 1, 'program: corner-coffee'],
    [['program'], 'value', 1, 10, 'corner-coffee'],
    [['program'], 'key', 1, 1, 'program'],
    [['currency'], 'value', 2, 11, '"USD"'],
    [['earning', 0], 'value', 4, 5, 'id: base'],
    [['earning', 0], 'key', 4, 5, 'id: base'],
    [['earning', 1, 'when'], 'key', 6, 33, 'when'],
    [['earning', 1, 'times'], 'value', 6, 27, '2.50'],
    [['tiers', 'levels', 0, 'id'], 'value', 9, 11, 'green'],
    [['empty'], 'key', 10, 1, 'empty'],
    [['2026'], 'value', 11, 7, 'a year'],
    [['tiers', 'missing', 'deeper'], 'key', 7, 1, 'tiers'],
    [['earning', 7], 'key', 3, 1, 'earning'],
  ])('%j %s stands at %i:%i', (path, part, line, column, begins) => {
    const place = source.locate(path, part)
    expect([place.line, place.column]).toEqual([line, column])
    expect(PROGRAM.slice(place.offset).startsWith(begins)).toBe(true)
  })

  test('keep the text of a number', () => {
    expect(source.data).toMatchObject({ earning: [{}, { times: 2.5 }] })
    expect(source.textAt(['earning', 1, 'times'])).toBe('2.50')
    expect(source.textAt(['currency'])).toBe('USD')
    expect(source.textAt(['earning'])).toBeUndefined()
    expect(source.textAt(['nowhere'])).toBeUndefined()
  })

  test('lines may end in CR LF, and a mark may begin the file', () => {
    expect(read('\uFEFFa: 1\r\nb: two\r\n').locate(['b'])).toMatchObject({ line: 2, column: 4, length: 3 })
  })

  test('JSON is read alike', () => {
    const json = read('{\n  "a": [1, {"b": 5.00}]\n}')
    expect(json.locate(['a', 1, 'b'])).toMatchObject({ line: 2, column: 18, length: 4 })
    expect(json.textAt(['a', 1, 'b'])).toBe('5.00')
  })
})

describe('positions inside a text', () => {
  test.each([
    ['plain', 'when: order.totl > 5'],
    ['single quotes', `when: 'order.totl == "a"'`],
    ['single quotes with an escaped one', `when: 'x == ''a'' && order.totl'`],
    ['double quotes', `when: "order.totl == 'a'"`],
    ['double quotes with escaped ones', String.raw`when: "x == \"a\" && order.totl == \"\\d\""`],
    ['JSON', String.raw`{"when": "x == \"a\" && order.totl"}`],
    ['plain over lines', 'when: x == 1 &&\n  order.totl > 5'],
    ['quoted over lines', 'when: "x == 1 &&\n\n     order.totl > 5"'],
    ['literal block', 'when: |\n  x == 1 &&\n    order.totl > 5\n'],
    ['literal block with a comment', 'when: |- # a note on order.\n\n  x &&\n  order.totl'],
    ['literal block with CR LF', 'when: |\r\n  x == 1 &&\r\n    order.totl > 5\r\n'],
    ['literal block with indicator', 'when: |2\n    x &&\n  order.totl'],
    ['folded block', 'when: >\n  x == 1 &&\n  y ||\n\n  order.totl > 5\n'],
  ])('%s', (_, text) => {
    const source = read(text)
    const value = (source.data as { when: string }).when
    const start = value.indexOf('order.totl')
    const place = source.locateIn(['when'], start, start + 10)
    expect(text.slice(place.offset, place.offset + place.length)).toBe('order.totl')
    const line = text.slice(0, place.offset).split('\n').length
    expect(place.line).toBe(line)
  })

  test('with other escapes, and for what is no text, the whole value is meant', () => {
    const escaped = read(String.raw`when: "\x61 > totl"`)
    expect(escaped.locateIn(['when'], 4, 8)).toEqual(escaped.locate(['when']))
    const number = read('when: 5')
    expect(number.locateIn(['when'], 0, 1)).toEqual(number.locate(['when']))
  })

  test('what is missing at the end stands after the last character', () => {
    expect(read("when: 'a &&'").locateIn(['when'], 4, 4)).toMatchObject({ line: 1, column: 12, length: 0 })
    expect(read("when: ''").locateIn(['when'], 0, 0)).toMatchObject({ line: 1, column: 7 })
  })

  test('every word of any text is found again, however it is written', () => {
    const words = fc.array(fc.stringMatching(/^[a-z'"&=]{1,8}$/), { minLength: 1, maxLength: 30 })
    const style = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED')
    fc.assert(
      fc.property(words, style, fc.constantFrom(' ', '  ', '\n', '\n\n'), fc.nat(), (list, type, joint, pick) => {
        const value = list.join(joint)
        const text = stringify({ when: value }, { defaultStringType: type as 'PLAIN', lineWidth: 40 })
        const source = read(text)
        expect(source.data).toEqual({ when: value })
        const index = pick % list.length
        const word = list[index]!
        const start = list.slice(0, index).reduce((offset, before) => offset + before.length + joint.length, 0)
        const place = source.locateIn(['when'], start, start + word.length)
        const whole = source.locate(['when'])
        const quote = text[whole.offset]
        // Other escapes than those of quotes are located as a whole.
        if (quote === '"' && /\\[^"]/.test(text)) return
        const written = quote === "'" ? word.replaceAll("'", "''") : quote === '"' ? word.replaceAll('"', '\\"') : word
        expect(text.slice(place.offset, place.offset + place.length)).toBe(written)
      }),
    )
  })
})

describe('what is refused', () => {
  test.each([
    ['a: [1, 2\nb: 3', 'p.yaml:2:1  Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a:\n\t- x', 'p.yaml:2:1  Lines are indented with spaces, not with tabs'],
    ['a: "x', 'p.yaml:1:6  Missing closing "quote'],
    [
      'a: b: c',
      'p.yaml:1:4  A second `:` stands in one line: put the value in quotes, or begin a new line and indent it evenly',
    ],
    ['a: 1\n---\nb: 2', 'p.yaml:2:1  The file must be a single document: `---` begins another one here'],
    ['a: @x', 'p.yaml:1:4  A value that begins with this character must be put in quotes'],
    ['a: 1\nword', 'p.yaml:2:1  A `:` and a value are missing after this'],
    ['%YAML 1.1\n---\na: yes', 'p.yaml:1:1  Directives (`%YAML`) are not allowed here'],
    ['a: 1\nb: 2\na: 3', 'p.yaml:3:1  `a` stands here twice'],
    ['a: {b: 1, "b": 2}', 'p.yaml:1:11  `b` stands here twice'],
    ['{"1": 1, 1: 2}', 'p.yaml:1:10  `1` stands here twice'],
    ['a: &x 1\nb: 2', 'p.yaml:1:7  Anchors and aliases (`&`, `*`) are not allowed: write the value out'],
    ['a: !!str 5', 'p.yaml:1:10  Tags (`!`) are not allowed'],
    ['a: !!js/function x', 'p.yaml:1:18  Tags (`!`) are not allowed'],
    ['a: .inf', 'p.yaml:1:4  `.inf` is not a number that can be used here'],
    ['a: 1e999', 'p.yaml:1:4  `1e999` is not a number that can be used here'],
    ['[k]: 1', 'p.yaml:1:1  A key must be a single word or text'],
    [': 1', 'p.yaml:1:1  A key must be a single word or text'],
    ['__proto__: {admin: true}', 'p.yaml:1:1  `__proto__` cannot be used as a key'],
    ['a: {constructor: 1}', 'p.yaml:1:5  `constructor` cannot be used as a key'],
    ['a: "\\0"', 'p.yaml:1:4  The text holds a character that cannot be stored (NUL or half a pair)'],
    ['{"a": "\\ud800"}', 'p.yaml:1:7  The text holds a character that cannot be stored (NUL or half a pair)'],
    ['a: \0', 'p.yaml:1:4  The file holds a NUL character, so it is probably not a text'],
  ])('%j', (text, problem) => expect(problemsOf(text)).toEqual([problem]))

  test('every alias and doubled key is told at once', () => {
    expect(problemsOf('a: &x [1]\nb: *x\nc: *x\nd: 1\nd: 2')).toHaveLength(4)
  })

  test.each([
    ['cycles', 'a: &a [*a]'],
    ['exponential growth', `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a, *a]`).join('\n')}`],
    ['deep lists', '['.repeat(20_000)],
    ['deep sections', '{a: '.repeat(20_000)],
    ['deep indentation', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['closed deep lists', `${'['.repeat(60)}${']'.repeat(60)}`],
    ['too much', `a: ${'x'.repeat(1_000_000)}`],
  ])('%s', (_, text) => expect(problemsOf(text)).not.toEqual([]))

  test('no text at all makes it fail or touches a prototype', () => {
    const marks = ['a', ': ', '- ', '[', ']', '{', '}', '\n', '  ', '"', "'", '&', '*', '!', '|', '>', '#', '?', '\\']
    const hostile = fc.array(fc.constantFrom(...marks)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string(), hostile), (text) => {
        const source = readSource(text)
        if ('problems' in source) expect(source.problems).not.toEqual([])
        else expect(source.data).not.toBeUndefined()
        expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
  })

  test('data is plain: inherited names are not found in it', () => {
    const { data } = read('wallets: {toString: 1}\nother: {}')
    const { wallets, other } = data as Record<string, Record<string, unknown>>
    expect(wallets?.['toString']).toBe(1)
    expect(other?.['toString']).toBeUndefined()
    expect(read('').data).toBeNull()
    expect(read('<<: {a: 1}').data).toEqual({ '<<': { a: 1 } })
    expect(read('a: yes\nb: no\nc: 0x1F\nd: 012').data).toEqual({ a: 'yes', b: 'no', c: 31, d: 12 })
  })
})

test('pointers escape what JSON pointers escape', () => expect(pointerOf(['a/b', 0, 'c~d'])).toBe('/a~1b/0/c~0d'))

test('a problem within a text is reported at its place', () => {
  const source = read('earning:\n  - when: member.teir == 1\n')
  const problem = source.problem(['earning', 0, 'when'], 'unknown_fact', 'There is no fact `member.teir`', {
    within: [7, 11],
    suggestion: 'member.tier',
  })
  expect(problem.pointer).toBe('/earning/0/when')
  expect(formatProblem('p.yaml', problem)).toBe(
    'p.yaml:2:18  There is no fact `member.teir`  (did you mean `member.tier`?)',
  )
})
