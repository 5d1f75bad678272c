/** The proof of a member's history as a document, and the check of one that needs neither us nor a database. */

import { z } from 'zod'
import type { Bucket } from '../core/points.ts'
import { countOf } from '../core/text-table.ts'
import { climb, hashLeaf } from './merkle.ts'
import { chainHash, GENESIS, type HashedPosting, hashBody } from './proof.ts'
import { statementHash } from './roots.ts'
import { isSignedBy } from './signing.ts'

const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal')
  .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] })

export const RootAnswer = z
  .strictObject({
    day: z.iso.date().describe('The day that closed, in the program’s time zone'),
    root: Hash.describe('Of the Merkle tree (RFC 6962) over the heads that no earlier root covers'),
    accounts: z.int().min(0).describe('How many accounts’ heads it covers'),
    previous: Hash.describe('SHA-256 of the statement of the day before; zeros for the first'),
    sealed_at: z.iso.datetime({ offset: true }),
    statement: z
      .string()
      .describe('What is signed: canonical JSON (RFC 8785) of all of the above, the program and the key'),
    statement_hash: Hash.describe('SHA-256 of the statement: what the next day names as `previous`'),
    public_key: z
      .string()
      .describe('Ed25519: base64 of the SubjectPublicKeyInfo, what stands between the lines of a PEM'),
    signature: z.string().describe('Ed25519 over the statement, in base64'),
  })
  .meta({ id: 'DailyRoot', description: 'The signed root of a day' })
export type RootAnswer = z.output<typeof RootAnswer>

const ProvenActivity = z.strictObject({
  id: z.string(),
  key: z.string(),
  sealed: z
    .string()
    .describe(
      'JSON as it was hashed: number, type, occurred and recorded (ms since 1970), revision, and postings of wallet, from, ' +
        'to, points, kind, month, release, expiry, rule, line and reversed activity',
    ),
  salt: z.string().nullable().describe('In hexadecimal; null when the person is erased or your role may not see it'),
  body: z.string().nullable().describe('What was sent, as it was hashed; null when `salt` is'),
  body_hash: Hash.describe('SHA-256 of salt and body'),
  hash: Hash.describe('SHA-256 of the hash before, `body_hash` and `sealed`'),
})

export const MemberProof = z
  .strictObject({
    format: z.literal('regulars-proof/1'),
    program: z.string(),
    member: z.string(),
    activities: z
      .array(ProvenActivity)
      .min(1)
      .describe('The chain from the first activity to the one that the root covers'),
    leaf: z.strictObject({
      index: z.int().min(0).describe('The place of the member’s leaf'),
      path: z.array(Hash).describe('What stands beside it on the way to the root, from the bottom up'),
    }),
    root: RootAnswer,
  })
  .meta({ id: 'MemberProof', description: 'A member’s history with all that is needed to check it' })
export type MemberProof = z.output<typeof MemberProof>

export interface ProofCheck {
  /** What is wrong, each in a sentence; empty when the document proves what it says. */
  problems: string[]
  activities: number
  /** Activities whose body is not in the document. */
  hidden: number
  /** Points by wallet and bucket, as the postings come to. */
  balances: Record<string, Partial<Record<Bucket, number>>>
}

/** Checks a document by itself; with `publicKey` (as in a root) also that it was signed by that key. */
export function checkProof(text: string, publicKey: string | null): ProofCheck & { proof: MemberProof | null } {
  const check: ProofCheck = { problems: [], activities: 0, hidden: 0, balances: {} }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    check.problems.push(`The file is not JSON: ${(error as Error).message}.`)
    return { ...check, proof: null }
  }
  const parsed = MemberProof.safeParse(json)
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) check.problems.push(`/${path.join('/')} ${message}.`)
    return { ...check, proof: null }
  }
  const proof = parsed.data
  const head = checkChain(proof, check)
  checkPath(proof, head, check)
  checkRoot(proof, publicKey, check)
  return { ...check, proof }
}

