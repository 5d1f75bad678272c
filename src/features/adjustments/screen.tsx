/** Adjustments that wait for a second person, and those that were decided: who, why, and how many points. */

import { Alert, Button, Group, SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ListedAdjustment } from '../../client/index.ts'
import { api, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Page } from '../../web/console/parts/page.tsx'
import { Problem } from '../../web/console/parts/problem.tsx'
import { columnsOf, Table } from '../../web/console/parts/table.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { useSession } from '../../web/console/session.tsx'
import { approvalWords } from './screen-words.ts'

const STATES = ['pending_approval', 'applied', 'rejected'] as const
type State = (typeof STATES)[number]

const columns = columnsOf<ListedAdjustment>()

export default function ApprovalsScreen() {
  const say = useWords(approvalWords)
  const format = useFormats()
  const [filters, change] = useFilters()
  const [said, setSaid] = useState<string | null>(null)
  const state: State = STATES.find((one) => one === filters['status']) ?? 'pending_approval'
  const points = useAmount()
  const waits = state === 'pending_approval'
  return (
    <Page wide title={say('title')} lead={say('lead')}>
      {said !== null && (
        <Alert color="green" mb="lg" role="status" withCloseButton onClose={() => setSaid(null)}>
          {said}
        </Alert>
      )}
      <Table<ListedAdjustment>
        name="adjustments"
        label={say('label')}
        idOf={({ id }) => id}
        ask={({ limit, cursor }) => api.listAdjustments({ limit: Number(limit), cursor, status: state })}
        filters={
          <SegmentedControl
            size="xs"
            aria-label={say('show')}
            value={state}
            onChange={(value) => change({ status: value === 'pending_approval' ? undefined : value })}
            data={STATES.map((value) => ({ value, label: say(value) }))}
          />
        }
        columns={[
          columns.display({
            id: 'member_name',
            header: () => say('member'),
            cell: ({ row }) => (
              <Link to={'/members/$id' as never} params={{ id: row.original.member } as never}>
                {row.original.member_name ?? say('nameless')}
              </Link>
            ),
          }),
          columns.display({
            id: 'points',
            header: () => say('points'),
            meta: { numeric: true },
            cell: ({ row }) => points(row.original),
          }),
          columns.display({
            id: 'reason',
            header: () => say('reason'),
            cell: ({ row }) => row.original.reason ?? say('reason_gone'),
          }),
          columns.display({
            id: 'requested_by',
            header: () => say('asked'),
            cell: ({ row: { original } }) =>
              say('asked_by', { actor: original.requested_by, at: format.time(original.requested_at) }),
          }),
          waits
            ? columns.display({
                id: 'decision',
                header: () => say('decision'),
                cell: ({ row }) => <Decide adjustment={row.original} onSaid={setSaid} />,
              })
            : columns.display({
                id: 'decided_by',
                header: () => say('decided'),
                cell: ({ row: { original } }) =>
                  original.decided_by === null || original.decided_at === null
                    ? ''
                    : say('asked_by', { actor: original.decided_by, at: format.time(original.decided_at) }),
              }),
        ]}
        empty={
          waits ? (
            <Empty title={say('nothing_waits')}>{say('nothing_waits_more')}</Empty>
          ) : (
            <Empty title={say('none')}>{say('none_more')}</Empty>
          )
        }
      />
    </Page>
  )
}

/** Nobody agrees with themselves: why there is no button is said where it would be. */
function Decide({ adjustment, onSaid }: { adjustment: ListedAdjustment; onSaid(said: string): void }) {
  const say = useWords(approvalWords)
  const { staff, may } = useSession()
  const points = useAmount()
  const about = { points: points(adjustment), name: adjustment.member_name ?? say('nameless') }
  const renews = [['adjustments'], ['member', adjustment.member], ['activities', adjustment.member]] as const
  const approve = useTell((id: string, idempotencyKey) => api.approveAdjustment(id, { idempotencyKey }), {
    renews,
    onDone: () => onSaid(say('approved_now', about)),
  })
  const reject = useTell((id: string, idempotencyKey) => api.rejectAdjustment(id, { idempotencyKey }), {
    renews,
    onDone: () => onSaid(say('rejected_now', about)),
  })
  const isOwn = adjustment.requested_by === staff.email
  const isDeciding = approve.isPending || reject.isPending
  return (
    <div className="approval">
      <Group gap="xs" wrap="nowrap">
        {!isOwn && may('approve') && (
          <Button
            size="xs"
            loading={approve.isPending}
            disabled={isDeciding}
            onClick={() => approve.mutate(adjustment.id)}
          >
            {say('approve')}
          </Button>
        )}
        {may('adjust') && (
          <Button
            size="xs"
            variant="default"
            loading={reject.isPending}
            disabled={isDeciding}
            onClick={() => reject.mutate(adjustment.id)}
          >
            {say(isOwn ? 'take_back' : 'reject')}
          </Button>
        )}
      </Group>
      {(isOwn || !may('approve')) && <small className="approval-why">{say(isOwn ? 'own' : 'no_right')}</small>}
      <Problem error={approve.error ?? reject.error} />
    </div>
  )
}

/** With the wallet's decimals, which stand in the balances beside it. */
function useAmount(): (adjustment: ListedAdjustment) => string {
  const format = useFormats()
  return ({ points, wallet, balances }) => {
    const decimals = balances.find((one) => one.wallet === wallet)?.decimals ?? 0
    return `${format.points(points, decimals, 'always')} ${wallet.replaceAll('-', ' ')}`
  }
}
