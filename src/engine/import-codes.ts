/** Importing codes as a terminal sees it: a file with one code a row, in whatever form a partner sends it. */

import { readFile } from 'node:fs/promises'
import { countOf, groupDigits } from '../core/text-table.ts'
import { importCodes, type NotTaken, type Pool, readPools, setLow } from './code-pools.ts'
import type { Database } from './db.ts'
import type { LiveProgram } from './programs.ts'
import { note, progress, say, UsedWrongly } from './terminal.ts'

export interface CodeSession {
  pool: string
  low?: number
  json?: boolean
}

/** Codes of one transaction. */
const PART = 10_000
/** Rows that are told one by one. */
const MOST_TOLD = 20

/** Brings the codes of a file into a pool. Answers the exit code: 1 when rows were not taken. */
export async function runCodeImport(
  { database, stripes }: { database: Database; stripes: number },
  program: LiveProgram,
  path: string,
  { pool, low, json }: CodeSession,
): Promise<number> {
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(pool))
    throw new UsedWrongly('A pool is called by lower-case letters, digits, - and _, beginning with a letter.')
  const codes = readCodes(await readText(path))
  const line = progress('Codes')
  const notTaken: NotTaken[] = []
  let added = 0
  for (let from = 0; from < codes.length; from += PART) {
    const part = codes.slice(from, from + PART)
    const imported = await database.transaction((queries) => importCodes(queries, stripes, program, pool, part, from))
    added += imported.added
    notTaken.push(...imported.notTaken)
    line.show(Math.min(from + PART, codes.length), codes.length)
  }
  line.end()
  if (low !== undefined) await setLow(database, program.number, pool, low)
  const [state] = await readPools(database, stripes, program.number, pool)
  if (json) say(JSON.stringify({ pool: state ?? null, added, not_taken: notTaken }, null, 2))
  else tell(pool, state, added, notTaken)
  return notTaken.length === 0 ? 0 : 1
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsedWrongly(`${path} cannot be read: ${(error as Error).message}`)
  }
}

/** The codes of a JSON list, of lines of JSON, or of the first column of a table, or the one that is called `code`. */
export function readCodes(text: string): string[] {
  const plain = text.replace(/^\uFEFF/, '')
  if (/^\s*\[/.test(plain)) return (parsed(plain, 1) as unknown[]).map((one, i) => codeIn(one, i + 1))
  const lines = plain.split(/\r?\n/)
  while (lines.at(-1)?.trim() === '') lines.pop()
  if (/^\s*[{"].*[}"]\s*$/.test(lines[0] ?? '') && isJson(lines[0]!))
    return lines.map((line, i) => codeIn(parsed(line, i + 1), i + 1))
  const [head = [], ...rows] = lines.map(cellsOf)
  const column = head.findIndex((name) => name.trim().toLowerCase() === 'code')
  return (column === -1 ? [head, ...rows] : rows).map((cells) => cells[Math.max(column, 0)] ?? '')
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

function parsed(text: string, row: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsedWrongly(`Row ${row} is no JSON: ${(error as Error).message}`)
  }
}

function codeIn(value: unknown, row: number): string {
  const code = typeof value === 'object' && value !== null ? (value as { code?: unknown }).code : value
  if (typeof code === 'string' || typeof code === 'number') return String(code)
  throw new UsedWrongly(`Row ${row} has no code: each is a text, or an object with a \`code\`.`)
}

/** The cells of a line, between commas or semicolons; those that have one in them stand in quotes. */
function cellsOf(line: string): string[] {
  const cells = [...line.matchAll(/(?:^|[,;\t])(?:"((?:[^"]|"")*)"|([^,;\t]*))/g)]
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

function tell(pool: string, state: Pool | undefined, added: number, notTaken: readonly NotTaken[]): void {
  say(`${countOf(added, 'code')} added to ${pool}, which has ${groupDigits(String(state?.free ?? 0))} left.`)
  if (notTaken.length === 0) return
  note(`\n${countOf(notTaken.length, 'row')} not taken:`)
  for (const { row, code, reason } of notTaken.slice(0, MOST_TOLD)) note(`  row ${row}: ${code} ${reason}`)
  if (notTaken.length > MOST_TOLD) note(`  … and ${groupDigits(String(notTaken.length - MOST_TOLD))} more`)
}
