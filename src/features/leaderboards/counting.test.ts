/** What a leaderboard counts, in random histories, against a recount of the orders. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BEGINNING, Driver, programDraw, programOf, runHistory, runs, stepsOf } from '../../../test/history.ts'
import { nothingRemains, priceOrder, remainingOrder } from '../../core/order.ts'
import { firstDayOf, localDay, periodOf } from '../../core/time.ts'

test('spend and orders are what remains of all orders, in the period of each', () => {
  const leaderboards = [
    { id: 'spenders', counts: 'spend', per: 'month' },
    { id: 'buyers', counts: 'orders', per: 'week' },
    { id: 'collectors', counts: 'points_earned', wallet: 'points', per: 'lifetime' },
  ]
  fc.assert(
    fc.property(programDraw(), stepsOf({ maxLength: 40 }), (draw, steps) => {
      const program = programOf({ ...draw, leaderboards })
      const driver = new Driver(program, BEGINNING)
      runHistory(driver, steps)
      const counted = new Map<string, number>()
      const add = (to: Map<string, number>, key: string, change: number) => {
        const sum = (to.get(key) ?? 0) + change
        if (sum === 0) to.delete(key)
        else to.set(key, sum)
      }
      for (const { name, period, change } of driver.decisions.flatMap(({ tallies }) => tallies))
        add(counted, `${name} ${period}`, change)
      const expected = new Map<string, number>()
      for (const { body, frozen, returned, occurred_at } of driver.receipts.values()) {
        const order = priceOrder(body, frozen.shares)
        const day = localDay(program.zone, occurred_at)
        add(
          expected,
          `leaderboards:spenders ${firstDayOf('month', periodOf('month', day))}`,
          remainingOrder(order, returned).net,
        )
        if (!nothingRemains(order, returned))
          add(expected, `leaderboards:buyers ${firstDayOf('week', periodOf('week', day))}`, 1)
      }
      const earned = driver.decisions.flatMap((d) => d.earned).filter(({ wallet }) => wallet === 'points')
      add(
        expected,
        'leaderboards:collectors 0',
        earned.reduce((sum, { points }) => sum + points, 0),
      )
      expect(counted).toEqual(expected)
    }),
    { numRuns: runs(60) },
  )
})
