/** The calls of the first start: whether there is anything to set up, and doing it. */

import { z } from 'zod'
import type { Compiled } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { openRoute, type Route } from '../http/route.ts'
import { Name } from '../shapes.ts'
import type { Attempts } from './attempts.ts'
import { SessionAnswer, welcome } from './session-routes.ts'
import { isUntouched, setUp } from './set-up.ts'
import { letIn } from './sign-in.ts'

const TAG = 'Set-up'

const read = openRoute({
  method: 'GET',
  path: '/v1/setup',
  id: 'getSetup',
  tag: TAG,
  summary: 'See whether there is anything to set up',
  answers: {
    200: {
      description: 'Open until there is an owner',
      schema: z.strictObject({ open: z.boolean() }).meta({ id: 'SetupState' }),
    },
  },
  handle: async ({ services: { database } }) => ({ status: 200, body: { open: await isUntouched(database) } }),
})

function setUpRoute(compile: (text: string, revision: number) => Compiled, attempts: Attempts): Route {
  return openRoute({
    method: 'POST',
    path: '/v1/setup',
    id: 'setUp',
    tag: TAG,
    summary: 'Make the first owner and their program',
    description:
      'With the token of the link that `regulars serve` prints. The program names the business and gives nothing yet.',
    body: z
      .strictObject({
        token: z.string().min(1).max(100).describe('What stands behind `#` in the link'),
        name: Name.describe('Your own'),
        email: z.string().min(1).max(254),
        password: z.string().max(1_000),
        business: Name,
        currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency, such as USD'),
        timezone: z.string().min(1).max(60),
      })
      .meta({
        examples: [
          {
            token: 'set_…',
            name: 'Nora Lindqvist',
            email: 'owner@corner.coffee',
            password: 'a sentence that only you know',
            business: 'Corner Coffee',
            currency: 'USD',
            timezone: 'America/New_York',
          },
        ],
      }),
    answers: { 201: { description: 'Who is signed in', schema: SessionAnswer } },
    refusals: ['set_up_already', 'too_many_guesses'],
    async handle({ services, body, request, requestId }) {
      const attempt = attempts.begin('set-up', request.address)
      if (attempt instanceof Refusal) return attempt
      const person = await setUp(services.database, services.programs, compile, body)
      if (person instanceof Refusal) {
        // Whoever has the token is not guessing, only writing.
        if (person.code === 'invalid') attempts.forgive(attempt)
        return person
      }
      attempts.forgive(attempt)
      const signedIn = await letIn(services.database, person, request, requestId, 'set-up')
      return signedIn instanceof Refusal ? signedIn : welcome(services, signedIn, 201)
    },
  })
}

export function setUpRoutes(
  compile: (text: string, revision: number) => Compiled,
  attempts: Attempts,
): readonly Route[] {
  return [read, setUpRoute(compile, attempts)]
}
