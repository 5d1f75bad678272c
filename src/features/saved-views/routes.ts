/** The HTTP of saved views: what a person looks at often, by a name of their own. */

import { z } from 'zod'
import { refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Caller, type Route, route } from '../../engine/http/route.ts'
import { text } from '../../engine/shapes.ts'

const Page = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a page, such as members')
  .describe('The page whose view it is, such as `members`')

const View = z
  .strictObject({
    page: z.string(),
    name: z.string(),
    query: z.string().describe('What stands after the `?` in the address: filters, columns, order'),
    changed_at: z.iso.datetime({ offset: true }),
  })
  .meta({ id: 'SavedView' })

const ByName = z.strictObject({ page: Page, name: z.string().trim().pipe(text(80)) })
const TAG = 'Saved views'
/** So many that nobody misses one, and few enough to be shown at once. */
const MOST_VIEWS = 100

interface ViewRow {
  page: string
  name: string
  query: string
  changed_ms: number
}

/** A person's views are their own, whichever key or session they come with. */
function ownerOf({ actor }: Caller): string {
  return actor
}

function viewAnswer({ changed_ms, ...view }: ViewRow): z.output<typeof View> {
  return { ...view, changed_at: formatInstant(changed_ms) }
}

const list = route({
  method: 'GET',
  path: '/v1/views',
  id: 'listViews',
  tag: TAG,
  summary: 'List your saved views',
  query: z.strictObject({ page: Page.optional() }),
  answers: {
    200: {
      description: 'Yours, by name',
      schema: z.strictObject({ data: z.array(View) }).meta({ id: 'SavedViewList' }),
    },
  },
  roles: MAY.read,
  async handle({ caller, services: { database }, query: { page } }) {
    const { rows } = await database.query<ViewRow>(
      `select page, name, query, changed_ms from saved_view
       where program = $1 and owner = $2 and ($3::text is null or page = $3) order by page, lower(name), name`,
      [caller.program.number, ownerOf(caller), page ?? null],
    )
    return { status: 200, body: { data: rows.map(viewAnswer) } }
  },
})

const put = route({
  method: 'PUT',
  path: '/v1/views/{page}/{name}',
  id: 'putView',
  tag: TAG,
  summary: 'Save a view',
  description: 'Under a name that you have on this page it takes the place of what was there.',
  params: ByName,
  body: z.strictObject({ query: z.string().max(2_000) }).meta({ examples: [{ query: 'tier=gold&sort=-joined' }] }),
  answers: { 200: { description: 'The view', schema: View } },
  refusals: ['limit_reached'],
  roles: MAY.read,
  async handle({ caller, services: { database }, params: { page, name }, body: { query } }) {
    const owner = ownerOf(caller)
    const { rows } = await database.query<ViewRow>(
      `insert into saved_view (program, owner, page, name, query, changed_ms)
       select $1, $2, $3, $4, $5, $6
       where (select count(*) from saved_view where program = $1 and owner = $2 and (page, name) <> ($3, $4)) < $7
       on conflict (program, owner, page, name) do update
         set query = excluded.query, changed_ms = excluded.changed_ms
       returning page, name, query, changed_ms`,
      [caller.program.number, owner, page, name, query, Date.now(), MOST_VIEWS],
    )
    const [view] = rows
    if (view === undefined) return refuse('limit_reached', `You have ${MOST_VIEWS} saved views: remove one first.`)
    return { status: 200, body: viewAnswer(view) }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/views/{page}/{name}',
  id: 'deleteView',
  tag: TAG,
  summary: 'Remove a saved view',
  params: ByName,
  answers: { 200: { description: 'The view that is gone', schema: View } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ caller, services: { database }, params: { page, name } }) {
    const { rows } = await database.query<ViewRow>(
      `delete from saved_view where program = $1 and owner = $2 and page = $3 and name = $4
       returning page, name, query, changed_ms`,
      [caller.program.number, ownerOf(caller), page, name],
    )
    const [view] = rows
    return view === undefined
      ? refuse('not_found', `You have no view ${name} there.`)
      : { status: 200, body: viewAnswer(view) }
  },
})

export const routes: Route[] = [list, put, remove]
