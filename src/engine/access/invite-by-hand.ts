/** Inviting from the command line, by whoever runs the installation: for the first owner, and for who is locked out. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Database } from '../db.ts'
import { normalEmail } from '../directory.ts'
import type { LiveProgram } from '../programs.ts'
import { writeAudit } from './audit.ts'
import { type Invitation, invite } from './invitations.ts'
import { addPerson, findPerson, giveRole, partsOf, type StaffRole } from './people.ts'

const ACTOR = 'regulars staff invite'

export interface Invited extends Invitation {
  email: string
  role: string
}

export async function inviteByHand(
  database: Database,
  { number: program, id, name: business }: LiveProgram,
  given: { email: string; role?: StaffRole | undefined; name?: string | undefined },
): Promise<Invited | Refusal> {
  const email = normalEmail(given.email)
  if (email === null) return refuse('invalid', `“${given.email}” can be no e-mail address.`)
  return database.transaction(async (queries) => {
    const known = await findPerson(queries, 'email', email)
    const part = known === null ? undefined : (await partsOf(queries, known.id)).find((one) => one.program === program)
    const role = given.role ?? part?.role
    if (role === undefined)
      return refuse('invalid', `${email} has no part in ${business} yet: say which with --role, such as --role owner.`)
    const name = given.name ?? email.split('@')[0]!
    const staff = known?.id ?? (await addPerson(queries, { email, name, password: null }))
    await giveRole(queries, staff, program, role)
    const made = await invite(queries, { staff, program, by: ACTOR })
    const after = { email, role, program: id }
    const common = { program, actor: ACTOR, staff: null, device: null, role: 'owner', requestId: ACTOR, key: null }
    await writeAudit(queries, [
      {
        ...common,
        action: 'inviteStaff',
        about: staff,
        before: part === undefined ? null : { role: part.role },
        after,
      },
    ])
    return { ...made, email, role }
  })
}
