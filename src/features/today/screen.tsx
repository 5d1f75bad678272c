/** The page of a day: what was redeemed, what came back, and everything else, over all shops. */

import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ListedActivity } from '../../client/index.ts'
import { wordsOfId } from '../../core/terms.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { type Filters, useFilters } from '../../web/console/parts/filters.ts'
import { Page } from '../../web/console/parts/page.tsx'
import { columnsOf, Table } from '../../web/console/parts/table.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useProgram } from '../../web/console/session.tsx'
import type { Say } from '../../web/ui/words.ts'
import { todayWords } from './screen-words.ts'

const KINDS = ['redemptions', 'returns', 'all'] as const
type Kind = (typeof KINDS)[number]

/** What each kind asks of the list. */
const ASKS: Record<Kind, { type?: string; redemptions?: 'true' }> = {
  redemptions: { redemptions: 'true' },
  returns: { type: 'return,cancel' },
  all: {},
}

export default function Today() {
  const say = useWords(todayWords)
  const today = todayIn(useProgram())
  const [filters] = useFilters()
  const navigate = useNavigate()
  const kind = kindOf(filters)
  const isChosen = (filters['day'] ?? filters['shop'] ?? filters['staff']) !== undefined
  const columns = useColumns()
  const asked = ({ kind: _, day = today, ...rest }: Filters) => ({ ...ASKS[kind], day, ...rest })
  return (
    <Page title={say('title')} lead={say('lead')} wide>
      <Table
        name="today"
        label={say('title')}
        columns={columns}
        idOf={({ id }) => id}
        ask={(query) => api.listProgramActivities(asked(query) as never)}
        csv="/v1/activities"
        csvQuery={asked}
        onOpen={({ member }) => void navigate({ to: `/members/${member}` as never })}
        filters={<TodayFilters />}
        empty={
          <Empty
            title={say(`empty_${kind}`)}
            action={
              isChosen && (
                <Button
                  variant="default"
                  renderRoot={(props) => <Link {...props} to={'/today' as never} search={{ kind } as never} />}
                >
                  {say('clear')}
                </Button>
              )
            }
          >
            {isChosen ? say('empty_more') : undefined}
          </Empty>
        }
      />
    </Page>
  )
}

function kindOf({ kind }: Filters): Kind {
  return KINDS.find((one) => one === kind) ?? 'redemptions'
}

/** A day by the program's own calendar. */
function todayIn({ now, timezone }: { now: string; timezone: string }): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(new Date(now))
}

