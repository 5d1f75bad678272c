/**
 * Rows with a negative quantity: what they give back is looked for among the purchases of the same file and, where it is
 * imported, of the live ledger.
 */

import { DOUBLE, type DuckDBConnection, type DuckDBValue, VARCHAR } from '@duckdb/node-api'
import { type Matches, matchCredits } from '../../core/credit-notes.ts'
import { chunks, Rows } from './duckdb.ts'
import type { Plan } from './grouping.ts'
import type { Source } from './source.ts'

/** What the ledger has of those whom credit notes are for. Orders of the file may be among it, when it is read again. */
export interface PastPurchases {
  ofMembers(members: readonly string[], items: ReadonlySet<string>): Promise<Past>
  /** Sales to nobody that we know, page by page. */
  anonymous(items: ReadonlySet<string>): AsyncIterable<Past>
}

export interface Past {
  /** Members that the ledger knows, and who they are there: two of them may be one. */
  people: { member: string; person: number }[]
  /** Lines that sold one of the items, and what is left of each to give back; of nobody where `person` is null. */
  bought: {
    person: number | null
    order: string
    line: string
    sku: string
    ms: number
    id: number
    place: number
    left: number
  }[]
  /** What notes have become: units of a line that were given back by one. */
  givenBack: { note: string; order: string; line: string; quantity: number }[]
}

/** A row's units of an item, and where its order or note stands in the order of time. */
interface Units {
  /** Whose they are: whoever was merged has several names. */
  person: string | null
  member: string | null
  sku: string
  /** The order or the note. */
  order: string
  line: string
  ms: number
  firstRow: number
  row: number
  /** What the file or the ledger says, and what of it is still to be matched. */
  asked: number
  quantity: number
  /** The note that has given these units of the order back already. */
  note: string | null
}

const COLUMNS = ['person', 'member', 'sku', 'order', 'line', 'note', 'ms', 'first_row', 'row', 'quantity']

/** Members whose purchases are looked for at once. */
const MEMBERS = 250

/**
 * Fills `matched`, a row for each line of an order that a note gives back something of, and `unmatched`. Items are
 * matched one by one: only purchases of items that were ever given back by the same member are read.
 */
export async function matchCreditRows(source: Source, plan: Plan): Promise<void> {
  const { connection } = source
  await connection.run(`CREATE TABLE matched (note VARCHAR, "order" VARCHAR, line VARCHAR, ms DOUBLE, first_row DOUBLE,
    row DOUBLE, member VARCHAR, quantity DOUBLE)`)
  await connection.run(
    'CREATE TABLE unmatched (row DOUBLE, "order" VARCHAR, sku VARCHAR, asked DOUBLE, missing DOUBLE)',
  )
  if (!('sku' in plan.cells)) return
  await readPast(source, plan)
  await createUnits(connection, plan)
  const matched = await Rows.into(connection, 'matched', MATCHED)
  const unmatched = await Rows.into(connection, 'unmatched', UNMATCHED)
  for await (const group of groups(source)) {
    for (const one of takeApplied(group)) matched.push(matchedRow(one))
    const found = matchCredits(group.purchases, group.credits, isBefore)
    for (const one of found.matched) matched.push(matchedRow(one))
    for (const one of found.unmatched) unmatched.push(unmatchedRow(one))
  }
  matched.close()
  unmatched.close()
  await connection.run('DROP TABLE units; DROP TABLE people; DROP TABLE bought; DROP TABLE given_back')
}

/** Purchases before notes of the same moment are those that stand above them in the file. */
function isBefore(purchase: Units, credit: Units): boolean {
  return purchase.ms < credit.ms || (purchase.ms === credit.ms && purchase.firstRow < credit.firstRow)
}

