/** Importing members out of a business's own file: who is new joins, and who is there already is brought up to date. */

import type { ProfileBody } from '../core/activity.ts'
import { Refusal } from '../core/refusal.ts'
import { smallintArray, textArray } from './arrays.ts'
import { changeOf, joinOf } from './contacts.ts'
import { KIND } from './directory.ts'
import type { FileMember, MemberFile } from './files/members.ts'
import type { RowReport } from './files/reports.ts'
import { stripeOfText } from './ids.ts'
import type { ImportMeans } from './import.ts'
import type { Incoming, Recorded } from './incoming.ts'
import type { LiveProgram } from './programs.ts'

export interface MemberImportOptions {
  program: LiveProgram
  /** When members joined whose row does not say it (ms); the present unless said. */
  joined?: number
  signal?: AbortSignal
  onProgress?: (done: number, of: number) => void
  /** Told of every row that was not taken, or not as it stands. */
  onReport?: (report: RowReport) => void
}

export interface MemberImportResult {
  finished: boolean
  joined: number
  /** Members who were there and are told something new of. */
  updated: number
  /** Members who were there, as the file has them. */
  unchanged: number
  /** New members whose row does not say when they joined. */
  undated: number
  refused: Record<string, number>
}

const LONGEST_TEXT = 255
/** A member may lose several contacts to others, one with each try. */
const TRIES = 3

/** Brings the members of a file into the program. The same file once more changes nothing. */
export async function importMembers(
  means: ImportMeans,
  file: MemberFile,
  options: MemberImportOptions,
): Promise<MemberImportResult> {
  const run = new MemberImport(means, options)
  let done = 0
  for await (const members of file.batches()) {
    if (options.signal?.aborted) return { finished: false, ...run.tally }
    await run.take(members)
    done += members.length
    options.onProgress?.(done, file.members)
  }
  return { finished: true, ...run.tally }
}

/** What a row says of a member, less what cannot be taken. */
interface Wanted {
  row: FileMember
  body: ProfileBody & { external_id: string }
}

class MemberImport {
  readonly tally: Omit<MemberImportResult, 'finished'> = {
    joined: 0,
    updated: 0,
    unchanged: 0,
    undated: 0,
    refused: {},
  }
  readonly #means: ImportMeans
  readonly #options: MemberImportOptions

  constructor(means: ImportMeans, options: MemberImportOptions) {
    this.#means = means
    this.#options = options
  }

  async take(rows: readonly FileMember[]): Promise<void> {
    const wanted = rows.map((row) => this.#read(row)).filter((one) => one !== null)
    const known: Wanted[] = []
    await this.#submit(
      wanted,
      (one) => this.#joining(one),
      (one, recorded) => {
        if (recorded.status === 'refused' && recorded.refusal.code === 'idempotency_conflict') known.push(one)
        else if (recorded.status === 'recorded' && recorded.replayed) this.tally.unchanged += 1
        else {
          this.tally.joined += 1
          if (one.row.joined_at === undefined) this.tally.undated += 1
        }
      },
    )
    await this.#update(known)
  }

