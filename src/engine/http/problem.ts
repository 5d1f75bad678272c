/** How every "no" leaves the server: a problem document (RFC 9457), made in this one place. */

import { type FieldError, type Missing, REFUSALS, type Refusal, type RefusalCode } from '../../core/refusal.ts'

export interface Problem {
  /** Where the code is explained, relative to this server. */
  type: string
  title: string
  status: number
  detail: string
  code: RefusalCode
  request_id: string
  errors: readonly FieldError[]
  /** What would be enough, where that is a number. */
  missing?: Missing
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export function problemOf({ code, detail, errors, missing }: Refusal, requestId: string): Problem {
  const [status, title] = REFUSALS[code]
  const problem = { type: `/docs#${code}`, title, status, detail, code, request_id: requestId, errors }
  return Object.keys(missing).length === 0 ? problem : { ...problem, missing }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  // Shut down by its administrator, crashed, starting, out of connections (Appendix A of PostgreSQL's manual).
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

/** Whether an exception only says that the database cannot be reached now: the same call may succeed in a moment. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return (
    (code !== undefined && UNREACHABLE.has(code)) || /^(Connection terminated|timeout exceeded)/.test(error.message)
  )
}
