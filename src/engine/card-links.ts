/** Private links of members to their own card: a secret that only the member has, kept as a hash. */

import type { Queries } from './db.ts'
import { stripeOfText } from './ids.ts'
import { hashOf, newSecret } from './secrets.ts'

const SECRET_FORM = /^card_[0-9A-Za-z]{20,64}$/

/**
 * Makes a link; it is in the answer and nowhere else. The secret stands behind the `#`, which browsers send to nobody, so
 * that no log and no other site sees it.
 */
export async function makeCardLink(
  queries: Queries,
  stripes: number,
  { program, account, by, at }: { program: number; account: number; by: string; at: number },
): Promise<string> {
  const secret = newSecret('card')
  const hash = hashOf(secret)
  await queries.query(
    'insert into card_link (stripe, hash, program, account, made_by, made_ms) values ($1, $2, $3, $4, $5, $6)',
    [stripeOfHash(hash, stripes), hash, program, account, by, at],
  )
  return `/card#${secret}`
}

/** Whose card a secret opens, in the program of that name; null for one that is nobody's. */
export async function findCard(
  queries: Queries,
  stripes: number,
  secret: string,
): Promise<{ program: string; account: number } | null> {
  if (!SECRET_FORM.test(secret)) return null
  const hash = hashOf(secret)
  const { rows } = await queries.query<{ program: string; account: number }>(
    {
      name: 'find-card',
      text: `select p.id as program, c.account from card_link c join program p on p.number = c.program
        where c.stripe = $1 and c.hash = $2`,
    },
    [stripeOfHash(hash, stripes), hash],
  )
  return rows[0] ?? null
}

/** From now on none of the links of these members opens anything. How many there were. */
export async function endCardLinks(queries: Queries, accounts: readonly number[]): Promise<number> {
  const { rowCount } = await queries.query('delete from card_link where account = any ($1::bigint[])', [accounts])
  return rowCount ?? 0
}

function stripeOfHash(hash: Buffer, stripes: number): number {
  return stripeOfText(hash.toString('hex'), stripes)
}
