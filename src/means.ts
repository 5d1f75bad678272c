/** A door: the database ready for use, for servers, workers and commands, of which the last need no HTTP. */

import packageJson from '../package.json' with { type: 'json' }
import { assert } from './core/assert.ts'
import { compileProgram } from './core/program.ts'
import type { Config } from './engine/config.ts'
import { type Database, openDatabase } from './engine/db.ts'
import { startEmbedded } from './engine/embedded.ts'
import type { Log } from './engine/log.ts'
import { migrate } from './engine/migrate.ts'
import { type Compile, Programs } from './engine/programs.ts'
import { openRecorder, type Recorder } from './engine/record.ts'
import { openSigningKey } from './engine/signing.ts'
import { features } from './features/index.ts'

/** A revision that was published was checked, so one that does not compile is a mistake of ours. */
export const compile: Compile = (source, revision) => {
  const { program, problems } = compileProgram(source, features, revision)
  assert(program !== null, `a published revision compiles: ${problems[0]?.message}`)
  return program
}

/** A database that is ready for use, and what writes to it. */
export interface Means {
  /** Where the database is; it holds a password, so it is for connecting and never for showing. */
  url: string
  database: Database
  programs: Programs
  recorder: Recorder
  /** Tells a second start where this one is reached. */
  announce(address: string): void
  close(): Promise<void>
}

interface MeansOptions {
  /** Use the embedded server that another process of ours runs. */
  join?: boolean
}

/** Opens one's own server, or starts the embedded one, and brings its tables up to date. */
export async function openMeans(config: Config, log: Log, { join: shared = false }: MeansOptions = {}): Promise<Means> {
  const embedded = config.databaseUrl === null ? await startEmbedded(config.home, { log, join: shared }) : null
  const url = config.databaseUrl ?? embedded!.url
  const onIdleError = (error: Error) => log.warn({ err: error }, 'a connection to the database broke')
  let database: Database | null = null
  const close = async () => {
    await database?.close()
    await embedded?.stop()
  }
  try {
    database = await openDatabase(url, { max: config.databaseConnections, onIdleError })
    // A key that cannot sign is told now, and not to a log at midnight.
    if (config.signingKey !== null) await openSigningKey(database, config.signingKey)
    return { url, database, ...(await prepare(database)), announce: (address) => embedded?.announce(address), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function prepare(database: Database): Promise<Pick<Means, 'programs' | 'recorder'>> {
  await migrate(database)
  const programs = new Programs(database, compile)
  const version = { release: packageJson.version, tzdata: process.versions['tz'] ?? 'unknown' }
  return { programs, recorder: await openRecorder(database, version) }
}
