/** Members as a list: by what they are called, sorted, filtered, and page by page, none of which takes long. */

import { z } from 'zod'
import { assert } from '../core/assert.ts'
import { sums } from '../core/points.ts'
import type { Refusal } from '../core/refusal.ts'
import { tierOf } from './answers.ts'
import { stripeOf } from './ids.ts'
import { viewOf } from './outcome.ts'
import { currentProgram, type LiveProgram, nowOf } from './programs.ts'
import {
  type AccountRow,
  awake,
  lastPage,
  type Page,
  type PageRequest,
  type Reading,
  readAccounts,
  readMembers,
  withWinners,
  wrongCursor,
} from './read.ts'
import type { Member } from './shapes.ts'

export const MEMBER_SORTS = ['joined', '-joined', 'name'] as const

/** What is asked of every member in the list; null for what is not asked. */
export interface MemberFilter {
  /** Members come in the order of what was found, whatever `sort` says. */
  search: MemberSearch | null
  /** By id unless said, which is the order of no meaning that costs the least. */
  sort: (typeof MEMBER_SORTS)[number] | null
  /** Those who are there (active or closed) unless said. */
  status: Member['status'] | null
  /** From the first (ms) until before the second. */
  joinedFrom: number | null
  joinedUntil: number | null
  tier: string | null
  /** So many points of a wallet or more can be spent. */
  balance: { wallet: string; points: number } | null
}

/** Beginnings of what members are looked for by; `phones` are up to two, in E.164. */
export interface MemberSearch {
  name: string
  external: string
  phones: readonly string[]
}

/** How long a page may be looked for before it is answered with what was found so far, in ms. */
const PAGE_MS = 40
/** Rows that are read at once: as many as are shown at first, and more and more while few of them fit. */
const MOST_ROWS = 2_000
/** Accounts that are woken at once: other requests are answered between two such parts. */
const MOST_ACCOUNTS = 250

/**
 * A page of members. Tier and points stand in the accounts, which have no index of what changes: they are looked at one
 * by one along the order, so where few fit a page may be short, and its cursor goes on from the last one looked at.
 */
export async function listMembers(
  reading: Reading,
  live: LiveProgram,
  filter: MemberFilter,
  { limit, cursor }: PageRequest,
  mostMs = PAGE_MS,
): Promise<Page<Member> | Refusal> {
  const sections = sectionsOf(filter)
  const start = cursor === undefined ? { section: 0, after: null } : readPlace(cursor, sections)
  if (start === null) return wrongCursor()
  const until = performance.now() + mostMs
  const found: Row[] = []
  let place: Place | null = start
  for (let size = limit + 1; place !== null; size = Math.min(size * 4, MOST_ROWS)) {
    const rows: Row[] = await readRows(reading, live, filter, sections, place, size)
    const looked = await lookAt(reading, live, filter, rows, limit + 1 - found.length, until)
    found.push(...looked.fitting)
    if (found.length > limit) break
    place = looked.last ?? place
    if (looked.last === rows.at(-1) && rows.length < size) place = sectionAfter(place, sections)
    if (performance.now() > until) break
  }
  const isMore = found.length > limit
  const shown = found.slice(0, limit)
  const members = await readMembers(
    reading,
    live,
    shown.map(({ account }) => account),
  )
  const data = await withWinners(reading, live, members)
  const next = isMore ? shown.at(-1)! : place
  return next === null ? lastPage(data) : { data, has_more: true, next_cursor: writePlace(next) }
}

/** All members who fit, however long it takes, a few hundred at a time. */
export async function* eachMember(reading: Reading, live: LiveProgram, filter: MemberFilter): AsyncGenerator<Member[]> {
  for (let cursor: string | undefined, more = true; more; ) {
    const page: Page<Member> | Refusal = await listMembers(reading, live, filter, { limit: 500, cursor })
    assert('data' in page, 'a list goes on from its own cursor')
    yield page.data
    cursor = page.next_cursor ?? undefined
    more = page.has_more
  }
}

/** Hands a value over to a statement, and answers how it is named there. */
type Put = (value: unknown) => string

/** A part of the list that one index carries: sections follow each other. */
interface Section {
  /** Which profiles are in it. */
  where(put: Put): string
  /** What it is sorted by, before the account; null for nothing. */
  key: 'joined_ms' | 'lower(name)' | 'external_id' | 'phone' | null
  descending: boolean
}

function sectionsOf({ search, sort, joinedFrom, joinedUntil }: MemberFilter): readonly Section[] {
  if (search !== null) return sectionsOfSearch(search)
  if (sort === 'name')
    return [
      { where: () => 'lower(name) is not null', key: 'lower(name)', descending: false },
      { where: () => 'lower(name) is null', key: null, descending: false },
    ]
  // Where only some days are asked for, the index by time leads to them.
  const isByTime = sort !== null || joinedFrom !== null || joinedUntil !== null
  return [{ where: () => 'true', key: isByTime ? 'joined_ms' : null, descending: sort === '-joined' }]
}

/** By name, then by id, then by phone: whoever was found already is in no later section. */
function sectionsOfSearch({ name, external, phones }: MemberSearch): Section[] {
  const looks = [
    { key: 'lower(name)' as const, text: name.toLowerCase() },
    { key: 'external_id' as const, text: external },
    ...phones.map((text) => ({ key: 'phone' as const, text })),
  ]
  const like = ({ key, text }: (typeof looks)[number], put: Put) => `${key} like ${put(prefix(text))}`
  return looks.map((look, place) => ({
    where: (put) =>
      [like(look, put), ...looks.slice(0, place).map((before) => `(${like(before, put)}) is not true`)].join(' and '),
    key: look.key,
    descending: false,
  }))
}