/** Hashes the chain from its beginning; answers its end. */
function checkChain({ activities }: MemberProof, check: ProofCheck): Buffer {
  let head: Buffer = GENESIS
  for (const [i, { id, sealed, salt, body, body_hash, hash }] of activities.entries()) {
    check.activities += 1
    const which = `Activity ${i + 1} (${id})`
    if (salt === null || body === null) check.hidden += 1
    else if (hashBody(Buffer.from(salt, 'hex'), body).toString('hex') !== body_hash)
      check.problems.push(`${which}: salt and body do not come to body_hash.`)
    if (chainHash(head, Buffer.from(body_hash, 'hex'), sealed).toString('hex') !== hash)
      check.problems.push(`${which}: the hash before, body_hash and sealed do not come to its hash.`)
    const fields = readSealed(sealed)
    if (fields === null) check.problems.push(`${which}: sealed is not of its form.`)
    else if (fields.seq !== i + 1) check.problems.push(`${which}: sealed says that it is number ${fields.seq}.`)
    for (const posting of fields?.postings ?? []) addPosting(check.balances, posting)
    head = Buffer.from(hash, 'hex')
  }
  return head
}

function readSealed(text: string): { seq: number; postings: HashedPosting[] } | null {
  try {
    const [seq, , , , , postings] = JSON.parse(text) as [number, string, number, number, number, HashedPosting[]]
    return Number.isInteger(seq) && Array.isArray(postings) ? { seq, postings } : null
  } catch {
    return null
  }
}

const INSIDE: ReadonlySet<Bucket> = new Set(['pending', 'available', 'held', 'debt'])

function addPosting(balances: ProofCheck['balances'], [wallet, from, to, points]: HashedPosting): void {
  balances[wallet] ??= {}
  const sums = balances[wallet]
  if (INSIDE.has(from)) sums[from] = (sums[from] ?? 0) - points
  if (INSIDE.has(to)) sums[to] = (sums[to] ?? 0) + points
}

/** The leaf of the chain's end climbs to the root. */
function checkPath({ member, activities, leaf, root }: MemberProof, head: Buffer, check: ProofCheck): void {
  const data = JSON.stringify([member, activities.length, head.toString('hex')])
  const path = leaf.path.map((one) => Buffer.from(one, 'hex'))
  const reached = climb(hashLeaf(data), leaf.index, root.accounts, path)
  if (reached?.toString('hex') !== root.root)
    check.problems.push(`The end of the chain does not climb by its path to the root of ${root.day}.`)
}

function checkRoot({ program, root }: MemberProof, publicKey: string | null, check: ProofCheck): void {
  const { statement, statement_hash, signature, day, accounts, previous, public_key, sealed_at } = root
  const said = JSON.stringify({ accounts, day, previous, program, public_key, root: root.root, sealed_at })
  if (said !== statement) check.problems.push('The statement that is signed says something else than the root.')
  if (statementHash(statement).toString('hex') !== statement_hash)
    check.problems.push('statement_hash is not that of the statement.')
  if (!isSignedBy(public_key, statement, Buffer.from(signature, 'base64')))
    check.problems.push(`The signature of the root of ${day} is not that of its key over the statement.`)
  if (publicKey !== null && publicKey !== public_key)
    check.problems.push(`The root of ${day} is signed by another key than the one given.`)
}

/** What a check found, in words. */
export function proofText(proof: MemberProof | null, check: ProofCheck, publicKey: string | null): string {
  if (check.problems.length > 0 || proof === null) return check.problems.join('\n')
  const { root, member, program } = proof
  const pinned =
    publicKey === null
      ? `  It names its key itself; compare it with the one you were given: ${root.public_key}`
      : '  It is signed by the key that you gave.'
  const hidden = check.hidden === 0 ? '' : `, of ${check.hidden} of which only a hash of what was sent`
  const lines = [
    `${member} of ${program}: ${countOf(check.activities, 'activity', 'activities')}${hidden}, whole under the root of ${root.day}, which is signed.`,
    pinned,
  ]
  for (const [wallet, sums] of Object.entries(check.balances)) {
    const parts = Object.entries(sums).filter(([, points]) => points !== 0)
    const text = parts.map(([bucket, points]) => `${bucket === 'debt' ? -points : points} ${bucket}`).join(', ')
    lines.push(`  ${wallet}: ${text === '' ? 'none left' : text}`)
  }
  return lines.join('\n')
}
