/** The people of the demo business: one of each role, all with one password, so that a second person can approve. */

import type { Database } from '../db.ts'
import type { Role } from '../http/route.ts'
import type { LiveProgram } from '../programs.ts'
import { hashPassword } from './passwords.ts'
import { addPerson, giveRole } from './people.ts'

const PEOPLE: readonly [name: string, address: string, role: Role][] = [
  ['Nora Lindqvist', 'owner', 'owner'],
  ['Theo Okafor', 'marketer', 'marketer'],
  ['Mina Castellano', 'finance', 'finance'],
  ['Samir Haddad', 'support', 'support'],
  ['June Park', 'cashier', 'cashier'],
  ['Elif Demir', 'developer', 'developer'],
  ['Arthur Vale', 'read-only', 'read_only'],
]

export const DEMO_OWNER = 'owner@corner.coffee'

export async function addDemoStaff(database: Database, program: LiveProgram, password: string): Promise<void> {
  // One hash for all of them: it is the same password, and each costs a moment.
  const hash = await hashPassword(password)
  await database.transaction(async (queries) => {
    for (const [name, address, role] of PEOPLE) {
      const id = await addPerson(queries, { email: `${address}@corner.coffee`, name, password: hash })
      await giveRole(queries, id, program.number, role)
    }
  })
}
