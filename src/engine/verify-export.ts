/** Verify from an export alone: the same checks as of a database, on files that anybody can be given. */

import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Adjustment, Referral } from '../core/deciding.ts'
import type { RedemptionRow, TallyRow, VoucherRow } from './account-check.ts'
import { type AccountRow, type ActivityRow, Findings, type PostingRow, type Verification } from './differences.ts'
import { LEDGER_FILE, LEDGER_TABLES, type LedgerFile } from './export-ledger.ts'
import { chunks, quoted, sealedDuckDB } from './files/duckdb.ts'
import type { ColumnType } from './files/write.ts'
import { parseId } from './ids.ts'
import type { Compile, LiveProgram } from './programs.ts'
import type { EngineVersion } from './record.ts'
import type { BenefitRow } from './replay.ts'
import { checkRoots, type Pin, Pins } from './root-check.ts'
import type { DailyRoot, Head } from './roots.ts'
import { checkAccounts, type LedgerRowsOf } from './verify.ts'

const File = z.object({
  format: z.literal('regulars-export/1'),
  program: z.string(),
  name: z.string(),
  mode: z.enum(['live', 'test']),
  currency: z.string(),
  timezone: z.string(),
  exported_at: z.int(),
  revisions: z.array(z.object({ number: z.int(), effective_at: z.int(), source: z.string() })).min(1),
  engines: z.array(z.object({ number: z.int(), release: z.string(), tzdata: z.string() })),
  tables: z.record(z.string(), z.object({ file: z.string().regex(/^[\w-]+\.(csv|parquet)$/), rows: z.int().min(0) })),
})

export interface VerifyExportOptions {
  compile: Compile
  engine?: EngineVersion
  pin?: Pin
  onProgress?: (accounts: number, of: number) => void
}

/** A file of the export is missing or cannot be read, so nothing of what it should hold is proved. */
class Unreadable extends Error {}

/** Checks all of an export that `regulars export` wrote to the folder. Needs no database and writes nothing. */
export async function verifyExport(dir: string, options: VerifyExportOptions): Promise<Verification> {
  const findings = new Findings()
  const spill = await mkdtemp(join(tmpdir(), 'regulars-'))
  try {
    const real = await realpath(dir)
    const instance = await sealedDuckDB([], [real], spill)
    try {
      const file = await readLedgerFile(real)
      await checkTables(new Tables(real, file, instance), file, options, findings)
    } finally {
      instance.closeSync()
    }
  } catch (error) {
    if (!isOfFiles(error)) throw error
    findings.add('file', error.message.split('\n')[0]!)
  } finally {
    await rm(spill, { recursive: true, force: true })
  }
  return findings.result()
}

/** Ours, or DuckDB's word about a file. */
function isOfFiles(error: unknown): error is Error {
  if (error instanceof Unreadable) return true
  return error instanceof Error && /^(Invalid Input|IO|Conversion|Binder|Out of Range)( Error)?: /.test(error.message)
}

async function readLedgerFile(dir: string): Promise<LedgerFile> {
  const path = join(dir, LEDGER_FILE)
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) throw new Unreadable(`${path} is missing: the folder is no export of this release`)
  try {
    return File.parse(JSON.parse(text))
  } catch {
    throw new Unreadable(`${path} is not as an export writes it`)
  }
}

async function checkTables(
  tables: Tables,
  file: LedgerFile,
  { compile, engine, pin, onProgress }: VerifyExportOptions,
  findings: Findings,
): Promise<void> {
  await checkCounts(tables, file, findings)
  const live = liveOf(file, compile)
  const byNumber = new Map(file.engines.map(({ number, release, tzdata }) => [number, { release, tzdata }]))
  await checkAccounts(
    ledgerRows(tables),
    {
      lives: new Map([[live.number, live]]),
      engines: { byNumber, current: engine ?? null },
      total: file.tables.accounts?.rows ?? 0,
      ...(onProgress === undefined ? {} : { onProgress }),
    },
    findings,
  )
  const roots = tables.read('roots', 'CAST(day AS BIGINT)', rootOf)
  const heads = tables.read('root_heads', `CAST(day AS BIGINT), ${byId('account')}`, headOf)
  const pins = new Pins(pin)
  await checkRoots({ program: file.program, roots, heads }, pins, findings)
  pins.report(findings)
}

async function checkCounts(tables: Tables, file: LedgerFile, findings: Findings): Promise<void> {
  for (const [name, { file: path, rows }] of Object.entries(file.tables)) {
    const found = await tables.count(name)
    if (found !== rows) findings.add('file', `${path} has ${found} rows, and the export wrote ${rows}`, rows, found)
  }
}

