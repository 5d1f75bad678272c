/** The entry `regulars/client`. */

export * from './calls.ts'
export { NoAnswerError, ProblemError, Regulars, type RegularsOptions } from './regulars.ts'
export { type CallOptions, Listing, type Page } from './request.ts'
