/** Folders for the databases of tests: in memory where there is room, since what tests write need not outlive them. */

import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux keeps what is written here in memory. */
const IN_MEMORY = '/dev/shm'
/** All databases of a run and their logs, several times over; containers often have much less there. */
const ROOM = 4 * 1024 ** 3

const NAME = /^regulars-test-(\d+)-/

/** A new folder, for a database whose server may run as another user. */
export function folderForDatabase(): string {
  const place = hasRoom() ? IN_MEMORY : tmpdir()
  removeLeft(place)
  const folder = mkdtempSync(join(place, `regulars-test-${process.pid}-`))
  // The server does not run as root, and must get in.
  chmodSync(folder, 0o755)
  return folder
}

function hasRoom(): boolean {
  if (!existsSync(IN_MEMORY)) return false
  const { bavail, bsize } = statfsSync(IN_MEMORY)
  return bavail * bsize >= ROOM
}

/** Tests that were killed could not clear up, and memory is scarcer than disk. */
function removeLeft(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = NAME.exec(name)?.[1]
    if (pid !== undefined && hasEnded(Number(pid))) rmSync(join(place, name), { recursive: true, force: true })
  }
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // Somebody else's process may not be told anything, and is there all the same.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
