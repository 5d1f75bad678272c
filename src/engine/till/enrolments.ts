/** Enrolling at a till: a phone number, a name if it is given, and what the customer agreed to. */

import { Refusal } from '../../core/refusal.ts'
import { joinOf } from '../contacts.ts'
import type { Services } from '../http/route.ts'
import { stripeOf } from '../ids.ts'
import type { LiveProgram } from '../programs.ts'
import { submit } from '../submit.ts'
import type { Doing, Done } from './doing.ts'
import { findCustomer } from './look-up.ts'
import type { DeedOf } from './shapes.ts'

/** Whoever is a member already stays who they are: the sales that follow are theirs. */
export async function enrol(doing: Doing<'enrolment'>): Promise<Done | Refusal> {
  const { services, live, deed } = doing
  const account = (await findCustomer(services, live, { phone: deed.phone })) ?? (await join(doing))
  if (account instanceof Refusal) return account
  await keepConsent(doing, account)
  return { account }
}

async function join({ services, live, deed, occurredMs }: Doing<'enrolment'>): Promise<number | Refusal> {
  const { phone, name, consent } = deed
  const profile = { phone, locale: consent.locale, ...(name === undefined ? {} : { name }) }
  const joining = joinOf(live, profile, `till:${deed.id}`)
  if (joining instanceof Refusal) return joining
  const recorded = await submit(services, { ...joining, occurredMs, dated: true })
  if (recorded.status === 'recorded') return recorded.activity.account
  if (recorded.status !== 'refused') throw new Error(`joining is not answered with ${recorded.status}`)
  // Another till may have enrolled the same person in the same moment.
  return (await foundMeanwhile(services, live, deed, recorded.refusal)) ?? recorded.refusal
}

async function foundMeanwhile(
  services: Services,
  live: LiveProgram,
  { phone }: DeedOf<'enrolment'>,
  { code }: Refusal,
): Promise<number | null> {
  return code === 'contact_taken' ? findCustomer(services, live, { phone }) : null
}

async function keepConsent({ services, live, device, deed, occurredMs, staff }: Doing<'enrolment'>, account: number) {
  await services.database.query(
    `insert into till_consent (stripe, account, program, deed, given_ms, device, staff, locale, text)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      stripeOf(account),
      account,
      live.number,
      deed.id,
      occurredMs,
      device.id,
      staff,
      deed.consent.locale,
      deed.consent.text,
    ],
  )
}
