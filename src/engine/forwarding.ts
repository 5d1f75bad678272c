/** Forwarding: what a decision tells another account is brought there and decided, once, in the order of its causes. */

import type { ActivityBodies, ForwardedType } from '../core/activity.ts'
import { bigintArray, smallintArray, textArray } from './arrays.ts'
import { awardContests, stepIn } from './awards.ts'
import type { Database, Queries } from './db.ts'
import { stripeOf } from './ids.ts'
import type { Inbox } from './inbox.ts'
import { type Incoming, keys } from './incoming.ts'
import type { LiveProgram } from './programs.ts'
import { type SweepServices, type Swept, sweep } from './sweep.ts'

export interface ForwardServices {
  database: Database
  inbox: Inbox
}

/** What is read, and brought to its accounts, at once. */
const PAGE = 500

interface Row {
  source: number
  place: number
  origin: number
  account: number
  type: ForwardedType
  body: string
  occurred_ms: number
}

/**
 * Brings all that is on its way in a program to whom it is for, and answers how much that was. The key of each makes
 * repeating harmless: whoever is stopped between a decision and the note of it finds the decision at the next time, and
 * several processes may do the same at once. With `history` accounts stay on the time of a file that is imported.
 */
export async function forward(
  { database, inbox }: ForwardServices,
  program: LiveProgram,
  history = false,
): Promise<number> {
  let brought = 0
  for (let rows = await onItsWay(database, program); rows.length > 0; rows = await onItsWay(database, program)) {
    const mistakes: unknown[] = []
    await Promise.all(
      [...inGroups(rows).values()].map(async (group) => {
        const done: Done[] = []
        try {
          for (const row of group) {
            const one = await bring(inbox, program, row, history)
            if (one.refused === null || row.type !== 'award') done.push(one)
            else brought += await passOn(database, row, one)
          }
        } catch (error) {
          // What follows it waits for it; others do not.
          mistakes.push(error)
        }
        await note(database, done)
        brought += done.length
      }),
    )
    if (mistakes.length > 0) throw mistakes[0]
  }
  return brought
}

/** All that falls due up to `until` (ms), and all that comes of it on other accounts, until nothing is left to happen. */
export async function sweepAndForward(
  services: SweepServices,
  program: LiveProgram,
  until: number,
  history = false,
): Promise<Swept> {
  await forward(services, program, history)
  const swept = await sweep(services, program, until)
  await awardContests(services, program, until)
  for (let brought = await forward(services, program, history); brought > 0; ) {
    const more = await sweep(services, program, until)
    swept.woken += more.woken
    swept.activities += more.activities + brought
    brought = await forward(services, program, history)
  }
  return swept
}

/** The programs in which anything is on its way. */
export async function programsWithForwards(database: Queries): Promise<number[]> {
  const { rows } = await database.query<{ program: number }>({
    name: 'forward-programs',
    text: 'select distinct program from forwarded where activity is null and refused is null',
  })
  return rows.map(({ program }) => program)
}

async function onItsWay(database: Queries, program: LiveProgram): Promise<Row[]> {
  const { rows } = await database.query<Row>(
    {
      name: 'forward-waiting',
      text: `select source, place, origin, account, type, body, occurred_ms from forwarded
        where program = $1 and activity is null and refused is null order by origin, seq, place limit $2`,
    },
    [program.number, PAGE],
  )
  return rows
}

/** What one account forwards is brought on one after the other; different accounts, and awards, at once. */
function inGroups(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>()
  for (const row of rows) {
    const by = row.origin === 0 ? row.source : row.origin
    const group = groups.get(by)
    if (group === undefined) groups.set(by, [row])
    else group.push(row)
  }
  return groups
}

interface Done extends Pick<Row, 'source' | 'place'> {
  activity: number | null
  refused: string | null
}

async function bring(inbox: Inbox, program: LiveProgram, row: Row, history: boolean): Promise<Done> {
  const { source, place, account, type, occurred_ms: occurredMs } = row
  const body = JSON.parse(row.body) as ActivityBodies[ForwardedType]
  const ref = { by: 'id', id: account } as const
  const key = keys.forwarded(source, place)
  const incoming = { program, ref, key, occurredMs, type, body, ...(history ? { history } : {}) } as Incoming
  const recorded = await inbox.submit(incoming)
  if (recorded.status === 'recorded') return { source, place, activity: recorded.activity.id, refused: null }
  if (recorded.status !== 'refused') throw new Error(`what is forwarded is not answered with ${recorded.status}`)
  return { source, place, activity: null, refused: recorded.refusal.code }
}

/** Whoever cannot have an award any more, since their account is closed, makes room for whoever is in reserve. */
function passOn(database: Database, { source, body }: Row, done: Done): Promise<number> {
  return database.transaction(async (queries) => {
    const noted = await note(queries, [done])
    // Another process may have seen to it a moment ago.
    if (noted > 0) await stepIn(queries, source, JSON.parse(body) as ActivityBodies['award'])
    return noted
  })
}

async function note(database: Queries, done: readonly Done[]): Promise<number> {
  if (done.length === 0) return 0
  const { rowCount } = await database.query(
    {
      name: 'forward-note',
      text: `update forwarded f set activity = n.activity, refused = n.refused
        from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::text[])
          as n (stripe, source, place, activity, refused)
        where f.stripe = n.stripe and f.source = n.source and f.place = n.place
          and f.activity is null and f.refused is null`,
    },
    [
      smallintArray(done.map(({ source }) => stripeOf(source))),
      bigintArray(done.map(({ source }) => source)),
      smallintArray(done.map(({ place }) => place)),
      bigintArray(done.map(({ activity }) => activity)),
      textArray(done.map(({ refused }) => refused)),
    ],
  )
  return rowCount ?? 0
}
