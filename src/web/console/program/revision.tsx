/** A revision: who published it, what it changed for members, and the file line by line; and the way back to it. */

import { Button } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { api, useAsk, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Code } from '../parts/code.tsx'
import { Difference } from '../parts/difference.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram, useSession } from '../session.tsx'
import { Changes } from './changes.tsx'
import { draftWords, programWords } from './program-words.ts'
import './program.css'

export default function RevisionPage() {
  const say = useWords(programWords)
  const sayDraft = useWords(draftWords)
  const program = useProgram()
  const { may } = useSession()
  const { language } = useLanguage()
  const { time } = useFormats()
  const navigate = useNavigate()
  const { number } = useParams({ strict: false }) as { number: string }
  const revision = useAsk(['revision', program.id, number, language], () =>
    api.getRevision(program.id, number, { language }),
  )
  const revert = useTell(() => api.revertToRevision(program.id, number), {
    renews: [['drafts', program.id]],
    onDone: ({ id }) => void navigate({ to: `/program/drafts/${id}?step=publish` as never }),
  })
  return (
    <Page
      title={say('revision', { number })}
      lead={<Link to={'/program' as never}>{sayDraft('back')}</Link>}
      actions={
        may('draft') && (
          <Button
            variant="default"
            title={say('revert_hint')}
            loading={revert.isPending}
            onClick={() => revert.mutate(undefined)}
          >
            {say('revert')}
          </Button>
        )
      }
    >
      <Problem error={revert.error} />
      <Answered ask={revision} lines={8}>
        {({ effective_at, published_by, approved_by, source, before, changes, settings, takes_away }) => (
          <>
            <p className="revision-by">
              {approved_by === null
                ? say('published_by', { who: published_by })
                : say('published_approved', { who: published_by, approver: approved_by })}
              {' · '}
              {effective_at === null ? say('from_start') : say('since', { when: time(effective_at) })}
            </p>
            <Section title={say('changed')}>
              {before === null ? (
                <p className="field-note">{say('first_revision')}</p>
              ) : (
                <Changes changes={changes} settings={settings} />
              )}
            </Section>
            {takes_away.length > 0 && (
              <Section title={say('takes_away')}>
                <ul>
                  {takes_away.map(({ about, text }) => (
                    <li key={about}>{text}</li>
                  ))}
                </ul>
              </Section>
            )}
            <Section
              title={say('text')}
              {...(before === null ? {} : { lead: say('text_against', { number: before.number }) })}
            >
              {before === null ? (
                <Code label={sayDraft('file')} language="yaml" text={source} />
              ) : (
                <Difference label={say('difference')} before={before.source} after={source} />
              )}
            </Section>
          </>
        )}
      </Answered>
    </Page>
  )
}