function prefix(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, '\\$&')}%`
}

/** Where a list goes on: behind a row of a section, or at the section's beginning. */
interface Place {
  section: number
  after: { key: string | number | null; account: number } | null
}

interface Row extends Place {
  account: number
  status: Member['status']
  joined_ms: number
}

function sectionAfter({ section }: Place, sections: readonly Section[]): Place | null {
  return section + 1 < sections.length ? { section: section + 1, after: null } : null
}

/** The next rows of a section, along its index. The statement has no name, so that it is planned for what it is given. */
async function readRows(
  { database }: Reading,
  live: LiveProgram,
  filter: MemberFilter,
  sections: readonly Section[],
  { section: number, after }: Place,
  limit: number,
): Promise<Row[]> {
  const section = sections[number]!
  const values: unknown[] = []
  const put: Put = (value) => `$${values.push(value)}`
  const where = [`program = ${put(live.number)}`, 'not is_pool', section.where(put)]
  if (section.key === 'joined_ms') where.push(...joinedBetween(filter, put))
  if (after !== null) where.push(behind(section, after, put))
  const { rows } = await database.query<Omit<Row, keyof Place> & { key: string | number | null }>(
    `select account, status, joined_ms, ${section.key ?? 'null'} as key from profile where ${where.join(' and ')}
     order by ${orderOf(section)} limit ${put(limit)}`,
    values,
  )
  return rows.map(({ key, ...row }) => ({ ...row, section: number, after: { key, account: row.account } }))
}

function joinedBetween({ joinedFrom, joinedUntil }: MemberFilter, put: Put): string[] {
  const from = joinedFrom === null ? [] : [`joined_ms >= ${put(joinedFrom)}`]
  return joinedUntil === null ? from : [...from, `joined_ms < ${put(joinedUntil)}`]
}

/** Texts are compared by their bytes, as their indexes are sorted. */
function behind({ key, descending }: Section, after: NonNullable<Place['after']>, put: Put): string {
  const account = `${put(stripeOf(after.account))}::smallint, ${put(after.account)}::bigint`
  if (key === null) return `(stripe, account) > (${account})`
  if (key === 'joined_ms')
    return `(joined_ms, stripe, account) ${descending ? '<' : '>'} (${put(after.key)}::bigint, ${account})`
  const text = put(after.key)
  return `${key} ~>=~ ${text} and (${key} ~>~ ${text} or (stripe, account) > (${account}))`
}

function orderOf({ key, descending }: Section): string {
  const way = descending ? ' desc' : ''
  const account = `stripe${way}, account${way}`
  if (key === null) return account
  return key === 'joined_ms' ? `joined_ms${way}, ${account}` : `${key} using ~<~, ${account}`
}

/** The first rows that fit, at most so many, and the last row that was looked at before enough fitted or time was up. */
async function lookAt(
  reading: Reading,
  live: LiveProgram,
  filter: MemberFilter,
  rows: readonly Row[],
  most: number,
  until: number,
): Promise<{ fitting: Row[]; last: Row | undefined }> {
  const fitting: Row[] = []
  for (let i = 0; i < rows.length; i += MOST_ACCOUNTS) {
    const part = rows.slice(i, i + MOST_ACCOUNTS)
    fitting.push(...(await whoFits(reading, live, filter, part)))
    if (fitting.length >= most || performance.now() > until)
      return { fitting: fitting.slice(0, most), last: part.at(-1) }
  }
  return { fitting, last: rows.at(-1) }
}

async function whoFits(
  reading: Reading,
  live: LiveProgram,
  filter: MemberFilter,
  rows: readonly Row[],
): Promise<Row[]> {
  const there = rows.filter((row) => isThere(row, filter))
  if (filter.tier === null && filter.balance === null) return there
  const accounts = await readAccounts(
    reading,
    live,
    there.map(({ account }) => account),
  )
  return there.filter(({ account }) => fits(live, accounts.get(account)!, filter))
}

/** Whoever is looked for by what a merged member was called is found, too. */
function isThere({ status, joined_ms }: Row, { search, joinedFrom, joinedUntil, ...filter }: MemberFilter): boolean {
  if (joinedFrom !== null && joined_ms < joinedFrom) return false
  if (joinedUntil !== null && joined_ms >= joinedUntil) return false
  if (filter.status !== null) return status === filter.status
  return status === 'active' || status === 'closed' || (search !== null && status === 'merged')
}

/** As of now: points that have expired are no points, though nobody was woken for it yet. */
function fits(live: LiveProgram, row: AccountRow, { tier, balance }: MemberFilter): boolean {
  const { account } = awake(live, row, nowOf(live))
  if (balance !== null) {
    const wallet = account.wallets.find(({ id }) => id === balance.wallet)
    if ((wallet === undefined ? 0 : sums(wallet).available) < balance.points) return false
  }
  return tier === null || tierOf(viewOf(account, currentProgram(live), nowOf(live)))?.level === tier
}

function writePlace({ section, after }: Place): string {
  return Buffer.from(JSON.stringify([section, after?.key ?? null, after?.account ?? null])).toString('base64url')
}

const Written = z.tuple([
  z.int().min(0),
  z.union([z.int(), z.string().refine((text) => !text.includes('\0')), z.null()]),
  z.int().min(0).nullable(),
])

function readPlace(cursor: string, sections: readonly Section[]): Place | null {
  let written: unknown
  try {
    written = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
  const { data } = Written.safeParse(written)
  const section = data === undefined ? undefined : sections[data[0]]
  if (data === undefined || section === undefined) return null
  const [number, key, account] = data
  if (account === null) return { section: number, after: null }
  const isTheirs =
    section.key === null ? key === null : typeof key === (section.key === 'joined_ms' ? 'number' : 'string')
  return isTheirs ? { section: number, after: { key, account } } : null
}
