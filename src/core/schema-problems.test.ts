import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { problemsFromZod } from './schema-problems.ts'
import { formatProblem, readSource } from './source.ts'

const Gives = z.union([
  z.strictObject({ free_item: z.strictObject({ category: z.string(), up_to: z.number().optional() }) }),
  z.strictObject({ amount_off: z.number() }),
])
const Earning = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('order'),
    earn: z.string(),
    per: z.int().optional(),
    rounding: z.enum(['floor', 'up']),
  }),
  z.strictObject({ on: z.literal('visit'), location: z.string() }),
])
const Program = z.strictObject({
  program: z.string().min(1),
  decimals: z.int().min(0).max(4).default(0),
  combine: z.enum(['add', 'multiply', 'best']).default('multiply'),
  cost: z.union([z.int(), z.string().regex(/^\d+ \w+$/)]).optional(),
  keep: z.union([z.literal('forever'), z.strictObject({ after: z.string() })]).optional(),
  wallets: z.record(z.string().regex(/^[a-z]+$/), z.strictObject({ decimals: z.int() })).optional(),
  limits: z.partialRecord(z.enum(['day', 'week', 'month']), z.int()).optional(),
  earning: z.array(Earning).optional(),
  rewards: z.array(z.strictObject({ id: z.string(), gives: Gives.optional() }).readonly()).optional(),
  levels: z
    .array(z.strictObject({ from: z.int().positive() }))
    .min(1)
    .optional(),
  pair: z.tuple([z.int(), z.int()]).optional(),
  expiry: z
    .string()
    .refine((text) => text.endsWith('months'), '`expiry` must be a duration such as `6 months`')
    .optional(),
  step: z.number().multipleOf(0.5).optional(),
  short: z.string().max(3).optional(),
})

function check(text: string): string[] {
  const source = readSource(text)
  if ('problems' in source) throw new Error('The syntax of the example is wrong')
  const { error } = Program.safeParse(source.data)
  return error ? problemsFromZod(error, source, Program).map((problem) => formatProblem('p.yaml', problem)) : []
}

describe('a problem says in plain words what to put right, and where', () => {
  test.each([
    ['program: a', []],
    ['', ['p.yaml:1:1  The file is empty, but must be a section with keys of its own']],
    ['- a', ['p.yaml:1:1  The file must be a section with keys of its own, got a list']],
    ['combine: add', ['p.yaml:1:1  `program` is missing']],
    ['program:', ['p.yaml:1:9  `program` is empty, but must be text']],
    ['program: ""', ['p.yaml:1:10  `program` must not be empty, got ""']],
    ['program: 5.00', ['p.yaml:1:10  `program` must be text, got 5.00']],
    ['program: a\ndecimals: 1.50', ['p.yaml:2:11  `decimals` must be a whole number, got 1.50']],
    ['program: a\ndecimals: two', ['p.yaml:2:11  `decimals` must be a whole number, got "two"']],
    ['program: a\ndecimals: 9', ['p.yaml:2:11  `decimals` must be at most 4, got 9']],
    ['program: a\ndecimals: 1e20', ['p.yaml:2:11  `decimals` must be at most 4, got 1e20']],
    [
      'program: a\ncombine: multipl',
      ['p.yaml:2:10  `combine` must be `add`, `multiply` or `best`, got "multipl"  (did you mean `multiply`?)'],
    ],
    ['program: a\ncombine: [add]', ['p.yaml:2:10  `combine` must be `add`, `multiply` or `best`, got a list']],
    ['program: a\nwalets: {}', ['p.yaml:2:1  `walets` is not known here  (did you mean `wallets`?)']],
    ['progam: a', ['p.yaml:1:1  `progam` is not known here  (did you mean `program`?)']],
    ['program: a\nwallets: {Stars: {decimals: 0}}', ['p.yaml:2:11  `Stars` cannot be used as a name here']],
    [
      'program: a\nwallets: {stars: {decimal: 0}}',
      ['p.yaml:2:19  `decimal` is not known here  (did you mean `decimals`?)'],
    ],
    ['program: a\nwallets: {stars: {}}', ['p.yaml:2:11  `decimals` is missing']],
    ['program: a\nwallets: []', ['p.yaml:2:10  `wallets` must be a section with keys of its own, got an empty list']],
    ['program: a\nlimits: {weak: 1}', ['p.yaml:2:10  `weak` is not known here  (did you mean `week`?)']],
    ['program: a\nlevels: []', ['p.yaml:2:9  `levels` must not be empty, got an empty list']],
    ['program: a\nlevels:\n  - from: 0', ['p.yaml:3:11  `from` must be more than 0, got 0']],
    [
      'program: a\nlevels:\n  - {}\n  - 5',
      [
        'p.yaml:3:5  `from` is missing',
        'p.yaml:4:5  Entry 2 of `levels` must be a section with keys of its own, got 5',
      ],
    ],
    ['program: a\npair: [1]', ['p.yaml:2:7  `pair` must have at least 2 entries, got a list']],
    ['program: a\npair: [1, x]', ['p.yaml:2:11  Entry 2 of `pair` must be a whole number, got "x"']],
    ['program: a\nexpiry: 6 moons', ['p.yaml:2:9  `expiry` must be a duration such as `6 months`']],
    ['program: a\nstep: 0.3', ['p.yaml:2:7  `step` must be a multiple of 0.5, got 0.3']],
    ['program: a\nshort: abcd', ['p.yaml:2:8  `short` must have at most 3 characters, got "abcd"']],
  ])('%j', (text, problems) => expect(check(text)).toEqual(problems))
})

