/** The program: what holds now in sentences, what is being drafted, and every revision there was. */

import { Button, Menu } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ProgramDraftSummary } from '../../../client/index.ts'
import { api, useAsk, useTell } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page, Section } from '../parts/page.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram, useSession } from '../session.tsx'
import { inWords } from './fields.ts'
import { programWords } from './program-words.ts'
import './program.css'

export default function ProgramPage() {
  const say = useWords(programWords)
  const { may } = useSession()
  return (
    <Page title={say('title')} lead={say('lead')} actions={may('draft') && <Begin />}>
      <Drafts />
      <Now />
      <History />
    </Page>
  )
}

function Begin() {
  const say = useWords(programWords)
  const program = useProgram()
  const navigate = useNavigate()
  const templates = useAsk(['templates'], () => api.listTemplates())
  const begin = useTell((input: { template?: string; title?: string }) => api.beginDraft(program.id, input), {
    renews: [['drafts', program.id]],
    onDone: ({ id }) => void navigate({ to: `/program/drafts/${id}` as never }),
  })
  return (
    <>
      <Menu position="bottom-end" width={360}>
        <Menu.Target>
          <Button loading={begin.isPending}>{say('begin')}</Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          <Menu.Label>{say('begin_as')}</Menu.Label>
          <Menu.Item onClick={() => begin.mutate({})}>
            <b>{say('begin_now')}</b>
          </Menu.Item>
          <Menu.Label>{say('begin_templates')}</Menu.Label>
          {(templates.data?.data ?? []).map(({ name, about }) => (
            <Menu.Item key={name} onClick={() => begin.mutate({ template: name, title: inWords(name) })}>
              <b>{inWords(name)}</b>
              <span className="menu-note">{about}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Problem error={begin.error} />
    </>
  )
}

function Drafts() {
  const say = useWords(programWords)
  const program = useProgram()
  const drafts = useAsk(['drafts', program.id], () => api.listDrafts(program.id))
  return (
    <Section title={say('drafts')} lead={say('drafts_lead')}>
      <Answered ask={drafts} lines={2}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={say('no_drafts')}>{say('no_drafts_more')}</Empty>
          ) : (
            <ul className="listing">
              {data.map((draft) => (
                <DraftLine key={draft.id} draft={draft} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  )
}

function DraftLine({ draft }: { draft: ProgramDraftSummary }) {
  const say = useWords(programWords)
  const { time } = useFormats()
  const { id, title, changed_by, changed_at, status, approval } = draft
  return (
    <li>
      <Link to={`/program/drafts/${id}` as never}>{title}</Link>
      <span className="listing-note">{say('changed_by', { who: changed_by, when: time(changed_at) })}</span>
      <span className="listing-state" data-state={status}>
        {status === 'approved' ? say('approved', { who: approval?.approved_by ?? '' }) : say(status)}
      </span>
    </li>
  )
}

function Now() {
  const say = useWords(programWords)
  const program = useProgram()
  const { language } = useLanguage()
  const terms = useAsk(['terms', program.id, language], () => api.getTerms(program.id, { language }))
  return (
    <Section
      title={say('now')}
      lead={terms.data === undefined ? undefined : say('now_lead', { revision: terms.data.revision })}
    >
      <Answered ask={terms} lines={8}>
        {({ chapters }) => (
          <div className="terms">
            {chapters.map((chapter) => (
              <section key={chapter.id}>
                <h3>{chapter.title}</h3>
                <ul>
                  {chapter.statements.map(({ about, title, text }) => (
                    <li key={about}>
                      {title !== null && <b>{title}. </b>}
                      {text}
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        )}
      </Answered>
    </Section>
  )
}

function History() {
  const say = useWords(programWords)
  const program = useProgram()
  const { time } = useFormats()
  const [filters, filter] = useFilters()
  const { cursor } = filters
  const current = useAsk(['program', program.id], () => api.getProgram(program.id))
  const revisions = useAsk(['revisions', program.id, cursor], () =>
    api.listRevisions(program.id, { limit: 10, ...(cursor === undefined ? {} : { cursor }) }),
  )
  return (
    <Section title={say('history')} lead={say('history_lead')}>
      <Answered ask={revisions}>
        {({ data, has_more, next_cursor }) => (
          <>
            <ul className="listing">
              {data.map(({ number, effective_at, published_by, approved_by }) => (
                <li key={number}>
                  <Link to={`/program/revisions/${number}` as never}>{say('revision', { number })}</Link>
                  <span className="listing-note">
                    {approved_by === null
                      ? say('published_by', { who: published_by })
                      : say('published_approved', { who: published_by, approver: approved_by })}
                    {' · '}
                    {effective_at === null
                      ? say('from_start')
                      : say(effective_at > program.now ? 'to_come' : 'since', { when: time(effective_at) })}
                  </span>
                  {number === current.data?.revision && (
                    <span className="listing-state" data-state="approved">
                      {say('deciding')}
                    </span>
                  )}
                </li>
              ))}
            </ul>
            {has_more && (
              <Button variant="default" size="xs" mt="sm" onClick={() => filter({ cursor: next_cursor! })}>
                {say('older')}
              </Button>
            )}
          </>
        )}
      </Answered>
    </Section>
  )
}
