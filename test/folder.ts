/** Folders for the databases of tests: in memory where there is room, since what tests write need not outlive them. */

import { chmodSync, existsSync, mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux keeps what is written here in memory. */
const IN_MEMORY = '/dev/shm'
/** All databases of a run and their logs, several times over; containers often have much less there. */
const ROOM = 4 * 1024 ** 3

/** A new folder, for a database whose server may run as another user. */
export function folderForDatabase(): string {
  const folder = mkdtempSync(join(hasRoom() ? IN_MEMORY : tmpdir(), 'regulars-test-'))
  // The server does not run as root, and must get in.
  chmodSync(folder, 0o755)
  return folder
}

function hasRoom(): boolean {
  if (!existsSync(IN_MEMORY)) return false
  const { bavail, bsize } = statfsSync(IN_MEMORY)
  return bavail * bsize >= ROOM
}
