/** What people change about themselves: name, language, password, one-time codes, and where they are signed in. */

import { Button, CopyButton, Group, PasswordInput, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { encode } from 'uqr'
import type { TotpLink } from '../../../client/index.ts'
import type { Language } from '../../ui/words.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useSession } from '../session.tsx'
import { accountWords, roleWords } from './access-words.ts'
import './access.css'

const SESSION = [['session']] as const

export default function Account() {
  const say = useWords(accountWords)
  const role = useWords(roleWords)
  const { staff, role: mine } = useSession()
  return (
    <Page title={say('title')} lead={say('lead', { email: staff.email, role: role(mine) })}>
      <You />
      <Password />
      <Codes />
      <Places />
    </Page>
  )
}

function You() {
  const say = useWords(accountWords)
  const { staff } = useSession()
  const { language, choose } = useLanguage()
  const [name, setName] = useState(staff.name)
  const tell = useTell((input: { name: string; locale: Language }) => api.changeMe(input), {
    renews: SESSION,
    onDone: () => undefined,
  })
  return (
    <Section title={say('you')}>
      <form
        className="narrow"
        onSubmit={(event) => {
          event.preventDefault()
          tell.mutate({ name, locale: language })
        }}
      >
        <Stack>
          <TextInput
            label={say('name')}
            autoComplete="name"
            value={name}
            error={fieldErrors(tell.error)['/name']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <SegmentedControl
            aria-label={say('language')}
            value={language}
            onChange={(value) => choose(value as Language)}
            data={[
              { value: 'en', label: 'English' },
              { value: 'tr', label: 'Türkçe' },
            ]}
          />
          <Problem error={tell.error} fields={['/name']} />
          <Done button={say('save')} done={tell.isSuccess ? say('saved') : null} running={tell.isPending} />
        </Stack>
      </form>
    </Section>
  )
}

function Password() {
  const say = useWords(accountWords)
  const { staff } = useSession()
  const [password, setPassword] = useState('')
  const [next, setNext] = useState('')
  const tell = useTell((input: { password: string; new_password: string }) => api.changePassword(input), {
    renews: [['sessions']],
    onDone: () => {
      setPassword('')
      setNext('')
    },
  })
  const wrong = fieldErrors(tell.error)
  return (
    <Section title={say('password')} lead={say('password_lead')}>
      <form
        className="narrow"
        onSubmit={(event) => {
          event.preventDefault()
          tell.mutate({ password, new_password: next })
        }}
      >
        <Stack>
          <input type="hidden" autoComplete="username" value={staff.email} readOnly />
          <CurrentPassword value={password} wrong={wrong['/password']} onChange={setPassword} />
          <PasswordInput
            label={say('next')}
            description={say('next_hint')}
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={next}
            error={wrong['/new_password']}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <Problem error={tell.error} fields={['/password', '/new_password']} />
          <Done button={say('change')} done={tell.isSuccess ? say('changed') : null} running={tell.isPending} />
        </Stack>
      </form>
    </Section>
  )
}

/** The button of a form, and beside it what it did. */
function Done({ button, done, running }: { button: string; done: string | null; running: boolean }) {
  return (
    <Group>
      <Button type="submit" variant="default" loading={running}>
        {button}
      </Button>
      <span className="quiet" role="status">
        {done}
      </span>
    </Group>
  )
}

function Codes() {
  const say = useWords(accountWords)
  const { totp } = useSession()
  const [link, setLink] = useState<TotpLink | null>(null)
  const [recovery, setRecovery] = useState<string[] | null>(null)
  let part: ReactNode
  if (recovery !== null) part = <Recovery codes={recovery} onKept={() => setRecovery(null)} />
  else if (totp) part = <TurnOff />
  else if (link === null) part = <Begin onBegun={setLink} />
  else
    part = (
      <Confirm
        link={link}
        onDone={(codes) => {
          setLink(null)
          setRecovery(codes)
        }}
      />
    )
  return (
    <Section title={say('codes')} lead={say('codes_lead')}>
      {part}
    </Section>
  )
}

function Begin({ onBegun }: { onBegun(link: TotpLink): void }) {
  const say = useWords(accountWords)
  const [password, setPassword] = useState('')
  const tell = useTell((input: string, idempotencyKey) => api.beginTotp({ password: input }, { idempotencyKey }), {
    onDone: onBegun,
  })
  return (
    <form
      className="narrow"
      onSubmit={(event) => {
        event.preventDefault()
        tell.mutate(password)
      }}
    >
      <Stack>
        <CurrentPassword value={password} wrong={fieldErrors(tell.error)['/password']} onChange={setPassword} />
        <Problem error={tell.error} fields={['/password']} />
        <Done button={say('set_up')} done={null} running={tell.isPending} />
      </Stack>
    </form>
  )
}

function Confirm({ link, onDone }: { link: TotpLink; onDone(codes: string[]): void }) {
  const say = useWords(accountWords)
  const [code, setCode] = useState('')
  const tell = useTell((input: string, idempotencyKey) => api.confirmTotp({ code: input }, { idempotencyKey }), {
    renews: SESSION,
    onDone: ({ recovery_codes }) => onDone(recovery_codes),
  })
  return (
    <form
      className="pairing"
      onSubmit={(event) => {
        event.preventDefault()
        tell.mutate(code)
      }}
    >
      <CodePicture text={link.uri} label={say('scan')} />
      <Stack className="narrow">
        <p className="quiet">
          {say('typed')} <span className="mono">{link.key}</span>
        </p>
        <TextInput
          label={say('code')}
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          withAsterisk={false}
          value={code}
          error={fieldErrors(tell.error)['/code']}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Problem error={tell.error} fields={['/code']} />
        <Done button={say('turn_on')} done={null} running={tell.isPending} />
      </Stack>
    </form>
  )
}

/** A QR code, always dark on light: apps look for it that way. */
function CodePicture({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 0 })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      className="code-picture"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="currentColor" />
    </svg>
  )
}

