/**
 * Opens a CSV, Parquet or NDJSON file in a DuckDB that can reach nothing but this file, and loads the columns that are
 * wanted as texts, each row under the number by which the file's owner finds it again.
 */

import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api'
import { type Column, type FileProblem, knownNames } from './columns.ts'

type Kind = 'csv' | 'parquet' | 'ndjson' | 'blanks'

/** An opened file: its columns are known, its rows are not read yet. */
export interface Source {
  /** What a row's number means, for whoever reads a report. */
  numbering: string
  columns: Column[]
  connection: DuckDBConnection
  /** A further connection, since each can only stream one result at a time. */
  connect(): Promise<DuckDBConnection>
  /** Reads the file into the table `raw(row, FIELD…)`, all texts, and what is no row at all into `broken(row, value)`. */
  load(fields: Record<string, number>): Promise<void>
  close(): Promise<void>
}

/** Enough of a file to tell what it is. */
interface Head {
  kind: Kind
  delimiter: string
  encoding: 'utf-8' | 'utf-16'
}

/** One gigabyte, and more goes to temporary files: an import must not push the server it runs beside out of memory. */
const MEMORY_LIMIT = '1GB'

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
    return problem('unreadable_file', `The file cannot be read as ${head.kind}: ${error.message.split('\n')[0]}`)
  }
}

/** A DuckDB without extensions, network or settings to change, that sees the given file and folders and no others. */
export async function sealedDuckDB(files: string[], folders: string[], spill: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: MEMORY_LIMIT,
    temp_directory: spill,
  })
  const connection = await instance.connect()
  await connection.run(`SET GLOBAL TimeZone = 'UTC'`)
  await connection.run(`SET allowed_paths = [${files.map(quoted).join(', ')}]`)
  await connection.run(`SET allowed_directories = [${[spill, ...folders].map(quoted).join(', ')}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  connection.closeSync()
  return instance
}

/** Streams a result by columns. Each stream has a connection of its own, so that two may run beside each other. */
export async function* chunks(source: Source, sql: string): AsyncGenerator<DuckDBDataChunk> {
  const connection = await source.connect()
  try {
    const result = await connection.stream(sql)
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
      yield chunk
  } finally {
    connection.closeSync()
  }
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
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
  return { connection, connect: () => instance.connect(), close, ...shape }
}

type Shape = Pick<Source, 'numbering' | 'columns' | 'load'>

const SHAPES: Record<Kind, (connection: DuckDBConnection, link: string, head: Head) => Promise<Shape>> = {
  csv: csvShape,
  parquet: parquetShape,
  ndjson: ndjsonShape,
  blanks: blanksShape,
}

async function readHead(path: string): Promise<Head | { problems: FileProblem[] }> {
  const bytes = await firstBytes(path)
  const magic = bytes.toString('latin1', 0, 4)
  if (magic === 'PAR1') return { kind: 'parquet', delimiter: '', encoding: 'utf-8' }
  if (magic.startsWith('PK')) {
    return problem('spreadsheet', 'This is a spreadsheet or an archive: save it as CSV (UTF-8) and use that.')
  }
  const wide = magic.startsWith('\xff\xfe')
  const text = bytes.toString(wide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') return problem('empty_file', 'The file is empty.')
  if (text.includes('\0'))
    return problem('binary_file', 'This is neither CSV, Parquet nor NDJSON, but some binary format.')
  if (text.trimStart()[0] === '[') {
    return problem('json_array', 'This is one JSON array; NDJSON is needed, which has one object on each line.')
  }
  if (text.trimStart()[0] === '{') return { kind: 'ndjson', delimiter: '', encoding: 'utf-8' }
  const delimiter = findDelimiter(text.split(/\r\n|\r|\n/).find((line) => line.trim() !== '')!)
  return { kind: delimiter === ' ' ? 'blanks' : 'csv', delimiter, encoding: wide ? 'utf-16' : 'utf-8' }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = createReadStream(path, { end: 65_535 })
  const stream = path.toLowerCase().endsWith('.gz') ? file.pipe(createGunzip()) : file
  try {
    // A file that begins with an error of compression is shown as empty, and said to be so.
    await Promise.race([once(stream, 'readable'), once(stream, 'end')])
    return stream.read() ?? Buffer.alloc(0)
  } catch {
    return Buffer.alloc(0)
  } finally {
    file.destroy()
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

async function texts(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as (string | null)[][]
}

async function parquetShape(connection: DuckDBConnection, link: string): Promise<Shape> {
  const from = `read_parquet(${quoted(link)})`
  const described = await texts(connection, `DESCRIBE SELECT * FROM ${from}`)
  const types = described.map(([, type]) => type!)
  const columns = described.map(([name]) => ({ name: name! }))
  return {
    columns,
    numbering: 'row 1 is the file’s first row',
    load: async (fields) => {
      const wanted = select(fields, (index) => parquetText(columns[index]!.name, types[index]!))
      await connection.run(`CREATE TABLE raw AS SELECT file_row_number + 1 AS row${wanted}
        FROM read_parquet(${quoted(link)}, file_row_number = true)`)
      await connection.run('CREATE TABLE broken (row BIGINT, value VARCHAR)')
    },
  }
}

/** A Parquet column as text. Floats take their shortest decimal text, which is the number that was meant. */
function parquetText(name: string, type: string): string {
  const column = `"${name.replaceAll('"', '""')}"`
  if (type === 'DOUBLE' || type === 'FLOAT') {
    return `CASE WHEN NOT isfinite(${column}) THEN NULL WHEN ${column} = trunc(${column}) AND abs(${column}) < 9007199254740992
      THEN ${column}::BIGINT::VARCHAR ELSE ${column}::VARCHAR END`
  }
  if (type === 'TIMESTAMP WITH TIME ZONE') return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `${column}::VARCHAR`
}

