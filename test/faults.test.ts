/** Faults: the server or its database is killed again and again under load, and nothing acknowledged is lost or doubled. */

import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../examples/random.ts'
import { folderForDatabase } from './folder.ts'

const PROJECT = join(import.meta.dirname, '..')
const KILLS = 20
const MEMBERS = 40
const IN_FLIGHT = 24
const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 12 months } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
rewards:
  - { id: thanks, gives: { points: 1000 points } }
referrals: { referrer: thanks, after: first_order }
`
const THANKS = 1000

const home = folderForDatabase()
const env = { ...process.env, REGULARS_HOME: home, PORT: '0', RATE_LIMIT: '0', LOG_LEVEL: 'fatal' }
let secret = ''
let server: { process: ChildProcess; address: string; said: () => string }

beforeAll(async () => {
  const file = join(home, 'program.yaml')
  writeFileSync(file, PROGRAM)
  await run('publish', file)
  secret = (await run('key', '--program', 'shop', '--actor', 'faults', '--role', 'owner')).trim()
  server = await serve()
  // Each is brought by the one before: what a first order brings is told to another account, kills or not.
  let referral_code: string | undefined
  for (let i = 0; i < MEMBERS; i++)
    referral_code = (await call('POST', '/v1/members', { external_id: `m${i}`, referral_code })).answer.referral_code
})

afterAll(async () => {
  await ended(server.process, 'SIGTERM')
  rmSync(home, { recursive: true, force: true })
})

/** A command of ours, to its end; answers what it prints. */
async function run(...args: string[]): Promise<string> {
  const { output, code } = await complete(args)
  expect(`${output} ${code}`).toMatch(/ 0$/)
  return output
}

function complete(args: string[]): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, [join(PROJECT, 'bin/regulars.mjs'), ...args], { env })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  return new Promise((resolve) => child.on('close', (code) => resolve({ output, code })))
}

function serve(): Promise<typeof server> {
  const child = spawn(process.execPath, [join(PROJECT, 'bin/regulars.mjs'), 'serve'], { env })
  let output = ''
  return new Promise((resolve, reject) => {
    const look = (text: Buffer) => {
      output += text
      const address = /serves (http:\S+)/.exec(output)?.[1]
      if (address !== undefined) resolve({ process: child, address, said: () => output })
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('close', () => reject(new Error(`The server did not start: ${output}`)))
  })
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.on('close', () => resolve())
    child.kill(signal)
  })
}

/** The first line of PostgreSQL's own file is the id of its first process. */
function postgresPid(): number {
  const pids = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('postmaster.pid'),
  )
  return Number(readFileSync(join(home, pids[0]!), 'utf8').split('\n')[0])
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; answer: any }> {
  const response = await fetch(server.address + path, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, answer: await response.json() }
}

interface Sent {
  id: string
  member: number
  dollars: number
  occurred_at: string
}

/** Sends an order until it is acknowledged, as a till does; whatever happens in between, it is the same order. */
async function deliver({ id, member, dollars, occurred_at }: Sent): Promise<void> {
  const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: dollars * 100 }]
  const body = { member: `external:m${member}`, occurred_at, currency: 'USD', prices: 'tax_excluded', lines }
  for (;;) {
    const status = await call('PUT', `/v1/orders/${id}`, body).then(
      (called) => called.status,
      () => 0,
    )
    if (status === 200) return
    // A server that is away or starting answers nothing or 5xx; anything else would be its fault.
    expect(status === 0 || status >= 500 ? 'again' : `answered ${status}`).toBe('again')
    // Often enough to be there when it comes back, and no more: two dozen tills would keep it from starting.
    await pause(100)
  }
}

test(`${KILLS} kills under load lose nothing that was acknowledged and double nothing that was sent again`, async () => {
  const random = new Random(7)
  const points = new Array<number>(MEMBERS).fill(0)
  const occurred_at = new Date().toISOString()
  let orders = 0
  let acknowledged = 0
  let killing = true
  const till = async () => {
    while (killing) {
      const order = { id: `o${orders++}`, member: random.below(MEMBERS), dollars: 1 + random.below(9), occurred_at }
      await deliver(order)
      points[order.member]! += order.dollars
      acknowledged += 1
    }
  }
  const tills = Array.from({ length: IN_FLIGHT }, till)
  for (let kill = 0; kill < KILLS; kill++) {
    // Only once orders flow again, and then at any instant.
    for (const before = acknowledged; acknowledged < before + IN_FLIGHT; await pause(5))
      expect(server.process.exitCode, `a database that is killed ends no server: ${server.said()}`).toBe(null)
    await pause(random.below(150))
    if (kill % 3 === 2) process.kill(postgresPid(), 'SIGKILL')
    else {
      await ended(server.process, 'SIGKILL')
      server = await serve()
    }
  }
  killing = false
  await Promise.all(tills)

  expect(orders).toBeGreaterThan(KILLS * 10)
  const friends = points.filter((bought, member) => member > 0 && bought > 0).length
  await untilRewarded(friends)
  for (const [member, bought] of points.entries()) {
    const { balances } = (await call('GET', `/v1/members/external:m${member}`)).answer
    const expected = bought + ((points[member + 1] ?? 0) > 0 ? THANKS : 0)
    expect(`m${member} ${balances[0]!.available}`).toBe(`m${member} ${expected}`)
  }
  const verified = JSON.parse(await run('verify', '--json')) as { different: number; activities: number }
  expect(verified.different).toBe(0)
  // Of each friend is told that they joined, and that their order stays.
  expect(verified.activities).toBe(orders + MEMBERS + (MEMBERS - 1) + friends)
})

/** What one account tells another is on its way for a moment. */
async function untilRewarded(friends: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { states } = (await call('GET', '/v1/referrals/summary')).answer
    if (states.rewarded >= friends) break
    await pause(50)
  }
  expect((await call('GET', '/v1/referrals/summary')).answer.states.rewarded).toBe(friends)
}
