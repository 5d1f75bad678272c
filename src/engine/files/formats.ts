/** The kinds of file, each with its way to name the columns and to load them as texts under row numbers. */

import type { DuckDBConnection } from '@duckdb/node-api'
import { type Column, knownNames } from './columns.ts'
import { quoted } from './duckdb.ts'
import type { Cell } from './plain.ts'

export type Kind = 'csv' | 'parquet' | 'ndjson' | 'blanks'

/** Enough of a file to tell what it is. */
export interface Head {
  kind: Kind
  delimiter: string
  encoding: 'utf-8' | 'utf-16'
  /** Blank lines at the very beginning. */
  skip: number
  /** The cells of a text file's first row, which may be a header. */
  first: readonly string[]
}

export interface Shape {
  /** What a row's number means, for whoever reads a report. */
  numbering: string
  columns: Column[]
  /**
   * Makes `raw(row, FIELD…)` of the file, and of what is no row at all the table `broken(row, value)`. Answers how SQL
   * reads the fields from `raw`.
   */
  load(fields: Record<string, number>): Promise<Record<string, Cell>>
  /** Whether `raw` is a view of the file, which reads it each time, and no table. */
  isView: boolean
}

export const SHAPES: Record<Kind, (connection: DuckDBConnection, link: string, head: Head) => Promise<Shape>> = {
  csv: csvShape,
  parquet: parquetShape,
  ndjson: ndjsonShape,
  blanks: blanksShape,
}

async function texts(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as (string | null)[][]
}

async function parquetShape(connection: DuckDBConnection, link: string): Promise<Shape> {
  const from = `read_parquet(${quoted(link)})`
  const described = await texts(connection, `DESCRIBE SELECT * FROM ${from}`)
  const columns = described.map(([name, type]) => ({ name: name!, type: type! }))
  return {
    columns,
    numbering: 'row 1 is the file’s first row',
    isView: true,
    load: async (fields) => {
      const wanted = Object.entries(fields).map(
        ([field, index]) => `, ${identifier(columns[index]!.name)} AS "${field}"`,
      )
      await connection.run(`CREATE VIEW raw AS SELECT file_row_number + 1 AS row${wanted.join('')}
        FROM read_parquet(${quoted(link)}, file_row_number = true)`)
      await connection.run('CREATE TABLE broken (row BIGINT, value VARCHAR)')
      return cellsOf(fields, (sql, index) => ({
        sql,
        type: columns[index]!.type,
        text: trimmed(parquetText(sql, columns[index]!.type)),
      }))
    },
  }
}

/** A Parquet column as text. Floats take their shortest decimal text, which is the number that was meant. */
function parquetText(column: string, type: string): string {
  if (type === 'DOUBLE' || type === 'FLOAT') {
    return `CASE WHEN NOT isfinite(${column}) THEN NULL WHEN ${column} = trunc(${column}) AND abs(${column}) < 9007199254740992
      THEN ${column}::BIGINT::VARCHAR ELSE ${column}::VARCHAR END`
  }
  if (type === 'TIMESTAMP WITH TIME ZONE') return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `${column}::VARCHAR`
}

async function csvShape(connection: DuckDBConnection, link: string, head: Head): Promise<Shape> {
  const { first } = head
  const header =
    first.some((cell) => cell !== '') && (knownNames(first) >= 2 || first.every((cell) => /^\D*[^\d\W]/.test(cell)))
  const columns = first.map((cell, i) => calledBy(header, cell, i))
  return {
    columns,
    numbering: header ? `the header is row ${head.skip + 1}` : 'row 1 is the file’s first line',
    isView: false,
    load: async (fields) => {
      await loadCsv(connection, link, head, columns.length, header, fields)
      return cellsOf(fields, trimmedText)
    },
  }
}

