/** Started once before all tests: one PostgreSQL server for the whole run, with a migrated database to copy from. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../src/engine/db.ts'
import { startEmbedded } from '../src/engine/embedded.ts'
import { createLog } from '../src/engine/log.ts'
import { migrate } from '../src/engine/migrate.ts'
import { folderForDatabase } from './folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where databases are made and dropped. */
    testServerUrl: string
    /** The name of the migrated database that every test's own is a copy of. */
    testTemplate: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL ? foreignServer(process.env.TEST_DATABASE_URL) : await ownServer()
  const template = `regulars_template_${randomBytes(6).toString('hex')}`
  const control = await openDatabase(server.url, { max: 1 })
  await control.query(`create database ${template}`)
  const database = await openDatabase(databaseUrl(server.url, template), { max: 1 })
  await migrate(database)
  await database.close()
  project.provide('testServerUrl', server.url)
  project.provide('testTemplate', template)
  return async () => {
    await control.query(`drop database ${template} with (force)`)
    await control.close()
    await server.stop()
  }
}

/** A server that is there already, named by TEST_DATABASE_URL; its user must be allowed to create databases. */
function foreignServer(url: string) {
  return { url, stop: async () => {} }
}

async function ownServer() {
  const folder = folderForDatabase()
  const log = createLog({ level: 'error', readable: true })
  // Tests kill processes, not machines: what the system has taken over from the server survives them without fsync.
  const durability = { fsync: 'off', full_page_writes: 'off' }
  // Its log lies in memory, where there is room to be used again rather than to be filled.
  const log_size = { min_wal_size: '128MB', max_wal_size: '512MB' }
  const settings = { ...durability, ...log_size, shared_buffers: '128MB', max_connections: '200' }
  const server = await startEmbedded(join(folder, '.regulars'), { log, settings })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
