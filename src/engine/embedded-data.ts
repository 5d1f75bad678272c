/** What the embedded server keeps in its folder: the database's files, and the password to it. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { canEnter, makeSharedFolder, type RunAs, SHARED_HOME } from './embedded-programs.ts'
import type { Log } from './log.ts'

/** The major version whose files the programs can read. */
const MAJOR_VERSION = '18'
/** The name of the server's only role and of the only database. */
export const DATABASE_NAME = 'regulars'

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  giveToProjectOwner(folder)
}

/** What root makes in somebody's project belongs to that person, who may start Regulars without root next time. */
export function giveToProjectOwner(path: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(path))
  chownSync(path, uid, gid)
}

export function hasPassword(folder: string): boolean {
  return existsSync(passwordFile(folder))
}

function passwordFile(folder: string): string {
  return join(folder, 'postgres.password')
}

export function readPassword(folder: string): string {
  return readFileSync(passwordFile(folder), 'utf8').trim()
}

export function makePassword(folder: string): string {
  if (existsSync(join(folder, 'postgres'))) {
    throw new Error(
      `The password of the database in ${folder} is gone (postgres.password). ` +
        'Put the file back, or move the folder away to begin with an empty database.',
    )
  }
  const password = randomBytes(24).toString('base64url')
  writeFileSync(passwordFile(folder), `${password}\n`, { mode: 0o600 })
  giveToProjectOwner(passwordFile(folder))
  return password
}

/** The data folder that exists already; it may stand elsewhere, behind a link. */
export function findData(folder: string, runAs: RunAs | null): string | null {
  const link = join(folder, 'postgres')
  if (!existsSync(link)) {
    if (!lstatSync(link, { throwIfNoEntry: false })) return null
    throw new Error(
      `The database that ${link} leads to is gone. Put it back, or remove the link to begin with an empty one.`,
    )
  }
  const data = realpathSync(link)
  const owner = statSync(data).uid
  if (!runAs && owner !== process.getuid?.()) {
    throw new Error(
      `The database in ${data} belongs to another user (${owner}): start Regulars as that user or as root.`,
    )
  }
  if (canEnter(data, runAs)) return data
  throw new Error(
    `The database in ${data} belongs to user ${owner}, who cannot get there: a folder on the way is closed. ` +
      'Open the way (chmod o+x), or move the folder to a place that is open.',
  )
}

/** Makes an empty database cluster. It gets its name when it is whole, so an interrupted start leaves nothing half made. */
export function makeData(folder: string, programs: string, runAs: RunAs | null, password: string, log: Log): string {
  const link = join(folder, 'postgres')
  const inside = `${link}.new`
  rmSync(inside, { recursive: true, force: true })
  makeOwnFolder(inside, runAs)
  if (canEnter(inside, runAs)) {
    initialise(programs, inside, runAs, password)
    renameSync(inside, link)
    return realpathSync(link)
  }

  // A clone below a closed home such as root's: opening that home is not ours to do, so the data stands elsewhere.
  rmSync(inside, { recursive: true, force: true })
  makeSharedFolder(SHARED_HOME)
  const outside = join(SHARED_HOME, randomBytes(4).toString('hex'))
  log.info(
    `The database stands in ${outside}, since the server's user cannot reach ${folder}; a link there leads to it.`,
  )
  makeOwnFolder(outside, runAs)
  initialise(programs, outside, runAs, password)
  symlinkSync(outside, link)
  return outside
}

function makeOwnFolder(path: string, runAs: RunAs | null): void {
  mkdirSync(path, { mode: 0o700 })
  if (runAs) chownSync(path, runAs.uid, runAs.gid)
}

function initialise(programs: string, data: string, runAs: RunAs | null, password: string): void {
  const handover = mkdtempSync(join(tmpdir(), 'regulars-'))
  try {
    const file = join(handover, 'password')
    writeFileSync(file, password, { mode: 0o600 })
    if (runAs) for (const path of [file, handover]) chownSync(path, runAs.uid, runAs.gid)
    const flags = [
      ...['-D', data, '-U', DATABASE_NAME, '--auth=scram-sha-256', `--pwfile=${file}`, '--no-instructions'],
      // Text is ordered by code point on every machine, whatever its languages; upper and lower case know Unicode.
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ]
    const made = spawnSync(join(programs, 'bin', 'initdb'), flags, {
      ...runAs,
      cwd: '/',
      env: serverEnvironment(),
      encoding: 'utf8',
    })
    if (made.status !== 0)
      throw new Error(`The database could not be made in ${data}: ${made.stderr || made.error?.message}`)
  } finally {
    rmSync(handover, { recursive: true, force: true })
  }
}

/** The server needs nothing of our environment, which may hold secrets. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
}

export function checkVersion(data: string): void {
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (version === MAJOR_VERSION) return
  throw new Error(
    `The database in ${data} was made by PostgreSQL ${version}, and this Regulars brings ${MAJOR_VERSION}. ` +
      'Export it with the Regulars that made it, and import it here.',
  )
}
