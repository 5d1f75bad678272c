/** Wrong passwords are slowed down by account and by place, and right ones are forgiven. */

import { expect, test } from 'vitest'
import { TooManyGuesses } from '../guesses.ts'
import { type Attempt, Attempts } from './attempts.ts'

const setUp = () => {
  const clock = { now: 1_000_000 }
  const attempts = new Attempts(() => clock.now)
  const begin = (account: string, address: string) => attempts.begin(account, address)
  return { clock, attempts, begin }
}

test('an account waits after ten wrong ones, wherever they come from, and others do not', () => {
  const { clock, begin } = setUp()
  for (let i = 0; i < 10; i++) expect(begin('ada', `192.0.2.${i}`)).not.toBeInstanceOf(TooManyGuesses)
  expect(begin('ada', '192.0.2.99')).toMatchObject({ retryAfter: 600 })
  expect(begin('bob', '192.0.2.99')).not.toBeInstanceOf(TooManyGuesses)
  clock.now += 600_000
  expect(begin('ada', '192.0.2.99')).not.toBeInstanceOf(TooManyGuesses)
})

test('a place waits after fifty wrong ones of whichever accounts', () => {
  const { begin } = setUp()
  for (let i = 0; i < 50; i++) begin(`person ${i}`, '192.0.2.1')
  expect(begin('ada', '192.0.2.1')).toMatchObject({
    detail: 'That was wrong too often. Wait 10 minutes and try again.',
  })
})

test('who is let in has no slips behind them, and a busy shop is not shut out by right passwords', () => {
  const { attempts, begin } = setUp()
  for (let i = 0; i < 200; i++) attempts.forgive(begin('ada', '192.0.2.1') as Attempt)
  expect(begin('ada', '192.0.2.1')).not.toBeInstanceOf(TooManyGuesses)
})
