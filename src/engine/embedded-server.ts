/** Runs the server's process: starts it, watches it, ends it, and finds one that an earlier start left behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { giveToProjectOwner, serverEnvironment } from './embedded-data.ts'
import type { RunAs } from './embedded-programs.ts'
import { serverSettings } from './embedded-settings.ts'
import type { Log } from './log.ts'
import { startOf } from './process-lock.ts'

/** All that is needed to run the server of one folder. */
export interface Place {
  folder: string
  programs: string
  data: string
  runAs: RunAs | null
  log: Log
  settings: Record<string, string>
}

// A server whose Node process was killed goes on; it is found by the file that PostgreSQL keeps about itself.

interface Postmaster {
  pid: number
  status: string
}

function readPostmaster(data: string): Postmaster | null {
  try {
    // Line 1 is the process, line 8 says "starting", "ready" or "stopping" (PostgreSQL, miscadmin.h).
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() }
  } catch {
    return null
  }
}

/** Stopping it, rather than going on with it, gives every start the same settings and a server that is watched. */
export async function stopOrphan({ data, log }: Place): Promise<void> {
  const orphan = readPostmaster(data)
  if (!orphan || startOf(orphan.pid) === null) return
  if (!isPostmasterOf(orphan.pid, data)) {
    disownPidFile(data)
    return
  }
  log.info('The last start was ended without closing its database; closing it first.')
  process.kill(orphan.pid, 'SIGINT')
  while (readPostmaster(data)?.pid === orphan.pid && startOf(orphan.pid) !== null) await sleep(20)
}

/** A server makes its data folder its working folder. */
function isPostmasterOf(pid: number, data: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === data
  } catch {
    // Whose working folder may not be read by us is not a server that we could have started.
    return false
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data)
}

/**
 * The number in a stale file was given to some other process since, and PostgreSQL would refuse to start beside it. It
 * ignores the number of its parent, which we are; the rest of the file stays, for it names the shared memory that
 * PostgreSQL checks for survivors.
 */
function disownPidFile(data: string): void {
  const file = join(data, 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/^\d+/, String(process.pid)))
}

// Running it.

export interface Running {
  port: number
  stop(): Promise<void>
}

/** Starts the server, and starts it again when it ends without being asked to. */
export async function keepRunning(place: Place): Promise<Running> {
  let { child, port } = await launch(place, rememberedPort(place.folder))
  let stopping = false
  rememberPort(place.folder, port)

  const watch = () => {
    child.once('exit', async (code, signal) => {
      if (stopping) return
      place.log.error({ code, signal }, 'The database server ended unexpectedly; starting it again.')
      try {
        child = (await launch(place, port, 'this port only')).child
        if (stopping) await endChild(child)
        else watch()
      } catch (error) {
        place.log.error(
          { err: error },
          'The database server could not be started again; stop Regulars and start it anew.',
        )
      }
    })
  }
  watch()

  // Whatever ends this process in an orderly way ends the server, too; a SIGKILL leaves it for the next start to find.
  const endWithUs = () => child.kill('SIGINT')
  process.once('exit', endWithUs)
  return {
    port,
    async stop() {
      stopping = true
      process.removeListener('exit', endWithUs)
      await endChild(child)
    },
  }
}

/** SIGINT asks for a "fast" shutdown: open transactions are rolled back, everything committed is written out. */
async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  await ended
}

const ATTEMPTS = 50

async function launch(place: Place, wanted: number | null, which: 'any port' | 'this port only' = 'any port') {
  let port = wanted && (which === 'this port only' || (await isFree(wanted))) ? wanted : await freePort()
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryLaunch(place, port)
    if ('child' in outcome) return { child: outcome.child, port }
    if (/could not create any TCP\/IP sockets/.test(outcome.failure) && which === 'any port') port = await freePort()
    // A server that was killed leaves its processes for a moment, and they hold its shared memory.
    else if (/shared memory block .* is still in use/.test(outcome.failure)) await sleep(100)
    // One that was just being started when its Node process was killed shows only now.
    else if (/lock file .* (already exists|is empty)/.test(outcome.failure) && attempt < ATTEMPTS) {
      await sleep(100)
      await stopOrphan(place)
    }
    // One that was killed while it started says nothing against the next.
    else if (outcome.killed && attempt < ATTEMPTS) await sleep(100)
    else throw new Error(`The database server did not start: ${outcome.failure}`)
  }
}

async function tryLaunch(
  place: Place,
  port: number,
): Promise<{ child: ChildProcess } | { failure: string; killed: boolean }> {
  const logPath = join(place.folder, 'postgres.log')
  const logStart = rotateLog(logPath)
  const output = openSync(logPath, 'a', 0o600)
  const settings = Object.entries({ ...serverSettings(port), ...place.settings })
  const child = spawn(
    join(place.programs, 'bin', 'postgres'),
    ['-D', place.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // In a session of its own: Ctrl-C reaches us alone, and we end the server when its callers are done.
    { ...place.runAs, cwd: '/', env: serverEnvironment(), detached: true, stdio: ['ignore', output, output] },
  )
  closeSync(output)
  let ended: string | null = null
  let killed = false
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', (_code, signal) => {
    killed = signal === 'SIGKILL'
    ended = readFileSync(logPath, 'utf8').slice(logStart).trim() || 'it ended at once'
  })
  while (ended === null) {
    const postmaster = readPostmaster(place.data)
    if (postmaster && postmaster.pid === child.pid && postmaster.status === 'ready') {
      child.unref()
      return { child }
    }
    await sleep(10)
  }
  return { failure: ended, killed }
}

/** Keeps the server's log bounded: one file, and the one before it. Answers where the next lines will stand. */
function rotateLog(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) {
    closeSync(openSync(path, 'a', 0o600))
    giveToProjectOwner(path)
    return 0
  }
  if (found.size < 10_000_000) return found.size
  renameSync(path, `${path}.1`)
  return rotateLog(path)
}

function rememberedPort(folder: string): number | null {
  const file = join(folder, 'postgres.port')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : null
}

function rememberPort(folder: string, port: number): void {
  const file = join(folder, 'postgres.port')
  writeFileSync(file, `${port}\n`)
  giveToProjectOwner(file)
}

function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

function freePort(): Promise<number> {
  return listenOnce(0)
}

/** Listens for a moment, which fails when the port is taken; port 0 lets the system choose a free one. */
function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
