/** The table of members: filters in the address, everybody who fits page by page or as a file. */

import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Member } from '../../client/index.ts'
import { parseMoney } from '../../core/money.ts'
import { api } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { type Filters, useFilters } from '../../web/console/parts/filters.ts'
import { GivePoints } from '../../web/console/parts/give-points.tsx'
import { Page } from '../../web/console/parts/page.tsx'
import { columnsOf, Table } from '../../web/console/parts/table.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useProgram, useSession } from '../../web/console/session.tsx'
import { titled } from './activity-titles.tsx'
import { useSettings } from './giving.tsx'
import { tableWords } from './screen-words.ts'
import './member.css'

const columns = columnsOf<Member>()

export default function MembersScreen() {
  const say = useWords(tableWords)
  const format = useFormats()
  const navigate = useNavigate()
  const [filters, change] = useFilters()
  const wallets = useWallets()
  const { may } = useSession()
  const isFiltered = Object.keys(filters).some((name) => name !== 'sort' && name !== 'cursor')
  return (
    <Page wide title={say('title')} lead={say('lead')}>
      <Table<Member>
        name="members"
        label={say('label')}
        csv="/v1/members"
        idOf={({ id }) => id}
        ask={(query) => askOn(asked(query))}
        filters={<MemberFilters />}
        onOpen={({ id }) => void navigate(pathOf(id))}
        {...(may('adjust') && {
          bulk: (ids, rows, clear) => <GivePoints members={ids} wallets={walletsOf(rows)} onDone={clear} />,
        })}
        columns={[
          columns.display({
            id: 'name',
            header: () => say('name'),
            cell: ({ row }) => <Name member={row.original} />,
          }),
          columns.display({
            id: 'phone',
            header: () => say('contact'),
            cell: ({ row }) => row.original.phone ?? row.original.email ?? '',
          }),
          columns.display({
            id: 'tier',
            header: () => say('level'),
            cell: ({ row }) => (row.original.tier === null ? '' : titled(row.original.tier.name)),
          }),
          ...wallets.map((wallet) =>
            columns.display({
              id: wallet,
              header: () => titled(wallet),
              meta: { numeric: true },
              cell: ({ row }) => {
                const balance = row.original.balances.find((one) => one.wallet === wallet)
                return balance === undefined ? '' : format.points(balance.available, balance.decimals)
              },
            }),
          ),
          columns.display({
            id: 'joined_at',
            header: () => say('joined'),
            cell: ({ row }) => <When at={row.original.joined_at} style="day" />,
          }),
        ]}
        empty={
          isFiltered ? (
            <Empty
              title={say('nobody_fits')}
              action={
                <Button variant="default" onClick={() => change(cleared(filters))}>
                  {say('clear')}
                </Button>
              }
            >
              {say('nobody_fits_more')}
            </Empty>
          ) : (
            <Empty title={say('nobody')}>{say('nobody_more')}</Empty>
          )
        }
      />
    </Page>
  )
}

/** What these members could be given, in the order of the first one's balances. */
function walletsOf(rows: readonly Member[]): { wallet: string; decimals: number }[] {
  const all = rows.flatMap(({ balances }) =>
    balances.map(({ wallet, decimals }) => [wallet, { wallet, decimals }] as const),
  )
  return [...new Map(all).values()]
}

/** An open account is what one expects: only what is otherwise is said. */
function Name({ member: { id, name, external_id, status } }: { member: Member }) {
  const say = useWords(tableWords)
  return (
    <>
      <Link {...pathOf(id)}>{name ?? external_id ?? say('nameless')}</Link>
      {status === 'closed' && <small className="member-closed">{say('closed')}</small>}
    </>
  )
}

function pathOf(id: string) {
  return { to: '/members/$id' as never, params: { id } as never }
}

function cleared(filters: Filters): Filters {
  return Object.fromEntries(Object.keys(filters).map((name) => [name, undefined]))
}

/** The wallets of the program, in its order. */
function useWallets(): string[] {
  const { wallets = {} } = useSettings()
  return Object.keys(wallets)
}

/** As the interface is asked: the latest first unless said. */
function asked({ sort, ...query }: Filters): Filters {
  return { ...query, sort: sort ?? '-joined' }
}

type MembersPage = Awaited<ReturnType<typeof api.listMembers>>

/** How long is looked on by itself where few fit, in ms: the server answers each look with what it has found by then. */
const LOOK_MS = 6_000