/** The program as it was exported; its present is the moment of that. */
function liveOf(file: LedgerFile, compile: Compile): LiveProgram {
  const revisions = file.revisions.map(({ number, effective_at, source }) => {
    try {
      return { number, effective: effective_at, program: compile(source, number) }
    } catch (error) {
      throw new Unreadable(`revision ${number} of the program in ${LEDGER_FILE} is none: ${(error as Error).message}`)
    }
  })
  const { program: id, name, mode, exported_at: clock } = file
  return { number: 1, id, name, mode, secret: null, clock, revisions }
}

type Cells = Record<string, string | number | null>

class Tables {
  readonly #dir: string
  readonly #file: LedgerFile
  readonly #instance: Awaited<ReturnType<typeof sealedDuckDB>>

  constructor(dir: string, file: LedgerFile, instance: Awaited<ReturnType<typeof sealedDuckDB>>) {
    this.#dir = dir
    this.#file = file
    this.#instance = instance
  }

  async count(name: string): Promise<number> {
    for await (const chunk of chunks(this.#instance, `SELECT count(*) FROM ${this.#from(name)}`))
      return Number(chunk.getColumnValues(0)[0])
    return 0
  }

  /** Rows in an order of their own, whatever that of the file: it can be sorted anew without changing what it says. */
  async *read<Row>(name: keyof typeof LEDGER_TABLES, order: string, row: (cells: Cells) => Row): AsyncGenerator<Row> {
    const columns = Object.entries<ColumnType>(LEDGER_TABLES[name].columns)
    const shown = columns.map(([column, type]) => `${asRead(`"${column}"`, type)} AS "${column}"`)
    const sql = `SELECT ${shown.join(', ')} FROM ${this.#from(name)} ORDER BY ${order}`
    for await (const chunk of chunks(this.#instance, sql)) {
      const values = columns.map((_, i) => chunk.getColumnValues(i))
      for (let at = 0; at < chunk.rowCount; at++) {
        const cells: Cells = {}
        for (const [i, [column]] of columns.entries()) {
          const value = values[i]![at]
          cells[column] = typeof value === 'bigint' ? Number(value) : (value as string | null)
        }
        yield row(cells)
      }
    }
  }

  #from(name: string): string {
    const table = this.#file.tables[name]
    if (table === undefined) throw new Unreadable(`${LEDGER_FILE} does not name the table ${name}`)
    const path = quoted(join(this.#dir, table.file))
    if (table.file.endsWith('.parquet')) return `read_parquet(${path})`
    // Every column is read as text first, and what is quoted and empty is an empty text.
    return `read_csv(${path}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = '',
      allow_quoted_nulls = false)`
  }
}

/** Whole numbers, and times as ms since 1970. */
function asRead(column: string, type: ColumnType): string {
  if (type === 'integer') return `CAST(${column} AS BIGINT)`
  return type === 'time' ? `epoch_ms(CAST(${column} AS TIMESTAMPTZ))` : `CAST(${column} AS VARCHAR)`
}

/** Ids grow with time and are written in base 36, so that a longer one is a later one. */
function byId(column: string): string {
  return `length(${column}), ${column}`
}

function ledgerRows(tables: Tables): LedgerRowsOf {
  const [account, activity] = [byId('account'), byId('activity')]
  return {
    accounts: tables.read('accounts', account, accountOf),
    activities: tables.read('activities', `${account}, CAST(number AS BIGINT), ${activity}`, activityOf),
    postings: tables.read('postings', `${account}, ${activity}, CAST(place AS BIGINT)`, postingOf),
    expired: tables.read('expired_lots', `${account}, lot`, ({ account, lot, points }) => ({
      account: mem(account),
      lot: lot as string,
      points: points as number,
    })),
    remainders: tables.read('returned_orders', `${account}, ${activity}`, ({ account, activity, returned }) => ({
      account: mem(account),
      activity: act(activity),
      returned: returned as string,
    })),
    redemptions: tables.read('redemptions', `${account}, ${activity}, CAST(place AS BIGINT)`, redemptionOf),
    vouchers: tables.read('vouchers', `${account}, ${activity}, CAST(place AS BIGINT)`, voucherOf),
    adjustments: tables.read('adjustments', `${account}, ${activity}`, adjustmentOf),
    forwarded: tables.read(
      'forwarded',
      `${account} NULLS FIRST, CAST(number AS BIGINT), ${byId('source')}, CAST(place AS BIGINT)`,
      forwardedOf,
    ),
    tallies: tables.read('tallies', `${account}, name, CAST(period AS BIGINT)`, tallyOf),
    referrals: tables.read('referrals', `${account}, ${byId('friend')}`, referralOf),
    benefits: tables.read('benefits', `${account}, ${activity}, CAST(place AS BIGINT)`, benefitOf),
    sealed: tables.read('root_heads', `${account}, CAST(day AS BIGINT)`, headOf),
  }
}

function idOf(prefix: 'mem' | 'act', cell: Cells[string] | undefined): number {
  const id = typeof cell === 'string' ? parseId(prefix, cell) : null
  if (id === null) throw new Unreadable(`“${cell}” is in a place of the export where only ${prefix}_… can be`)
  return id
}

const mem = (cell: Cells[string] | undefined) => idOf('mem', cell)
const act = (cell: Cells[string] | undefined) => idOf('act', cell)
const bytes = (cell: Cells[string] | undefined) => Buffer.from(cell as string, 'hex')

function accountOf({ account, member, number, last, head, state, due_at }: Cells): AccountRow {
  const id = mem(account)
  return {
    id,
    program: 1,
    external_id: member === account ? null : (member as string),
    seq: number as number,
    last: last === null ? 0 : act(last),
    head: bytes(head),
    state: state as string,
    due_ms: due_at as number | null,
  }
}

/** Each column is named: to take the rest of a row as it is would cost more than all else that is done with it. */
function activityOf(cells: Cells): ActivityRow {
  const { previous, salt, body_hash } = cells
  return {
    id: act(cells.activity),
    account: mem(cells.account),
    seq: cells.number as number,
    prev: previous === null ? 0 : act(previous),
    type: cells.type as ActivityRow['type'],
    key: cells.key as string,
    occurred_ms: cells.occurred_at as number,
    recorded_ms: cells.recorded_at as number,
    revision: cells.revision as number,
    engine: cells.engine as number,
    salt: salt === null ? null : bytes(salt),
    body: cells.body as string | null,
    body_hash: body_hash === null ? null : bytes(body_hash),
    frozen: cells.frozen as string | null,
    outcome: cells.outcome as string,
    hash: bytes(cells.hash),
  }
}

function postingOf(cells: Cells): PostingRow {
  const { month, reverses } = cells
  return {
    activity: act(cells.activity),
    account: mem(cells.account),
    place: cells.place as number,
    wallet: cells.wallet as string,
    from_bucket: cells.from as PostingRow['from_bucket'],
    to_bucket: cells.to as PostingRow['to_bucket'],
    points: cells.points as number,
    kind: cells.kind as string | null,
    month: month === null ? null : monthOf(month as string),
    release_ms: cells.release as number | null,
    expiry_ms: cells.expiry as number | null,
    rule: cells.rule as string | null,
    line: cells.line as string | null,
    reverses: reverses === null ? null : act(reverses),
  }
}

/** Year × 12 + month − 1 of `2026-05`. */
function monthOf(text: string): number {
  return Number(text.slice(0, -3)) * 12 + Number(text.slice(-2)) - 1
}

function redemptionOf({ account, activity, place, points, captured_points, status }: Cells) {
  return {
    account: mem(account),
    activity: act(activity),
    place: place as number,
    points: points as number,
    captured_points: captured_points as number,
    status: status as string,
  } satisfies RedemptionRow & { account: number }
}

function voucherOf({ account, activity, place, code, reward, state }: Cells) {
  return {
    account: mem(account),
    activity: act(activity),
    place: place as number,
    code: code as string,
    reward: reward as string,
    state: state as string,
  } satisfies VoucherRow & { account: number }
}

function adjustmentOf({ account, activity, decided: _, member: __, ...same }: Cells): Adjustment & { account: number } {
  const stored = same as unknown as Omit<Adjustment, 'activity'>
  return { ...stored, account: mem(account), activity: act(activity) }
}

function forwardedOf({ source, place, account, to, type, body, activity, refused }: Cells) {
  return {
    program: 1,
    account: account === null ? 0 : mem(account),
    to: mem(to),
    source: act(source),
    place: place as number,
    type: type as string,
    body: body as string,
    activity: activity === null ? null : act(activity),
    refused: refused as string | null,
  }
}

function tallyOf({ account, name, period, count }: Cells): TallyRow & { account: number } {
  return { account: mem(account), name: name as string, period: period as number, count: count as number }
}

function referralOf({ account, friend, state, reason, until, changed }: Cells): Referral & { account: number } {
  return {
    account: mem(account),
    by: mem(account),
    friend: mem(friend),
    state: state as Referral['state'],
    reason: reason as string | null,
    until: until as number | null,
    at: changed as number,
  }
}

function benefitOf({ account, activity, place, source, worth }: Cells): BenefitRow & { account: number } {
  return {
    account: mem(account),
    activity: act(activity),
    place: place as number,
    source: source as string,
    worth: worth as number,
  }
}

function headOf({ account, day, number, head }: Cells): Head & { day: number } {
  return { account: mem(account), day: day as number, seq: number as number, head: bytes(head) }
}

function rootOf({ day, accounts, root, previous, sealed_at, public_key, signature }: Cells): DailyRoot {
  return {
    day: day as number,
    accounts: accounts as number,
    root: bytes(root),
    previous: bytes(previous),
    sealed_ms: sealed_at as number,
    public_key: public_key as string,
    signature: Buffer.from(signature as string, 'base64'),
  }
}
