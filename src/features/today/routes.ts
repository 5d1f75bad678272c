/** The HTTP of what happens in the whole program: redemptions and returns of the day, and anything else. */

import { Readable } from 'node:stream'
import { z } from 'zod'
import type { ActivityType } from '../../core/activity.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { DAY_MS, parseDay, startOfDay } from '../../core/time.ts'
import { activityAnswer } from '../../engine/answers.ts'
import { MAY, refusalToBrowse } from '../../engine/http/roles.ts'
import { CsvText, type Route, route } from '../../engine/http/route.ts'
import { activityShownTo } from '../../engine/masked.ts'
import { currentProgram, nowOf } from '../../engine/programs.ts'
import { ActivityAnswer, Day, Instant, List, pageOf, Text } from '../../engine/shapes.ts'
import { type ActivityFilter, activitiesTable, locationsOf, readNames, readProgramActivities } from './views.ts'

/** Unless it is said from when on, and at most: whoever wants all of it takes an export. */
const USUAL_DAYS = 31
const MOST_DAYS = 366
/** Later than now, as a till's clock that is ahead may have it. */
const AHEAD_DAYS = 1

const Listed = ActivityAnswer.extend({
  member_name: z.string().nullable().describe('What the member is called now'),
}).meta({ id: 'ListedActivity' })

const list = route({
  method: 'GET',
  path: '/v1/activities',
  id: 'listProgramActivities',
  tag: 'Activities',
  summary: 'List the activities of all members',
  description:
    'The latest first, by the time at which they happened. Sales without a member are no activities. With ' +
    '`Accept: text/csv` it is a table of all of them.',
  query: List.extend({
    type: z
      .string()
      .regex(/^[a-z_]{1,30}(,[a-z_]{1,30}){0,19}$/, 'must be types with commas between them, such as return,cancel')
      .optional()
      .describe('Of these types only, with commas between them')
      .meta({ examples: ['return,cancel'] }),
    redemptions: z.enum(['true']).optional().describe('Only what began, used or ended a redemption, orders too'),
    day: Day.optional().describe('Of this day in the program’s time zone; `from` and `until` are left out then'),
    from: Instant.optional().describe(`Not before; ${USUAL_DAYS} days before \`until\` unless said`),
    until: Instant.optional().describe('Before this time; tomorrow unless said'),
    shop: Text.optional().describe('A shop’s id, or the `location` that orders name. Returns name none'),
    staff: Text.optional().describe('The `staff` of orders, or the actor of what was done by hand'),
  }),
  answers: { 200: { description: 'Activities', schema: pageOf(Listed, 'ActivityPage') } },
  refusals: ['invalid'],
  roles: MAY.read,
  async handle({ caller, services, query, wantsCsv }) {
    const mayNot = refusalToBrowse(caller)
    if (mayNot !== null) return mayNot
    const { program } = caller
    const { type, redemptions, shop, staff = null, limit, cursor } = query
    const { zone } = currentProgram(program)
    const day = query.day === undefined ? null : parseDay(query.day)!
    if (day !== null && (query.from ?? query.until) !== undefined)
      return refuse('invalid', 'Say a day, or from when until when.', '/query/day')
    const until = day !== null ? startOfDay(zone, day + 1) : (query.until ?? nowOf(program) + AHEAD_DAYS * DAY_MS)
    const from = day !== null ? startOfDay(zone, day) : (query.from ?? until - USUAL_DAYS * DAY_MS)
    if (from >= until) return refuse('invalid', '`from` is not before `until`.', '/query/from')
    if (until - from > MOST_DAYS * DAY_MS)
      return refuse('invalid', `That is more than ${MOST_DAYS} days.`, '/query/from')
    const filter: ActivityFilter = {
      from,
      until,
      types: type === undefined ? null : (type.split(',') as ActivityType[]),
      redemptions: redemptions === 'true',
      locations: shop === undefined ? null : await locationsOf(services, program, shop),
      staff,
    }
    if (wantsCsv)
      return {
        status: 200,
        body: new CsvText(Readable.from(activitiesTable(services, program, filter))),
        audit: TAKEN_AWAY,
      }
    const page = await readProgramActivities(services, program, filter, { limit, cursor })
    if (page instanceof Refusal) return page
    const names = await readNames(
      services,
      page.data.map(({ account }) => account),
    )
    const data = page.data.map((stored) => ({
      ...activityShownTo(caller, activityAnswer(stored, program)),
      member_name: names.get(stored.account) ?? null,
    }))
    return { status: 200, body: { ...page, data } }
  },
})

/** A table of who did what leaves the house, so who took it is written down. */
const TAKEN_AWAY = { about: 'activities', before: null, after: { as: 'text/csv' } }

export const routes: Route[] = [list]
