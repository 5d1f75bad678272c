/** A server whose queue cannot start is no server: it gives its port back and says why. */

import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { readConfig } from '../src/engine/config.ts'
import { createLog } from '../src/engine/log.ts'
import { listen } from '../src/server.ts'
import { testLedger } from './ledger.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  points: {}
`

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('when the queue cannot start the port is free again, and the reason is told', async () => {
  const ledger = await testLedger(SOURCE, Date.UTC(2026, 4, 5))
  const { database, recorder, programs } = ledger
  const port = await freePort()
  const config = readConfig({ PORT: String(port), HOST: '127.0.0.1', DATABASE_URL: database.url })
  const means = { database: database.db, recorder, programs, announce: () => {}, close: async () => {} }
  const nowhere = new URL(database.url)
  nowhere.pathname = '/nowhere'
  const listening = listen(config, createLog({ level: 'silent' }), { ...means, url: nowhere.href })
  await expect(listening).rejects.toThrow('database "nowhere" does not exist')
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed')
  const running = await listen(config, createLog({ level: 'silent' }), { ...means, url: database.url })
  expect((await fetch(`${running.address}/healthz`)).status).toBe(200)
  await running.stop()
  await ledger.drop()
})