/** Fills `people`, `bought` and `given_back` with what the ledger has; without one they stay empty. */
async function readPast(source: Source, { past, cells }: Plan): Promise<void> {
  const { connection } = source
  await connection.run(`CREATE TABLE people (member VARCHAR, person DOUBLE);
    CREATE TABLE bought (person DOUBLE, "order" VARCHAR, line VARCHAR, sku VARCHAR, ms DOUBLE, id DOUBLE, place DOUBLE, remaining DOUBLE);
    CREATE TABLE given_back (note VARCHAR, "order" VARCHAR, line VARCHAR, quantity DOUBLE)`)
  if (past === undefined) return
  const given = `FROM placed JOIN ${named(cells)} USING (row) WHERE verdict IS NULL AND placed.quantity < 0 AND sku IS NOT NULL`
  const all = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson().map(([text]) => text as string)
  const items = new Set(await all(`SELECT DISTINCT sku ${given}`))
  const members = await all(`SELECT DISTINCT order_member ${given} AND order_member IS NOT NULL ORDER BY order_member`)
  const rows = await PastRows.into(connection)
  for (let i = 0; i < members.length; i += MEMBERS)
    rows.push(await past.ofMembers(members.slice(i, i + MEMBERS), items))
  const [anonymous] = await all(`SELECT count(*) ${given} AND order_member IS NULL`)
  if (anonymous !== '0') for await (const page of past.anonymous(items)) rows.push(page)
  rows.close()
}

/** The texts of each row that credit notes are matched by. */
function named({ sku, line }: Plan['cells']): string {
  return `(SELECT row, ${sku!.text} AS sku, ${line?.text ?? 'NULL::VARCHAR'} AS line_id FROM raw) AS raw`
}

class PastRows {
  private readonly people: Rows
  private readonly bought: Rows
  private readonly givenBack: Rows

  private constructor(people: Rows, bought: Rows, givenBack: Rows) {
    this.people = people
    this.bought = bought
    this.givenBack = givenBack
  }

  static async into(connection: DuckDBConnection): Promise<PastRows> {
    return new PastRows(
      await Rows.into(connection, 'people', [VARCHAR, DOUBLE]),
      await Rows.into(connection, 'bought', [DOUBLE, VARCHAR, VARCHAR, VARCHAR, DOUBLE, DOUBLE, DOUBLE, DOUBLE]),
      await Rows.into(connection, 'given_back', [VARCHAR, VARCHAR, VARCHAR, DOUBLE]),
    )
  }

  push({ people, bought, givenBack }: Past): void {
    for (const { member, person } of people) this.people.push([member, person])
    for (const { person, order, line, sku, ms, id, place, left } of bought)
      this.bought.push([person, order, line, sku, ms, id, place, left])
    for (const { note, order, line, quantity } of givenBack) this.givenBack.push([note, order, line, quantity])
  }

  close(): void {
    for (const rows of [this.people, this.bought, this.givenBack]) rows.close()
  }
}

/**
 * All units of items that were given back: what the file sells and gives back, what the ledger has sold, with what is
 * left of it, and what notes of the file have given back there. An order that the ledger has is taken from there.
 */
