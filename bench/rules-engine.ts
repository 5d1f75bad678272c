/**
 * `json-rules-engine` deciding for each order whether the demo program's three conditions hold, beside our conditions of
 * the same facts, and beside the backtest, which decides them, counts points, levels and expiry, and adds everything up.
 * Run it after `npm run build` as `node dist/bench/rules-engine.js [orders]`.
 */
import { Engine } from 'json-rules-engine'
import type { HistoryOrder } from '../src/core/history.ts'
import type { Program } from '../src/core/program.ts'
import { type Condition, compileCondition, type FactValue } from '../src/core/rules.ts'
import { localDay, WEEKDAYS, type Zone } from '../src/core/time.ts'
import { createBacktest } from '../src/insight/backtest/backtest.ts'
import { assume } from '../src/insight/backtest/scenario.ts'
import { demoProgram, makeHistory, UNTIL } from './backtest.ts'

export interface RulesEngineFigure {
  orders: number
  /** Orders of which they say that a rule applies. */
  applied: number
  theirs_a_second: number
  ours_a_second: number
  /** All of the backtest. */
  backtest_a_second: number
}

export async function measureRulesEngine(orders = 100_000): Promise<RulesEngineFigure> {
  const program = demoProgram()
  const history = makeHistory(orders, Math.ceil(orders / 10), 730, true)
  const engine = demoRules()
  // Both are warm when the clock starts.
  await decideAll(engine, program.zone, history.slice(0, 5_000))
  foldAll(history.slice(0, 50_000))
  let begun = performance.now()
  const applied = await decideAll(engine, program.zone, history)
  const theirs = performance.now() - begun
  testAll(program, history.slice(0, 50_000))
  begun = performance.now()
  const ourApplied = testAll(program, history)
  const ours = performance.now() - begun
  if (ourApplied !== applied) throw new Error(`They say ${applied} orders, and we ${ourApplied}`)
  begun = performance.now()
  foldAll(history)
  const whole = performance.now() - begun
  const aSecond = (ms: number) => Math.round((orders / ms) * 1000)
  return {
    orders,
    applied,
    theirs_a_second: aSecond(theirs),
    ours_a_second: aSecond(ours),
    backtest_a_second: aSecond(whole),
  }

  function foldAll(some: readonly HistoryOrder[]): void {
    const run = createBacktest(assume(program), { until: UNTIL, distinct: true, byMember: true })
    for (const order of some) run.order(order)
    run.finish()
  }
}

/** The conditions of the program's rules: base, double-tuesday and review. */
function demoRules(): Engine {
  const engine = new Engine()
  const isOrder = { fact: 'type', operator: 'equal', value: 'order' }
  engine.addRule({
    conditions: { all: [isOrder, { fact: 'categories', operator: 'doesNotContain', value: 'gift-cards' }] },
    event: { type: 'base' },
  })
  engine.addRule({
    conditions: {
      all: [
        isOrder,
        { fact: 'weekday', operator: 'equal', value: 'tuesday' },
        { fact: 'tier', operator: 'notEqual', value: 'green' },
      ],
    },
    event: { type: 'double-tuesday' },
  })
  engine.addRule({
    conditions: {
      all: [
        { fact: 'type', operator: 'equal', value: 'action' },
        { fact: 'action', operator: 'equal', value: 'review' },
      ],
    },
    event: { type: 'review' },
  })
  return engine
}

async function decideAll(engine: Engine, zone: Zone, history: readonly HistoryOrder[]): Promise<number> {
  let applied = 0
  for (const { occurred_at, lines } of history) {
    const facts = {
      type: 'order',
      action: '',
      categories: lines.map(({ category }) => category ?? ''),
      weekday: weekdayOf(zone, occurred_at),
      tier: 'green',
    }
    if ((await engine.run(facts)).events.length > 0) applied++
  }
  return applied
}

/** The same conditions as the program has them, each over facts that are put into their slots for every order. */
function testAll({ facts, digits, zone }: Program, history: readonly HistoryOrder[]): number {
  const condition = (source: string): Condition => {
    const compiled = compileCondition(source, facts, { moneyDigits: digits })
    if ('problems' in compiled) throw new Error(compiled.problems[0]!.message)
    return compiled.condition
  }
  const counts = condition('line.category != "gift-cards"')
  const doubled = condition('order.weekday == "tuesday" && member.tier != "green"')
  const reviewed = condition('action.type == "review"')
  const [category, weekday, tier, action] = ['line.category', 'order.weekday', 'member.tier', 'action.type'].map(
    (name) => facts.slot(name),
  ) as [number, number, number, number]
  const slots: FactValue[] = new Array(facts.facts.length).fill(null)
  let applied = 0
  for (const { occurred_at, lines } of history) {
    slots[weekday] = weekdayOf(zone, occurred_at)
    slots[tier] = 'green'
    slots[action] = ''
    let isCounted = false
    for (const line of lines) {
      slots[category] = line.category ?? null
      if (counts.test(slots)) isCounted = true
    }
    const isDoubled = doubled.test(slots)
    const isReviewed = reviewed.test(slots)
    if (isCounted || isDoubled || isReviewed) applied++
  }
  return applied
}

/** 1970-01-01 was a Thursday, and weeks begin on Monday. */
function weekdayOf(zone: Zone, at: number): string {
  return WEEKDAYS[(localDay(zone, at) + 3) % 7]!
}

if (process.argv[1] === import.meta.filename) {
  const [orders] = process.argv.slice(2).map(Number)
  console.log(JSON.stringify(await measureRulesEngine(orders)))
}
