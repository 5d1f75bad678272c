import { describe, expect, test } from 'vitest'
import { type Condition, compileCondition, FactTable, type FactValue, type RuleProblem } from './rules.ts'

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

const table = new FactTable({
  'order.total': { type: 'money', describe: 'What the order costs' },
  'order.discount': { type: 'money', describe: 'What was taken off' },
  'order.weekday': { type: 'string', describe: 'The local day', values: WEEKDAYS },
  'order.hour': { type: 'int', describe: 'The local hour, 0 to 23' },
  'order.categories': { type: 'strings', describe: 'Of all lines' },
  'order.is_first': { type: 'bool', describe: 'The first order of the member' },
  'member.tier': { type: 'string', describe: 'The level', values: ['green', 'gold', 'reserve'], nullable: true },
  'member.tags': { type: 'strings', describe: 'Marks given by people', values: ['vip', 'staff', 'press'] },
  'member.days_away': { type: 'int', describe: 'Days since the last visit', nullable: true },
  'line.category': { type: 'string', describe: 'Of one line' },
  'action.type': { type: 'string', describe: 'What was done' },
  'action.data': { type: 'data', describe: 'What came with it' },
})

const FACTS: Record<string, FactValue> = {
  'order.total': 1250,
  'order.discount': 250,
  'order.weekday': 'tuesday',
  'order.hour': 9,
  'order.categories': ['coffee', 'cake'],
  'order.is_first': false,
  'member.tier': 'gold',
  'member.tags': ['vip'],
  'member.days_away': null,
  'line.category': 'iced coffee',
  'action.type': 'review',
  'action.data': {
    rating: 4,
    share: 0.5,
    text: 'naïve 😀',
    photos: ['a.jpg', 'b.jpg'],
    author: { name: 'Ana' },
    nothing: null,
    matrix: [[1, 2], [3]],
  },
}

function compiled(source: string, only?: (name: string) => boolean): Condition {
  const result = compileCondition(source, table, { moneyDigits: 2, only })
  if ('problems' in result) throw new Error(`${source}: ${JSON.stringify(result.problems)}`)
  return result.condition
}

function problemsOf(source: string, only?: (name: string) => boolean): RuleProblem[] {
  const result = compileCondition(source, table, { moneyDigits: 2, only })
  return 'problems' in result ? result.problems : []
}

function evaluate(source: string, facts: Record<string, FactValue> = {}): boolean {
  return compiled(source).test(slotsFor({ ...FACTS, ...facts }))
}

function slotsFor(facts: Record<string, FactValue>): FactValue[] {
  return table.names.map((name) => facts[name]!)
}

describe('a condition is true or false', () => {
  test.each([
    ['order.weekday == "tuesday" && member.tier != "green"', true],
    ['order.weekday == "monday" || order.hour < 10', true],
    ['!(order.weekday == "tuesday")', false],
    ['order.weekday in ["saturday", "sunday"]', false],
    ['order.weekday in ["monday", "tuesday", "wednesday", "thursday"]', true],
    ['"tuesday" == order.weekday', true],
    ['9 <= order.hour && 10 > order.hour', true],
    ['order.hour in [8, 9]', true],
    ['order.is_first', false],
    ['!order.is_first', true],
    ['order.is_first ? order.hour > 20 : order.hour > 8', true],
    ['true', true],
    ['order.hour == -9', false],
    ['-order.hour == -9', true],
    ['"a" < "b" && order.weekday >= "m"', true],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected)
  })
})