  #read(row: FileMember): Wanted | null {
    const { external_id, name, email, phone, birthday, locale, balances } = row
    if (external_id.length > LONGEST_TEXT || external_id.includes('\0')) {
      this.#refuse(row, 'invalid', `has an id that is longer than ${LONGEST_TEXT} characters, or no text`)
      return null
    }
    if (balances.length > 0)
      this.#correct(row, 'balance_left_out', 'has a balance, which was left out: points come from activities alone')
    const body: Wanted['body'] = { external_id }
    for (const [field, text] of Object.entries({ name, email, phone, birthday, locale }))
      if (text === undefined) continue
      else if (text.length <= LONGEST_TEXT && !text.includes('\0')) Object.assign(body, { [field]: text })
      else this.#correct(row, `${field}_dropped`, `has a ${field} that is too long; the member was taken without it`)
    return { row, body }
  }

  #joining({ row, body }: Wanted): Incoming | Refusal {
    const joining = joinOf(this.#options.program, body, null)
    if (joining instanceof Refusal) return joining
    const at = row.joined_at ?? this.#options.joined
    return at === undefined ? joining : { ...joining, occurredMs: at, history: true }
  }

  /**
   * Sends what `make` makes of the rows; null is nothing, which leaves all as it is. A contact that cannot be taken, or that another member has, is left out and
   * reported, and the rest is sent again; an id that was used before is for the caller to judge.
   */
  async #submit(
    wanted: readonly Wanted[],
    make: (one: Wanted) => Incoming | Refusal | null,
    settle: (one: Wanted, recorded: Recorded) => void,
  ): Promise<void> {
    let left = [...wanted]
    for (let attempt = 0; left.length > 0; attempt++) {
      const again: Wanted[] = []
      const sent: { one: Wanted; incoming: Incoming }[] = []
      const judge = (one: Wanted, refusal: Refusal) => {
        if (attempt < TRIES && this.#leaveOut(one, refusal)) again.push(one)
        else this.#refuse(one.row, refusal.code, `was refused: ${refusal.detail}`)
      }
      for (const one of left) {
        const incoming = make(one)
        if (incoming === null) this.tally.unchanged += 1
        else if (incoming instanceof Refusal) judge(one, incoming)
        else sent.push({ one, incoming })
      }
      const answers = await this.#means.recorder.record(sent.map(({ incoming }) => incoming))
      for (const [i, { one }] of sent.entries()) {
        const answer = answers[i]!
        if (answer.status === 'refused' && answer.refusal.code !== 'idempotency_conflict') judge(one, answer.refusal)
        else settle(one, answer)
      }
      left = again
    }
  }

  /** Drops the fields that a refusal points at; false when there is none that a member can do without. */
  #leaveOut({ row, body }: Wanted, refusal: Refusal): boolean {
    const fields = refusal.errors.map(({ pointer }) => pointer.slice(1) as keyof ProfileBody)
    const dropped = fields.filter((field) => field !== 'external_id' && body[field] !== undefined)
    for (const field of dropped) {
      const why = refusal.errors.find(({ pointer }) => pointer === `/${field}`)!.message
      this.#correct(row, `${field}_dropped`, `has the ${field} “${body[field]}”, which was left out. ${why}`)
      delete body[field]
    }
    return dropped.length > 0
  }

  /** Members who were there before: what the file says anew of them is a change of their profile. */
  async #update(known: readonly Wanted[]): Promise<void> {
    const { program } = this.#options
    const stored = await this.#profiles(known.map(({ body }) => body.external_id))
    await this.#submit(
      known,
      (one) => {
        const changed = this.#changes(one, stored.get(one.body.external_id))
        const ref = { by: 'external', value: one.body.external_id } as const
        return changed === null ? null : changeOf(program, ref, changed, null)
      },
      () => {
        this.tally.updated += 1
      },
    )
  }

  /** The fields that differ from what is stored, contacts in their normal form; null when none does. */
  #changes({ body }: Wanted, stored: ProfileBody | undefined): ProfileBody | null {
    const { external_id: _, ...rest } = body
    const normal = joinOf(this.#options.program, body, null)
    const contacts = normal instanceof Refusal ? {} : (normal.contacts ?? {})
    const changed = Object.entries({ ...rest, ...contacts }).filter(
      ([field, value]) => value !== (stored?.[field as keyof ProfileBody] ?? undefined),
    )
    return changed.length === 0 ? null : Object.fromEntries(changed)
  }

  async #profiles(ids: readonly string[]): Promise<Map<string, ProfileBody>> {
    if (ids.length === 0) return new Map()
    const { database, recorder } = this.#means
    const { rows } = await database.query<ProfileBody & { external_id: string }>(PROFILES, [
      smallintArray(ids.map((id) => stripeOfText(id, recorder.stripes))),
      textArray(ids),
      this.#options.program.number,
    ])
    return new Map(rows.map((row) => [row.external_id, row]))
  }

  #refuse(row: FileMember, code: string, because: string): void {
    this.tally.refused[code] = (this.tally.refused[code] ?? 0) + 1
    this.#tell(row, code, because, false)
  }

  #correct(row: FileMember, code: string, because: string): void {
    this.#tell(row, code, because, true)
  }

  #tell({ row, external_id }: FileMember, code: string, because: string, taken: boolean): void {
    const message = `Row ${row} (member ${external_id.slice(0, 60)}) ${because.replace(/\.?$/, '.')}`
    this.#options.onReport?.({ row, code, message, taken })
  }
}

const PROFILES = `select d.value as external_id, p.name, p.email, p.phone, p.birthday, p.locale
  from unnest($1::smallint[], $2::text[]) as wanted (stripe, value)
  join directory d on d.stripe = wanted.stripe and d.program = $3 and d.kind = ${KIND.external} and d.value = wanted.value
  join profile p on p.stripe = (d.account % 256)::smallint and p.account = d.account`
