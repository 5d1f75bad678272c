/** The page of shops: those that there are, and the places in orders that wait for a name. */

import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Shop, UnnamedLocations } from '../../client/index.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { Page, Section } from '../../web/console/parts/page.tsx'
import { Answered } from '../../web/console/parts/problem.tsx'
import { columnsOf, Table } from '../../web/console/parts/table.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { useSession } from '../../web/console/session.tsx'
import './screen.css'
import { shopWords } from './screen-words.ts'

export default function Shops() {
  const say = useWords(shopWords)
  const { count } = useFormats()
  const { may } = useSession()
  const navigate = useNavigate()
  const column = columnsOf<Shop>()
  const addButton = <Button renderRoot={(props) => <Link {...props} to={'/shops/new' as never} />}>{say('add')}</Button>
  return (
    <Page title={say('title')} lead={say('lead')} actions={may('shops') && addButton} wide>
      <Table
        name="shops"
        label={say('title')}
        idOf={({ id }) => id}
        ask={(query) => api.listShops(query as never)}
        onOpen={({ id }) => void navigate({ to: `/shops/${id}` as never })}
        empty={
          <Empty title={say('empty')} action={may('shops') ? addButton : undefined}>
            {say('empty_more')}
          </Empty>
        }
        columns={[
          column.display({
            id: 'name',
            header: say('name'),
            cell: ({ row: { original } }) => <Link to={`/shops/${original.id}` as never}>{original.name}</Link>,
          }),
          column.display({ id: 'address', header: say('address'), cell: ({ row }) => row.original.address ?? '' }),
          column.display({
            id: 'locations',
            header: say('locations'),
            cell: ({ row }) => row.original.locations.join(', '),
          }),
          column.display({
            id: 'orders',
            header: say('orders'),
            meta: { numeric: true },
            cell: ({ row }) => count(row.original.orders),
          }),
          column.display({
            id: 'state',
            header: say('state'),
            cell: ({ row }) => say(row.original.closed ? 'closed' : 'open'),
          }),
        ]}
      />
      {may('shops') && <Unnamed />}
    </Page>
  )
}

function Unnamed() {
  const shops = useAsk(['shops', 'unnamed'], () => api.getUnnamedLocations())
  return <Answered ask={shops}>{({ unnamed }) => unnamed.length > 0 && <UnnamedList unnamed={unnamed} />}</Answered>
}

function UnnamedList({ unnamed }: UnnamedLocations) {
  const say = useWords(shopWords)
  const { time } = useFormats()
  return (
    <Section title={say('unnamed')} lead={say('unnamed_lead')}>
      <ul className="shops-unnamed">
        {unnamed.map(({ location, orders, last_day }) => (
          <li key={location}>
            <b>{location}</b>
            <span>{say('unnamed_orders', { count: orders, day: time(`${last_day}T12:00:00Z`, 'day') })}</span>
            <Button
              size="xs"
              variant="default"
              renderRoot={(props) => <Link {...props} to={'/shops/new' as never} search={{ location } as never} />}
              aria-label={`${say('give_name')}: ${location}`}
            >
              {say('give_name')}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  )
}
