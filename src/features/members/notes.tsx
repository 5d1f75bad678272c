/** What colleagues have noted of a member, and a field to add to it. */

import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { api, fieldErrors, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Problem } from '../../web/console/parts/problem.tsx'
import { When } from '../../web/console/parts/values.tsx'
import { useSession } from '../../web/console/session.tsx'
import { memberWords } from './screen-words.ts'
import { Part } from './standing.tsx'

export function Notes({ member }: { member: string }) {
  const say = useWords(memberWords)
  const { staff, role } = useSession()
  const [text, setText] = useState('')
  const asked = ['notes', member] as const
  const notes = useAsk(asked, () => api.listNotes(member, { limit: 50 }))
  const add = useTell((note: string, idempotencyKey) => api.addNote(member, { text: note }, { idempotencyKey }), {
    renews: [asked],
    onDone: () => setText(''),
  })
  const remove = useTell((note: string) => api.deleteNote(member, note), { renews: [asked] })
  return (
    <Part title={say('notes')} show>
      {notes.data?.data.length === 0 && <p className="member-quiet">{say('no_notes')}</p>}
      <ul className="member-notes">
        {notes.data?.data.map((note) => (
          <li key={note.id}>
            <p>{note.text}</p>
            <small>
              {note.written_by}, <When at={note.written_at} />
            </small>
            {(note.written_by === staff.email || role === 'owner') && (
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                aria-label={say('delete_note')}
                onClick={() => remove.mutate(note.id)}
              >
                ✕
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Problem error={notes.error ?? remove.error} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '') add.mutate(text.trim())
        }}
      >
        <Textarea
          label={say('note')}
          description={say('note_hint')}
          value={text}
          maxLength={2_000}
          autosize
          minRows={2}
          error={fieldErrors(add.error)['/text']}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Problem error={add.error} fields={['/text']} />
        <Button type="submit" variant="default" size="xs" mt="xs" loading={add.isPending} disabled={text.trim() === ''}>
          {say('add_note')}
        </Button>
      </form>
    </Part>
  )
}