describe('money', () => {
  test.each([
    ['order.total == money("12.50")', true],
    ['order.total > money("12.5")', false],
    ['order.total - order.discount == money("10")', true],
    ['order.discount * 5 == order.total', true],
    ['order.total + money("-0.50") >= money("12.00")', true],
    ['order.total in [money("1.00"), money("12.50")]', true],
    ['(order.is_first ? order.discount : order.total) > money("5.00")', true],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected)
  })

  test.each([
    ['order.total > 5', 'money_needs_money', '5', 'money("5.00")'],
    ['5 < order.total', 'money_needs_money', '5', 'money("5.00")'],
    ['order.total + 5 > money("1.00")', 'money_needs_money', '5', 'money("5.00")'],
    ['order.total > order.hour', 'money_needs_money', 'order.hour', undefined],
    ['order.total in [money("1.00"), 5]', 'money_needs_money', '5', 'money("5.00")'],
    ['order.total in [5]', 'money_needs_money', '5', 'money("5.00")'],
    ['order.total > action.data.rating', 'money_needs_money', 'action.data.rating', undefined],
    ['order.total > 5.5', 'no_fractions', '5.5', 'money("5.50")'],
    ['order.total > money("5.001")', 'bad_money', '"5.001"', undefined],
    ['order.total > money("5,00")', 'bad_money', '"5,00"', undefined],
    ['order.total > money(5)', 'bad_money', '5', undefined],
    ['order.total > money("99999999999999999")', 'bad_money', '"99999999999999999"', undefined],
    ['order.total * order.total > money("1.00")', 'type_mismatch', 'order.total * order.total', undefined],
    ['order.total / 2 > money("1.00")', 'type_mismatch', 'order.total / 2', undefined],
    ['2 * order.total > money("1.00")', 'type_mismatch', '2 * order.total', undefined],
    ['-order.total < money("1.00")', 'type_mismatch', '-order.total', undefined],
  ])('%s is refused: %s at %s', (source, code, at, suggestion) => {
    const [problem, ...more] = problemsOf(source)
    expect(more).toEqual([])
    expect([problem!.code, problem!.suggestion]).toEqual([code, suggestion])
    expect(source.slice(problem!.start, problem!.end)).toBe(at)
  })

  test('has the decimals of the currency', () => {
    const scope = { moneyDigits: 0 }
    expect(compileCondition('order.total > money("500")', table, scope)).toHaveProperty('condition')
    expect(compileCondition('order.total > money("5.00")', table, scope)).toHaveProperty('problems')
  })
})

describe('whole numbers', () => {
  test.each([
    ['order.hour * 2 + 1 == 19', true],
    ['order.hour / 2 == 4', true],
    ['-order.hour / 2 == -4', true],
    ['-order.hour % 2 == -1', true],
    ['order.hour / 0 == 1', false],
    ['order.hour % 0 == 1', false],
    ['!(order.hour / 0 == 1)', false],
    ['order.hour / 0 == 1 || order.hour == 9', true],
    ['9007199254740991 + order.hour > 0', false],
    ['9007199254740991 * order.hour > 0', false],
    ['9007199254740991 / 2 == 4503599627370495', true],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected)
  })
})

describe('texts and lists', () => {
  test.each([
    ['line.category.contains("coffee")', true],
    ['line.category.startsWith("iced") && line.category.endsWith("fee")', true],
    ['size(line.category) == 11 && line.category.size() == 11', true],
    ['action.data.text.size() == 7', true],
    ['"coffee" in order.categories', true],
    ['order.categories.exists(category, category.startsWith("ca"))', true],
    ['order.categories.all(category, category.size() == 4)', false],
    ['order.categories.exists_one(category, category == "cake")', true],
    ['order.categories.size() == 2', true],
    ['order.categories[0] == "coffee"', true],
    ['order.categories[2] == "coffee"', false],
    ['order.categories == ["coffee", "cake"]', true],
    ['order.weekday in [action.type, "tuesday"]', true],
    ['[1, 2, 3].exists(n, n == order.hour / 3)', true],
    ['order.categories.exists(c, member.tags.exists(t, c == t))', false],
    ['[].exists(x, x == 1)', false],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected)
  })
})

describe('null is a value of its own', () => {
  test.each([
    ['member.days_away == null', true],
    ['member.days_away != null && member.days_away > 30', false],
    ['member.days_away > 30', false],
    ['!(member.days_away > 30)', false],
    ['member.days_away > 30 || order.hour == 9', true],
    ['member.days_away + 1 == 1', false],
    ['member.days_away in [1, 2]', false],
    ['member.tier != null', true],
    ['member.days_away == 3', false],
    ['member.days_away != 3', true],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected)
  })

  test('and a fact that is never null is not compared with it', () => {
    expect(problemsOf('order.hour == null')).toMatchObject([{ code: 'type_mismatch' }])
  })
})

