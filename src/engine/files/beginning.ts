/** The beginning of a file: its columns and first rows as they stand, before anybody decides what they mean. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Column, FileProblem } from './columns.ts'
import type { Kind } from './formats.ts'
import { firstBytes, type Source, withSource } from './source.ts'

export interface Beginning {
  kind: Kind
  columns: Column[]
  /** The first rows, a text a column. */
  rows: (string | null)[][]
}

const ROWS = 8

/** Reads no more than it shows: of a text file only the first lines are looked at. */
export async function readBeginning(path: string): Promise<Beginning | { problems: FileProblem[] }> {
  const bytes = await firstBytes(path).catch(() => null)
  // Parquet is read from its end, and as little of it as is asked for.
  if (bytes === null || bytes.toString('latin1', 0, 4) === 'PAR1') return firstRows(path)
  const folder = await mkdtemp(join(tmpdir(), 'regulars-'))
  try {
    const cut = join(folder, 'beginning')
    await writeFile(cut, wholeLines(bytes))
    return await firstRows(cut)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function firstRows(path: string): Promise<Beginning | { problems: FileProblem[] }> {
  let found: Beginning | null = null
  const opened = await withSource(path, async (source) => {
    found = await readRows(source)
    return source
  })
  if ('problems' in opened) return opened
  await opened.close()
  return found!
}

async function readRows(source: Source): Promise<Beginning> {
  const { kind, columns } = source
  const cells = await source.load(Object.fromEntries(columns.map((_, index) => [`column_${index}`, index])))
  const texts = columns.map((_, index) => cells[`column_${index}`]!.text)
  // Rows of Parquet are numbered from 1 and not worth sorting; lines begin where the file does.
  const first = kind === 'parquet' ? `WHERE row <= ${ROWS}` : ''
  const read = await source.connection.runAndReadAll(
    `SELECT ${texts.join(', ')} FROM raw ${first} ORDER BY row LIMIT ${ROWS}`,
  )
  return { kind, columns, rows: read.getRowsJson() as (string | null)[][] }
}

/** Up to the last line that is there whole; a line break is two bytes long in UTF-16. */
function wholeLines(bytes: Buffer): Buffer {
  const last = bytes.lastIndexOf(0x0a)
  if (last < 0) return bytes
  return bytes.subarray(0, bytes[0] === 0xff && bytes[1] === 0xfe ? last + 2 : last + 1)
}
