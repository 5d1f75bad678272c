/** Begins a draft with what the address names, such as a template, and goes on to it. */

import { Loader } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { api, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useProgram } from '../session.tsx'
import { inWords } from './fields.ts'
import { programWords } from './program-words.ts'

export default function BeginDraftPage() {
  const say = useWords(programWords)
  const program = useProgram()
  const navigate = useNavigate()
  const [{ template }] = useFilters()
  const begun = useRef(false)
  const begin = useTell(
    (input: { template?: string; title?: string }) => api.beginDraft(program.id, input),
    // Going back from the draft leads to where one came from, and not to another new draft.
    {
      renews: [['drafts', program.id]],
      onDone: ({ id }) => void navigate({ to: `/program/drafts/${id}` as never, replace: true }),
    },
  )
  const { mutate } = begin
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    mutate(template === undefined ? {} : { template, title: inWords(template) })
  }, [mutate, template])
  return <Page title={say('begin')}>{begin.isError ? <Problem error={begin.error} /> : <Loader size="sm" />}</Page>
}
