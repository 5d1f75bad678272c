/** The HTTP of notes: what people of the business write about a member, for one another. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { once } from '../../engine/http/answered.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Caller, type Route, route, type Services } from '../../engine/http/route.ts'
import { stripeOf } from '../../engine/ids.ts'
import { addNote, deleteNote, findNote, listNotes, type NoteRow, noteAnswer } from '../../engine/notes.ts'
import { nowOf } from '../../engine/programs.ts'
import { namedAccount, noMember, readAccount, winnerOf } from '../../engine/read.ts'
import { List, Note, NoteInput, pageOf, text } from '../../engine/shapes.ts'

const TAG = 'Notes'
const ById = z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') })

const list = route({
  method: 'GET',
  path: '/v1/members/{id}/notes',
  id: 'listNotes',
  tag: TAG,
  summary: 'List the notes about a member',
  description: 'The latest first; also those about members who were merged into this one.',
  params: ById,
  query: List,
  answers: { 200: { description: 'A page of notes', schema: pageOf(Note, 'NoteList') } },
  refusals: ['not_found'],
  roles: MAY.notes,
  async handle({ params, query, caller, services }) {
    const account = await personOf(services, caller, params.id)
    if (account instanceof Refusal) return account
    const page = await listNotes(services.database, account, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const add = route({
  method: 'POST',
  path: '/v1/members/{id}/notes',
  id: 'addNote',
  tag: TAG,
  summary: 'Note something about a member',
  description:
    'For colleagues: no member sees it, except in the export of all that is known of them. It is erased with the person.',
  params: ById,
  body: NoteInput,
  answers: { 201: { description: 'The note', schema: Note } },
  refusals: ['not_found', 'account_erased', 'idempotency_conflict'],
  roles: MAY.notes,
  async handle(call) {
    const { params, body, caller, services } = call
    const account = await personOf(services, caller, params.id)
    if (account instanceof Refusal) return account
    const id = services.ids.take(stripeOf(account))
    const written: NoteRow = { id, account, text: body.text, actor: caller.actor, written_ms: nowOf(caller.program) }
    return once(call, 'addNote', async (connection) => {
      const note = await addNote(connection, caller.program.number, written)
      return note instanceof Refusal ? note : { status: 201, body: noteAnswer(note) }
    })
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/members/{id}/notes/{note}',
  id: 'deleteNote',
  tag: TAG,
  summary: 'Delete a note',
  description: 'One’s own; an owner may delete any. The audit log says who deleted whose note, and not what it said.',
  params: ById.extend({ note: z.string().max(32).describe('`not_…`') }),
  answers: { 200: { description: 'The note as it was', schema: Note } },
  refusals: ['not_found'],
  roles: MAY.notes,
  async handle({ params, caller, services }) {
    const account = await personOf(services, caller, params.id)
    if (account instanceof Refusal) return account
    const note = await findNote(services.database, caller.program.number, account, params.note)
    if (note instanceof Refusal) return note
    if (note.actor !== caller.actor && caller.role !== 'owner')
      return refuse('forbidden', `${note.actor} wrote this note: only they or an owner may delete it.`)
    await deleteNote(services.database, note)
    const body = noteAnswer(note)
    const { text: _, ...before } = body
    return { status: 200, body, audit: { about: body.member, before, after: null } }
  },
})

export const routes: Route[] = [list, add, remove]

/** Who a name stands for now. */
async function personOf(services: Services, { program }: Caller, name: string): Promise<number | Refusal> {
  const named = await namedAccount(services, program, name)
  const account = named === null ? null : await winnerOf(services, program, named)
  if (account === null || (await readAccount(services, program, account)) === null) return noMember(name)
  return account
}