describe("an action's data is looked at when it is there", () => {
  test.each([
    ['action.type == "review" && action.data.rating >= 4', true],
    ['action.data["rating"] == 4', true],
    ['action.data.share < 1', true],
    ['action.data.share + 1 == 2', false],
    ['action.data.author.name == "Ana"', true],
    ['action.data.author.missing.name == "Ana"', false],
    ['!(action.data.missing == 1)', false],
    ['action.data.missing == 1 || order.hour == 9', true],
    ['action.data.rating == "4"', false],
    ['action.data.rating != "4"', true],
    ['action.data.text > 4', false],
    ['has(action.data.rating) && !has(action.data.missing)', true],
    ['has(action.data.nothing)', true],
    ['"nothing" in action.data', true],
    ['action.data.nothing == null', true],
    ['has(action.data.missing.deeper) || !has(action.data.missing.deeper)', false],
    ['action.data.photos.size() >= 2', true],
    ['"a.jpg" in action.data.photos', true],
    ['"rating" in action.data', true],
    ['action.data.photos[1] == "b.jpg"', true],
    ['action.data.photos[9] == "b.jpg"', false],
    ['action.data.photos.exists(photo, photo.endsWith(".jpg"))', true],
    ['action.data.exists(key, key == "share")', true],
    ['action.data.matrix.exists(row, row.exists(cell, cell == 3))', true],
    ['action.data.matrix == [[1, 2], [3]]', true],
    ['action.data[action.type] == 1', false],
    ['action.data.rating', false],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected)
  })

  test.each(['toString', 'valueOf', 'hasOwnProperty', '__proto__', 'constructor', 'length'])(
    'and what an object inherits is not there: %s',
    (name) => {
      const facts = { 'action.type': name }
      expect(evaluate('action.data[action.type] != 1', facts)).toBe(false)
      expect(evaluate('action.data.photos[action.type] != 1', facts)).toBe(false)
      expect(evaluate('action.type in action.data', facts)).toBe(false)
    },
  )

  test('a key that is really there may have any name', () => {
    const data = JSON.parse('{"__proto__": 7}')
    expect(evaluate('action.data[action.type] == 7', { 'action.type': '__proto__', 'action.data': data })).toBe(true)
  })
})

