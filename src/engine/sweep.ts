/** Wakes accounts whose time has come. Only a nudge: whatever is decided before falls due at the same moments. */

import { followCalendar } from './calendars.ts'
import type { Database } from './db.ts'
import type { Inbox } from './inbox.ts'
import { keys } from './incoming.ts'
import type { LiveProgram } from './programs.ts'

export interface SweepServices {
  database: Database
  inbox: Inbox
  stripes: number
}

export interface Swept {
  /** How many accounts were woken. */
  woken: number
  /** How much had fallen due. */
  activities: number
}

/** Accounts that are woken at once, over all stripes, and those that are read at once of each. */
const PAGE = 1_000
const READ = 500

interface DueAccount {
  account: number
  due_ms: number
}

/**
 * Wakes every account of the program that falls due up to `until` (ms), in the order of due times; after a revision has
 * taken effect, by its calendar. Stopped in the middle, the next sweep goes on where this one was. An account that
 * cannot be woken keeps nobody else from it: the first such mistake is thrown when all others are awake.
 */
export async function sweep(services: SweepServices, program: LiveProgram, until: number): Promise<Swept> {
  await followCalendar(services, program, until)
  const stripes = Array.from({ length: services.stripes }, (_, stripe) => new Pages(services, program, until, stripe))
  const swept: Swept = { woken: 0, activities: 0 }
  const mistakes: unknown[] = []
  for (let page = await nextPage(stripes); page.length > 0; ) {
    // The next page is read while this one is woken.
    const [next, ...woken] = await Promise.allSettled([
      nextPage(stripes),
      ...page.map(({ account }) => wake(services.inbox, program, account, until)),
    ])
    swept.woken += woken.length
    for (const one of woken)
      if (one.status === 'rejected') mistakes.push(one.reason)
      else swept.activities += one.value
    if (next.status === 'rejected') throw next.reason
    page = next.value
  }
  if (mistakes.length > 0) throw mistakes[0]
  return swept
}

/** Answers how much had fallen due. */
async function wake(inbox: Inbox, program: LiveProgram, account: number, until: number): Promise<number> {
  const key = keys.once(`wake:${account}`)
  const ref = { by: 'id', id: account } as const
  const woken = await inbox.submit({ type: 'wake', program, ref, key, occurredMs: until, body: {} })
  return woken.status === 'awake' ? woken.activities : 0
}

/** The accounts that are due first, whichever stripe they are of. */
async function nextPage(stripes: readonly Pages[]): Promise<DueAccount[]> {
  await Promise.all(stripes.map((pages) => pages.fill()))
  const page: DueAccount[] = []
  // Once a stripe has run dry, the next account of it may come before those of the others.
  while (page.length < PAGE && !stripes.some((pages) => pages.isDry)) {
    const first = stripes.reduce((a, b) => (isBefore(b.first, a.first) ? b : a))
    if (first.first === undefined) break
    page.push(first.take())
  }
  return page
}

function isBefore(a: DueAccount | undefined, b: DueAccount | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined
  return a.due_ms - b.due_ms < 0 || (a.due_ms === b.due_ms && a.account < b.account)
}

/** What is due in one stripe, read a page at a time: each statement concerns one stripe, as on a cluster it must. */
class Pages {
  readonly #services: SweepServices
  readonly #program: LiveProgram
  readonly #until: number
  readonly #stripe: number
  #page: DueAccount[] = []
  #at = 0
  #ended = false
  #last: Pick<DueAccount, 'account' | 'due_ms'> = { due_ms: -1, account: 0 }

  constructor(services: SweepServices, program: LiveProgram, until: number, stripe: number) {
    this.#services = services
    this.#program = program
    this.#until = until
    this.#stripe = stripe
  }

  get first(): DueAccount | undefined {
    return this.#page[this.#at]
  }

  /** Whether there may be more, which has to be read first. */
  get isDry(): boolean {
    return this.#at === this.#page.length && !this.#ended
  }

  take(): DueAccount {
    return this.#page[this.#at++]!
  }

  async fill(): Promise<void> {
    if (!this.isDry) return
    const { rows } = await this.#services.database.query<DueAccount>(DUE, [
      this.#stripe,
      this.#program.number,
      this.#until,
      this.#last.due_ms,
      this.#last.account,
      READ,
    ])
    this.#page = rows
    this.#at = 0
    this.#ended = rows.length < READ
    this.#last = rows.at(-1) ?? this.#last
  }
}

const DUE = {
  name: 'sweep_due',
  text: `select account, due_ms from due
    where stripe = $1 and program = $2 and due_ms <= $3 and (due_ms, account) > ($4, $5)
    order by due_ms, account limit $6`,
}
