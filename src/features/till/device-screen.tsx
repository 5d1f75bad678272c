/** The page of one till, or of one that is yet to be: its name, its limit while nobody answers, and its pairing. */

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Device, PairingCode } from '../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { Page, Section } from '../../web/console/parts/page.tsx'
import { Answered, Problem } from '../../web/console/parts/problem.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import './screen.css'
import { tillWords } from './screen-words.ts'

const RENEWS = [['devices']]

export default function DevicePage() {
  const say = useWords(tillWords)
  const { id } = useParams({ strict: false }) as { id?: string }
  const devices = useAsk(['devices'], () => api.listDevices())
  if (id === undefined)
    return (
      <Page title={say('new_title')}>
        <DeviceForm device={null} />
      </Page>
    )
  return (
    <Answered ask={devices}>
      {({ data }) => {
        const device = data.find((one) => one.id === id)
        if (device === undefined)
          return (
            <Page title={say('gone')}>
              <Empty title={say('gone')} action={<Link to={'/tills' as never}>{say('title')}</Link>} />
            </Page>
          )
        return (
          <Page title={device.name} lead={say(device.status)}>
            <DeviceForm key={id} device={device} />
          </Page>
        )
      }}
    </Answered>
  )
}

const USUAL: Device['offline'] = { points: 2_000, times: 20, member_points: 300, member_times: 1, hours: 24 }
const LIMITS = [
  ['points', 'limit_points', 1_000_000_000],
  ['times', 'limit_times', 10_000],
  ['member_points', 'limit_member_points', 1_000_000_000],
  ['member_times', 'limit_member_times', 1_000],
  ['hours', 'limit_hours', 336],
] as const

function DeviceForm({ device }: { device: Device | null }) {
  const say = useWords(tillWords)
  const navigate = useNavigate()
  const [name, setName] = useState(device?.name ?? '')
  const [shop, setShop] = useState(device?.shop ?? '')
  const [offline, setOffline] = useState(device?.offline ?? USUAL)
  const [made, setMade] = useState<PairingCode | null>(null)
  const toList = () => void navigate({ to: '/tills' as never })
  const create = useTell(
    (_: undefined, idempotencyKey) =>
      api.createDevice({ name, offline, ...(shop.trim() === '' ? {} : { shop: shop.trim() }) }, { idempotencyKey }),
    { renews: RENEWS, onDone: setMade },
  )
  const change = useTell(
    () => api.updateDevice(device!.id, { name, offline, shop: shop.trim() === '' ? null : shop.trim() }),
    { renews: RENEWS, onDone: toList },
  )
  const tell = device === null ? create : change
  const errors = fieldErrors(tell.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    tell.mutate(undefined)
  }
  if (made !== null) return <Code made={made} onDone={toList} />
  return (
    <form onSubmit={submit} className="till-form">
      <Stack>
        <TextInput
          label={say('name')}
          required
          maxLength={60}
          value={name}
          error={errors['/name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={say('shop')}
          description={say('shop_hint')}
          maxLength={200}
          value={shop}
          error={errors['/shop']}
          onChange={(event) => setShop(event.currentTarget.value)}
        />
        <Section title={say('limit')} lead={say('limit_lead')}>
          <div className="till-limits">
            {LIMITS.map(([field, label, most]) => (
              <TextInput
                key={field}
                label={say(label)}
                inputMode="numeric"
                value={String(offline[field])}
                error={errors[`/offline/${field}`]}
                onChange={(event) => {
                  const digits = event.currentTarget.value.replace(/\D/g, '')
                  setOffline((before) => ({ ...before, [field]: Math.min(most, Number(digits)) }))
                }}
              />
            ))}
          </div>
        </Section>
        <Problem error={tell.error} fields={['/name', '/shop', ...LIMITS.map(([field]) => `/offline/${field}`)]} />
        <Group justify="space-between">
          {device !== null && device.status !== 'revoked' ? <ShutOut device={device} onPaired={setMade} /> : <span />}
          <Group>
            <Button variant="default" onClick={toList}>
              {say('back')}
            </Button>
            <Button type="submit" loading={tell.isPending}>
              {say(device === null ? 'create' : 'save')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}

function Code({ made, onDone }: { made: PairingCode; onDone(): void }) {
  const say = useWords(tillWords)
  const { time } = useFormats()
  const address = new URL('/till', location.origin).href
  return (
    <>
      <div className="till-code">
        {say('pairing')}
        <output>{made.code}</output>
        <Text size="sm">{say('pairing_more', { address, when: time(made.expires_at, 'time') })}</Text>
      </div>
      <Button onClick={onDone}>{say('back')}</Button>
    </>
  )
}

/** What ends the device's way in is asked twice. */
function ShutOut({ device, onPaired }: { device: Device; onPaired(made: PairingCode): void }) {
  const say = useWords(tillWords)
  const [asked, setAsked] = useState<'pair_again' | 'shut_out' | null>(null)
  const close = () => setAsked(null)
  const pair = useTell(() => api.createPairingCode(device.id), { renews: RENEWS, onDone: onPaired })
  const revoke = useTell(() => api.revokeDevice(device.id), { renews: RENEWS, onDone: close })
  const tell = asked === 'pair_again' ? pair : revoke
  return (
    <>
      <Group gap="xs">
        <Button variant="subtle" onClick={() => setAsked('pair_again')}>
          {say('pair_again')}
        </Button>
        <Button variant="subtle" color="red" onClick={() => setAsked('shut_out')}>
          {say('shut_out')}
        </Button>
      </Group>
      {asked !== null && (
        <Modal opened onClose={close} title={say(asked)} centered>
          <Stack>
            <Text>{say(`${asked}_more`)}</Text>
            <Problem error={tell.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {say('back')}
              </Button>
              <Button
                color={asked === 'shut_out' ? 'red' : undefined}
                loading={tell.isPending}
                onClick={() => tell.mutate(undefined)}
              >
                {say(asked)}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  )
}
