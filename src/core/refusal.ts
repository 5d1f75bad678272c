/** An expected "no": a value with a stable code, never an exception on its way through a decision. */

/** Every code that a refusal can carry, with the HTTP status it becomes and the sentence that documents it. */
export const REFUSALS = {
  insufficient_points: [422, 'The member has fewer available points than this costs.'],
  reward_unavailable: [422, 'The program has no such reward, or it is not offered now.'],
  spend_too_low: [422, 'The order is too small for this.'],
  not_together: [422, 'This cannot be had on the same order as something else that it has.'],
  points_not_taken: [422, 'The program does not take these points as money, or not so many.'],
  sold_out: [422, 'The stock of this reward is used up.'],
  limit_reached: [422, 'A limit of the program is reached.'],
  budget_spent: [422, 'The budget that pays for this is spent, or gives nothing on this day.'],
  tier_too_low: [422, 'The reward is for a higher tier.'],
  quantity_not_returnable: [422, 'More would be returned than is left of the line.'],
  currency_mismatch: [422, 'The amount is in another currency than the program.'],
  amount_exceeds_order: [422, 'More money would be returned than is left of the order.'],
  voucher_used: [422, 'The voucher was used before.'],
  voucher_expired: [422, 'The voucher has expired.'],
  voucher_withdrawn: [422, 'The voucher was taken back.'],
  not_transferable: [422, 'The program does not let members give this voucher away.'],
  voucher_mistyped: [422, 'The code has a typing error in it: its last sign does not fit the others.'],
  not_yours: [422, 'This belongs to another member.'],
  hold_closed: [422, 'The hold was captured, voided or has timed out.'],
  capture_exceeds_hold: [422, 'More would be captured than is held.'],
  account_closed: [422, 'The account is closed.'],
  same_account: [422, 'Both sides are the same member.'],
  already_merged: [422, 'The member was merged into another one before.'],
  pools_off: [422, 'The program has no pools for households.'],
  already_in_pool: [422, 'The member is in another pool.'],
  challenge_unavailable: [422, 'The challenge is over, or nobody has to join it.'],
  transfers_off: [422, 'The program does not let members transfer points.'],
  account_open: [422, 'The account is open.'],
  account_erased: [422, 'The person was erased, and with them all that the call would need.'],
  reason_required: [422, 'What is done by hand needs a reason.'],
  adjustment_closed: [422, 'The adjustment was approved or rejected already.'],
  order_cancelled: [422, 'The order was cancelled before it was paid.'],
  plan_unavailable: [422, 'The program has no such plan, or this member cannot have it.'],
  payment_required: [422, 'The plan has to be paid for.'],
  payment_mismatch: [422, 'Another amount was paid than is due.'],
  already_paid: [422, 'The next period is paid already.'],
  trial_used: [422, 'The member has had a trial.'],
  no_membership: [422, 'The member has no membership that this could be about.'],
  membership_open: [422, 'The member has a membership.'],
  already_cancelled: [422, 'The membership was cancelled before.'],
  benefit_used: [422, 'A benefit of the period was used, so it is not refunded.'],
  not_refundable: [422, 'The plan does not refund this much.'],
  perk_unavailable: [422, 'The program has no such perk, or the member does not have it now.'],
  points_overflow: [422, 'The points would go beyond what can be counted exactly (9,007,199,254,740,991).'],
  account_full: [422, 'The account holds more open lots, holds or counters than its row can keep.'],
  too_late: [422, 'The activity occurred longer ago than the program accepts, or lies in the future.'],
  clock_backwards: [422, 'A test clock only moves forward.'],
  not_test_mode: [422, 'Only a program in test mode has a clock that can be moved.'],
  contact_taken: [409, 'Another member has this phone, e-mail address or card.'],
  location_taken: [409, 'Another shop is known by this location.'],
  idempotency_conflict: [409, 'The same key or id was used before with a different body.'],
  not_found: [404, 'There is nothing with this id.'],
  invalid: [400, 'The request is not of the documented form.'],
  forbidden: [403, 'Whoever calls may not do this.'],
  unauthenticated: [401, 'The API key is missing, unknown or revoked, or the session is over.'],
  method_not_allowed: [405, 'This address does not take this method.'],
  too_large: [413, 'The body is longer than this address takes.'],
  unsupported_media_type: [415, 'The body is of a type that this address does not take.'],
  rate_limited: [429, 'Whoever calls makes more calls than it may.'],
  too_many_guesses: [429, 'Too many codes or passwords were tried that are wrong.'],
  sign_in_failed: [422, 'The e-mail address, the password or the code is not right.'],
  code_required: [422, 'A one-time code is needed as well.'],
  shift_over: [422, 'Nobody works at this till now.'],
  invitation_over: [422, 'The link was used, replaced or is too old.'],
  totp_on: [422, 'One-time codes are on already.'],
  last_owner: [422, 'A program keeps at least one owner.'],
  set_up_already: [422, 'Somebody can sign in already, so there is nothing to set up.'],
  internal_error: [500, 'Something went wrong on our side.'],
  unavailable: [503, 'The service cannot answer now, for instance because its database does not.'],
  draw_open: [422, 'The draw is not over yet: entries still come in.'],
  draw_done: [422, 'The draw was held already.'],
  no_draft: [422, 'The program has no draft.'],
  changed_meanwhile: [409, 'Somebody else has changed this since it was read.'],
  needs_review: [422, 'Somebody else has to approve this draft before it is published.'],
  own_draft: [422, 'Whoever made the last change to a draft cannot approve it.'],
  fixed_for_life: [422, 'This part of a program cannot change once the program is published.'],
  takes_away: [
    422,
    'The program would take from members what they have earned or were promised, and nobody has said that this is meant.',
  ],
  wallet_in_use: [422, 'Members hold points in this wallet, so the program must keep it.'],
} as const satisfies Record<string, readonly [number, string]>

export type RefusalCode = keyof typeof REFUSALS

export interface FieldError {
  /** JSON pointer into the body that was sent. */
  pointer: string
  code: string
  message: string
  /** Where it stands in a program file, from 1. */
  line?: number
  column?: number
}

/** What would be enough: money in minor units, points in the smallest unit of their wallet. */
export interface Missing {
  money?: number
  points?: number
}

export class Refusal {
  readonly code: RefusalCode
  readonly detail: string
  readonly errors: readonly FieldError[]
  readonly missing: Missing

  constructor(code: RefusalCode, detail: string, errors: readonly FieldError[] = [], missing: Missing = {}) {
    this.code = code
    this.detail = detail
    this.errors = errors
    this.missing = missing
  }
}

export function refuse(code: RefusalCode, detail: string, pointer?: string, missing?: Missing): Refusal {
  return new Refusal(code, detail, pointer === undefined ? [] : [{ pointer, code, message: detail }], missing)
}
