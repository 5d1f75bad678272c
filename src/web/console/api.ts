/** The console's way to the public interface: the generated client with the browser's session, for reading and for doing. */

import {
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useRef } from 'react'
import { NoAnswerError, ProblemError, Regulars } from '../../client/index.ts'
import { randomKey } from '../../client/request.ts'

/** The program that this tab is about: when another tab turns to another program, nothing changes under this one. */
let program: string | null = null
export function turnTo(id: string): void {
  program = id
}

/** Asks this server, about this tab's program. */
export const fetchHere: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers)
  if (program !== null) headers.set('regulars-program', program)
  return fetch(input, { ...init, headers })
}

export const api = new Regulars({ url: window.location.origin, key: null, retries: 2, fetch: fetchHere })

/** Called whenever an answer says that nobody is signed in any more. */
let onSignedOut: () => void = () => undefined
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener
}

export const queries = new QueryClient({
  defaultOptions: {
    // The client itself sends again what was lost; what the server refused, it would refuse again.
    queries: { retry: false, staleTime: 15_000 },
    mutations: { retry: false },
  },
})

function seen(error: unknown): never {
  if (error instanceof ProblemError && error.status === 401) onSignedOut()
  throw error
}

/** Reads; `key` names the question, and everything that its answer depends on. */
export function useAsk<Answer>(
  key: readonly unknown[],
  ask: () => PromiseLike<Answer>,
  options: { when?: boolean; every_ms?: number } = {},
): UseQueryResult<Answer, Error> {
  return useQuery<Answer, Error>({
    queryKey: key,
    queryFn: async () => Promise.resolve(ask()).catch(seen),
    enabled: options.when ?? true,
    refetchInterval: options.every_ms ?? false,
    // While the next page of a table comes, the one before stays.
    placeholderData: (before: unknown) => before as never,
  })
}

/**
 * Does something once for each time it is meant. A second click while the first is under way does nothing; when no answer
 * came, trying again sends the same key, so that it is not done twice. `renews` are the questions whose answers change.
 */
export function useTell<Input, Answer>(
  tell: (input: Input, idempotencyKey: string) => PromiseLike<Answer>,
  { renews = [], onDone }: { renews?: readonly (readonly unknown[])[]; onDone?: (answer: Answer) => void } = {},
): UseMutationResult<Answer, Error, Input> {
  const client = useQueryClient()
  const meant = useRef<{ key: string; input: string } | null>(null)
  const running = useRef(new Map<string, Promise<Answer>>())
  return useMutation<Answer, Error, Input>({
    mutationFn: (input) => {
      const text = JSON.stringify(input) ?? ''
      const under = running.current.get(text) ?? begin(input, text).finally(() => running.current.delete(text))
      running.current.set(text, under)
      return under
    },
    onSuccess: (answer) => {
      for (const queryKey of renews) void client.invalidateQueries({ queryKey })
      onDone?.(answer)
    },
  })

  async function begin(input: Input, text: string): Promise<Answer> {
    if (meant.current?.input !== text) meant.current = { key: randomKey(), input: text }
    try {
      const answer = await tell(input, meant.current.key)
      meant.current = null
      return answer
    } catch (error) {
      // Whether it was done is unknown only when no answer came.
      if (!(error instanceof NoAnswerError)) meant.current = null
      return seen(error)
    }
  }
}

/** What was wrong, by the pointer of the field in the body: `/reason`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  const { errors = [] } = error.problem
  return Object.fromEntries(errors.map(({ pointer, message }) => [pointer, message]))
}
