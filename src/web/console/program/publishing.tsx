/** The last step of a draft: what it changes in words, what it takes away, who agrees to it, and publishing it. */

import { Button, Checkbox, Group, Textarea } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ProgramCheck } from '../../../client/index.ts'
import { api, useAsk, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Difference } from '../parts/difference.tsx'
import { Section } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram, useSession } from '../session.tsx'
import { Changes } from './changes.tsx'
import { draftWords, programWords } from './program-words.ts'
import type { Draft } from './use-draft.ts'

export function Publishing({
  draft,
  check,
  latest,
}: {
  draft: Draft
  check: ProgramCheck | undefined
  latest: number
}) {
  const say = useWords(draftWords)
  const sayProgram = useWords(programWords)
  const program = useProgram()
  const revision = useAsk(['revision', program.id, String(latest), 'en'], () =>
    api.getRevision(program.id, String(latest), { language: 'en' }),
  )
  if (check === undefined) return null
  const isSound = check.problems.length === 0
  if (!isSound) return <p className="field-wrong">{say('unsound')}</p>
  return (
    <>
      <Section title={say('summary')} lead={say('summary_lead')}>
        <Changes changes={check.changes} settings={check.settings} />
      </Section>
      <Section title={sayProgram('text')} lead={sayProgram('text_against', { number: latest })}>
        {revision.data !== undefined && (
          <Difference label={sayProgram('difference')} before={revision.data.source} after={draft.text} />
        )}
      </Section>
      {revision.data?.source === draft.text ? (
        <p className="notice">{say('no_difference')}</p>
      ) : (
        <>
          <Review draft={draft} />
          <Publish draft={draft} check={check} />
        </>
      )}
    </>
  )
}

function Review({ draft: { draft, settle, take } }: { draft: Draft }) {
  const say = useWords(draftWords)
  const program = useProgram()
  const { may, role, staff } = useSession()
  const { time } = useFormats()
  const current = useAsk(['program', program.id], () => api.getProgram(program.id))
  const [note, setNote] = useState('')
  const ask = useTell(
    async (input: { note: string }) => {
      const version = (await settle()) ?? draft.version
      return api.askForReview(program.id, draft.id, { version, ...(input.note === '' ? {} : { note: input.note }) })
    },
    { onDone: take },
  )
  const approve = useTell((input: { version: number }) => api.approveDraft(program.id, draft.id, input), {
    onDone: take,
  })
  const { review, approval } = draft
  const isOwn = draft.changed_by === staff.email
  return (
    <Section title={say('review')} lead={say(isNeeded(current.data?.program, role) ? 'review_needed' : 'review_free')}>
      {review !== null && (
        <p>
          {say('review_asked', { who: review.asked_by, when: time(review.asked_at) })}
          {review.note !== null && <q className="review-note">{review.note}</q>}
        </p>
      )}
      {approval !== null && (
        <p>{say('review_done', { who: approval.approved_by, when: time(approval.approved_at) })}</p>
      )}
      {approval === null && may('draft') && review === null && (
        <form
          className="review-form"
          onSubmit={(event) => {
            event.preventDefault()
            ask.mutate({ note: note.trim() })
          }}
        >
          <Textarea
            label={say('note')}
            value={note}
            autosize
            minRows={2}
            maxLength={2_000}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={ask.isPending}>
            {say('ask_review')}
          </Button>
        </form>
      )}
      {approval === null && may('review') && (
        <Group gap="sm" mt="sm">
          {isOwn ? (
            <span className="field-note">{say('approve_own')}</span>
          ) : (
            <Button
              variant="default"
              loading={approve.isPending}
              onClick={() => approve.mutate({ version: draft.version })}
            >
              {say('approve')}
            </Button>
          )}
        </Group>
      )}
      <Problem error={ask.error ?? approve.error} />
    </Section>
  )
}

/** As the server decides it by itself: the program of now says whose drafts somebody else approves. */
function isNeeded(settings: Record<string, unknown> | undefined, role: string): boolean {
  const review = settings?.['review'] ?? 'marketers'
  return review === 'everybody' || (review === 'marketers' && role !== 'owner')
}

function Publish({ draft, check }: { draft: Draft; check: ProgramCheck }) {
  const say = useWords(draftWords)
  const program = useProgram()
  const { may, role } = useSession()
  const current = useAsk(['program', program.id], () => api.getProgram(program.id))
  const { language } = useLanguage()
  const navigate = useNavigate()
  const { settle, draft: saved } = draft
  const losses = check.takes_away.filter(({ meant }) => !meant)
  const [meant, setMeant] = useState<readonly string[]>([])
  const publish = useTell(
    async (input: { meant: readonly string[] }) => {
      const version = (await settle()) ?? saved.version
      return api.publishDraft(program.id, saved.id, { version, meant: [...input.meant] })
    },
    {
      renews: [
        ['program', program.id],
        ['drafts', program.id],
        ['revisions', program.id],
        ['terms', program.id],
      ],
      // The draft is a revision now, and there is no way back to it but by that.
      onDone: ({ revision }) => void navigate({ to: `/program/revisions/${revision}` as never, replace: true }),
    },
  )
  const waits = saved.approval === null && isNeeded(current.data?.program, role)
  const from = (check.program?.['changes'] as { from?: string } | undefined)?.from
  return (
    <Section
      title={say('do_publish')}
      lead={from === undefined ? say('publish_from') : say('publish_day', { day: longDay(from, language) })}
    >
      {losses.length > 0 && (
        <fieldset className="takes">
          <legend>{say('takes')}</legend>
          <p className="field-note">{say('takes_lead')}</p>
          {losses.map(({ about, text }) => (
            <Checkbox
              key={about}
              label={
                <>
                  {text} <b>{say('takes_mean')}</b>
                </>
              }
              checked={meant.includes(about)}
              onChange={(event) =>
                setMeant(event.currentTarget.checked ? [...meant, about] : meant.filter((one) => one !== about))
              }
            />
          ))}
        </fieldset>
      )}
      {may('publish') ? (
        <Button
          loading={publish.isPending}
          disabled={waits || losses.some(({ about }) => !meant.includes(about))}
          onClick={() => publish.mutate({ meant })}
        >
          {say('do_publish')}
        </Button>
      ) : (
        <p className="field-note">{say('cannot_publish')}</p>
      )}
      {waits && may('publish') && <p className="field-note">{say('review_needed')}</p>}
      <Problem error={publish.error} />
    </Section>
  )
}

/** A day of the program, which has no time and no zone. */
function longDay(day: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}
