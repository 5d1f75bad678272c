/** The page of one shop, or of one that is yet to be: what it is called, by people and by tills. */

import { Button, Group, Modal, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ProblemError, type Shop } from '../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Page } from '../../web/console/parts/page.tsx'
import { Answered, Problem } from '../../web/console/parts/problem.tsx'
import { useSession } from '../../web/console/session.tsx'
import './screen.css'
import { shopWords } from './screen-words.ts'

/** Every list of shops, and what orders call places. */
const RENEWS = [['shops']]

export default function ShopPage() {
  const say = useWords(shopWords)
  const { id } = useParams({ strict: false }) as { id?: string }
  const [{ location }] = useFilters()
  const shop = useAsk(['shops', id], () => api.getShop(id!), { when: id !== undefined })
  if (id === undefined)
    return (
      <Page title={say('new_title')}>
        <ShopForm shop={null} location={location} />
      </Page>
    )
  if (shop.error instanceof ProblemError && shop.error.status === 404)
    return (
      <Page title={say('gone')}>
        <Empty title={say('gone')} action={<Link to={'/shops' as never}>{say('all')}</Link>} />
      </Page>
    )
  return (
    <Answered ask={shop}>
      {(found) => (
        <Page title={found.name}>
          <ShopForm key={id} shop={found} />
        </Page>
      )}
    </Answered>
  )
}

interface Draft {
  name: string
  address: string
  locations: string[]
  closed: boolean
}

function ShopForm({ shop, location }: { shop: Shop | null; location?: string | undefined }) {
  const say = useWords(shopWords)
  const { may } = useSession()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>({
    name: shop?.name ?? '',
    address: shop?.address ?? '',
    locations: shop?.locations ?? (location === undefined ? [] : [location]),
    closed: shop?.closed ?? false,
  })
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const toList = () => void navigate({ to: '/shops' as never })
  const save = useTell(
    ({ address, ...rest }: Draft, idempotencyKey) => {
      const body = { ...rest, ...(address.trim() === '' ? {} : { address: address.trim() }) }
      return shop === null ? api.createShop(body, { idempotencyKey }) : api.putShop(shop.id, body)
    },
    { renews: RENEWS, onDone: toList },
  )
  const errors = fieldErrors(save.error)
  const atLocations = Object.entries(errors).filter(([pointer]) => pointer.startsWith('/locations'))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(draft)
  }
  const isLocked = !may('shops')
  return (
    <form onSubmit={submit} className="shop-form">
      <Stack>
        <TextInput
          label={say('name')}
          required
          maxLength={200}
          readOnly={isLocked}
          value={draft.name}
          error={errors['/name']}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={say('address')}
          maxLength={500}
          readOnly={isLocked}
          value={draft.address}
          error={errors['/address']}
          onChange={(event) => change({ address: event.currentTarget.value })}
        />
        <TagsInput
          label={say('locations')}
          description={say('locations_hint')}
          maxTags={50}
          readOnly={isLocked}
          acceptValueOnBlur
          value={draft.locations}
          error={atLocations.length > 0 ? atLocations.map(([, message]) => message).join(' ') : undefined}
          onChange={(locations) => change({ locations })}
        />
        {shop !== null && (
          <Switch
            label={say('is_closed')}
            disabled={isLocked}
            checked={draft.closed}
            onChange={(event) => change({ closed: event.currentTarget.checked })}
          />
        )}
        <Problem error={save.error} fields={['/name', '/address', ...atLocations.map(([pointer]) => pointer)]} />
        <Group justify="space-between">
          {shop !== null && !isLocked ? <Remove shop={shop} onDone={toList} /> : <span />}
          <Group>
            <Button variant="default" onClick={toList}>
              {say('back')}
            </Button>
            {!isLocked && (
              <Button type="submit" loading={save.isPending}>
                {say('save')}
              </Button>
            )}
          </Group>
        </Group>
      </Stack>
    </form>
  )
}

function Remove({ shop, onDone }: { shop: Shop; onDone: () => void }) {
  const say = useWords(shopWords)
  const [asked, setAsked] = useState(false)
  const remove = useTell(() => api.deleteShop(shop.id), { renews: RENEWS, onDone })
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsked(true)}>
        {say('remove')}
      </Button>
      <Modal opened={asked} onClose={() => setAsked(false)} title={say('remove_title', { name: shop.name })} centered>
        <Stack>
          <Text>{say('remove_more')}</Text>
          <Problem error={remove.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(false)}>
              {say('back')}
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(undefined)}>
              {say('remove')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
