/** The way in: e-mail and password, and the code of the second step for those who have one. It also stands over a page whose session ended. */

import { Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { ProblemError } from '../../../client/index.ts'
import { words } from '../../ui/words.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Problem } from '../parts/problem.tsx'
import './sign-in-form.css'

const signInWords = words({
  en: {
    title: 'Sign in',
    again: 'Your session has ended',
    again_more: 'Sign in again; the page behind stays as it is.',
    email: 'E-mail',
    password: 'Password',
    code: 'Code from your authenticator app',
    recovery: 'Or one of your recovery codes',
    enter: 'Sign in',
    wrong: 'This e-mail and password do not belong together.',
    code_wrong: 'This code is not valid now. A new one comes every 30 seconds.',
    company: 'Continue with {issuer}',
    company_failed: 'Signing in with the company account did not work. Try again, or use your password.',
    company_unverified: 'The company account has no verified e-mail address, so nobody can be let in by it.',
    company_unknown: 'Nobody here has the e-mail address of this company account. Ask an owner to invite you.',
  },
  tr: {
    title: 'Giriş yap',
    again: 'Oturumunuz sona erdi',
    again_more: 'Yeniden giriş yapın; arkadaki sayfa olduğu gibi duruyor.',
    email: 'E-posta',
    password: 'Parola',
    code: 'Doğrulama uygulamanızdaki kod',
    recovery: 'Ya da kurtarma kodlarınızdan biri',
    enter: 'Giriş yap',
    wrong: 'Bu e-posta ile parola eşleşmiyor.',
    code_wrong: 'Bu kod şu anda geçerli değil. Her 30 saniyede yenisi gelir.',
    company: '{issuer} ile devam et',
    company_failed: 'Şirket hesabıyla giriş olmadı. Yeniden deneyin ya da parolanızı kullanın.',
    company_unverified: 'Şirket hesabının doğrulanmış bir e-posta adresi yok, bu yüzden giriş yapılamıyor.',
    company_unknown: 'Bu şirket hesabının e-posta adresi burada kimseye ait değil. Bir sahipten davet isteyin.',
  },
})

export default function SignInForm({ again, onDone }: { again?: string; onDone(): void }) {
  const say = useWords(signInWords)
  const [email, setEmail] = useState(again ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksCode, setAsksCode] = useState(false)
  const signIn = useTell((input: { email: string; password: string; code?: string }) => api.signIn(input), { onDone })
  const failed = signIn.error instanceof ProblemError && signIn.error.code === 'sign_in_failed'
  const codeFailed = failed && fieldErrors(signIn.error)['/code'] !== undefined
  const enter = (given: string) =>
    signIn.mutate(
      { email, password, ...(given === '' ? {} : { code: given }) },
      {
        onError: (error) => {
          if (isAsked(error)) setAsksCode(true)
        },
      },
    )
  return (
    <form
      className={again === undefined ? 'sign-in' : undefined}
      onSubmit={(event) => {
        event.preventDefault()
        enter(code)
      }}
    >
      <Stack>
        <div>
          <Title order={1} size="h2">
            {say(again === undefined ? 'title' : 'again')}
          </Title>
          {again !== undefined && <p className="sign-in-more">{say('again_more')}</p>}
        </div>
        <TextInput
          label={say('email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={say('password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          error={failed && !codeFailed ? say('wrong') : undefined}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {asksCode && (
          <TextInput
            label={say('code')}
            description={say('recovery')}
            autoComplete="one-time-code"
            inputMode="numeric"
            autoFocus
            value={code}
            error={codeFailed ? say('code_wrong') : undefined}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        {!failed && !isAsked(signIn.error) && <Problem error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending}>
          {say('enter')}
        </Button>
        <Company />
      </Stack>
    </form>
  )
}

/** Why the way through the company's accounts led nowhere, as the address says on the way back. */
const FAILURES = { failed: 'company_failed', unverified: 'company_unverified', unknown: 'company_unknown' } as const

/** The way in by the company's own accounts, where there is one. */
function Company() {
  const say = useWords(signInWords)
  const company = useAsk(['oidc'], async () => (await fetch('/auth/oidc')).json() as Promise<{ issuer: string | null }>)
  const failure = FAILURES[new URLSearchParams(window.location.search).get('oidc') as keyof typeof FAILURES]
  if (!company.data?.issuer) return null
  return (
    <>
      <Button component="a" href="/auth/oidc/start" variant="default">
        {say('company', { issuer: company.data.issuer })}
      </Button>
      {failure !== undefined && (
        <p className="sign-in-wrong" role="alert">
          {say(failure)}
        </p>
      )}
    </>
  )
}

/** The password was right, and the code of the second step is missing. */
function isAsked(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'code_required'
}
