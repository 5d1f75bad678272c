/** A member as an activity left them: what is answered to a change that is sent again, whatever has changed since. */

import type { ProfileBody } from '../core/activity.ts'
import { memberAnswer, type Profile } from './answers.ts'
import { stripeOf } from './ids.ts'
import type { StoredActivity } from './incoming.ts'
import { type Reading, readProfile } from './read.ts'
import type { Member } from './shapes.ts'

/** The activities of an account that say who somebody is or where they stand, the latest first. */
const CHANGES = {
  name: 'member-changes',
  text: `with recursive line (id, prev, type, body, depth) as (
      select a.id, a.prev, a.type, a.body, 1 from account c join activity a on a.stripe = c.stripe and a.id = c.last
      where c.stripe = $1 and c.id = $2
      union all
      select a.id, a.prev, a.type, a.body, line.depth + 1 from line join activity a on a.stripe = $1 and a.id = line.prev
    )
    select id, type, body from line where type in ('join', 'profile', 'close', 'reopen', 'erase') order by depth`,
}

interface Change {
  id: number
  type: 'join' | 'profile' | 'close' | 'reopen' | 'erase'
  body: string | null
}

export async function readMemberThen(reading: Reading, replayed: boolean, stored: StoredActivity): Promise<Member> {
  const now = (await readProfile(reading, stored.account))!
  const then = replayed ? await profileThen(reading, stored, now) : now
  return memberAnswer(then, stored.outcome.balances, stored.outcome.view, null)
}

async function profileThen(reading: Reading, { id, account, body }: StoredActivity, now: Profile): Promise<Profile> {
  const { rows } = await reading.database.query<Change>(CHANGES, [stripeOf(account), account])
  const until = rows.slice(rows.findIndex((one) => one.id === id))
  // Of an erased person only what the caller has sent this time is there to be answered.
  const told = [body as ProfileBody | null, ...until.map(bodyOf)]
  const ever = [...told, ...rows.map(bodyOf)]
  const card = told.find((one) => one?.card_number !== undefined)?.card_number
  const then = { ...now, card_number: card ?? now.card_number, status: statusAfter(until) }
  for (const field of FIELDS) {
    const said = told.find((one) => one?.[field] !== undefined)
    // What nobody ever said came with somebody who was merged into them.
    if (said != null) Object.assign(then, { [field]: said[field]! })
    else if (ever.some((one) => one?.[field] !== undefined)) then[field] = null
  }
  return then
}

const FIELDS = ['external_id', 'name', 'email', 'phone', 'birthday', 'locale', 'alias', 'leaderboards'] as const

function bodyOf({ type, body }: Change): ProfileBody | null {
  return body === null || (type !== 'join' && type !== 'profile') ? null : JSON.parse(body)
}

function statusAfter(changes: readonly Change[]): Profile['status'] {
  const last = changes.find(({ type }) => type !== 'join' && type !== 'profile')?.type
  if (last === 'erase') return 'erased'
  return last === 'close' ? 'closed' : 'active'
}
