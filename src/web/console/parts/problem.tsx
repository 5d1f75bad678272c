/** What went wrong, in a sentence, and what can be done about it. */

import { Button, Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { NoAnswerError, ProblemError } from '../../../client/index.ts'
import { words } from '../../ui/words.ts'
import { useWords } from '../language.tsx'

const problemWords = words({
  en: {
    no_answer: 'There was no answer. Nothing is lost; send it again when the connection is back.',
    forbidden: 'Your role does not allow this (any more). What you typed is still here.',
    signed_out: 'You are signed out. Sign in again; what you typed is still here.',
    internal: 'Something went wrong on our side. The log has it under {id}.',
    again: 'Try again',
    named: 'Asking about it? Name {id}.',
  },
  tr: {
    no_answer: 'Yanıt gelmedi. Hiçbir şey kaybolmadı; bağlantı gelince yeniden gönderin.',
    forbidden: 'Rolünüz buna (artık) izin vermiyor. Yazdıklarınız duruyor.',
    signed_out: 'Oturumunuz kapandı. Yeniden giriş yapın; yazdıklarınız duruyor.',
    internal: 'Bizden kaynaklanan bir sorun oldu. Kayıtlardaki adı: {id}.',
    again: 'Yeniden dene',
    named: 'Sorarken şunu söyleyin: {id}.',
  },
})

/** `about` are the pointers of fields that show their own mistakes, so that nothing is said twice. */
export function Problem({
  error,
  again,
  fields = [],
}: {
  error: unknown
  again?: () => void
  fields?: readonly string[]
}) {
  const say = useWords(problemWords)
  if (error === null || error === undefined) return null
  const text = textOf()
  if (text === null) return null
  return (
    <div className="problem" role="alert">
      <p>{text}</p>
      {again !== undefined && (
        <Button className="again" size="xs" variant="default" onClick={again}>
          {say('again')}
        </Button>
      )}
    </div>
  )

  function textOf(): string | null {
    if (error instanceof NoAnswerError) return say('no_answer')
    if (!(error instanceof ProblemError)) return String((error as Error).message ?? error)
    const { status, problem } = error
    if (status === 401) return say('signed_out')
    if (status === 403 && problem.errors.length === 0) return `${say('forbidden')} ${problem.detail}`
    if (status >= 500) return say('internal', { id: problem.request_id })
    const elsewhere = problem.errors.length > 0 && problem.errors.every(({ pointer }) => fields.includes(pointer))
    return elsewhere ? null : problem.detail
  }
}

/** What a question answers once it does: grey lines until then, and a sentence when it cannot. */
export function Answered<Answer>({
  ask,
  lines = 4,
  children,
}: {
  ask: UseQueryResult<Answer, Error>
  lines?: number
  children: (answer: Answer) => ReactNode
}) {
  if (ask.data !== undefined) return <>{children(ask.data)}</>
  if (ask.isError) return <Problem error={ask.error} again={() => void ask.refetch()} />
  return (
    <Stack gap="sm" aria-busy="true">
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have nothing else to be told apart by.
        <Skeleton key={i} height={18} width={`${90 - ((i * 17) % 40)}%`} />
      ))}
    </Stack>
  )
}
