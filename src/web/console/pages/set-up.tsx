/** The first start: the business and its first owner, by the link that the server printed. */

import { Autocomplete, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { Problem } from '../parts/problem.tsx'
import { setUpWords } from './access-words.ts'
import './access.css'

const ZONES = Intl.supportedValuesOf('timeZone')
const CURRENCIES = Intl.supportedValuesOf('currency')
const FIELDS = ['/business', '/currency', '/timezone', '/name', '/email', '/password']

export default function SetUp() {
  const say = useWords(setUpWords)
  const token = window.location.hash.slice(1)
  const state = useAsk(['setup'], () => api.getSetup())
  useEffect(() => {
    document.title = `${say('title')} · Regulars`
  }, [say])
  if (state.isError) return <Problem error={state.error} again={() => void state.refetch()} />
  if (state.data === undefined) return null
  if (!state.data.open || token === '')
    return (
      <main className="outside">
        <Empty
          title={say(state.data.open ? 'title' : 'over')}
          action={
            <Button component="a" href="/console">
              {say('sign_in')}
            </Button>
          }
        >
          {say(state.data.open ? 'no_link' : 'over_more')}
        </Empty>
      </main>
    )
  return <Form token={token} />
}

function Form({ token }: { token: string }) {
  const say = useWords(setUpWords)
  const [given, setGiven] = useState({
    business: '',
    currency: '',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    name: '',
    email: '',
    password: '',
  })
  const tell = useTell((input: typeof given) => api.setUp({ ...input, token }), {
    onDone: () => window.location.assign('/console'),
  })
  const wrong = fieldErrors(tell.error)
  const field = (name: keyof typeof given) => ({
    label: say(name),
    value: given[name],
    error: wrong[`/${name}`],
    required: true,
    withAsterisk: false,
  })
  const typed = (name: keyof typeof given) => (value: string) => setGiven((before) => ({ ...before, [name]: value }))
  return (
    <main className="outside">
      <h1>{say('title')}</h1>
      <p className="outside-lead">{say('lead')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          tell.mutate({ ...given, currency: given.currency.toUpperCase() })
        }}
      >
        <Stack>
          <TextInput
            {...field('business')}
            autoComplete="organization"
            onChange={(event) => typed('business')(event.currentTarget.value)}
          />
          <Autocomplete
            {...field('currency')}
            description={say('currency_hint')}
            data={CURRENCIES}
            limit={8}
            onChange={typed('currency')}
          />
          <Autocomplete
            {...field('timezone')}
            description={say('timezone_hint')}
            data={ZONES}
            limit={8}
            onChange={typed('timezone')}
          />
          <TextInput
            {...field('name')}
            autoComplete="name"
            onChange={(event) => typed('name')(event.currentTarget.value)}
          />
          <TextInput
            {...field('email')}
            type="email"
            autoComplete="username"
            onChange={(event) => typed('email')(event.currentTarget.value)}
          />
          <PasswordInput
            {...field('password')}
            description={say('password_hint')}
            autoComplete="new-password"
            onChange={(event) => typed('password')(event.currentTarget.value)}
          />
          <Problem error={tell.error} fields={FIELDS} />
          <Button type="submit" loading={tell.isPending}>
            {say('enter')}
          </Button>
        </Stack>
      </form>
    </main>
  )
}
