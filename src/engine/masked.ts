/** Contacts of members as those see them who need not call anybody: enough to tell two people apart, and no more. */

import { MAY } from './http/roles.ts'
import type { Caller } from './http/route.ts'
import type { ActivityAnswer, Member } from './shapes.ts'

type Contacts = Pick<Member, 'email' | 'phone' | 'birthday'>

/** A member, or whatever has a member's contacts, as this caller may see it. */
export function shownTo<Shown extends Partial<Contacts>>(caller: Pick<Caller, 'role'>, member: Shown): Shown {
  return MAY.see_contacts.includes(caller.role) ? member : { ...member, ...masked(member) }
}

/** An activity whose body may be what a member said of themselves. */
export function activityShownTo(caller: Pick<Caller, 'role'>, activity: ActivityAnswer): ActivityAnswer {
  const { type, body } = activity
  if ((type !== 'join' && type !== 'profile') || body === null) return activity
  return { ...activity, body: shownTo(caller, body as Partial<Contacts>) }
}

/** What is not there stays so, as do the fields that were never named. */
function masked({ email, phone, birthday }: Partial<Contacts>): Partial<Contacts> {
  return {
    ...(email == null ? {} : { email: maskedEmail(email) }),
    ...(phone == null ? {} : { phone: `••• ${phone.slice(-3)}` }),
    ...(birthday == null ? {} : { birthday: null }),
  }
}

function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return `${email.slice(0, 1)}•••${email.slice(at)}`
}
