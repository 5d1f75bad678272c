/** Rows that were not taken, or not as they stand: counted by kind, the first of them shown, all of them in a file. */

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { alignColumns, countOf } from '../core/text-table.ts'
import type { RowReport } from './files/reports.ts'
import { UsedWrongly } from './terminal.ts'

/** Rows that a terminal shows, and how many of one kind among those that were taken all the same. */
const SHOWN = 20
const SHOWN_OF_CORRECTED = 5

export interface OddCount {
  code: string
  rows: number
  /** Whether these rows were taken with a correction. */
  taken: boolean
}

export class OddRows {
  readonly #counts = new Map<string, OddCount>()
  readonly #first: string[] = []
  readonly #file: WriteStream | null
  readonly #path: string | null

  private constructor(path: string | null, file: WriteStream | null) {
    this.#path = path
    this.#file = file
  }

  /** With a path, all rows are written there as CSV. */
  static async open(path: string | undefined): Promise<OddRows> {
    if (path === undefined) return new OddRows(null, null)
    const file = createWriteStream(path)
    await once(file, 'open').catch((error: Error) => {
      throw new UsedWrongly(`The report cannot be written to ${path}: ${error.message}.`)
    })
    file.write('row,code,taken,message\n')
    return new OddRows(path, file)
  }

  add({ row, code, message, taken }: RowReport): void {
    const count = this.#counts.get(code)
    if (count === undefined) this.#counts.set(code, { code, rows: 1, taken })
    else count.rows += 1
    const shown = taken && (count?.rows ?? 0) > SHOWN_OF_CORRECTED ? 0 : SHOWN
    if (this.#first.length < shown) this.#first.push(message)
    this.#file?.write(`${row},${code},${taken},"${message.replaceAll('"', '""')}"\n`)
  }

  /** From the kind that most rows are of. */
  get counts(): OddCount[] {
    return [...this.#counts.values()].sort((a, b) => b.rows - a.rows || (a.code < b.code ? -1 : 1))
  }

  get notTaken(): number {
    return this.counts.reduce((sum, { rows, taken }) => (taken ? sum : sum + rows), 0)
  }

  /** What a terminal shows; empty when nothing was odd. */
  get text(): string {
    const { counts } = this
    if (counts.length === 0) return ''
    const all = counts.reduce((sum, { rows }) => sum + rows, 0)
    const hidden = all - this.#first.length
    const where =
      this.#path === null ? 'name a file with --report to have them all' : `all of them are in ${this.#path}`
    const kinds = counts.map(({ code, rows, taken }) => [
      `  ${code}`,
      countOf(rows, 'row'),
      taken ? 'taken with a correction' : 'not taken',
    ])
    return [
      ...this.#first.map((message) => `  ${message}`),
      ...(hidden > 0 ? [`  … and ${countOf(hidden, 'more', 'more')}; ${where}.`] : []),
      '',
      'Rows that were odd:',
      alignColumns(kinds, ['left', 'right', 'left']),
    ].join('\n')
  }

  async close(): Promise<void> {
    if (this.#file === null) return
    this.#file.end()
    await once(this.#file, 'finish')
  }
}
