/** The team: who works here, what each may, and when they were here last. */

import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Staff } from '../../../client/index.ts'
import { api } from '../api.ts'
import { useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { columnsOf, Table } from '../parts/table.tsx'
import { When } from '../parts/values.tsx'
import { roleWords, teamWords } from './access-words.ts'
import './access.css'

const column = columnsOf<Staff>()

export default function Team() {
  const say = useWords(teamWords)
  const role = useWords(roleWords)
  const navigate = useNavigate()
  const invite = <Button renderRoot={(props) => <Link {...props} to={'/team/new' as never} />}>{say('invite')}</Button>
  return (
    <Page wide title={say('title')} lead={say('lead')} actions={invite}>
      <Table
        name="team"
        label={say('title')}
        idOf={({ id }) => id}
        ask={(query) => api.listStaff(query as never)}
        onOpen={({ id }) => void navigate({ to: `/team/${id}` as never })}
        empty={
          <Empty title={say('empty')} action={invite}>
            {say('empty_more')}
          </Empty>
        }
        columns={[
          column.display({
            id: 'name',
            header: say('name'),
            cell: ({ row: { original } }) => (
              <>
                <Link className="person-name" to={`/team/${original.id}` as never}>
                  {original.name}
                </Link>
                <span className="quiet">{original.email}</span>
              </>
            ),
          }),
          column.display({ id: 'role', header: say('role'), cell: ({ row }) => role(row.original.role) }),
          column.display({
            id: 'totp',
            header: say('codes'),
            cell: ({ row }) => say(row.original.totp ? 'on' : 'off'),
          }),
          column.display({
            id: 'last_seen_at',
            header: say('seen'),
            cell: ({ row: { original } }) =>
              original.last_seen_at === null ? say('never') : <When at={original.last_seen_at} />,
          }),
        ]}
      />
    </Page>
  )
}
