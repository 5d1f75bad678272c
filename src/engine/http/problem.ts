/** How every "no" leaves the server: a problem document (RFC 9457), made in this one place. */

import { type FieldError, REFUSALS, type Refusal, type RefusalCode } from '../../core/refusal.ts'

export interface Problem {
  /** Where the code is explained, relative to this server. */
  type: string
  title: string
  status: number
  detail: string
  code: RefusalCode
  request_id: string
  errors: readonly FieldError[]
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export function problemOf({ code, detail, errors }: Refusal, requestId: string): Problem {
  const [status, title] = REFUSALS[code]
  return { type: `/docs#${code}`, title, status, detail, code, request_id: requestId, errors }
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
