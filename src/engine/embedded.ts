/** A PostgreSQL server of our own in a folder of the project, for everybody who has not set up one. */
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import {
  checkVersion,
  DATABASE_NAME,
  findData,
  hasPassword,
  makeData,
  makeFolder,
  makePassword,
  readPassword,
} from './embedded-data.ts'
import { chooseUser, findPrograms } from './embedded-programs.ts'
import { keepRunning, stopOrphan } from './embedded-server.ts'
import type { Log } from './log.ts'
import { type Holder, type Lock, lockHolder, takeLock } from './process-lock.ts'

export interface EmbeddedOptions {
  log: Log
  /** Use the server that another process of ours runs, instead of refusing to be the second. */
  join?: boolean
  /** Server settings that differ from ours; tests that need no durability turn fsync off. */
  settings?: Record<string, string>
}

export interface EmbeddedServer {
  url: string
  /** True when another process of ours runs the server, and this one only uses it. */
  reused: boolean
  /** Tells a second start where this one can be reached. */
  announce(address: string): void
  /** Ends all connections and stops the server cleanly; does nothing to a server that another process runs. */
  stop(): Promise<void>
}

/** Another process of ours holds the folder. */
export class AlreadyRunning extends Error {
  readonly holder: Holder

  constructor(holder: Holder) {
    const database = holder.databasePort ? `database at 127.0.0.1:${holder.databasePort}` : 'still starting'
    super(`Regulars already runs here (process ${holder.pid}, ${holder.address ?? database}).`)
    this.name = 'AlreadyRunning'
    this.holder = holder
  }
}

/** Starts the server of a folder such as `.regulars`, and makes it when there is none yet. */
export async function startEmbedded(path: string, options: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = resolve(path)
  makeFolder(folder)
  const lockPath = join(folder, 'running.json')
  const taken = takeLock(lockPath)
  if ('holder' in taken) {
    if (!options.join) throw new AlreadyRunning(taken.holder)
    return joinServer(folder, lockPath, options)
  }
  try {
    return await runServer(folder, taken.lock, options)
  } catch (error) {
    taken.lock.release()
    throw error
  }
}

/** Waits until the other process has its server up; when that process ends instead, this one starts it. */
async function joinServer(folder: string, lockPath: string, options: EmbeddedOptions): Promise<EmbeddedServer> {
  for (let holder = lockHolder(lockPath); holder; holder = lockHolder(lockPath)) {
    if (holder.databasePort) {
      const url = connectionUrl(readPassword(folder), holder.databasePort)
      return { url, reused: true, announce: () => {}, stop: async () => {} }
    }
    await sleep(50)
  }
  return startEmbedded(folder, options)
}

async function runServer(folder: string, lock: Lock, { log, settings = {} }: EmbeddedOptions): Promise<EmbeddedServer> {
  const runAs = chooseUser(dirname(folder), join(folder, 'postgres'), log)
  const programs = findPrograms(folder, runAs, log)
  const password = hasPassword(folder) ? readPassword(folder) : makePassword(folder)
  const data = findData(folder, runAs) ?? makeData(folder, programs, runAs, password, log)
  checkVersion(data)
  const place = { folder, programs, data, runAs, log, settings }
  await stopOrphan(place)

  const server = await keepRunning(place)
  const url = connectionUrl(password, server.port)
  try {
    await makeDatabase(password, server.port)
  } catch (error) {
    await server.stop()
    throw error
  }
  lock.tell({ databasePort: server.port })
  return {
    url,
    reused: false,
    announce: (address) => lock.tell({ address }),
    stop: async () => {
      await server.stop()
      lock.release()
    },
  }
}

function connectionUrl(password: string, port: number, database = DATABASE_NAME): string {
  return `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${port}/${database}`
}

async function makeDatabase(password: string, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: connectionUrl(password, port, 'postgres') })
  // A connection that breaks tells its query as well; without a listener it would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE_NAME])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE_NAME}`)
  } finally {
    await client.end()
  }
}
