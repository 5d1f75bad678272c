/** The audit log: what people and tills did and who let them, a row each, which nobody can change afterwards. */

import type { Queries } from '../db.ts'
import type { Audited, Caller, Reply } from '../http/route.ts'

export interface AuditEntry extends Audited {
  program: number
  actor: string
  staff: string | null
  device: string | null
  role: string
  /** The call, by its name in OpenAPI. */
  action: string
  requestId: string
  /** The Idempotency-Key of the call. */
  key: string | null
}

/** What a call was, for the log. */
export interface Called {
  method: string
  /** The name of the call in OpenAPI. */
  id: string
  /** The address without its query. */
  address: string
  requestId: string
  key: string | null
}

/**
 * What the log is to say of a call that was answered; null where it says nothing. Scripts that sell leave no rows, since
 * the ledger has each of their calls with its actor.
 */
export function entryOf(caller: Caller, called: Called, { status, audit }: Reply): AuditEntry | null {
  if (status >= 400 || audit === null) return null
  const byPerson = caller.session !== null || caller.device !== null
  if (audit === undefined && (called.method === 'GET' || !byPerson)) return null
  const { actor, staff, device, role, program } = caller
  return {
    program: program.number,
    actor,
    staff,
    device,
    role,
    action: called.id,
    requestId: called.requestId,
    // An answer of before may be there although its row is not, so it is written again, and found to be there.
    key: called.key,
    ...(audit ?? { about: called.address, before: null, after: null }),
  }
}

/** Writes all of them at once. A row with the key of an earlier one is that one. */
export async function writeAudit(queries: Queries, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(({ program, actor, staff, device, role, action, about, before, after, requestId, key }) => ({
    program,
    actor,
    staff,
    device,
    role,
    action,
    about: about.slice(0, LONGEST_ABOUT),
    before: before ?? null,
    after: after ?? null,
    request_id: requestId,
    key,
  }))
  await queries.query(
    `insert into audit (at_ms, program, actor, staff, device, role, action, about, before, after, request_id, key)
     select $1, r.program, r.actor, r.staff, r.device, r.role, r.action, r.about, nullif(r.before, 'null'), nullif(r.after, 'null'), r.request_id, r.key
     from jsonb_to_recordset($2) as r(program smallint, actor text, staff text, device text, role text, action text,
       about text, before jsonb, after jsonb, request_id text, key text)
     on conflict (program, action, actor, key) where key is not null do nothing`,
    [Date.now(), JSON.stringify(rows)],
  )
}

/** Addresses hold keys of others, which may be long. */
const LONGEST_ABOUT = 500