describe('a union is reported by the branch that came closest', () => {
  const reward = (gives: string) => check(`program: a\nrewards:\n  - id: b\n    gives: ${gives}`)

  test.each([
    ['{ free_itm: { category: drinks } }', ['p.yaml:4:14  `free_itm` is not known here  (did you mean `free_item`?)']],
    ['{ free_item: {} }', ['p.yaml:4:14  `category` is missing']],
    ['{ free_item: { category: a, upto: 1 } }', ['p.yaml:4:40  `upto` is not known here  (did you mean `up_to`?)']],
    ['{ amount_off: two }', ['p.yaml:4:26  `amount_off` must be a number, got "two"']],
    ['{ amount_of: 2 }', ['p.yaml:4:14  `amount_of` is not known here  (did you mean `amount_off`?)']],
    ['5', ['p.yaml:4:12  `gives` must be a section with keys of its own, got 5']],
  ])('gives: %s', (gives, problems) => expect(reward(gives)).toEqual(problems))

  test('branches of different kinds', () => {
    expect(check('program: a\ncost: free')).toEqual(['p.yaml:2:7  `cost` does not have the right form, got "free"'])
    expect(check('program: a\ncost: []')).toEqual([
      'p.yaml:2:7  `cost` must be a whole number or text, got an empty list',
    ])
    expect(check('program: a\nkeep: forevr')).toEqual([
      'p.yaml:2:7  `keep` must be a section with keys of its own or `forever`, got "forevr"  (did you mean `forever`?)',
    ])
    expect(check('program: a\nkeep: { aftr: 1 }')).toEqual([
      'p.yaml:2:9  `aftr` is not known here  (did you mean `after`?)',
    ])
  })

  test('the literal that chooses a branch decides which keys are known', () => {
    const rule = (text: string) => check(`program: a\nearning:\n  - ${text}`)
    expect(rule('{ on: visit, locaton: x }')).toEqual([
      'p.yaml:3:18  `locaton` is not known here  (did you mean `location`?)',
    ])
    expect(rule('{ on: order, earn: a, rounding: floor, location: x }')).toEqual([
      'p.yaml:3:44  `location` is not known here; there could be `per`',
    ])
    expect(rule('{ on: oder }')).toEqual([
      'p.yaml:3:11  `on` must be `order` or `visit`, got "oder"  (did you mean `order`?)',
    ])
    expect(rule('{ earn: a }')).toEqual(['p.yaml:3:5  `on` is missing'])
    expect(rule('{ on: order, earn: a, rounding: flor, per: x }')).toEqual([
      'p.yaml:3:37  `rounding` must be `floor` or `up`, got "flor"  (did you mean `floor`?)',
      'p.yaml:3:48  `per` must be a whole number, got "x"',
    ])
  })
})

test('problems stand in the order of the file and name their pointer', () => {
  const source = readSource('zzz: 1\nprogram: 5\ndecimals: x')
  if ('problems' in source) throw new Error('The syntax of the example is wrong')
  const problems = problemsFromZod(Program.safeParse(source.data).error!, source, Program)
  expect(problems.map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/zzz', 'unknown_key'],
    ['/program', 'wrong_type'],
    ['/decimals', 'wrong_type'],
  ])
})

test('a file of nothing but mistakes ends in a hundred problems', () => {
  const text = `program: a\n${Array.from({ length: 5000 }, (_, index) => `k${index}: 1`).join('\n')}`
  expect(check(text)).toHaveLength(100)
})
