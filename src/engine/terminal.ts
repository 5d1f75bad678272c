/** What commands share at a terminal: sentences, progress that is drawn for people only, and stopping in good order. */

/** Somebody asked for what cannot be done as asked: the exit code is 2. */
export class UsedWrongly extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsedWrongly'
  }
}

/** An answer goes to standard output. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What accompanies the answer goes to standard error, so that `--json` output stays pure. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

export interface Progress {
  show(done: number, of: number): void
  /** Clears the line, so that what is said next stands alone. */
  end(): void
}

const EVERY_MS = 100
const BAR = 24

/** One line that is drawn again and again; nothing at all where nobody watches. */
export function progress(label: string): Progress {
  if (process.stderr.isTTY !== true) return { show: () => {}, end: () => {} }
  const begun = Date.now()
  let drawn = 0
  return {
    show(done, of) {
      const now = Date.now()
      if (now - drawn < EVERY_MS) return
      drawn = now
      const share = of === 0 ? 1 : Math.min(1, done / of)
      const bar = '█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░')
      process.stderr.write(`\r\x1b[K${label}  ${bar}  ${Math.floor(share * 100)}%${timeLeft(now - begun, share)}`)
    },
    end() {
      if (drawn > 0) process.stderr.write('\r\x1b[K')
    },
  }
}

/** What is left when the rest takes as long as what is done; nothing before that can be told. */
export function timeLeft(spentMs: number, share: number): string {
  if (spentMs < 2_000 || share < 0.02) return ''
  const seconds = Math.ceil((spentMs * (1 - share)) / share / 1000)
  if (seconds < 60) return `  ${seconds} s left`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `  ${minutes} min left` : `  ${Math.floor(minutes / 60)} h ${minutes % 60} min left`
}

/** Says what goes on until it is done, where somebody watches. */
export async function meanwhile<T>(label: string, work: Promise<T>): Promise<T> {
  if (process.stderr.isTTY !== true) return work
  process.stderr.write(`${label} …`)
  try {
    return await work
  } finally {
    process.stderr.write('\r\x1b[K')
  }
}

/** Exit code of a process that an interrupt ended (128 + SIGINT), as shells have it. */
const INTERRUPTED = 130

/** Runs `work` with a signal that the first Ctrl-C gives; the second ends the process at once. */
export async function interruptible<T>(notice: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    note(`\n${notice}`)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    return await work(controller.signal)
  } finally {
    process.removeListener('SIGINT', stop)
    process.removeListener('SIGTERM', stop)
  }
}
