/** Behind an invitation's link: who is invited, and their password. */

import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type Invitation, ProblemError } from '../../../client/index.ts'
import { formatTime } from '../../ui/format.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { invitationWords, roleWords } from './access-words.ts'
import './access.css'

export default function InvitationPage() {
  const say = useWords(invitationWords)
  const token = window.location.hash.slice(1)
  const found = useAsk(['invitation', token], () => api.readInvitation({ token }), { when: token !== '' })
  useEffect(() => {
    document.title = `${say('title')} · Regulars`
  }, [say])
  const over = found.error instanceof ProblemError && found.error.code === 'invitation_over'
  if (token === '' || over)
    return (
      <main className="outside">
        <Empty
          title={say('over')}
          action={
            <Button component="a" href="/console">
              {say('sign_in')}
            </Button>
          }
        >
          {over ? (found.error as ProblemError).problem.detail : say('no_link')}
        </Empty>
      </main>
    )
  return (
    <main className="outside">
      <h1>{say('title')}</h1>
      <Answered ask={found}>{(invitation) => <Form token={token} invitation={invitation} />}</Answered>
    </main>
  )
}

function Form({ token, invitation }: { token: string; invitation: Invitation }) {
  const say = useWords(invitationWords)
  const role = useWords(roleWords)
  const { language } = useLanguage()
  const [name, setName] = useState(invitation.name)
  const [password, setPassword] = useState('')
  const tell = useTell((input: { name: string; password: string }) => api.acceptInvitation({ token, ...input }), {
    onDone: () => window.location.assign('/console'),
  })
  const wrong = fieldErrors(tell.error)
  const [first] = invitation.programs
  const day = formatTime(invitation.expires_at, 'day', language, Intl.DateTimeFormat().resolvedOptions().timeZone)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        tell.mutate({ name, password })
      }}
    >
      {first !== undefined && (
        <p className="outside-lead">
          {say('lead', { email: invitation.email, role: role(first.role), business: first.name })}
        </p>
      )}
      <Stack>
        {/* Password managers keep the password under this name. */}
        <input type="hidden" autoComplete="username" value={invitation.email} readOnly />
        <TextInput
          label={say('name')}
          description={say('name_hint')}
          autoComplete="name"
          required
          withAsterisk={false}
          value={name}
          error={wrong['/name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={say('password')}
          description={say('password_hint')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          error={wrong['/password']}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Problem error={tell.error} fields={['/name', '/password']} />
        <Button type="submit" loading={tell.isPending}>
          {say('enter')}
        </Button>
        <p className="quiet">{say('until', { day })}</p>
      </Stack>
    </form>
  )
}
