/** One time line of everything that happened to a member; each line opens to why its points came about. */

import { Button, Group, Loader, SegmentedControl } from '@mantine/core'
import type { Activity, Balance } from '../../client/index.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Section } from '../../web/console/parts/page.tsx'
import { Problem } from '../../web/console/parts/problem.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useTitles } from './activity-titles.tsx'
import { isKind, KINDS, type Kind } from './kinds.ts'
import { lineWords } from './screen-words.ts'
import { Why } from './why.tsx'

const PAGE_LINES = 25

export function TimeLine({ member, balances }: { member: string; balances: readonly Balance[] }) {
  const say = useWords(lineWords)
  const [filters, change] = useFilters()
  const kind = isKind(filters['kind']) ? filters['kind'] : null
  const { cursor } = filters
  const page = useAsk(['activities', member, kind, cursor], () =>
    api.listActivities(member, { limit: PAGE_LINES, cursor, type: kind === null ? undefined : KINDS[kind].join(',') }),
  )
  const lines = page.data?.data ?? []
  return (
    <Section title={say('title')} actions={<KindFilter kind={kind} />}>
      {page.isError && <Problem error={page.error} again={() => void page.refetch()} />}
      {page.data === undefined && !page.isError && <Loader size="sm" />}
      {page.data !== undefined && lines.length === 0 && (
        <p className="member-quiet">{say(page.data.has_more ? 'looking' : 'nothing')}</p>
      )}
      <ol className="line" aria-busy={page.isFetching}>
        {lines.map((activity) => (
          <Line key={activity.id} activity={activity} balances={balances} />
        ))}
      </ol>
      <Group justify="space-between" mt="md">
        {cursor === undefined ? (
          <span />
        ) : (
          <Button variant="subtle" size="xs" onClick={() => change({ cursor: undefined })}>
            {say('latest')}
          </Button>
        )}
        {page.data?.has_more && (
          <Button
            variant="default"
            size="xs"
            onClick={() => change({ cursor: page.data.next_cursor!, open: undefined })}
          >
            {say('older')}
          </Button>
        )}
      </Group>
    </Section>
  )
}

function KindFilter({ kind }: { kind: Kind | null }) {
  const say = useWords(lineWords)
  const [, change] = useFilters()
  const all = ['all', ...(Object.keys(KINDS) as Kind[])] as const
  return (
    <div className="line-kinds">
      <SegmentedControl
        size="xs"
        aria-label={say('kinds')}
        value={kind ?? 'all'}
        onChange={(value) => change({ kind: value === 'all' ? undefined : value, open: undefined })}
        data={all.map((one) => ({ value: one, label: say(one) }))}
      />
    </div>
  )
}

/** What is open stands in the address, so that a link shows a colleague the very same sentence. */
function Line({ activity, balances }: { activity: Activity; balances: readonly Balance[] }) {
  const say = useWords(lineWords)
  const titles = useTitles()
  const [filters, change] = useFilters()
  const isOpen = filters['open'] === activity.id
  const { title, more } = titles(activity)
  const details = `why-${activity.id}`
  const sums = movedIn(activity)
  return (
    <li className="line-item" data-open={isOpen || undefined}>
      <div className="line-head">
        <span className="line-when">
          <When at={activity.occurred_at} />
        </span>
        <div className="line-what">
          <b>{title}</b>
          {more !== null && <span className="line-more">{more}</span>}
        </div>
        <div className="line-points">
          {[...sums].map(([wallet, points]) => (
            <Moved key={wallet} wallet={wallet} points={points} balances={balances} />
          ))}
        </div>
        <Button
          variant="subtle"
          size="compact-xs"
          className="line-why"
          aria-expanded={isOpen}
          aria-controls={details}
          onClick={() => change({ open: isOpen ? undefined : activity.id, cursor: filters['cursor'] }, 'replace')}
        >
          {say(activity.postings.length > 0 ? 'why' : 'why_not')}
        </Button>
      </div>
      {isOpen && (
        <div id={details} className="line-open">
          <Why activity={activity} balances={balances} />
        </div>
      )}
    </li>
  )
}

function Moved({ wallet, points, balances }: { wallet: string; points: number; balances: readonly Balance[] }) {
  const format = useFormats()
  const decimals = balances.find((one) => one.wallet === wallet)?.decimals ?? 0
  return (
    <span className="line-moved" data-sign={Math.sign(points)}>
      {format.points(points, decimals, 'always')} <small>{wallet.replaceAll('-', ' ')}</small>
    </span>
  )
}

const HERE = new Set(['pending', 'available', 'held'])

/** What it changed of all that the member has, by wallet; moves from one place of theirs to another are no change. */
function movedIn({ postings }: Activity): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { wallet, from, to, points } of postings) {
    const change = (HERE.has(to) ? points : 0) - (HERE.has(from) ? points : 0)
    if (change !== 0) sums.set(wallet, (sums.get(wallet) ?? 0) + change)
  }
  return sums
}