async function csvShape(connection: DuckDBConnection, link: string, head: Head): Promise<Shape> {
  const first = await firstRecord(connection, link, head)
  const header =
    first.some((cell) => cell !== '') && (knownNames(first) >= 2 || first.every((cell) => /^\D*[^\d\W]/.test(cell)))
  const columns = first.map((cell, i) => calledBy(header, cell, i))
  return {
    columns,
    numbering: header ? 'the header is row 1, so the first order’s row is 2' : 'row 1 is the file’s first line',
    load: (fields) => loadCsv(connection, link, head, columns.length, header, fields),
  }
}

/** Without a header, columns are called by their numbers, and the first row's text says what they are. */
function calledBy(header: boolean, cell: string, index: number): Column {
  return header && cell !== '' ? { name: cell } : { name: String(index + 1), sample: header ? '' : cell }
}

async function firstRecord(connection: DuckDBConnection, link: string, head: Head): Promise<string[]> {
  const options = `delim = ${quoted(head.delimiter)}, quote = '"', escape = '"', header = false, all_varchar = true`
  const read = (encoding: string) =>
    texts(
      connection,
      `SELECT * FROM read_csv(${quoted(link)}, ${options}, null_padding = true, ignore_errors = true,
      max_line_size = 10000000, encoding = ${quoted(encoding)}) LIMIT 1`,
    )
  const [first] = await read(head.encoding)
  return (first ?? []).map((cell) => (cell ?? '').replace(/^\uFEFF/, '').trim())
}

async function loadCsv(
  connection: DuckDBConnection,
  link: string,
  head: Head,
  width: number,
  header: boolean,
  fields: Record<string, number>,
): Promise<void> {
  const columns = Array.from({ length: width }, (_, i) => `'c${i + 1}': 'VARCHAR'`).join(', ')
  const read = (encoding: string) =>
    connection.run(`CREATE OR REPLACE TABLE cells AS SELECT 0 AS nothing${select(fields, (i) => `c${i + 1}`)}
      FROM read_csv(${quoted(link)}, auto_detect = false, delim = ${quoted(head.delimiter)}, quote = '"', escape = '"',
        header = ${header}, columns = {${columns}}, store_rejects = true, encoding = ${quoted(encoding)})`)
  let encoding: string = head.encoding
  await read(encoding)
  const [misread] = await texts(connection, `SELECT count(*) FROM reject_errors WHERE error_type = 'INVALID ENCODING'`)
  if (misread![0] !== '0') {
    // A till that does not write UTF-8 almost always writes the Latin alphabet of old.
    await connection.run('DROP TABLE reject_errors; DROP TABLE reject_scans')
    encoding = 'latin-1'
    await read(encoding)
  }
  await connection.run(`CREATE TABLE broken AS SELECT line::BIGINT AS row, any_value(error_message || ': ' || left(csv_line, 80)) AS value
    FROM reject_errors GROUP BY line`)
  await numberRows(connection, lines(link, encoding), header ? 1 : 0)
}

/**
 * Gives the cells their row numbers. DuckDB passes over blank lines and rows that it rejects, so the rows after each
 * move down by one. Where a cell holds a line break, rows and lines part, and the numbers are those of rows.
 */
