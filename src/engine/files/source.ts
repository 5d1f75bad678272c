/** Opens a CSV, Parquet or NDJSON file, whichever it is, in a DuckDB that can reach nothing but this file. */

import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { FileProblem } from './columns.ts'
import { type Connected, sealedDuckDB } from './duckdb.ts'
import { type Head, type Kind, SHAPES, type Shape } from './formats.ts'

/** An opened file: its columns are known, its rows are not read yet. */
export interface Source extends Shape, Connected {
  kind: Kind
  connection: DuckDBConnection
  close(): Promise<void>
}

/**
 * Opens the file and hands it to `prepare`, whose result keeps it open. What cannot be read, and whatever else fails,
 * leaves nothing behind.
 */
export async function withSource<T extends object>(
  path: string,
  prepare: (source: Source) => Promise<T | { problems: FileProblem[] }>,
): Promise<T | { problems: FileProblem[] }> {
  const real = await realpath(path).catch(() => null)
  if (real === null || !(await stat(real)).isFile()) return problem('not_a_file', `There is no file “${path}”.`)
  const head = await readHead(real)
  if ('problems' in head) return head
  const folder = await mkdtemp(join(tmpdir(), 'regulars-'))
  const closers: (() => void)[] = []
  const close = async () => {
    for (const closer of closers.splice(0)) closer()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const prepared = await prepare(await open(real, folder, head, closers, close))
    if ('problems' in prepared) await close()
    return prepared
  } catch (error) {
    await close()
    if (!isFileError(error)) throw error
    // DuckDB knows the file by the name of its link, which means nothing to anybody else.
    const said = error.message.split('\n')[0]!.replace(/'[^']*\/input(\.gz)?'/, `“${basename(path)}”`)
    return problem('unreadable_file', `The file cannot be read as ${head.kind}: ${said}`)
  }
}

export function problem(code: string, message: string): { problems: FileProblem[] } {
  return { problems: [{ code, message }] }
}

/** DuckDB's word about the file; about our own SQL it says Parser, Binder or Catalog Error. */
function isFileError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    /^(Invalid Input|IO|Conversion|Serialization|TProtocolException)( Error)?: /.test(error.message)
  )
}

async function open(
  real: string,
  folder: string,
  head: Head,
  closers: (() => void)[],
  close: () => Promise<void>,
): Promise<Source> {
  // The link has a plain name, so that SQL never holds the caller's path and a `*` in it is not taken for a pattern.
  const link = join(folder, real.toLowerCase().endsWith('.gz') ? 'input.gz' : 'input')
  await symlink(real, link)
  const instance = await sealedDuckDB([real], [folder], folder)
  closers.push(() => instance.closeSync())
  const connection = await instance.connect()
  closers.unshift(() => connection.closeSync())
  const shape = await SHAPES[head.kind](connection, link, head)
  const { kind } = head
  return { kind, connection, connect: () => instance.connect(), close, ...shape }
}

async function readHead(path: string): Promise<Head | { problems: FileProblem[] }> {
  const bytes = await firstBytes(path)
  if (bytes === null) return problem('not_compressed', 'The file is called .gz but is not compressed, or is damaged.')
  const magic = bytes.toString('latin1', 0, 4)
  const bare = { delimiter: '', encoding: 'utf-8', skip: 0, first: [] } as const
  if (magic === 'PAR1') return { kind: 'parquet', ...bare }
  if (magic.startsWith('PK')) {
    return problem('spreadsheet', 'This is a spreadsheet or an archive: save it as CSV (UTF-8) and use that.')
  }
  const wide = magic.startsWith('\xff\xfe')
  const all = decoded(bytes, wide)
  const text = all.trimStart()
  if (text === '') return problem('empty_file', 'The file is empty.')
  if (text.includes('\0')) {
    return problem('binary_file', 'This is neither CSV, Parquet nor NDJSON, but some binary format.')
  }
  if (text[0] === '[') {
    return problem('json_array', 'This is one JSON array; NDJSON is needed, which has one object on each line.')
  }
  if (text[0] === '{') return { kind: 'ndjson', ...bare }
  const delimiter = findDelimiter(/^[^\r\n]*/.exec(text)![0])
  const kind = delimiter === ' ' ? 'blanks' : 'csv'
  const skip = all.slice(0, all.length - text.length).split(/\r\n|\n|\r/).length - 1
  return { kind, delimiter, encoding: wide ? 'utf-16' : 'utf-8', skip, first: firstRecord(text, delimiter) }
}

/** Null if what should be compressed is not. */
export async function firstBytes(path: string): Promise<Buffer | null> {
  const file = createReadStream(path, { end: 65_535 })
  const stream = path.toLowerCase().endsWith('.gz') ? file.pipe(createGunzip()) : file
  // Only the beginning is wanted: whatever happens to the stream after it is of no account.
  stream.on('error', () => {})
  try {
    await Promise.race([once(stream, 'readable'), once(stream, 'end')])
    return stream.read() ?? Buffer.alloc(0)
  } catch {
    return null
  } finally {
    file.destroy()
  }
}

/** The text of the first bytes, the last of which may be half a character. */
function decoded(bytes: Buffer, wide: boolean): string {
  const text = bytes.toString(wide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
  return !wide && text.slice(0, -4).includes('\uFFFD') ? bytes.toString('latin1') : text
}

/** The cells of the first record, in which quotes may hold delimiters and line breaks. */
function firstRecord(text: string, delimiter: string): string[] {
  if (delimiter === ' ') return /^[^\r\n]*/.exec(text)![0].trim().split(/\s+/)
  const cells: string[] = []
  let at = 0
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"/.exec(text.slice(at))
    if (quoted) at += quoted[0].length
    let end = at
    while (end < text.length && text[end] !== delimiter && text[end] !== '\r' && text[end] !== '\n') end++
    cells.push((quoted ? quoted[1]!.replaceAll('""', '"') : text.slice(at, end)).trim())
    if (text[end] !== delimiter) return cells
    at = end + 1
  }
}

/** The delimiter that the first line has most of, outside quotes; blanks if it has none of the usual ones. */
function findDelimiter(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '')
  let best = ''
  let most = 0
  for (const candidate of ['\t', ';', '|', ',']) {
    const count = bare.split(candidate).length - 1
    if (count > most) [best, most] = [candidate, count]
  }
  if (best) return best
  return /\S\s+\S/.test(bare.trim()) ? ' ' : ','
}
