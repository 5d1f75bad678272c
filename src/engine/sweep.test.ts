/** A sweep of many members who are due on one night: it may be killed, and it lets others go first. */

import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestLedger, testLedger } from '../../test/ledger.ts'
import { Inbox } from './inbox.ts'
import { type Incoming, keys } from './incoming.ts'
import { sweep } from './sweep.ts'
import { verify } from './verify.ts'

const MEMBERS = 3_000
const JOINED = Date.UTC(2026, 4, 5, 15)
/** The night on which the points of all of them expire. */
const NIGHT = Date.UTC(2026, 6, 1)
const SOURCE = `
program: night
name: Night
currency: USD
timezone: UTC
wallets:
  points: { expiry: { after: 1 month } }
earning:
  - { id: welcome, on: join, earn: 500 }
  - { id: visit, on: visit, earn: 10 }
`

let ledger: TestLedger
beforeEach(async () => {
  ledger = await testLedger(SOURCE, JOINED)
  const joins = Array.from({ length: MEMBERS }, (_, i) =>
    ledger.incoming('join', { external_id: `m${i}` }, { key: keys.join(`m${i}`), ref: { by: 'new' } }),
  )
  await ledger.recorder.record(joins)
  await ledger.database.db.query('update program set clock_ms = $1', [NIGHT])
  await ledger.programs.refresh()
})
afterEach(() => ledger.drop())

async function count(what: string): Promise<number> {
  const { rows } = await ledger.database.db.query<{ count: number }>(`select count(*) as count from ${what}`)
  return rows[0]!.count
}

const sweepNow = (inbox: Inbox) =>
  sweep({ database: ledger.database.db, inbox, stripes: ledger.recorder.stripes }, ledger.program, NIGHT)

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))
}

test('a sweep that is killed again and again is resumed: everyone’s points expire, once', async () => {
  const script = fileURLToPath(new URL('../../test/sweep.mjs', import.meta.url))
  let kills = 0
  for (let left = MEMBERS; left > MEMBERS / 2; left = await count('due')) {
    const child = fork(script, [ledger.database.url, String(NIGHT)], { execArgv: [] })
    while ((await count('due')) > left - MEMBERS / 6 && child.exitCode === null) await pause(2)
    child.kill('SIGKILL')
    await ended(child)
    kills += 1
  }
  expect(kills).toBeGreaterThan(0)
  expect(await count('due')).toBeGreaterThan(0)
  const inbox = new Inbox(ledger.recorder)
  const { woken } = await sweepNow(inbox)
  expect(woken).toBeLessThan(MEMBERS)
  expect(await sweepNow(inbox)).toEqual({ woken: 0, activities: 0 })
  await inbox.close()
  expect(await count('due')).toBe(0)
  expect(await count(`activity where type = 'clock'`)).toBe(MEMBERS)
  expect(await count(`posting where to_bucket = 'expired' and points = 500`)).toBe(MEMBERS)
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
})

test('whoever comes while many are woken goes first, and those who are woken are not forgotten', async () => {
  const inbox = new Inbox(ledger.recorder, { lanes: 1 })
  const visit = (i: number): Incoming =>
    ledger.incoming('visit', {}, { ref: { by: 'external', value: `m${i}` }, occurredMs: NIGHT })
  const sweeping = sweepNow(inbox)
  let visits = 0
  while ((await count('due')) === MEMBERS) await pause(1)
  const before = await count('due')
  while (visits < 20) {
    const waiting = inbox.length
    expect((await inbox.submit(visit(MEMBERS - 1 - visits++))).status).toBe('recorded')
    // At most the batch that was in flight, and the few that went with the visit.
    if (waiting > 300) expect(waiting - inbox.length).toBeLessThan(120)
  }
  expect(await count('due')).toBeLessThan(before)
  await sweeping
  await inbox.close()
  expect(await count('due')).toBe(20)
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
})
