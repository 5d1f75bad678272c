/** Attempts to sign in: after too many wrong ones an account, and where they came from, has to wait. */

import { TooManyGuesses } from '../guesses.ts'

const WITHIN_MS = 10 * 60_000
/** So many wrong ones within that time: few of one account, more of a place, where a whole shop may sit. */
const MOST_OF_ACCOUNT = 10
const MOST_OF_ADDRESS = 50
/** What strangers send must not fill the memory. */
const MOST_KNOWN = 20_000

export interface Attempt {
  /** The names that it is counted under. */
  readonly names: readonly string[]
  readonly at: number
}

export class Attempts {
  readonly #now: () => number
  readonly #lately = new Map<string, number[]>()

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Counts an attempt before it is looked at, so that a thousand at once are no way around; a right one is forgiven. */
  begin(account: string, address: string): Attempt | TooManyGuesses {
    const [ofAccount, ofAddress] = [`account ${account}`, `address ${address}`]
    const wait = Math.max(this.#waitOf(ofAccount, MOST_OF_ACCOUNT), this.#waitOf(ofAddress, MOST_OF_ADDRESS))
    if (wait > 0) return tooMany(Math.ceil(wait / 1000))
    const attempt = { names: [ofAccount, ofAddress], at: this.#now() }
    if (this.#lately.size >= MOST_KNOWN) this.#lately.clear()
    for (const name of attempt.names) this.#lately.set(name, [...this.#timesOf(name), attempt.at])
    return attempt
  }

  /** It was right, so earlier slips of the same account are forgotten, and it does not count against the place. */
  forgive({ names: [account, address], at }: Attempt): void {
    this.#lately.delete(account!)
    const times = this.#timesOf(address!)
    const index = times.indexOf(at)
    this.#lately.set(address!, index < 0 ? times : times.toSpliced(index, 1))
  }

  #waitOf(name: string, most: number): number {
    const times = this.#timesOf(name)
    return times.length < most ? 0 : times[times.length - most]! + WITHIN_MS - this.#now()
  }

  #timesOf(name: string): number[] {
    const since = this.#now() - WITHIN_MS
    return (this.#lately.get(name) ?? []).filter((at) => at > since)
  }
}

function tooMany(seconds: number): TooManyGuesses {
  const minutes = Math.ceil(seconds / 60)
  const time = minutes === 1 ? 'a minute' : `${minutes} minutes`
  return new TooManyGuesses(seconds, `That was wrong too often. Wait ${time} and try again.`)
}
