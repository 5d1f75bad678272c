/** Files of past orders that somebody handed in: kept in a folder of the installation, and forgotten after a month. */

import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Database } from '../db.ts'

export interface OrderFileRow {
  id: string
  name: string
  bytes: number
  uploaded_ms: number
  uploaded_by: string
}

/** How long a file is kept, in ms: whoever wants to know more later hands it in again. */
export const KEPT_MS = 30 * DAY_MS
const MB = 1_000_000
const LONGEST_NAME = 120

const COLUMNS = 'id, name, bytes, uploaded_ms, uploaded_by'

export class Uploads {
  readonly #database: Database
  readonly #folder: string
  readonly #most: number

  constructor(database: Database, { folder, most }: { folder: string; most: number }) {
    this.#database = database
    this.#folder = folder
    this.#most = most
  }

  /** Keeps what is sent, of the length that was announced or 0. What breaks off or is too large leaves nothing behind. */
  async keep(
    sent: Readable,
    { program, name, by, bytes }: { program: number; name: string; by: string; bytes: number },
  ): Promise<OrderFileRow | Refusal> {
    if (bytes > this.#most) return this.#tooLarge()
    const id = `fil_${randomBytes(9).toString('hex')}`
    const row = { id, name: plainName(name), bytes: 0, uploaded_ms: Date.now(), uploaded_by: by }
    const folder = this.#folderOf(id)
    await mkdir(folder, { recursive: true })
    try {
      row.bytes = await this.#write(sent, this.pathOf(row))
      await this.#database.query(`insert into order_file (program, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6)`, [
        program,
        row.id,
        row.name,
        row.bytes,
        row.uploaded_ms,
        by,
      ])
      return row
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      if (error instanceof TooLarge) return this.#tooLarge()
      if (BROKEN_OFF.has((error as NodeJS.ErrnoException).code ?? ''))
        return refuse('invalid', 'The file broke off before all of it was here. Send it again.')
      throw error
    }
  }

  #tooLarge(): Refusal {
    return refuse('too_large', `The file is larger than the ${this.#most / MB} MB that this server takes.`)
  }

  async #write(sent: Readable, path: string): Promise<number> {
    const most = this.#most
    let bytes = 0
    const counting = new Transform({
      transform(piece: Buffer, _encoding, done) {
        bytes += piece.length
        done(bytes > most ? new TooLarge() : null, piece)
      },
    })
    await pipeline(sent, counting, createWriteStream(path, { mode: 0o600 }))
    return bytes
  }

  async find(program: number, id: string): Promise<OrderFileRow | null> {
    const { rows } = await this.#database.query<OrderFileRow>(
      `select ${COLUMNS} from order_file where program = $1 and id = $2`,
      [program, id],
    )
    const row = rows[0] ?? null
    return row !== null && existsSync(this.pathOf(row)) ? row : null
  }

  /** The newest first. */
  async list(program: number): Promise<OrderFileRow[]> {
    const { rows } = await this.#database.query<OrderFileRow>(
      `select ${COLUMNS} from order_file where program = $1 order by uploaded_ms desc, id limit $2`,
      [program, MOST_LISTED],
    )
    return rows.filter((row) => existsSync(this.pathOf(row)))
  }

  async forget(program: number, id: string): Promise<boolean> {
    const { rowCount } = await this.#database.query('delete from order_file where program = $1 and id = $2', [
      program,
      id,
    ])
    if (rowCount === 0) return false
    await rm(this.#folderOf(id), { recursive: true, force: true })
    return true
  }

  /** Forgets what is older than a month, but for what a study still waits to read. */
  async forgetOld(now: number): Promise<void> {
    const { rows } = await this.#database.query<{ id: string }>(
      `delete from order_file f where uploaded_ms < $1
         and not exists (select from study s where s.file = f.id and s.status in ('waiting', 'running')) returning id`,
      [now - KEPT_MS],
    )
    for (const { id } of rows) await rm(this.#folderOf(id), { recursive: true, force: true })
  }

  pathOf({ id, name }: Pick<OrderFileRow, 'id' | 'name'>): string {
    return join(this.#folderOf(id), name)
  }

  #folderOf(id: string): string {
    return join(this.#folder, id)
  }
}

const MOST_LISTED = 100

/** The last part of a path, of signs that every file system takes; its ending tells what is compressed. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1)!
  const plain = last
    .replace(/[^\p{L}\p{N} ._()+-]/gu, '_')
    .replace(/^\.+/, '')
    .trim()
  return plain === '' ? 'orders' : plain.slice(-LONGEST_NAME)
}

class TooLarge extends Error {}

const BROKEN_OFF = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'ABORT_ERR'])
