/** Who is signed in, for which program, and what they may. When a session ends, signing in again happens over the page. */

import { Modal } from '@mantine/core'
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useState } from 'react'
import type { Session } from '../../client/index.ts'
import { api, queries, turnTo, useAsk, whenSignedOut } from './api.ts'
import { Problem } from './parts/problem.tsx'

const SignIn = lazy(() => import('./pages/sign-in-form.tsx'))

const Signed = createContext<Session | null>(null)

/** Shows what is inside to those who are signed in, and the way in to everybody else. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const session = useAsk(['session'], () => api.getSession())
  const [ended, setEnded] = useState(false)
  useEffect(() => whenSignedOut(() => setEnded(true)), [])
  const signedIn = () => {
    setEnded(false)
    void queries.invalidateQueries()
  }
  if (session.data === undefined) {
    if (!session.isError) return null
    if (!ended) return <Problem error={session.error} again={() => void session.refetch()} />
    return (
      <Suspense>
        <SignIn onDone={signedIn} />
      </Suspense>
    )
  }
  // Before anything inside asks.
  turnTo(session.data.program.id)
  return (
    <Signed value={session.data}>
      {children}
      <Modal opened={ended} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} centered>
        <Suspense>
          <SignIn again={session.data.staff.email} onDone={signedIn} />
        </Suspense>
      </Modal>
    </Signed>
  )
}

export function useSession(): Session & { may(right: string): boolean } {
  const session = useContext(Signed)
  if (session === null) throw new Error('the screen stands inside of a SessionProvider')
  return { ...session, may: (right) => session.rights.includes(right) }
}

/** The program that the session is about. */
export function useProgram(): Session['program'] {
  return useSession().program
}
