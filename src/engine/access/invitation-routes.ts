/** The calls behind an invitation's link: whom it is for, and choosing the password. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { openRoute, ROLES, type Route } from '../http/route.ts'
import { Name } from '../shapes.ts'
import type { Attempts } from './attempts.ts'
import { acceptInvitation, findInvitation } from './invitations.ts'
import { partsOf } from './people.ts'
import { SessionAnswer, welcome } from './session-routes.ts'
import { letIn } from './sign-in.ts'

const TAG = 'Sessions'
const Token = z.string().min(1).max(100).describe('What stands behind `#` in the link')

const read = openRoute({
  method: 'POST',
  path: '/v1/invitations/read',
  id: 'readInvitation',
  tag: TAG,
  summary: 'See whom an invitation is for',
  body: z.strictObject({ token: Token }).meta({ examples: [{ token: 'inv_…' }] }),
  answers: {
    200: {
      description: 'Whom it is for',
      schema: z
        .strictObject({
          email: z.string(),
          name: z.string(),
          expires_at: z.iso.datetime({ offset: true }),
          programs: z.array(z.strictObject({ name: z.string(), role: z.enum(ROLES) })),
        })
        .meta({ id: 'Invitation' }),
    },
  },
  refusals: ['invitation_over'],
  async handle({ services: { database }, body }) {
    const found = await findInvitation(database, body.token)
    if (found instanceof Refusal) return found
    const { email, name, id } = found.person
    const programs = (await partsOf(database, id)).map((part) => ({ name: part.name, role: part.role }))
    return { status: 200, body: { email, name, expires_at: formatInstant(found.expires), programs } }
  },
})

function accept(attempts: Attempts): Route {
  return openRoute({
    method: 'POST',
    path: '/v1/invitations/accept',
    id: 'acceptInvitation',
    tag: TAG,
    summary: 'Choose a password by an invitation',
    description: 'The link is used up, what the person had open is over, and they are signed in.',
    body: z
      .strictObject({ token: Token, name: Name.describe('As colleagues will see it'), password: z.string().max(1_000) })
      .meta({ examples: [{ token: 'inv_…', name: 'June Park', password: 'a sentence that only you know' }] }),
    answers: { 200: { description: 'Who is signed in', schema: SessionAnswer } },
    refusals: ['invitation_over', 'too_many_guesses'],
    async handle({ services, body, request, requestId }) {
      const attempt = attempts.begin(`invitation ${body.token}`, request.address)
      if (attempt instanceof Refusal) return attempt
      const person = await acceptInvitation(services.database, body)
      if (person instanceof Refusal) return person
      attempts.forgive(attempt)
      const signedIn = await letIn(services.database, person, request, requestId, 'invitation')
      return signedIn instanceof Refusal ? signedIn : welcome(services, signedIn)
    },
  })
}

export function invitationRoutes(attempts: Attempts): readonly Route[] {
  return [read, accept(attempts)]
}
