/** Tills for tests: paired with a real server, with somebody at work, and short ways to do what is done at them. */

import { fileURLToPath } from 'node:url'
import type { Deed } from '../src/client/calls.ts'
import { addPerson, giveRole } from '../src/engine/access/people.ts'
import { addScreens } from '../src/engine/http/screens.ts'
import { routes } from '../src/server.ts'
import { type TestAnswer, type TestServer, testServer } from './http.ts'

export const NOW = Date.UTC(2026, 4, 5, 15)
export const PIN = '2718'

export const SHOP = `
program: shop
name: The Shop
currency: USD
timezone: UTC
wallets:
  points: { expiry: never }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
rewards:
  - { id: two-off, name: Two dollars off, cost: 50 points, gives: { amount_off: 2.00 } }
  - { id: free-drink, name: Any drink, cost: 80 points, gives: { free_item: { category: drinks, up_to: 5.00 } } }
  - { id: mug, name: A mug, cost: 100 points, gives: { thing: { kind: gift } } }
`

export const BUILT = fileURLToPath(new URL('../dist/web', import.meta.url))

export interface Counter {
  device: string
  token: string
  shift: string
  staff: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  state: any
  call(method: string, path: string, body?: unknown, shift?: string | null): Promise<TestAnswer>
  /** A deed with what every deed has. */
  deed(more: object): Deed
  send(more: object): Promise<TestAnswer>
}

/** With the screens where they were built. */
export async function openShop(source = SHOP, now = NOW): Promise<TestServer> {
  return testServer(source, now, routes, {}, (app) => addScreens(app, BUILT))
}

/** A till that was made in the console and paired, and a cashier who works there. */
export async function openCounter(
  server: TestServer,
  name: string,
  more: { offline?: object; shop?: string } = {},
): Promise<Counter> {
  const { database, program } = server.ledger
  const made = await server.call('POST', '/v1/devices', { body: { name, ...more } })
  const { token, state } = (await server.call('POST', '/v1/till/pair', { key: null, body: { code: made.json.code } }))
    .json
  const staff = await addPerson(database.db, {
    email: `${name.replaceAll(' ', '.')}@shop.test`,
    name: `Cashier of ${name}`,
    password: null,
  })
  await giveRole(database.db, staff, program.number, 'cashier')
  await server.call('PUT', `/v1/till/cashiers/${staff}`, { body: { pin: PIN } })
  const call: Counter['call'] = (method, path, body, shift = counter.shift) =>
    server.call(method, path, {
      key: token,
      ...(body === undefined ? {} : { body }),
      headers: shift === null || shift === '' ? {} : { 'till-shift': shift },
    })
  let seq = 0
  const counter: Counter = {
    device: state.device.id,
    token,
    shift: '',
    staff,
    state,
    call,
    deed: (more) => {
      seq++
      const id = `${state.device.prefix}-${String(seq).padStart(4, '0')}-TEST-0000`
      const at = new Date(NOW).toISOString()
      return { id, seq, at, sent_at: at, staff, shift: counter.shift, ...more } as Deed
    },
    send: (more) => call('POST', '/v1/till/deeds', counter.deed(more)),
  }
  counter.shift = (await call('POST', '/v1/till/shifts', { staff, pin: PIN })).json.id
  return counter
}

/** A member with so many points. */
export async function newMember(server: TestServer, phone: string, points = 0, name = 'Ada Lovelace'): Promise<string> {
  const { id } = (await server.call('POST', '/v1/members', { body: { phone, name } })).json
  if (points > 0) await give(server, id, points)
  return id
}

export async function give(server: TestServer, member: string, points: number): Promise<void> {
  await server.call('POST', '/v1/adjustments', { body: { member, wallet: 'points', points, reason: 'For the test' } })
}

export async function pointsOf(server: TestServer, member: string) {
  const { available, held, debt } = (await server.call('GET', `/v1/members/${member}`)).json.balances[0]
  return { available, held, debt }
}
