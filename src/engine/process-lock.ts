/** A lock file that one process at a time holds, and that a process which was killed leaves behind without harm. */
import { execFileSync } from 'node:child_process'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { assert } from '../core/assert.ts'

/** Who holds a lock. `started` tells two processes apart that were given the same number, as happens in containers. */
export interface Holder {
  pid: number
  started: string
  /** The port of the database that the holder runs, once it answers. */
  databasePort?: number
  /** Where the holder can be reached, once it serves. */
  address?: string
}

export interface Lock {
  /** Adds what others may know of the holder. */
  tell(more: Partial<Pick<Holder, 'databasePort' | 'address'>>): void
  release(): void
}

/** Takes the lock, or answers who holds it. */
export function takeLock(path: string): { lock: Lock } | { holder: Holder } {
  for (;;) {
    const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? 'unknown' }
    if (createWhole(path, mine)) return { lock: heldLock(path, mine) }
    const holder = readHolder(path)
    if (holder && isAlive(holder)) return { holder }
    removeStale(path, holder)
  }
}

/** Who holds the lock now, or null when nobody does. */
export function lockHolder(path: string): Holder | null {
  const holder = readHolder(path)
  return holder && isAlive(holder) ? holder : null
}

/** When a process began, in words that only it can have; null when it has ended (a zombie has ended, too). */
export function startOf(pid: number): string | null {
  return process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid)
}

function isAlive(holder: Holder): boolean {
  const started = startOf(holder.pid)
  return started !== null && started === holder.started
}

function startOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0], fields[19]]
    return state === 'Z' || state === 'X' || ticks === undefined ? null : ticks
  } catch {
    return null
  }
}

function startElsewhere(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim() || null
  } catch {
    return null
  }
}

/** A link to a finished file appears with all its content or not at all, and never over another one. */
function createWhole(path: string, holder: Holder): boolean {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch {
    return null
  }
}

/** Of several that find the same stale lock one moves it away; who moved a fresh one by mistake puts it back. */
function removeStale(path: string, stale: Holder | null): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = readHolder(aside)
  if (moved && moved.pid !== stale?.pid && isAlive(moved)) createWhole(path, moved)
  rmSync(aside, { force: true })
}

function heldLock(path: string, mine: Holder): Lock {
  let held = mine
  let released = false
  return {
    tell(more) {
      assert(!released, 'a released lock tells nothing')
      held = { ...held, ...more }
      const draft = `${path}.${process.pid}`
      writeFileSync(draft, JSON.stringify(held))
      renameSync(draft, path)
    },
    release() {
      if (released) return
      released = true
      rmSync(path, { force: true })
    },
  }
}
