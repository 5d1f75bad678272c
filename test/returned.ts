/** What returns must leave of ideas that count purchases, whatever they count: properties that several ideas share. */

import fc from 'fast-check'
import { expect } from 'vitest'
import type { ReturnBody } from '../src/core/activity.ts'
import type { Program } from '../src/core/program.ts'
import { Refusal } from '../src/core/refusal.ts'
import { BEGINNING, Driver, orderBody, orderDraw, returnDraw, runHistory, type Step, stateOf } from './history.ts'

/** Purchases, returns and the rest, without anything that is redeemed: rewards are counted, not used. */
export function withoutRedeeming(steps: readonly Step[]): Step[] {
  return steps
    .filter(({ what }) => what.do !== 'redeem')
    .map((step) => (step.what.do === 'order' ? { ...step, what: { ...step.what, redeem: [], points: 0 } } : step))
}

/** An order that comes back whole leaves the counts and the rewards that there were without it. */
export function comesBackWhole(programs: fc.Arbitrary<Program>, histories: fc.Arbitrary<Step[]>) {
  return fc.property(programs, histories, orderDraw, (program, steps, draw) => {
    const [with_, without] = [new Driver(program, BEGINNING), new Driver(program, BEGINNING)]
    for (const driver of [with_, without]) runHistory(driver, steps, 'no sweeps')
    const body = orderBody(with_, { ...draw, redeem: [], points: 0 })
    with_.order(body)
    with_.send('cancel', { order: body.external_id })
    const state = (driver: Driver) => [stateOf(driver.account, 'without traces'), driver.account.vouchers]
    expect(state(with_)).toEqual(state(without))
  })
}

const pieces = fc.array(returnDraw, { minLength: 2, maxLength: 4 })

/** Returns in any split leave what one return of all of it leaves. */
export function comesBackInPieces(programs: fc.Arbitrary<Program>, histories: fc.Arbitrary<Step[]>) {
  return fc.property(programs, histories, orderDraw, pieces, (program, steps, draw, returns) => {
    const [split, whole] = [new Driver(program, BEGINNING), new Driver(program, BEGINNING)]
    for (const driver of [split, whole]) {
      runHistory(driver, steps, 'no sweeps')
      driver.order(orderBody(driver, { ...draw, redeem: [], points: 0 }))
    }
    const bodies = returns
      .map((one, i) => pieceOf(split, one, i))
      .filter((body) => !(split.send('return', body) instanceof Refusal))
    fc.pre(bodies.length > 1)
    const lines = bodies.flatMap((body) => body.lines!)
    whole.send('return', { external_id: 'whole', order: bodies[0]!.order, lines })
    const stateWithoutSeq = (driver: Driver) => ({ ...(stateOf(driver.account) as object), seq: null })
    expect(stateWithoutSeq(split)).toEqual(stateWithoutSeq(whole))
  })
}

function pieceOf(driver: Driver, draw: Extract<Step['what'], { do: 'return' }>, n: number): ReturnBody {
  const order = driver.orders.at(-1)!
  const { lines } = driver.receipts.get(order)!.body
  const picks = draw.picks.filter(({ quantity }) => quantity > 0)
  return {
    external_id: `piece${n}`,
    order,
    lines: picks.map(({ line, quantity }) => ({ id: lines[line % lines.length]!.id, quantity })),
  }
}
