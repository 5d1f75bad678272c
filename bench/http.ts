/** Orders a second through the server's own HTTP, sent by another process. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../src/engine/config.ts'
import { foldFigures, SETTLED_MS } from '../src/engine/figures/fold.ts'
import { createKey } from '../src/engine/http/keys.ts'
import { createLog } from '../src/engine/log.ts'
import { listen } from '../src/server.ts'
import type { Answered, Calls } from './callers.ts'
import { type Ledger, newLoad } from './place.ts'

export type HttpFigure = Answered

/** Many lines a call, as a shop sends that has gathered them. */
export const BATCH = { kind: 'batch', connections: 16, lines: 100 } as const
/** An order a call, as tills send them. */
export const SINGLE = { kind: 'single', connections: 64, lines: 1 } as const

export async function measureHttp(
  ledger: Ledger,
  members: number,
  seconds: number,
  shape: typeof BATCH | typeof SINGLE,
): Promise<HttpFigure> {
  const seed = await newLoad(ledger)
  await catchUp(ledger)
  const config = readConfig({ PORT: '0', HOST: '127.0.0.1', RATE_LIMIT: '0', DATABASE_URL: ledger.url })
  // The ledger is used again after this, so stopping the server leaves it open.
  const means = { ...ledger, announce: () => {}, close: async () => {} }
  const running = await listen(config, createLog({ level: 'warn' }), means)
  try {
    const { secret } = await createKey(ledger.database, { program: ledger.program, actor: 'bench', role: 'owner' })
    return await call({ ...shape, address: running.address, secret, members, seed, seconds })
  } finally {
    await running.stop()
  }
}

/**
 * What others brought straight through the recorder is in the figures before anybody calls: a server adds that behind its
 * own orders, and would do so for minutes.
 */
async function catchUp({ database, programs, recorder: { stripes } }: Ledger): Promise<void> {
  const folding = { database, programs, stripes }
  await foldFigures(folding)
  await foldFigures(folding, Date.now() + SETTLED_MS)
}

function call(calls: Calls): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./callers.js', import.meta.url)), { execArgv: [] })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`Those who call ended with ${code}`)))
    child.on('message', (message: { answered: Answered } | { error: string }) => {
      if ('answered' in message) resolve(message.answered)
      else reject(new Error(message.error))
    })
    child.send(calls)
  })
}