function Recovery({ codes, onKept }: { codes: readonly string[]; onKept(): void }) {
  const say = useWords(accountWords)
  return (
    <div className="handed" role="status">
      <h3>{say('recovery')}</h3>
      <p>{say('recovery_more')}</p>
      <ul className="recovery">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => <Button onClick={copy}>{say(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
        <Button variant="default" onClick={onKept}>
          {say('kept')}
        </Button>
      </Group>
    </div>
  )
}

function TurnOff() {
  const say = useWords(accountWords)
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const tell = useTell((input: { password: string; code: string }) => api.removeTotp(input), { renews: SESSION })
  const wrong = fieldErrors(tell.error)
  return (
    <form
      className="narrow"
      onSubmit={(event) => {
        event.preventDefault()
        tell.mutate({ password, code })
      }}
    >
      <Stack>
        <p className="quiet">{say('codes_on')}</p>
        <CurrentPassword value={password} wrong={wrong['/password']} onChange={setPassword} />
        <TextInput
          label={say('code_or')}
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          value={code}
          error={wrong['/code']}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Problem error={tell.error} fields={['/password', '/code']} />
        <Done button={say('turn_off')} done={null} running={tell.isPending} />
      </Stack>
    </form>
  )
}

function Places() {
  const say = useWords(accountWords)
  const { time } = useFormats()
  const sessions = useAsk(['sessions'], () => api.listSessions())
  const end = useTell((id: string) => api.endSession(id), { renews: [['sessions']] })
  return (
    <Section title={say('sessions')} lead={say('sessions_lead')}>
      <Problem error={end.error} />
      <Answered ask={sessions}>
        {({ data }) => (
          <ul className="places">
            {data.map(({ id, agent, address, current, created_at, seen_at }) => (
              <li key={id}>
                <span>
                  <b>{current ? say('here') : browserOf(agent)}</b>
                  <br />
                  <span className="quiet">
                    {address} · {say('since', { time: time(created_at) })} · {say('seen', { time: time(seen_at) })}
                  </span>
                </span>
                {!current && (
                  <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate(id)}>
                    {say('end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </Section>
  )
}

/** The name that people know a browser by, out of what it says of itself. */
function browserOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1] ?? ''
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? ''
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser
  return [name, system].filter((part) => part !== '').join(', ') || agent.slice(0, 60) || '–'
}

/** Whoever finds an open console does not know it. */
function CurrentPassword({
  value,
  wrong,
  onChange,
}: {
  value: string
  wrong: string | undefined
  onChange(value: string): void
}) {
  const say = useWords(accountWords)
  return (
    <PasswordInput
      label={say('current')}
      autoComplete="current-password"
      required
      withAsterisk={false}
      value={value}
      error={wrong}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
