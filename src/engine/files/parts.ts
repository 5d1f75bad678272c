/**
 * Parts of a file's orders, each of other members: plain data that another thread opens for itself. What can be read
 * from the file again is read from there; what was made of it first is handed over in a file of its own.
 */

import { join } from 'node:path'
import { quoted, sealedDuckDB } from './duckdb.ts'
import type { Grouped, Plan } from './grouping.ts'
import { type FileEntry, type Joining, readJoining, readOrders, type Wanted } from './order-reader.ts'
import type { Place, Source } from './source.ts'

export interface OrderPart {
  place: Place
  /** What makes the views `lines` and `joining` there. */
  statements: string[]
  plan: Omit<Plan, 'past'>
  grouped: Pick<Grouped, 'credits' | 'isSorted'>
  wanted: Wanted & { part: { nth: number; of: number } }
}

export interface OpenPart {
  sortedBy: 'time' | 'member'
  /** Orders and returns, one member's after the other's. */
  batches(): AsyncIterable<FileEntry[]>
  joining(): Promise<Joining>
  close(): void
}

/** Divides what an opened file has among so many parts. The file must stay open while they are read. */
export async function divide(
  source: Source,
  plan: Plan,
  grouped: Grouped,
  fields: Record<string, number>,
  { share = 1, of }: { share?: number; of: number },
): Promise<OrderPart[]> {
  const { place, view } = source
  const statements = [await handOver(source, 'joining')]
  if (view !== null && grouped.views !== null) statements.push(view(fields), ...grouped.views)
  else statements.push(await handOver(source, 'lines'))
  const { past: _, ...plain } = plan
  const { credits, isSorted } = grouped
  return Array.from({ length: of }, (_, nth) => ({
    place,
    statements,
    plan: plain,
    grouped: { credits, isSorted },
    wanted: { ids: credits, share, part: { nth, of } },
  }))
}

/** Writes a table to a file, and returns the statement that makes it a view where that is opened. */
async function handOver({ connection, place }: Source, table: string): Promise<string> {
  const path = quoted(join(place.folder, `${table}.parquet`))
  await connection.run(`COPY (FROM ${table}) TO ${path} (FORMAT parquet)`)
  return `CREATE VIEW ${table} AS FROM read_parquet(${path})`
}

export async function openPart({ place, statements, plan, grouped, wanted }: OrderPart): Promise<OpenPart> {
  const { nth, of } = wanted.part
  const instance = await sealedDuckDB([place.file], [place.folder], join(place.folder, `part-${nth}`), { of })
  const connection = await instance.connect()
  for (const statement of statements) await connection.run(statement)
  const source = { connect: () => instance.connect() }
  return {
    sortedBy: plan.sortedBy,
    batches: () => readOrders(source, plan, grouped, wanted),
    joining: () => readJoining(source, wanted),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