describe('a problem is told at its exact place, with what was meant', () => {
  test.each([
    ['order.hour > 1 && member.teir == "gold"', 'unknown_fact', 'member.teir', 'member.tier'],
    ['member.teir.startsWith("g")', 'unknown_fact', 'member.teir', 'member.tier'],
    ['action.dta.rating > 3', 'unknown_fact', 'action.dta', 'action.data'],
    ['tier == "gold"', 'unknown_fact', 'tier', 'member.tier'],
    ['order', 'unknown_fact', 'order', undefined],
    ['weather.rain', 'unknown_fact', 'weather.rain', undefined],
    ['order.weekday == "tusday"', 'unknown_value', '"tusday"', '"tuesday"'],
    ['"tusday" != order.weekday', 'unknown_value', '"tusday"', '"tuesday"'],
    ['order.weekday in ["monday", "tusday"]', 'unknown_value', '"tusday"', '"tuesday"'],
    ['"vpi" in member.tags', 'unknown_value', '"vpi"', '"vip"'],
    ['member.tags.exists(t, t == "stuff")', 'unknown_value', '"stuff"', '"staff"'],
    ['order.weekday == "noon"', 'unknown_value', '"noon"', undefined],
    ['order.weekday == 2', 'type_mismatch', 'order.weekday == 2', undefined],
    ['order.hour', 'not_a_condition', 'order.hour', undefined],
    ['order.hour && true', 'type_mismatch', 'order.hour', undefined],
    ['!order.hour', 'type_mismatch', 'order.hour', undefined],
    ['order.is_first > true', 'type_mismatch', 'order.is_first', undefined],
    ['order.hour + "1" == 1', 'type_mismatch', '"1"', undefined],
    ['order.total.cents > 1', 'no_such_field', 'cents', undefined],
    ['order.categories.contains("x")', 'type_mismatch', 'order.categories', undefined],
    ['"cof" in line.category', 'type_mismatch', 'line.category', undefined],
    ['line.category.startWith("x")', 'unknown_function', 'startWith', 'startsWith'],
    ['sice(order.categories) > 1', 'unknown_function', 'sice', 'size'],
    ['line.category.startsWith()', 'wrong_arguments', 'startsWith', undefined],
    ['has(order.hour)', 'wrong_arguments', 'order.hour', undefined],
    ['has(order.huor)', 'unknown_fact', 'order.huor', 'order.hour'],
    ['order.categories.exists(order, order == "x")', 'name_taken', 'order', undefined],
    ['order.hour > 1.5', 'no_fractions', '1.5', 'money("1.50")'],
    ['order.hour > 99999999999999999999', 'number_too_large', '99999999999999999999', undefined],
    ['order.hour = 9', 'syntax', '=', '=='],
    ['order.hour == 9 and order.is_first', 'syntax', 'and', '&&'],
    ['order.weekday == “tuesday”', 'syntax', '“', '"'],
    ['(order.hour == 9', 'syntax', '', undefined],
    ['order.hour == 9)', 'syntax', ')', undefined],
    ['', 'syntax', '', undefined],
    ['order.categories.map(c, c == "x") == [true]', 'unknown_function', 'map', undefined],
    ['{"a": 1} == {"a": 1}', 'not_offered', '{"a": 1}', undefined],
    ['b"abc" == b"abc"', 'not_offered', 'b"abc"', undefined],
    ['order.hour == 3u', 'not_offered', '3u', undefined],
  ])('%s: %s at %s', (source, code, at, suggestion) => {
    const [problem] = problemsOf(source)
    expect([problem!.code, problem!.suggestion]).toEqual([code, suggestion])
    expect(source.slice(problem!.start, problem!.end)).toBe(at)
  })

  test('all of them at once, in the order of the source', () => {
    const source = 'member.teir == "gold" && order.weekday == "tusday" || order.total > 5 && foo(order.huor)'
    expect(problemsOf(source).map(({ suggestion }) => suggestion)).toEqual([
      'member.tier',
      '"tuesday"',
      'money("5.00")',
      undefined,
      'order.hour',
    ])
  })

  test('a fact that is out of reach says so, and is not suggested', () => {
    const only = (name: string) => !name.startsWith('line.')
    expect(problemsOf('line.category == "x"', only)).toMatchObject([{ code: 'out_of_reach', start: 0, end: 13 }])
    expect(problemsOf('line.categry == "x"', only)[0]).not.toHaveProperty('suggestion')
    expect(compiled('line.category == "x"', () => true).reads).toEqual([table.slot('line.category')])
  })

  test('over several lines', () => {
    const source = 'order.hour > 8 // the morning\n  && member.teir == "gold"'
    const [problem] = problemsOf(source)
    expect(source.slice(problem!.start, problem!.end)).toBe('member.teir')
  })
})