async function numberRows(connection: DuckDBConnection, lines: string, header: number): Promise<void> {
  await connection.run(`CREATE TABLE gaps AS SELECT row FROM broken`)
  const [counts] = await texts(
    connection,
    `SELECT count(*), count(line), (SELECT count(*) FROM cells), (SELECT count(*) FROM broken)
    FROM ${lines}`,
  )
  const [all, filled, rows, broken] = counts!.map(Number) as [number, number, number, number]
  if (filled < all && filled === rows + broken + header) {
    await connection.run(
      `INSERT INTO gaps SELECT n FROM (SELECT row_number() OVER () AS n, line FROM ${lines}) WHERE line IS NULL`,
    )
  }
  await connection.run(`CREATE TABLE shifts AS SELECT row - row_number() OVER (ORDER BY row) - ${header} AS after_rows,
    row_number() OVER (ORDER BY row) AS shift FROM gaps`)
  await connection.run(`CREATE TABLE raw AS SELECT cells.rowid + 1 + ${header} + coalesce(shift, 0) AS row, cells.* EXCLUDE (nothing)
    FROM cells ASOF LEFT JOIN (SELECT after_rows, max(shift) AS shift FROM shifts GROUP BY after_rows) s ON cells.rowid >= s.after_rows`)
  await connection.run('DROP TABLE cells; DROP TABLE gaps; DROP TABLE shifts')
}

/** Every line of the file as one text; a blank one is null. */
function lines(link: string, encoding: string): string {
  return `read_csv(${quoted(link)}, auto_detect = false, delim = '\x01', quote = '', escape = '', header = false,
    max_line_size = 10000000, encoding = ${quoted(encoding)}, columns = {'line': 'VARCHAR'})`
}

async function ndjsonShape(connection: DuckDBConnection, link: string): Promise<Shape> {
  await connection.run(`CREATE TABLE lines AS SELECT line, coalesce(CASE WHEN json_valid(line) THEN json_type(line) END, '') = 'OBJECT' AS good
    FROM ${lines(link, 'utf-8')}`)
  const keys = await texts(
    connection,
    `SELECT key, min(n) FROM (SELECT unnest(json_keys(line)) AS key, rowid AS n FROM lines WHERE good)
    GROUP BY key ORDER BY min(n), key`,
  )
  const columns = keys.map(([name]) => ({ name: name! }))
  const paths = columns.map(({ name }) => quoted(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`))
  const parts = `CASE WHEN good THEN json_extract_string(line, [${paths.join(', ')}]) END`
  return {
    columns,
    numbering: 'row 1 is the file’s first line',
    load: (fields) => loadParts(connection, parts, fields),
  }
}

async function blanksShape(connection: DuckDBConnection, link: string): Promise<Shape> {
  const parts = `string_split_regex(trim(line, E' \\t\\r'), '[ \\t]+')`
  const [first] = await texts(
    connection,
    `SELECT to_json(${parts}) FROM ${lines(link, 'utf-8')} WHERE line IS NOT NULL LIMIT 1`,
  )
  const cells = JSON.parse(first![0]!) as string[]
  const header = knownNames(cells) >= 2
  await connection.run(
    `CREATE TABLE lines AS SELECT line, len(${parts}) = ${cells.length} AS good FROM ${lines(link, 'utf-8')}`,
  )
  if (header)
    await connection.run(
      'UPDATE lines SET line = NULL WHERE rowid = (SELECT min(rowid) FROM lines WHERE line IS NOT NULL)',
    )
  return {
    columns: cells.map((cell, i) => calledBy(header, cell, i)),
    numbering: 'row 1 is the file’s first line',
    load: (fields) => loadParts(connection, parts, fields),
  }
}

async function loadParts(connection: DuckDBConnection, parts: string, fields: Record<string, number>): Promise<void> {
  await connection.run(`CREATE TABLE raw AS SELECT row${select(fields, (i) => `parts[${i + 1}]`)}
    FROM (SELECT rowid + 1 AS row, ${parts} AS parts FROM lines WHERE good)`)
  await connection.run(
    `CREATE TABLE broken AS SELECT rowid + 1 AS row, left(line, 80) AS value FROM lines WHERE NOT good AND line IS NOT NULL`,
  )
  await connection.run('DROP TABLE lines')
}

/** The wanted columns, trimmed, what is empty being null. */
function select(fields: Record<string, number>, column: (index: number) => string): string {
  const trimmed = (text: string) => `nullif(trim(${text}), '')`
  return Object.entries(fields)
    .map(([field, index]) => `, ${trimmed(column(index))} AS "${field}"`)
    .join('')
}
