/**
 * The process that works out one study: of its own, so that the server's thread stays free, a machine that is short of
 * processors serves tills first, and it can be stopped at any moment together with whatever it has in memory and on disk.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import type { Reading } from './reading.ts'
import type { Begun, Findings, Told } from './task.ts'

export type Outcome = { found: Findings } | { reading: Reading } | { problem: string } | { mistake: string } | 'stopped'

export interface Work {
  outcome: Promise<Outcome>
  stop(): void
}

export interface Workplace {
  /** The compiled door that works. */
  door: string
  /** Where its temporary files stand, in a folder of its own that goes with it. */
  folder: string
}

export function startWork(begun: Begun, { door, folder }: Workplace, onProgress: (progress: number) => void): Work {
  const stopping = new AbortController()
  return { outcome: work(begun, door, folder, onProgress, stopping.signal), stop: () => stopping.abort() }
}

async function work(
  begun: Begun,
  door: string,
  parent: string,
  onProgress: (progress: number) => void,
  stopping: AbortSignal,
): Promise<Outcome> {
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'study-'))
  try {
    if (stopping.aborted) return 'stopped'
    const child = fork(door, [], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    // Somebody sits at the screen and waits for a file to be read.
    if (begun.task.kind !== 'reading') stepBack(child.pid)
    let outcome: Outcome | null = null
    let words = ''
    child.stderr!.on('data', (piece: Buffer) => {
      words = (words + piece.toString()).slice(-MOST_WORDS)
    })
    child.on('message', (told: Told) => {
      if ('progress' in told) onProgress(told.progress)
      else outcome = told
    })
    child.on('error', () => {})
    const kill = () => child.kill('SIGKILL')
    stopping.addEventListener('abort', kill, { once: true })
    child.send(begun, () => {})
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (stopping.aborted) return 'stopped'
    return outcome ?? { mistake: `The process ended by itself (${signal ?? code}). ${words}` }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const MOST_WORDS = 4_000

/** A third of what a till's calls get where they want the same processor. */
const BEHIND = 5

/** Tills go first where processors are few. Not every system lets a process say so. */
function stepBack(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, BEHIND)
  } catch {
    // Then it has its share like any other.
  }
}
