/** Wakes accounts whose time has come. Only a nudge: whatever is decided before falls due at the same moments. */

import type { Database } from './db.ts'
import { stripeOf } from './ids.ts'
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
  /** How many activities they had by then more than before: what fell due, and whatever else came meanwhile. */
  activities: number
}

/** Accounts that are read and woken at once, over all stripes. */
const PAGE = 1_000

interface DueAccount {
  account: number
  due_ms: number
  seq: number
}

/**
 * Wakes every account of the program that falls due up to `until` (ms), in the order of due times. Stopped in the
 * middle, the next sweep goes on where this one was. An account that cannot be woken keeps nobody else from it: the
 * first such mistake is thrown when all others are awake.
 */
export async function sweep(services: SweepServices, program: LiveProgram, until: number): Promise<Swept> {
  const stripes = Array.from({ length: services.stripes }, (_, stripe) => new Pages(services, program, until, stripe))
  const swept: Swept = { woken: 0, activities: 0 }
  const mistakes: unknown[] = []
  for (let page = await nextPage(stripes); page.length > 0; page = await nextPage(stripes)) {
    const before = page.reduce((sum, { seq }) => sum + seq, 0)
    const woken = await Promise.allSettled(page.map(({ account }) => wake(services.inbox, program, account, until)))
    for (const one of woken) if (one.status === 'rejected') mistakes.push(one.reason)
    swept.woken += woken.length
    swept.activities += (await sumOfSeq(services.database, page)) - before
  }
  if (mistakes.length > 0) throw mistakes[0]
  return swept
}

async function wake(inbox: Inbox, program: LiveProgram, account: number, until: number): Promise<void> {
  const key = keys.once(`wake:${account}`)
  await inbox.submit({ type: 'wake', program, ref: { by: 'id', id: account }, key, occurredMs: until, body: {} })
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
    const limit = Math.ceil(PAGE / this.#services.stripes)
    const { rows } = await this.#services.database.query<DueAccount>(DUE, [
      this.#stripe,
      this.#program.number,
      this.#until,
      this.#last.due_ms,
      this.#last.account,
      limit,
    ])
    this.#page = rows
    this.#at = 0
    this.#ended = rows.length < limit
    this.#last = rows.at(-1) ?? this.#last
  }
}

const DUE = {
  name: 'sweep_due',
  text: `select d.account, d.due_ms, a.seq
    from due d join account a on a.stripe = d.stripe and a.id = d.account
    where d.stripe = $1 and d.program = $2 and d.due_ms <= $3 and (d.due_ms, d.account) > ($4, $5)
    order by d.due_ms, d.account limit $6`,
}

async function sumOfSeq(database: Database, page: readonly DueAccount[]): Promise<number> {
  const { rows } = await database.query<{ sum: number }>(
    `select coalesce(sum(a.seq), 0)::bigint as sum
     from unnest($1::smallint[], $2::bigint[]) as woken (stripe, id) join account a using (stripe, id)`,
    [page.map(({ account }) => stripeOf(account)), page.map(({ account }) => account)],
  )
  return rows[0]!.sum
}
