import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BEGINNING, Driver, programOf, runHistory, stepsOf } from '../../test/history.ts'
import { NEVER } from '../core/points.ts'
import { balancesOf } from './outcome.ts'
import { foldPostings } from './read.ts'

const coffee = programOf(readFileSync(new URL('../../examples/corner-coffee.yaml', import.meta.url), 'utf8'))

test('balances that are folded from postings are those that the account shows, whatever happened', () => {
  fc.assert(
    fc.property(stepsOf({ maxLength: 25 }), (steps) => {
      const driver = new Driver(coffee, BEGINNING)
      runHistory(driver, steps)
      const moved = driver.postings.map(({ wallet, from, to, points, lot }) => ({
        wallet,
        from,
        to,
        points,
        expiry: lot === null || lot.expiry === NEVER ? null : lot.expiry,
      }))
      expect(foldPostings(moved, coffee)).toEqual(balancesOf(driver.account, coffee))
    }),
    { numRuns: 100 },
  )
})