describe('a hostile condition is refused at once', () => {
  const hostile: [source: string, code: string][] = [
    ['line.category.matches("(a+)+$")', 'no_regular_expressions'],
    ['matches(line.category, "(a+)+$")', 'no_regular_expressions'],
    ['order.categories.map(a, order.categories.map(b, order.categories.map(c, c))).size() > 1', 'unknown_function'],
    ['[1].exists(a, [1].exists(b, [1].exists(c, c == a)))', 'nested_too_deep'],
    ['constructor == 1', 'refused_name'],
    ['constructor.constructor("return 1")() == 1', 'syntax'],
    ['action.data.constructor == 1', 'refused_name'],
    ['action.data.__proto__ == 1', 'refused_name'],
    ['action.data["__proto__"] == 1', 'refused_name'],
    ['action.data.a.prototype == 1', 'refused_name'],
    ['has(action.data.constructor)', 'refused_name'],
    ['__proto__ == 1', 'refused_name'],
    ['order.categories.exists(constructor, true)', 'refused_name'],
    ['"x".constructor == 1', 'refused_name'],
    ['toString == 1', 'unknown_fact'],
    ['order.hasOwnProperty == 1', 'unknown_fact'],
    ['cel.bind(x, 1, x == 1)', 'unknown_function'],
    ['a'.repeat(10_000_000), 'too_long'],
    [`${'('.repeat(900)}true${')'.repeat(900)}`, 'too_deep'],
    [`${'!'.repeat(1_900)}true`, 'too_deep'],
    [`${'-'.repeat(1_900)}1 == 1`, 'too_deep'],
    [`${'['.repeat(900)}${']'.repeat(900)} == []`, 'too_deep'],
    [`action.data${'.x'.repeat(900)} == 1`, 'too_deep'],
    [`${'true ? '.repeat(130)}true${' : true'.repeat(130)}`, 'too_deep'],
    [`order.categories.all(a, order.categories.all(b, ${Array(60).fill('a != b').join(' && ')}))`, 'too_costly'],
  ]
  test.each(hostile.map(([source, code]) => ({ beginning: source.slice(0, 60), code, source })))(
    '$beginning: $code',
    ({ source, code }) => {
      const problems = problemsOf(source)
      expect(problems.map((problem) => problem.code)).toContain(code)
      for (const { start, end, message } of problems) {
        expect(0 <= start && start <= end && end <= source.length).toBe(true)
        expect(message.length).toBeLessThan(400)
      }
    },
  )

  test('the cost is told', () => {
    const source = `order.categories.all(a, order.categories.all(b, ${Array(60).fill('a != b').join(' && ')}))`
    expect(problemsOf(source)[0]!.message).toMatch(/about \d+ steps .* 5000/)
  })

  test('a long flat condition is neither deep nor costly', () => {
    expect(evaluate(Array(100).fill('order.hour == 9').join(' && '))).toBe(true)
    expect(evaluate(Array(100).fill('order.hour == 8').join(' || '))).toBe(false)
  })
})

describe('hostile data makes a condition false, not slow', () => {
  test('lists that multiply', () => {
    const long = Array.from({ length: 100_000 }, (_, i) => i)
    const facts = { 'action.data': { a: long, b: long } }
    expect(evaluate('action.data.a.all(x, action.data.b.all(y, x + y >= 0))', facts)).toBe(false)
    expect(evaluate('action.data.a.all(x, x in action.data.b)', facts)).toBe(false)
    expect(evaluate('action.data.a.all(x, x >= 0)', facts)).toBe(true)
  })

  test('one evaluation takes nothing from the next', () => {
    const long = Array.from({ length: 900_000 }, () => 'x')
    const condition = compiled('order.categories.all(x, x == "x")')
    const slots = slotsFor({ ...FACTS, 'order.categories': long })
    expect([condition.test(slots), condition.test(slots), condition.test(slots)]).toEqual([true, true, true])
  })

  test('nesting without end', () => {
    const deep = () => JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(evaluate('action.data.a == action.data.b', { 'action.data': { a: deep(), b: deep() } })).toBe(false)
  })
})

describe('a table of facts', () => {
  test('gives each fact a slot, and a condition names those that it reads', () => {
    expect(table.facts.map((fact) => fact.slot)).toEqual(table.names.map((_, i) => i))
    const { reads } = compiled('member.tier == "gold" && order.hour > 3 && order.hour < 9')
    expect(reads.map((slot) => table.names[slot])).toEqual(['order.hour', 'member.tier'])
  })

  test.each(['total', 'order.__proto__', 'order.constructor', 'order total', 'order.'])(
    'refuses %s as a name',
    (name) => {
      expect(() => new FactTable({ [name]: { type: 'int', describe: 'None' } })).toThrow('Assertion failed')
    },
  )

  test('refuses a fact that stands in the way of another', () => {
    const int = { type: 'int', describe: 'None' } as const
    expect(() => new FactTable({ 'a.b': int, 'a.b.c': int })).toThrow('Assertion failed')
  })
})
