/** The HTTP of the one search for anything. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { isCode, normalCode } from '../../engine/codes.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { text } from '../../engine/shapes.ts'
import { noVoucher } from '../../engine/voucher-refusal.ts'
import { searchAll } from './views.ts'

const Found = z
  .strictObject({
    kind: z.enum(['member', 'order', 'activity', 'redemption', 'voucher', 'reward', 'rule', 'budget', 'shop', 'staff']),
    id: z.string(),
    title: z.string(),
    detail: z
      .string()
      .describe('What tells it from others; phones and e-mail addresses are masked for who may not see them'),
    href: z.string().describe('Its page of the console'),
  })
  .meta({ id: 'FoundThing' })

const search = route({
  method: 'GET',
  path: '/v1/search',
  id: 'search',
  tag: 'Search',
  summary: 'Search for anything',
  description:
    'A phone in any spelling, an e-mail address, a card, an order, a code, an id, the name of a reward, or the beginning of ' +
    'a member’s, a shop’s or a colleague’s name. What is meant exactly comes first; ten at most.',
  query: z.strictObject({ q: z.string().trim().pipe(text(200)) }),
  answers: {
    200: { description: 'What was found', schema: z.strictObject({ data: z.array(Found) }).meta({ id: 'FoundList' }) },
  },
  refusals: ['too_many_guesses'],
  roles: MAY.search,
  handle({ caller, services, query: { q } }) {
    // Whoever tries codes here has to wait between them as they would anywhere else.
    return services.guesses
      .asking(caller, isCode(q) ? [normalCode(q)] : [], null, async () => {
        const data = await searchAll(services, caller.program, q, caller)
        if (data.length === 0 && isCode(q)) return noVoucher(normalCode(q), '/code')
        return { status: 200, body: { data } }
      })
      .then((answer) =>
        answer instanceof Refusal && answer.code === 'not_found' ? { status: 200, body: { data: [] } } : answer,
      )
  },
})

export const routes: Route[] = [search]
