/** API keys: who uses each, what it may, and whether it still works. */

import { Button, Group, Modal, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiKey } from '../../../client/index.ts'
import { api, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { columnsOf, Table } from '../parts/table.tsx'
import { useFormats, When } from '../parts/values.tsx'
import { keyWords, roleWords } from './access-words.ts'
import './access.css'

const column = columnsOf<ApiKey>()

export default function Keys() {
  const say = useWords(keyWords)
  const role = useWords(roleWords)
  const { time } = useFormats()
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const make = <Button renderRoot={(props) => <Link {...props} to={'/keys/new' as never} />}>{say('make')}</Button>
  return (
    <Page wide title={say('title')} lead={say('lead')} actions={make}>
      <Table
        name="keys"
        label={say('title')}
        idOf={({ id }) => id}
        ask={(query) => api.listApiKeys(query as never)}
        empty={
          <Empty title={say('empty')} action={make}>
            {say('empty_more')}
          </Empty>
        }
        columns={[
          column.display({
            id: 'actor',
            header: say('actor'),
            cell: ({ row: { original } }) => (
              <>
                <span className="person-name">{original.actor}</span>
                <span className="quiet mono">{original.id}</span>
              </>
            ),
          }),
          column.display({ id: 'role', header: say('role'), cell: ({ row }) => role(row.original.role) }),
          column.display({
            id: 'created_at',
            header: say('made'),
            cell: ({ row }) => <When at={row.original.created_at} style="day" />,
          }),
          column.display({
            id: 'revoked_at',
            header: say('state'),
            cell: ({ row: { original } }) =>
              original.revoked_at === null ? say('works') : say('revoked', { day: time(original.revoked_at, 'day') }),
          }),
          column.display({
            id: 'revoke',
            header: '',
            cell: ({ row: { original } }) =>
              original.revoked_at === null && (
                <Button size="xs" variant="subtle" color="red" onClick={() => setRevoking(original)}>
                  {say('revoke')}
                </Button>
              ),
          }),
        ]}
      />
      {revoking !== null && <Revoke apiKey={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  )
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose(): void }) {
  const say = useWords(keyWords)
  const tell = useTell(() => api.revokeApiKey(apiKey.id), { renews: [['keys']], onDone: onClose })
  return (
    <Modal
      opened
      onClose={onClose}
      title={say('revoke_title', { actor: apiKey.actor })}
      closeButtonProps={{ 'aria-label': say('back') }}
      centered
    >
      <Stack>
        <p className="quiet">{say('revoke_more')}</p>
        <Problem error={tell.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {say('back')}
          </Button>
          <Button color="red" loading={tell.isPending} onClick={() => tell.mutate(undefined)}>
            {say('revoke')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