async function askOn(query: Filters): Promise<Pick<MembersPage, 'data' | 'has_more' | 'next_cursor'>> {
  const until = Date.now() + LOOK_MS
  const most = Number(query['limit'])
  let page = await api.listMembers(query as never)
  const data = [...page.data]
  while (page.has_more && data.length < most && Date.now() < until) {
    page = await api.listMembers({ ...query, cursor: page.next_cursor!, limit: most - data.length } as never)
    data.push(...page.data)
  }
  return { data, has_more: page.has_more, next_cursor: page.next_cursor }
}

/** So long after the last key is asked, in ms. */
const PAUSE_MS = 300

function MemberFilters() {
  const say = useWords(tableWords)
  const [filters, change] = useFilters()
  const { tiers } = useSettings()
  const wallets = useWallets()
  const ask = useDebouncedCallback((changes: Filters) => change(changes, 'replace'), PAUSE_MS)
  const [text, setText] = useState(filters['q'] ?? '')
  return (
    <>
      <TextInput
        size="xs"
        w={180}
        type="search"
        label={say('find')}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          ask({ q: event.currentTarget.value.trim() })
        }}
      />
      {tiers !== undefined && (
        <Select
          size="xs"
          w={120}
          label={say('level')}
          placeholder={say('any_level')}
          clearable
          value={filters['tier'] ?? null}
          onChange={(value) => change({ tier: value ?? undefined })}
          data={tiers.levels.map(({ id, name }) => ({ value: id, label: titled(name ?? id) }))}
        />
      )}
      <Select
        size="xs"
        w={140}
        label={say('status')}
        placeholder={say('any_status')}
        clearable
        value={filters['status'] ?? null}
        onChange={(value) => change({ status: value ?? undefined })}
        data={(['active', 'closed'] as const).map((value) => ({ value, label: say(value) }))}
      />
      {wallets[0] !== undefined && <PointsFrom wallet={wallets[0]} />}
      <DayFilter name="joined_from" />
      <DayFilter name="joined_until" />
      {filters['q'] === undefined && (
        <Select
          size="xs"
          w={130}
          label={say('sort')}
          allowDeselect={false}
          value={filters['sort'] ?? '-joined'}
          onChange={(value) => change({ sort: value === '-joined' ? undefined : (value ?? undefined) })}
          data={[
            { value: '-joined', label: say('latest') },
            { value: 'joined', label: say('earliest') },
            { value: 'name', label: say('by_name') },
          ]}
        />
      )}
    </>
  )
}

/** People write whole points; the address has what the interface takes, the smallest unit of the wallet. */
function PointsFrom({ wallet }: { wallet: string }) {
  const say = useWords(tableWords)
  const [filters, change] = useFilters()
  const { wallets = {} } = useSettings()
  const decimals = wallets[wallet]?.decimals ?? 0
  const given = filters['balance_from']
  const [text, setText] = useState(given === undefined ? '' : String(Number(given) / 10 ** decimals))
  const ask = useDebouncedCallback((points: string) => {
    const units = parseMoney(points.trim().replace(',', '.'), decimals)
    change({ balance_from: units === null || units === 0 ? undefined : String(units) }, 'replace')
  }, PAUSE_MS)
  return (
    <TextInput
      size="xs"
      w={110}
      inputMode="decimal"
      label={say('points_from', { wallet: titled(wallet) })}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        ask(event.currentTarget.value)
      }}
    />
  )
}

/** A day begins where the program is; the address has the moment. */
function DayFilter({ name }: { name: 'joined_from' | 'joined_until' }) {
  const say = useWords(tableWords)
  const [filters, change] = useFilters()
  const { timezone } = useProgram()
  const given = filters[name]
  return (
    <TextInput
      size="xs"
      w={130}
      type="date"
      label={say(name)}
      value={given === undefined ? '' : dayOf(given, timezone)}
      onChange={(event) => change({ [name]: momentOf(event.currentTarget.value, timezone) })}
    />
  )
}

function dayOf(moment: string, timeZone: string): string {
  const date = new Date(moment)
  // Sweden writes days as inputs take them.
  return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat('sv-SE', { timeZone }).format(date)
}

/** The first moment of a day in the zone: where clocks jump at midnight, the first that there is. */
function momentOf(day: string, timeZone: string): string | undefined {
  if (day === '') return undefined
  const utc = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(utc)) return undefined
  for (let minutes = -14 * 60; minutes <= 14 * 60; minutes += 15) {
    const at = new Date(utc + minutes * 60_000).toISOString()
    if (dayOf(at, timeZone) === day) return at
  }
  return undefined
}
