/** The inbox over a real database: it gathers what comes together, and forgets nobody. */

import { expect, test } from 'vitest'
import { testLedger } from '../../test/ledger.ts'
import { Inbox } from './inbox.ts'
import { keys } from './incoming.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  points: {}
earning:
  - { id: visit, on: visit, earn: 10 }
`

test('whoever is answered and submits in the same moment is answered again, and what comes together is one batch', async () => {
  const ledger = await testLedger(SOURCE, NOW)
  const sizes: number[] = []
  const inbox = new Inbox(ledger.recorder, { lanes: 1, onBatch: (size) => sizes.push(size) })
  await ledger.join('ada', NOW)
  const visit = (i: number) =>
    inbox.submit(ledger.incoming('visit', {}, { ref: { by: 'external', value: 'ada' }, key: keys.given(`v${i}`) }))
  await visit(1)
  await visit(2)
  await Promise.all([visit(3), visit(4), visit(5)])
  expect(sizes).toEqual([1, 1, 3])
  await inbox.close()
  await expect(visit(6)).rejects.toThrow('The server is stopping')
  await ledger.drop()
})

test('beside other processes accounts are woken in a part of the time, and whoever sends something waits for none of it', async () => {
  const ledger = await testLedger(SOURCE, NOW)
  const ada = await ledger.join('ada', NOW)
  const work: [began: number, took: number][] = []
  let asked = 0
  const onBatch = (_: number, took: number) => work.push([performance.now() - took, took])
  const othersAtWork = async () => ++asked > 0
  const inbox = new Inbox(ledger.recorder, { lanes: 1, onBatch, othersAtWork })
  const wake = () =>
    inbox.submit({
      type: 'wake',
      program: ledger.program,
      ref: { by: 'id', id: ada },
      key: keys.once('wake'),
      occurredMs: NOW,
      body: {},
    })
  await Promise.all(Array.from({ length: 450 }, wake))
  // Batches of a hundred: after each but the last the lane rests for three times as long as it worked.
  expect([work.length, asked]).toEqual([5, 4])
  for (const [i, [began, took]] of work.slice(0, -1).entries())
    expect(work[i + 1]![0] - began).toBeGreaterThan(Math.min(took * 3, 500))

  const slow = Promise.all(Array.from({ length: 450 }, wake))
  await inbox.submit(ledger.incoming('visit', {}, { ref: { by: 'external', value: 'ada' }, key: keys.given('first') }))
  const before = work.length
  expect(before).toBeLessThan(8)
  await slow
  await inbox.close()
  await ledger.drop()
})
