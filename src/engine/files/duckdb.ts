/** DuckDB as it is used here: sealed off from everything but the files that it was opened for. */

import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'

/** One gigabyte, and more goes to temporary files: an import must not push the server it runs beside out of memory. */
const MEMORY_MB = 1_000

/** A DuckDB without network, further extensions or settings to change, that sees the given files and folders alone. */
export async function sealedDuckDB(files: string[], folders: string[], spill: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: `${MEMORY_MB}MB`,
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

/** What gives a further connection, since each can only stream one result at a time. */
export interface Connected {
  connect(): Promise<DuckDBConnection>
}

/**
 * Streams a result by columns. Each stream has a connection of its own, so that two may run beside each other. While a
 * chunk is worked on the next one is made.
 */
export async function* chunks(source: Connected, sql: string): AsyncGenerator<DuckDBDataChunk> {
  const connection = await source.connect()
  let coming: Promise<DuckDBDataChunk | null> | null = null
  try {
    const result = await connection.stream(sql)
    const fetch = () => {
      const chunk = result.fetchChunk()
      // What goes wrong is told to whoever waits for the chunk, which may be later.
      chunk.catch(() => {})
      return chunk
    }
    coming = fetch()
    for (let chunk = await coming; chunk && chunk.rowCount > 0; chunk = await coming) {
      coming = fetch()
      yield chunk
    }
  } finally {
    // Whoever stops early leaves a chunk on its way.
    await coming?.catch(() => {})
    connection.closeSync()
  }
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>

/** As many rows as a chunk of DuckDB holds. */
const CHUNK = 2_048

/** Rows on their way into a table, as many at a time as a chunk holds. */
export class Rows {
  private readonly appender: Appender
  private readonly types: readonly DuckDBType[]
  private rows: DuckDBValue[][] = []

  private constructor(appender: Appender, types: readonly DuckDBType[]) {
    this.appender = appender
    this.types = types
  }

  static async into(connection: DuckDBConnection, table: string, types: readonly DuckDBType[]): Promise<Rows> {
    return new Rows(await connection.createAppender(table), types)
  }

  push(row: DuckDBValue[]): void {
    this.rows.push(row)
    if (this.rows.length === CHUNK) this.flush()
  }

  close(): void {
    if (this.rows.length > 0) this.flush()
    this.appender.closeSync()
  }

  private flush(): void {
    const chunk = DuckDBDataChunk.create(this.types)
    chunk.setRows(this.rows)
    this.appender.appendDataChunk(chunk)
    this.rows = []
  }
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