/** Without a header, columns are called by their numbers, and the first row's text says what they are. */
function calledBy(header: boolean, cell: string, index: number): Column {
  return header && cell !== '' ? { name: cell } : { name: String(index + 1), sample: header ? '' : cell }
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
        header = ${header}, skip = ${head.skip}, columns = {${columns}}, store_rejects = true,
        encoding = ${quoted(encoding)})`)
  let encoding: string = head.encoding
  await read(encoding)
  const [misread] = await texts(connection, `SELECT count(*) FROM reject_errors WHERE error_type = 'INVALID ENCODING'`)
  if (misread![0] !== '0') {
    // A till that does not write UTF-8 almost always writes the Latin alphabet of old.
    await connection.run('DROP TABLE reject_errors; DROP TABLE reject_scans')
    encoding = 'latin-1'
    await read(encoding)
  }
  await connection.run(`CREATE TABLE broken AS SELECT line::BIGINT AS row, any_value(rtrim(error_message, '.') || ' in “'
    || left(regexp_replace(trim(csv_line, E'\\r\\n'), '[\\r\\n]+', ' … ', 'g'), 80) || '”') AS value,
    any_value(string_split(rtrim(csv_line, E'\\r\\n'), E'\\n')) AS lines FROM reject_errors GROUP BY line`)
  await numberRows(connection, lines(link, encoding), head.skip, header ? 1 : 0)
}

/**
 * Gives the cells their row numbers. DuckDB passes over blank lines and rows that it rejects, so the rows after each
 * move down by as many lines. Where a cell holds a line break, rows and lines part, and the numbers are those of rows.
 */
async function numberRows(connection: DuckDBConnection, lines: string, skipped: number, header: number): Promise<void> {
  const filled = `SELECT count(line) FROM ${lines}`
  const spanned = `SELECT count(*) FROM (SELECT unnest(lines) AS line FROM broken) WHERE trim(line, E' \\r') <> ''`
  const [counts] = await texts(
    connection,
    `SELECT (${filled}) = (SELECT count(*) FROM cells) + (${spanned}) + ${header}`,
  )
  await connection.run(`CREATE TABLE gaps AS SELECT row FROM broken`)
  if (counts![0]) {
    await connection.run(`INSERT INTO gaps SELECT row + unnest(range(1, len(lines))) FROM broken WHERE len(lines) > 1`)
    await connection.run(
      `INSERT INTO gaps SELECT n FROM (SELECT row_number() OVER () AS n, line FROM ${lines}) WHERE line IS NULL AND n > ${skipped}`,
    )
  }
  const before = header + skipped
  await connection.run(`CREATE TABLE shifts AS SELECT row - nth - ${before} AS after_rows, max(nth) AS shift
    FROM (SELECT row, row_number() OVER (ORDER BY row) AS nth FROM (SELECT DISTINCT row FROM gaps)) GROUP BY after_rows`)
  await connection.run(`CREATE TABLE raw AS
    SELECT cells.rowid + 1 + ${before} + coalesce(shift, 0) AS row, cells.* EXCLUDE (nothing)
    FROM cells ASOF LEFT JOIN shifts ON cells.rowid >= after_rows`)
  await connection.run('ALTER TABLE broken DROP COLUMN lines')
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
    isView: false,
    load: async (fields) => {
      await loadParts(connection, parts, fields)
      return cellsOf(fields, trimmedText)
    },
  }
}

async function blanksShape(connection: DuckDBConnection, link: string, head: Head): Promise<Shape> {
  const parts = `string_split_regex(trim(line, E' \\t\\r'), '[ \\t]+')`
  const cells = head.first
  const header = knownNames(cells) >= 2
  await connection.run(
    `CREATE TABLE lines AS SELECT line, len(${parts}) = ${cells.length} AS good FROM ${lines(link, 'utf-8')}`,
  )
  if (header) {
    const first = '(SELECT min(rowid) FROM lines WHERE line IS NOT NULL)'
    await connection.run(`UPDATE lines SET line = NULL WHERE rowid = ${first}`)
  }
  return {
    columns: cells.map((cell, i) => calledBy(header, cell, i)),
    numbering: 'row 1 is the file’s first line',
    isView: false,
    load: async (fields) => {
      await loadParts(connection, parts, fields)
      return cellsOf(fields, trimmedText)
    },
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
  return Object.entries(fields)
    .map(([field, index]) => `, ${trimmed(column(index))} AS ${identifier(field)}`)
    .join('')
}

function cellsOf(fields: Record<string, number>, cell: (sql: string, index: number) => Cell): Record<string, Cell> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, index]) => [field, cell(`raw.${identifier(field)}`, index)]),
  )
}

function trimmedText(sql: string): Cell {
  return { sql, type: 'VARCHAR', text: sql }
}

function trimmed(text: string): string {
  return `nullif(trim(${text}), '')`
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
