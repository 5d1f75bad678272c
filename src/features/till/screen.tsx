/** The page of tills: devices, who works at them, what they could not settle, and sales of cashiers to themselves. */

import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Device, Difference, TillFlag } from '../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Page, Section } from '../../web/console/parts/page.tsx'
import { Answered, Problem } from '../../web/console/parts/problem.tsx'
import { Reason } from '../../web/console/parts/reason.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useSession } from '../../web/console/session.tsx'
import './screen.css'
import { tillWords } from './screen-words.ts'

export default function Tills() {
  const say = useWords(tillWords)
  const devices = useAsk(['devices'], () => api.listDevices())
  const add = <Button renderRoot={(props) => <Link {...props} to={'/tills/new' as never} />}>{say('add')}</Button>
  return (
    <Page title={say('title')} lead={say('lead')} actions={add} wide>
      <Answered ask={devices}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={say('empty')} action={add}>
              {say('empty_more', { address: new URL('/till', location.origin).href })}
            </Empty>
          ) : (
            <Devices devices={data} />
          )
        }
      </Answered>
      <Differences />
      <Cashiers />
      <Flags />
    </Page>
  )
}

function Devices({ devices }: { devices: readonly Device[] }) {
  const say = useWords(tillWords)
  const navigate = useNavigate()
  return (
    <table className="tills">
      <thead>
        <tr>
          <th>{say('name')}</th>
          <th>{say('shop')}</th>
          <th>{say('status')}</th>
          <th>{say('seen')}</th>
          <th className="number">{say('open_count')}</th>
        </tr>
      </thead>
      <tbody>
        {devices.map((device) => (
          <tr key={device.id} onClick={() => void navigate({ to: `/tills/${device.id}` as never })}>
            <td>
              <Link to={`/tills/${device.id}` as never}>{device.name}</Link>
            </td>
            <td>{device.shop}</td>
            <td data-status={device.status}>{say(device.status)}</td>
            <td>{device.seen_at === null ? say('never') : <When at={device.seen_at} />}</td>
            <td className="number">{device.open_differences}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Differences() {
  const say = useWords(tillWords)
  const [filters, change] = useFilters()
  const status = filters['status'] === 'settled' ? 'settled' : 'open'
  const other = status === 'open' ? 'settled' : undefined
  const found = useAsk(['till-differences', status], () => api.listDifferences({ status, limit: 100 }))
  const turn = (
    <Button variant="subtle" onClick={() => change({ ...filters, status: other })}>
      {say(status === 'open' ? 'show_settled' : 'show_open')}
    </Button>
  )
  return (
    <Section title={say('differences')} lead={say('differences_lead')} actions={turn}>
      <Answered ask={found}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="tills-none">{say('differences_none')}</p>
          ) : (
            <ul className="tills-list">
              {data.map((one) => (
                <DifferenceRow key={one.id} difference={one} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  )
}

type How = 'book' | 'take' | 'waive'

function DifferenceRow({ difference }: { difference: Difference }) {
  const say = useWords(tillWords)
  const { money, count } = useFormats()
  const { may } = useSession()
  const [how, setHow] = useState<How | null>(null)
  const { kind, amount, points, reward, looked_for, member, staff_name, device } = difference
  const what = say(kind, {
    amount: money(amount ?? 0),
    points: count(points ?? 0),
    reward: reward ?? '',
    looked_for: looked_for ?? '',
    type: difference.type,
  })
  const ways: How[] =
    kind === 'not_redeemed'
      ? ['take', 'waive']
      : kind === 'no_member' || kind === 'refused'
        ? ['book', 'waive']
        : ['waive']
  return (
    <li>
      <div>
        <b>{what}</b>
        <span>
          <When at={difference.occurred_at} /> · {device.name}
          {staff_name !== null && ` · ${staff_name}`} · {difference.deed}
          {member !== null && (
            <>
              {' · '}
              <Link to={`/members/${member}` as never}>{say('member')}</Link>
            </>
          )}
        </span>
        <span>{difference.reason}</span>
        {difference.how !== null && (
          <span>
            {say(`settled_${difference.how}`)} · {difference.settled_by} · {difference.settle_reason}
          </span>
        )}
      </div>
      {difference.how === null && may('approve') && (
        <Group gap="xs">
          {ways.map((way) => (
            <Button key={way} size="xs" variant={way === 'waive' ? 'default' : 'filled'} onClick={() => setHow(way)}>
              {say(way)}
            </Button>
          ))}
        </Group>
      )}
      {how !== null && <Settling difference={difference} how={how} what={what} onClose={() => setHow(null)} />}
    </li>
  )
}

function Settling({
  difference,
  how,
  what,
  onClose,
}: {
  difference: Difference
  how: How
  what: string
  onClose(): void
}) {
  const say = useWords(tillWords)
  const [member, setMember] = useState('')
  const settle = useTell(
    (reason: string, idempotencyKey) => {
      const named = how === 'book' && member.trim() !== '' ? { member: member.trim() } : {}
      return api.settleDifference(difference.id, { how, reason, ...named }, { idempotencyKey })
    },
    { renews: [['till-differences'], ['devices']], onDone: onClose },
  )
  return (
    <Reason
      opened
      title={what}
      verb={say(how)}
      running={settle.isPending}
      error={settle.error}
      onClose={onClose}
      onGiven={(reason) => settle.mutate(reason)}
    >
      {how === 'waive' && <p>{say('waive_more')}</p>}
      {how === 'book' && (
        <TextInput
          label={say('book_member')}
          description={say('book_member_hint')}
          value={member}
          error={fieldErrors(settle.error)['/member']}
          onChange={(event) => setMember(event.currentTarget.value)}
        />
      )}
    </Reason>
  )
}

/** Everybody of the staff who may see others, and else whoever is signed in. */
function Cashiers() {
  const say = useWords(tillWords)
  const { may, staff: me } = useSession()
  const [chosen, setChosen] = useState<{ id: string; name: string } | null>(null)
  const having = useAsk(['till-cashiers'], () => api.listCashiers())
  const staff = useAsk(['staff', 'at-tills'], () => api.listStaff({ limit: 100 }), { when: may('staff') })
  const has = new Set(having.data?.data.map(({ id }) => id))
  const people = staff.data?.data ?? [me, ...(having.data?.data.filter(({ id }) => id !== me.id) ?? [])]
  return (
    <Section title={say('cashiers')} lead={say('cashiers_lead')}>
      <ul className="tills-list">
        {people.map(({ id, name }) => (
          <li key={id}>
            <div>
              <b>{name}</b>
              <span>{say(has.has(id) ? 'has_number' : 'no_number')}</span>
            </div>
            <Button
              size="xs"
              variant="default"
              aria-label={`${say('set_number')}: ${name}`}
              onClick={() => setChosen({ id, name })}
            >
              {say('set_number')}
            </Button>
          </li>
        ))}
      </ul>
      {chosen !== null && <NumberForm person={chosen} onClose={() => setChosen(null)} />}
    </Section>
  )
}

function NumberForm({ person: { id, name }, onClose }: { person: { id: string; name: string }; onClose(): void }) {
  const say = useWords(tillWords)
  const [pin, setPin] = useState('')
  const set = useTell(() => api.setPin(id, { pin }), { renews: [['till-cashiers']], onDone: onClose })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    set.mutate(undefined)
  }
  return (
    <Modal opened onClose={onClose} title={say('number_title', { name })} centered>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            data-autofocus
            label={say('number')}
            description={say('number_hint')}
            inputMode="numeric"
            autoComplete="off"
            maxLength={6}
            value={pin}
            error={fieldErrors(set.error)['/pin']}
            onChange={(event) => setPin(event.currentTarget.value.replace(/\D/g, ''))}
          />
          <Problem error={set.error} fields={['/pin']} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('back')}
            </Button>
            <Button type="submit" loading={set.isPending}>
              {say('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Flags() {
  const say = useWords(tillWords)
  const { may } = useSession()
  const flags = useAsk(['till-flags'], () => api.listTillFlags({ limit: 50 }), { when: may('approve') })
  if (!may('approve')) return null
  return (
    <Section title={say('flags')} lead={say('flags_lead')}>
      <Answered ask={flags}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="tills-none">{say('flags_none')}</p>
          ) : (
            <ul className="tills-list">
              {data.map((flag) => (
                <FlagRow key={flag.id} flag={flag} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  )
}

function FlagRow({ flag }: { flag: TillFlag }) {
  const say = useWords(tillWords)
  const { money, count } = useFormats()
  const { staff_name, staff, amount, points, occurred_at, device, deed, member } = flag
  return (
    <li>
      <div>
        <b>{say('flag', { name: staff_name ?? staff, amount: money(amount), points: count(points) })}</b>
        <span>
          <When at={occurred_at} /> · {device.name} · {deed} ·{' '}
          <Link to={`/members/${member}` as never}>{say('member')}</Link>
        </span>
      </div>
    </li>
  )
}
