/** Making an API key, whose secret is shown this once. */

import { Button, NumberInput, Stack, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, fieldErrors, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'
import { keyWords } from './access-words.ts'
import { ChooseRole, STAFF_ROLES } from './choose-role.tsx'
import { Handed } from './handed.tsx'
import './access.css'

const KEY_ROLES = [...STAFF_ROLES, 'partner'] as const
/** What the server would refuse is not offered: nobody makes a key that may more than they. */
const BELOW_DEVELOPERS = ['cashier', 'developer', 'read_only', 'partner'] as const
type KeyRole = (typeof KEY_ROLES)[number]

export default function KeysNew() {
  const say = useWords(keyWords)
  const { role: mine } = useSession()
  const [actor, setActor] = useState('')
  const [role, setRole] = useState<KeyRole>('cashier')
  const [rate, setRate] = useState<number | string>('')
  const tell = useTell(
    (input: { actor: string; role: KeyRole; limits: { rate?: number } }, idempotencyKey) =>
      api.createApiKey(input, { idempotencyKey }),
    { renews: [['keys']] },
  )
  const wrong = fieldErrors(tell.error)
  const secret = tell.data?.secret
  return (
    <Page title={say('new_title')} lead={say('new_lead')}>
      {secret ? (
        <Handed title={say('shown')} more={say('shown_more')} secret={secret} copy={say('copy')} copied={say('copied')}>
          <Button variant="default" renderRoot={(props) => <Link {...props} to={'/keys' as never} />}>
            {say('to_keys')}
          </Button>
        </Handed>
      ) : (
        <form
          className="narrow"
          onSubmit={(event) => {
            event.preventDefault()
            tell.mutate({ actor, role, limits: rate === '' ? {} : { rate: Number(rate) } })
          }}
        >
          <Stack>
            <TextInput
              label={say('actor')}
              description={say('actor_hint')}
              required
              withAsterisk={false}
              value={actor}
              error={wrong['/actor']}
              onChange={(event) => setActor(event.currentTarget.value)}
            />
            <ChooseRole
              label={say('role')}
              roles={mine === 'owner' ? KEY_ROLES : BELOW_DEVELOPERS}
              value={role}
              error={wrong['/role']}
              onChange={setRole}
            />
            <NumberInput
              label={say('rate')}
              description={say('rate_hint')}
              min={1}
              max={1_000_000}
              allowDecimal={false}
              value={rate}
              error={wrong['/limits/rate']}
              onChange={setRate}
            />
            <Problem error={tell.error} fields={['/actor', '/role', '/limits/rate']} />
            <Button type="submit" loading={tell.isPending}>
              {say('make')}
            </Button>
          </Stack>
        </form>
      )}
    </Page>
  )
}
