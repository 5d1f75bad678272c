/** A database of its own for a test: migrated, empty, made in milliseconds and dropped afterwards. */
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../src/engine/db.ts'
import { databaseUrl } from './server.ts'

export interface TestDatabase {
  url: string
  db: Database
  /** Closes `db` and drops the database, whoever else is still connected to it. */
  drop(): Promise<void>
}

export async function testDatabase(): Promise<TestDatabase> {
  const [serverUrl, template] = [inject('testServerUrl'), inject('testTemplate')]
  const name = `regulars_test_${randomBytes(8).toString('hex')}`
  await command(serverUrl, `create database ${name} template ${template}`)
  const url = databaseUrl(serverUrl, name)
  const db = await openDatabase(url)
  return {
    url,
    db,
    async drop() {
      await db.close()
      await command(serverUrl, `drop database ${name} with (force)`)
    },
  }
}

async function command(serverUrl: string, text: string): Promise<void> {
  const control = await openDatabase(serverUrl, { max: 1 })
  try {
    await control.query(text)
  } finally {
    await control.close()
  }
}
