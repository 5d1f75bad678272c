/** Inviting somebody: the answer is a link to hand over. */

import { Button, Stack, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Invited } from '../../../client/index.ts'
import { api, fieldErrors, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useSession } from '../session.tsx'
import { teamWords } from './access-words.ts'
import { ChooseRole, STAFF_ROLES } from './choose-role.tsx'
import { Handed } from './handed.tsx'
import './access.css'

type StaffRole = (typeof STAFF_ROLES)[number]

export default function TeamNew() {
  const say = useWords(teamWords)
  const [invited, setInvited] = useState<Invited | null>(null)
  return (
    <Page title={say('invite_title')} lead={say('invite_lead')}>
      {invited === null ? <Form onInvited={setInvited} /> : <Result of={invited} onAnother={() => setInvited(null)} />}
    </Page>
  )
}

function Form({ onInvited }: { onInvited(invited: Invited): void }) {
  const say = useWords(teamWords)
  const { role: mine } = useSession()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<StaffRole>('cashier')
  const tell = useTell(
    (input: { name: string; email: string; role: StaffRole }, idempotencyKey) =>
      api.inviteStaff(input, { idempotencyKey }),
    { renews: [['team']], onDone: onInvited },
  )
  const wrong = fieldErrors(tell.error)
  return (
    <form
      className="narrow"
      onSubmit={(event) => {
        event.preventDefault()
        tell.mutate({ name, email, role })
      }}
    >
      <Stack>
        <TextInput
          label={say('name')}
          autoComplete="off"
          required
          withAsterisk={false}
          value={name}
          error={wrong['/name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={say('email')}
          type="email"
          autoComplete="off"
          required
          withAsterisk={false}
          value={email}
          error={wrong['/email']}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <ChooseRole
          label={say('role')}
          roles={givenBy(mine)}
          value={role}
          error={wrong['/role']}
          onChange={(one: StaffRole) => setRole(one)}
        />
        <Problem error={tell.error} fields={['/name', '/email', '/role']} />
        <Button type="submit" loading={tell.isPending}>
          {say('make')}
        </Button>
      </Stack>
    </form>
  )
}

/** What the server would refuse is not offered: nobody gives what is above their own. */
export function givenBy(role: string): readonly StaffRole[] {
  return role === 'owner' ? STAFF_ROLES : ['support', 'cashier', 'read_only']
}

function Result({ of: { staff, invitation }, onAnother }: { of: Invited; onAnother(): void }) {
  const say = useWords(teamWords)
  const { time } = useFormats()
  const buttons = (
    <>
      <Button variant="default" onClick={onAnother}>
        {say('another')}
      </Button>
      <Button variant="subtle" renderRoot={(props) => <Link {...props} to={'/team' as never} />}>
        {say('to_team')}
      </Button>
    </>
  )
  if (invitation === null || invitation.link === null)
    return (
      <div className="handed" role="status">
        <h2>{say('added', { name: staff.name })}</h2>
        <p>{say('added_more')}</p>
        {buttons}
      </div>
    )
  return (
    <Handed
      title={say('made', { name: staff.name })}
      more={say('made_more', { day: time(invitation.expires_at, 'day') })}
      secret={`${window.location.origin}${invitation.link}`}
      copy={say('copy')}
      copied={say('copied')}
    >
      {buttons}
    </Handed>
  )
}
