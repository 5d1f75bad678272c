/** Somebody of the team: what they may, who they are as a member, how they get in. */

import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { InvitationLink, Staff } from '../../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats, When } from '../parts/values.tsx'
import { useSession } from '../session.tsx'
import { teamWords } from './access-words.ts'
import { ChooseRole } from './choose-role.tsx'
import { Handed } from './handed.tsx'
import { givenBy } from './team-new.tsx'
import './access.css'

export default function TeamPerson() {
  const say = useWords(teamWords)
  const { id } = useParams({ strict: false }) as { id: string }
  const ask = useAsk(['team', id], () => api.getStaff(id))
  return (
    <Page title={ask.data?.name ?? say('title')} lead={ask.data?.email}>
      <Answered ask={ask}>{(person) => <Person key={person.id} person={person} />}</Answered>
    </Page>
  )
}

function Person({ person }: { person: Staff }) {
  const say = useWords(teamWords)
  return (
    <>
      <p className="quiet person-seen">
        {person.last_seen_at === null ? (
          say('never')
        ) : (
          <>
            {say('seen')}: <When at={person.last_seen_at} />
          </>
        )}
      </p>
      <Rights person={person} />
      <Access person={person} />
    </>
  )
}

function Rights({ person }: { person: Staff }) {
  const say = useWords(teamWords)
  const { role: mine } = useSession()
  const [role, setRole] = useState(person.role)
  const [member, setMember] = useState(person.member ?? '')
  const tell = useTell((input: { role: Staff['role']; member: string | null }) => api.changeStaff(person.id, input), {
    renews: [['team'], ['session']],
  })
  const wrong = fieldErrors(tell.error)
  const given = givenBy(mine)
  return (
    <Section title={say('rights')} lead={say('role_hint')}>
      <form
        className="narrow"
        onSubmit={(event) => {
          event.preventDefault()
          tell.mutate({ role, member: member.trim() === '' ? null : referenceOf(member) })
        }}
      >
        <Stack>
          <ChooseRole
            label={say('role')}
            roles={given.includes(person.role) ? given : [person.role, ...given]}
            value={role}
            error={wrong['/role']}
            onChange={(one: Staff['role']) => setRole(one)}
          />
          <TextInput
            label={say('is_member')}
            description={say('member_hint')}
            placeholder={say('no_member')}
            value={member}
            error={wrong['/member']}
            onChange={(event) => setMember(event.currentTarget.value)}
          />
          <Problem error={tell.error} fields={['/role', '/member']} />
          <Group>
            <Button type="submit" loading={tell.isPending}>
              {say('save')}
            </Button>
            <span className="quiet" role="status">
              {tell.isSuccess ? say('saved') : null}
            </span>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}

/** An id of the business may be typed as it is. */
function referenceOf(text: string): string {
  const member = text.trim()
  return /^(mem_|external:)/.test(member) ? member : `external:${member}`
}

function Access({ person }: { person: Staff }) {
  const say = useWords(teamWords)
  const { time } = useFormats()
  const navigate = useNavigate()
  const [asks, setAsks] = useState(false)
  const link = useTell<null, InvitationLink>((_, idempotencyKey) => api.inviteAgain(person.id, { idempotencyKey }))
  const out = useTell(() => api.endStaffSessions(person.id), { renews: [['team']] })
  const letGo = useTell(() => api.removeStaff(person.id), {
    renews: [['team']],
    onDone: () => void navigate({ to: '/team' as never }),
  })
  return (
    <Section title={say('access')} lead={say('new_link_more')}>
      <Stack>
        {link.data !== undefined && link.data.link !== null && (
          <Handed
            title={say('made', { name: person.name })}
            more={say('made_more', { day: time(link.data.expires_at, 'day') })}
            secret={`${window.location.origin}${link.data.link}`}
            copy={say('copy')}
            copied={say('copied')}
          />
        )}
        <Problem error={link.error ?? out.error} />
        <Group gap="xs">
          <Button variant="default" loading={link.isPending} onClick={() => link.mutate(null)}>
            {say('new_link')}
          </Button>
          <Button variant="default" loading={out.isPending} onClick={() => out.mutate(undefined)}>
            {say('sign_out')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => setAsks(true)}>
            {say('let_go')}
          </Button>
        </Group>
        <p className="quiet" role="status">
          {out.data === undefined ? null : say('signed_out', { count: out.data.ended })}
        </p>
      </Stack>
      <Modal
        opened={asks}
        onClose={() => setAsks(false)}
        title={say('let_go_title', { name: person.name })}
        closeButtonProps={{ 'aria-label': say('back') }}
        centered
      >
        <Stack>
          <p className="quiet">{say('let_go_more')}</p>
          <Problem error={letGo.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsks(false)}>
              {say('back')}
            </Button>
            <Button color="red" loading={letGo.isPending} onClick={() => letGo.mutate(undefined)}>
              {say('let_go')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Section>
  )
}