async function createUnits(connection: DuckDBConnection, plan: Plan): Promise<void> {
  const line = 'line' in plan.cells ? `coalesce(raw.line_id, '#' || place)` : 'place::VARCHAR'
  // A member whom the ledger knows under several names is one person; the first letter keeps numbers and names apart.
  const numbered = (person: string) => `'a' || (${person})::BIGINT`
  const texts = named(plan.cells)
  await connection.run(`CREATE TABLE units AS
    WITH lines AS (SELECT placed.*, coalesce(${numbered('people.person')}, 'm' || order_member) AS person,
        row_number() OVER (PARTITION BY first_row ORDER BY row) AS place
      FROM placed LEFT JOIN people ON people.member = order_member WHERE verdict IS NULL),
    given AS (SELECT DISTINCT person, raw.sku FROM lines JOIN ${texts} USING (row)
      WHERE lines.quantity < 0 AND raw.sku IS NOT NULL),
    sold AS (SELECT DISTINCT ${numbered('person')} AS person, "order", line, sku, ms, id, place, remaining FROM bought),
    of_file AS (SELECT lines.person, order_member AS member, raw.sku, lines."order", ${line} AS line, NULL AS note,
        order_ms AS ms, first_row, 0 AS id, row, lines.quantity
      FROM lines JOIN ${texts} USING (row) WHERE lines.quantity < 0 OR lines."order" NOT IN (SELECT "order" FROM sold)),
    of_ledger AS (SELECT person, NULL AS member, sku, sold."order", line, NULL AS note, ms, coalesce(first_row, 0) AS first_row,
        id, place AS row, remaining AS quantity
      FROM sold LEFT JOIN (SELECT DISTINCT "order", first_row FROM lines WHERE quantity > 0) heads ON heads."order" = sold."order"
      WHERE remaining > 0),
    applied AS (SELECT person, NULL AS member, sku, "order", line, note, 0 AS ms, 0 AS first_row, 0 AS id, 0 AS row, quantity
      FROM (SELECT DISTINCT * FROM given_back) JOIN sold USING ("order", line)
      WHERE note IN (SELECT "order" FROM lines WHERE quantity < 0))
    SELECT units.* FROM (FROM of_file UNION ALL FROM of_ledger UNION ALL FROM applied) units
      JOIN given ON given.sku = units.sku AND given.person IS NOT DISTINCT FROM units.person
    ORDER BY person, sku, ms, first_row, id, row, line`)
}

/** One person's units of one item. */
interface Group {
  purchases: Units[]
  credits: Units[]
  /** Units that notes among these credits have given back already. */
  applied: Units[]
}

async function* groups(source: Source): AsyncGenerator<Group> {
  const sql = `SELECT ${COLUMNS.map((name) => (TEXTS.has(name) ? `"${name}"` : `${name}::DOUBLE AS ${name}`)).join(', ')} FROM units`
  let group: Group | null = null
  let last: Units | null = null
  for await (const chunk of chunks(source, sql)) {
    const columns = COLUMNS.map((_, i) => chunk.getColumnValues(i))
    for (let i = 0; i < chunk.rowCount; i++) {
      const [person, member, sku, order, line, note, ms, firstRow, row, quantity] = columns.map((column) => column[i])
      const asked = Math.abs(quantity as number)
      const units = { person, member, sku, order, line, note, ms, firstRow, row, asked, quantity: asked } as Units
      if (group === null || last?.person !== units.person || last.sku !== units.sku) {
        if (group !== null) yield group
        group = { purchases: [], credits: [], applied: [] }
      }
      const side = note !== null ? group.applied : (quantity as number) < 0 ? group.credits : group.purchases
      side.push(units)
      last = units
    }
  }
  if (group !== null) yield group
}

const TEXTS = new Set(['person', 'member', 'sku', 'order', 'line', 'note'])

/**
 * What a note has given back in the ledger stays as it is, so that a file that is read again becomes what it became. The
 * rest is matched as if that were not there, and finds what it would have found at first: see decision 067.
 */
function takeApplied({ credits, applied }: Group): Found['matched'] {
  const matched: Found['matched'] = []
  for (const purchase of applied)
    for (const credit of credits) {
      const quantity = Math.min(purchase.quantity, credit.quantity)
      if (credit.order !== purchase.note || quantity === 0) continue
      matched.push({ purchase, credit, quantity })
      credit.quantity -= quantity
      purchase.quantity -= quantity
    }
  return matched
}

type Found = Matches<Units, Units>

const MATCHED = [VARCHAR, VARCHAR, VARCHAR, DOUBLE, DOUBLE, DOUBLE, VARCHAR, DOUBLE]
const UNMATCHED = [DOUBLE, VARCHAR, VARCHAR, DOUBLE, DOUBLE]

function matchedRow({ purchase, credit, quantity }: Found['matched'][number]): DuckDBValue[] {
  const { order, ms, firstRow, row, member } = credit
  return [order, purchase.order, purchase.line, ms, firstRow, row, member, quantity]
}

function unmatchedRow({ credit, quantity }: Found['unmatched'][number]): DuckDBValue[] {
  return [credit.row, credit.order, credit.sku, credit.asked, quantity]
}
