/** One member: who they are, what they have, all that happened, and what can be done about it. */

import { Alert, Loader } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Member } from '../../client/index.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Facts } from '../../web/console/parts/figure.tsx'
import { Page, Section } from '../../web/console/parts/page.tsx'
import { Problem } from '../../web/console/parts/problem.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useSession } from '../../web/console/session.tsx'
import { Actions } from './actions.tsx'
import { Notes } from './notes.tsx'
import { actionWords, memberWords } from './screen-words.ts'
import { Balances, Part, Standing } from './standing.tsx'
import { TimeLine } from './time-line.tsx'
import './member.css'

export default function MemberScreen() {
  const { id } = useParams({ strict: false }) as { id: string }
  const member = useAsk(['member', id], () => api.getMember(id))
  if (member.data === undefined)
    return member.isError ? (
      <Problem error={member.error} again={() => void member.refetch()} />
    ) : (
      <Loader size="sm" m="xl" />
    )
  // Another member is another page: nothing that was typed about one must be sent about the next.
  return <OneMember key={member.data.id} member={member.data} />
}

function OneMember({ member }: { member: Member }) {
  const say = useWords(memberWords)
  const act = useWords(actionWords)
  const format = useFormats()
  const { may } = useSession()
  const [said, setSaid] = useState<ReactNode>(null)
  const { id, name, joined_at, status, balances } = member
  return (
    <Page
      wide
      title={name ?? say('nameless')}
      lead={
        <>
          {say('since', { day: format.time(joined_at, 'day') })} {grouped(member.card_number, say)}
        </>
      }
      actions={<Actions member={member} onSaid={setSaid} />}
    >
      {said !== null && (
        <Alert
          className="member-said"
          color="green"
          withCloseButton
          closeButtonLabel={act('dismiss')}
          onClose={() => setSaid(null)}
          role="status"
        >
          {said}
        </Alert>
      )}
      {status !== 'active' && (
        <p className="member-status" role="status">
          {say(status)}{' '}
          {member.merged_into !== null && (
            <Link to={'/members/$id' as never} params={{ id: member.merged_into } as never}>
              {say('to_winner')}
            </Link>
          )}
        </p>
      )}
      <div className="member">
        <div className="member-main">
          <Section title={say('points')}>
            <Balances balances={balances} />
          </Section>
          <TimeLine member={id} balances={balances} />
        </div>
        <aside className="member-side">
          <Who member={member} />
          <Standing member={member} />
          {may('notes') && status !== 'erased' && <Notes member={id} />}
        </aside>
      </div>
    </Page>
  )
}

/** As it is printed on the card: in groups of four. */
function grouped(card: string, say: (name: 'card', values: { card: string }) => string): string | null {
  return card === '' ? null : say('card', { card: card.replace(/(.{4})(?=.)/g, '$1 ') })
}

function Who({ member }: { member: Member }) {
  const say = useWords(memberWords)
  const { may } = useSession()
  const { id, external_id, phone, email, birthday, joined_at, referral_code } = member
  return (
    <Part title={say('who')} show>
      <Facts
        facts={[
          phone === null ? null : [say('phone'), phone],
          email === null ? null : [say('email'), email],
          birthday === null ? null : [say('birthday'), birthday],
          [say('joined'), <When key="joined" at={joined_at} />],
          external_id === null ? null : [say('own_id'), <code key="own">{external_id}</code>],
          [say('id'), <code key="id">{id}</code>],
          referral_code === '' ? null : [say('referral_code'), <code key="code">{referral_code}</code>],
        ]}
      />
      {!may('see_contacts') && (phone !== null || email !== null) && <p className="member-quiet">{say('masked')}</p>}
    </Part>
  )
}