function TodayFilters() {
  const say = useWords(todayWords)
  const [filters, change] = useFilters()
  const today = todayIn(useProgram())
  const shops = useAsk(['shops', 'choice'], () => api.listShops({ limit: 100 }))
  const places = useAsk(['shops', 'unnamed'], () => api.getUnnamedLocations())
  const choice = [
    ...(shops.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    ...(places.data?.unnamed ?? []).map(({ location }) => ({ value: location, label: location })),
  ]
  const unique = [...new Map(choice.map((place) => [place.value, place])).values()]
  const [staff, setStaff] = useState(filters['staff'] ?? '')
  // Every sign would be a question of its own otherwise.
  const ask = useDebouncedCallback((name: string) => change({ staff: name.trim() }, 'replace'), 400)
  return (
    <>
      <SegmentedControl
        size="xs"
        role="radiogroup"
        aria-label={say('kind')}
        value={kindOf(filters)}
        onChange={(kind) => change({ kind: kind === 'redemptions' ? undefined : kind })}
        data={KINDS.map((value) => ({ value, label: say(`kind_${value}`) }))}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={say('day')}
        max={today}
        value={filters['day'] ?? today}
        onChange={(event) =>
          change({ day: event.currentTarget.value === today ? undefined : event.currentTarget.value })
        }
      />
      <Select
        size="xs"
        aria-label={say('shop')}
        placeholder={say('any_shop')}
        clearable
        data={unique}
        value={filters['shop'] ?? null}
        onChange={(shop) => change({ shop: shop ?? undefined })}
      />
      <TextInput
        size="xs"
        aria-label={say('staff')}
        placeholder={say('staff')}
        title={say('staff_hint')}
        value={staff}
        onChange={(event) => {
          setStaff(event.currentTarget.value)
          ask(event.currentTarget.value)
        }}
      />
    </>
  )
}

/** What the business calls its shops and rewards, by what stands in activities. */
function useNames() {
  const { id } = useProgram()
  const shops = useAsk(['shops', 'choice'], () => api.listShops({ limit: 100 }))
  const program = useAsk(['program', id], () => api.getProgram(id))
  const rewards = (program.data?.program['rewards'] ?? []) as { id: string; name?: string }[]
  const places = (shops.data?.data ?? []).flatMap(({ name, locations }) => locations.map((one) => [one, name] as const))
  const shopAt = new Map(places)
  const nameOfReward = new Map(rewards.map(({ id: reward, name }) => [reward, name ?? wordsOfId(reward)]))
  return {
    shop: (location: string) => shopAt.get(location) ?? location,
    reward: (reward: string) => nameOfReward.get(reward) ?? wordsOfId(reward),
  }
}

type Names = ReturnType<typeof useNames>

function useColumns() {
  const say = useWords(todayWords)
  const { points } = useFormats()
  const names = useNames()
  const column = columnsOf<ListedActivity>()
  return [
    column.display({
      id: 'when',
      header: say('when'),
      cell: ({ row }) => <When at={row.original.occurred_at} style="time" />,
    }),
    column.display({ id: 'what', header: say('what'), cell: ({ row }) => nameOf(row.original, say, names) }),
    column.display({
      id: 'member',
      header: say('member'),
      cell: ({ row: { original } }) => (
        <Link to={`/members/${original.member}` as never}>{original.member_name ?? say('nameless')}</Link>
      ),
    }),
    column.display({
      id: 'where',
      header: say('where'),
      cell: ({ row }) => names.shop(bodyOf(row.original).location ?? ''),
    }),
    column.display({
      id: 'by',
      header: say('by'),
      cell: ({ row }) => bodyOf(row.original).staff ?? bodyOf(row.original).actor ?? '',
    }),
    column.display({
      id: 'points',
      header: say('points'),
      meta: { numeric: true },
      cell: ({ row }) =>
        movedOf(row.original).map(({ wallet, moved, decimals }) => (
          <div key={wallet}>{points(moved, decimals, 'always')}</div>
        )),
    }),
  ]
}

interface Body {
  external_id?: string
  order?: string
  location?: string
  staff?: string
  actor?: string
  reason?: string
}

function bodyOf({ body }: ListedActivity): Body {
  return (body ?? {}) as Body
}

type Sentence = Exclude<keyof (typeof todayWords)['en'], 'other'>
const SENTENCES: Partial<Record<string, Sentence>> = {
  voucher_use: 'voucher_use',
  visit: 'visit',
  join: 'join',
  profile: 'profile',
  clock: 'clock',
}

function nameOf(activity: ListedActivity, say: Say<keyof (typeof todayWords)['en']>, names: Names): string {
  const { type, redemptions } = activity
  const { external_id: id = '', order = '', reason = '' } = bodyOf(activity)
  const rewards = [...new Set(redemptions.map(({ reward }) => names.reward(reward)))].join(', ')
  if (type === 'order') return rewards === '' ? say('order', { id }) : say('on_order', { rewards, id })
  if (type === 'return' || type === 'cancel') return say(type, { id: order })
  if (type === 'redeem' || type === 'capture' || type === 'void') return say(type, { rewards })
  if (type === 'adjust') return say('adjust', { reason })
  const sentence = SENTENCES[type]
  return sentence === undefined ? say('other', { type: wordsOfId(type) }) : say(sentence)
}

/** By how many points more, or fewer, each wallet was left that moved. */
function movedOf({ postings, balances }: ListedActivity): { wallet: string; moved: number; decimals: number }[] {
  const isTheirs = (bucket: string) => bucket === 'available' || bucket === 'pending'
  const moved = new Map<string, number>()
  for (const { wallet, from, to, points } of postings) {
    const change = (isTheirs(to) ? points : 0) - (isTheirs(from) ? points : 0)
    moved.set(wallet, (moved.get(wallet) ?? 0) + change)
  }
  return [...moved].map(([wallet, change]) => ({
    wallet,
    moved: change,
    decimals: balances.find((balance) => balance.wallet === wallet)?.decimals ?? 0,
  }))
}
