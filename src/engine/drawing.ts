/**
 * Drawing winners so that anybody can do it again: a seed that was committed to beforehand, a list of entries, and whole
 * numbers. docs/program.md says it in words, and a test does it anew in others.
 */

import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'

/** Who takes part, under a name of the draw's own, and with how many tickets; sorted by that name. */
export type DrawEntry = readonly [entry: string, count: number]

export interface DrawnTicket {
  entry: string
  /** Counted from 0 through all entries in their order. */
  ticket: number
}

const Hex = z.string().regex(/^[0-9a-f]{64}$/)

/** All that winners were drawn from, as the server publishes it. */
export const DrawProof = z
  .object({
    program: z.string(),
    draw: z.string(),
    commitment: Hex.describe('SHA-256 of the seed, shown from the beginning'),
    seed: z.string(),
    salt: Hex.describe('SHA-256 of the seed and `:salt`'),
    digest: Hex.describe('SHA-256 of the entries, a line each: its name, a space and its tickets'),
    winners: z.array(Hex).describe('In the order in which they were drawn'),
    reserves: z.array(Hex),
    entries: z.array(z.tuple([Hex, z.int().min(1)])).describe('Sorted by name; a name is SHA-256 of salt, `:` and id'),
  })
  .meta({ id: 'DrawProof' })
export type DrawProof = z.output<typeof DrawProof>

/** What is wrong with a draw, in sentences; nothing where anybody comes to the same winners. */
export function checkDraw(proof: DrawProof): string[] {
  const { commitment, seed, salt, digest, winners, reserves, entries } = proof
  const names = entries.map(([entry]) => entry)
  const drawn = drawWinners(seed, entries, winners.length + reserves.length).map(({ entry }) => entry)
  const checks: [boolean, string][] = [
    [commitmentOf(seed) === commitment, 'the seed is not the one that was committed to'],
    [saltOf(seed) === salt, 'the salt does not follow from the seed'],
    [names.every((name, i) => i === 0 || names[i - 1]! < name), 'the entries are not in their order, or one is twice'],
    [digestOf(entries) === digest, 'the digest is not that of the entries'],
    [drawn.join() === [...winners, ...reserves].join(), `the seed draws ${drawn.join(', ') || 'nobody'}`],
  ]
  return checks.filter(([holds]) => !holds).map(([, words]) => words)
}

/** The seed that the database makes for a draw: nobody knows it who does not know the database's secret. */
export function seedOf(secret: string, program: string, draw: string): string {
  return createHmac('sha256', secret).update(`draw:${program}:${draw}`).digest('hex')
}

/** What is published before the draw, and shows afterwards that the seed was not chosen when the entries were known. */
export function commitmentOf(seed: string): string {
  return sha256(seed)
}

/** The salt of the names of entries. */
export function saltOf(seed: string): string {
  return sha256(`${seed}:salt`)
}

/** What a member (`mem_…`) is called in the list of entries. */
export function entryOf(salt: string, member: string): string {
  return sha256(`${salt}:${member}`)
}

/** Stands for the whole list: a line an entry, its name and its tickets. */
export function digestOf(entries: Iterable<DrawEntry>): string {
  const hash = createHash('sha256')
  for (const [entry, count] of entries) hash.update(`${entry} ${count}\n`)
  return hash.digest('hex')
}

/**
 * As many different entries as are asked for, or all of them, in the order in which they are drawn. The nth number is the
 * first eight bytes of sha256(seed ‖ ":" ‖ n), n from 0; one beyond the largest multiple of the number of tickets is left
 * out, so that every ticket has the same chance; what remains of the division is the ticket. A ticket of an entry that
 * has been drawn already is passed over.
 */
export function drawWinners(seed: string, entries: readonly DrawEntry[], wanted: number): DrawnTicket[] {
  const ends: number[] = []
  let tickets = 0
  for (const [, count] of entries) ends.push((tickets += count))
  const drawn = new Map<number, DrawnTicket>()
  const most = Math.min(wanted, entries.length)
  for (let n = 0; drawn.size < most; n++) {
    const ticket = ticketOf(seed, n, tickets)
    if (ticket === null) continue
    const holder = holderOf(ends, ticket)
    if (!drawn.has(holder)) drawn.set(holder, { entry: entries[holder]![0], ticket })
  }
  return [...drawn.values()]
}

const NUMBERS = 2n ** 64n

function ticketOf(seed: string, n: number, tickets: number): number | null {
  const number = createHash('sha256').update(`${seed}:${n}`).digest().readBigUInt64BE(0)
  const of = BigInt(tickets)
  return number < NUMBERS - (NUMBERS % of) ? Number(number % of) : null
}

/** The place of the entry that has the ticket: the first that ends after it. */
function holderOf(ends: readonly number[], ticket: number): number {
  let [from, until] = [0, ends.length - 1]
  while (from < until) {
    const middle = (from + until) >> 1
    if (ends[middle]! > ticket) until = middle
    else from = middle + 1
  }
  return from
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
