/** Who has which paid plan, how it stands, and what is to be paid next. */

import { Badge, Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { MembershipEntry } from '../../client/index.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Page } from '../../web/console/parts/page.tsx'
import { columnsOf, Table } from '../../web/console/parts/table.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useProgram } from '../../web/console/session.tsx'
import { membershipWords } from './screen-words.ts'

const STATUSES = ['trial', 'active', 'grace', 'lapsed', 'ended'] as const
const COLOURS = { trial: 'green', active: 'green', grace: 'yellow', lapsed: 'gray', ended: 'gray' } as const
type Status = (typeof STATUSES)[number]

const columns = columnsOf<MembershipEntry>()

export default function MembershipsScreen() {
  const say = useWords(membershipWords)
  const { money } = useFormats()
  const { id } = useProgram()
  const [filters, change] = useFilters()
  const program = useAsk(['program', id], () => api.getProgram(id))
  const { plans = [] } = (program.data?.program['memberships'] ?? {}) as { plans?: { id: string; name?: string }[] }
  const isFiltered = filters['status'] !== undefined || filters['plan'] !== undefined
  return (
    <Page wide title={say('title')} lead={say('lead')}>
      <Table<MembershipEntry>
        name="memberships"
        label={say('title')}
        idOf={({ member }) => member}
        ask={({ limit, ...query }) => api.listMemberships({ limit: Number(limit), ...query } as never)}
        filters={
          <>
            <Select
              size="xs"
              aria-label={say('status')}
              placeholder={say('any_status')}
              clearable
              data={STATUSES.map((value) => ({ value, label: say(value) }))}
              value={filters['status'] ?? null}
              onChange={(status) => change({ status: status ?? undefined })}
            />
            {plans.length > 1 && (
              <Select
                size="xs"
                aria-label={say('plan')}
                placeholder={say('any_plan')}
                clearable
                data={plans.map(({ id: value, name }) => ({ value, label: name ?? value }))}
                value={filters['plan'] ?? null}
                onChange={(plan) => change({ plan: plan ?? undefined })}
              />
            )}
          </>
        }
        columns={[
          columns.display({
            id: 'member',
            header: () => say('member'),
            cell: ({ row: { original } }) => (
              <Link to={'/members/$id' as never} params={{ id: original.member } as never}>
                {original.name ?? say('nameless')}
              </Link>
            ),
          }),
          columns.display({
            id: 'plan',
            header: () => say('plan'),
            cell: ({ row }) => row.original.membership.name,
          }),
          columns.display({
            id: 'status',
            header: () => say('status'),
            cell: ({ row: { original } }) => {
              const status = original.membership.status as Status
              return (
                <Badge variant="light" color={COLOURS[status]} tt="none">
                  {say(status)}
                </Badge>
              )
            },
          }),
          columns.display({
            id: 'since',
            header: () => say('since'),
            cell: ({ row }) => <When at={row.original.membership.since} style="day" />,
          }),
          columns.display({
            id: 'due',
            header: () => say('next'),
            cell: ({ row: { original } }) => {
              const { due, until, cancelled } = original.membership
              if (due !== null) return say('due', { amount: money(due.amount) })
              return until === null ? say('for_life') : say(cancelled ? 'ends' : 'paid')
            },
          }),
          columns.display({
            id: 'when',
            header: () => say('when'),
            cell: ({ row: { original } }) => {
              const at = original.membership.due?.at ?? original.membership.until
              return at === null ? '' : <When at={at} style="day" />
            },
          }),
          columns.display({
            id: 'saved',
            header: () => say('saved'),
            meta: { numeric: true },
            cell: ({ row }) => money(row.original.membership.saved_ever),
          }),
        ]}
        empty={
          plans.length === 0 && !program.isLoading ? (
            <Empty title={say('no_plans')}>{say('no_plans_more')}</Empty>
          ) : (
            <Empty title={say(isFiltered ? 'none_so' : 'none')}>{isFiltered ? undefined : say('none_more')}</Empty>
          )
        }
      />
    </Page>
  )
}
