/** Forgetting a person: whatever names them goes, in the transaction that erases them; what moved stays as it was. */

import { bigintArray, smallintArray, textArray } from './arrays.ts'
import { endCardLinks } from './card-links.ts'
import type { Queries } from './db.ts'
import { KIND } from './directory.ts'
import { publicId, stripeOf, stripeOfText } from './ids.ts'
import { type Link, readPerson } from './person.ts'

/** The topic that may still be told of somebody who is erased. */
const LAST_TOPIC = 'member.erased'

export async function forget(queries: Queries, account: number, program: number, stripes: number): Promise<void> {
  const { accounts, activities, pooled } = await readPerson(queries, account)
  const profiles = await readProfiles(queries, accounts)
  await forgetActivities(
    queries,
    [...activities, ...pooled].map(({ id }) => id),
  )
  await forgetContacts(queries, program, profiles, stripes)
  await forgetProfiles(queries, accounts)
  await forgetNotes(queries, accounts)
  await endCardLinks(queries, accounts)
  await forgetMessages(queries, program, accounts, pooled)
  await forgetDrafts(queries, program, profiles)
  await forgetAnswers(queries, program, profiles)
}

interface Contacts {
  account: number
  external_id: string | null
  email: string | null
  phone: string | null
  card_number: string
  referral_code: string
}

async function readProfiles(queries: Queries, accounts: readonly number[]): Promise<Contacts[]> {
  const { rows } = await queries.query<Contacts>(
    `select p.account, p.external_id, p.email, p.phone, p.card_number, p.referral_code
     from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account) join profile p using (stripe, account)`,
    idArrays(accounts),
  )
  return rows
}

/**
 * Bodies and salts go; the hash that the chain has of a body stays, and says nothing without the salt. Why the person was
 * erased, and by whom, is kept. The key of joining has the member's id at the business in it.
 */
async function forgetActivities(queries: Queries, activities: readonly number[]): Promise<void> {
  await queries.query(
    `update activity a set body_hash = sha256(a.salt || convert_to(a.body, 'UTF8')), body = null, salt = null,
       frozen = null, key = case a.type when 'join' then 'erased:' || a.id else a.key end
     from unnest($1::smallint[], $2::bigint[]) as n (stripe, id)
     where a.stripe = n.stripe and a.id = n.id and a.body is not null and a.type <> 'erase'`,
    idArrays(activities),
  )
}

/** Keys of orders and requests stay, so that none of them is taken for new; by contacts, nobody is found any more. */
async function forgetContacts(
  queries: Queries,
  program: number,
  profiles: readonly Contacts[],
  stripes: number,
): Promise<void> {
  const entries = profiles.flatMap(({ account, ...contacts }) => [
    { account, kind: KIND.external, value: contacts.external_id },
    { account, kind: KIND.phone, value: contacts.phone },
    { account, kind: KIND.email, value: contacts.email },
    { account, kind: KIND.card, value: contacts.card_number },
    { account, kind: KIND.referral, value: contacts.referral_code },
  ])
  const known = entries.flatMap(({ value, ...rest }) => (value === null ? [] : [{ ...rest, value }]))
  await queries.query(
    `delete from directory d using unnest($1::smallint[], $2::smallint[], $3::text[]) as n (stripe, kind, value)
     where d.stripe = n.stripe and d.program = $4 and d.kind = n.kind and d.value = n.value and d.account = any ($5::bigint[])`,
    [
      smallintArray(known.map(({ value }) => stripeOfText(value, stripes))),
      smallintArray(known.map(({ kind }) => kind)),
      textArray(known.map(({ value }) => value)),
      program,
      bigintArray(profiles.map(({ account }) => account)),
    ],
  )
}

async function forgetProfiles(queries: Queries, accounts: readonly number[]): Promise<void> {
  await queries.query(
    `update profile p set external_id = null, name = null, email = null, phone = null, birthday = null, locale = null, alias = null,
       card_number = '', referral_code = '', status = case p.status when 'merged' then 'merged' else 'erased' end
     from unnest($1::smallint[], $2::bigint[]) as n (stripe, account)
     where p.stripe = n.stripe and p.account = n.account`,
    idArrays(accounts),
  )
}

/** After the profiles, whose rows whoever writes a note holds until it is there. */
async function forgetNotes(queries: Queries, accounts: readonly number[]): Promise<void> {
  await queries.query(
    `delete from note w using unnest($1::smallint[], $2::bigint[]) as n (stripe, account)
     where w.stripe = n.stripe and w.account = n.account`,
    idArrays(accounts),
  )
}

/** Messages that are still to be delivered go out empty, since whoever counts them may miss none. */
async function forgetMessages(
  queries: Queries,
  program: number,
  accounts: readonly number[],
  pooled: readonly Link[],
): Promise<void> {
  await queries.query(
    `update outbox set data = '{}' where program = $1 and topic <> '${LAST_TOPIC}'
       and (account = any ($2::bigint[]) or activity = any ($3::bigint[]))`,
    [program, bigintArray(accounts), bigintArray(pooled.map(({ id }) => id))],
  )
}

async function forgetDrafts(queries: Queries, program: number, profiles: readonly Contacts[]): Promise<void> {
  await queries.query('delete from draft_order where program = $1 and member = any ($2::text[])', [
    program,
    textArray(profiles.flatMap(namesOf)),
  ])
}

/** Answers that name the person are forgotten; that the requests were made is not, or they would be made again. */
async function forgetAnswers(queries: Queries, program: number, profiles: readonly Contacts[]): Promise<void> {
  const words = profiles.flatMap((profile) => {
    const { email, phone, card_number } = profile
    return [...namesOf(profile), email, phone, card_number].flatMap((word) => (word === null ? [] : [word]))
  })
  await queries.query(
    `update answered a set answer = 'null' where a.program = $1
     and exists (select from unnest($2::text[]) as n (word) where n.word <> '' and strpos(a.answer, n.word) > 0)`,
    [program, textArray(words)],
  )
}

/** How bodies and answers name a member. */
function namesOf({ account, external_id }: Contacts): string[] {
  return [publicId('mem', account), ...(external_id === null ? [] : [`external:${external_id}`])]
}

function idArrays(ids: readonly number[]): [Buffer, Buffer] {
  return [smallintArray(ids.map(stripeOf)), bigintArray(ids)]
}
