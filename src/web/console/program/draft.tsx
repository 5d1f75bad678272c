/** A draft of the program: written, tried, previewed and published. What is shown of it stands in the address. */

import { Button, Group, Modal, Tabs, TextInput } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ProblemError, type ProgramDraft } from '../../../client/index.ts'
import { api, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Difference } from '../parts/difference.tsx'
import { Empty } from '../parts/empty.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page } from '../parts/page.tsx'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram, useSession } from '../session.tsx'
import { Changes } from './changes.tsx'
import { Previewing } from './previewing.tsx'
import { draftWords, programWords } from './program-words.ts'
import { Publishing } from './publishing.tsx'
import { Trying } from './trying.tsx'
import { useCheck } from './use-check.ts'
import { type Draft, useDraft, useSavedDraft } from './use-draft.ts'
import { Writing } from './writing.tsx'
import './program.css'

export default function DraftPage() {
  const say = useWords(draftWords)
  const { draft: id } = useParams({ strict: false }) as { draft: string }
  const saved = useSavedDraft(id)
  const isGone = saved.error instanceof ProblemError && [404, 422].includes(saved.error.status)
  if (isGone && saved.data === undefined)
    return (
      <Page title={say('gone')}>
        <Empty title={say('gone')} action={<Link to={'/program' as never}>{say('to_program')}</Link>}>
          {say('gone_more')}
        </Empty>
      </Page>
    )
  return (
    <Answered ask={saved} lines={10}>
      {(first) => <Editor key={first.id} first={first} />}
    </Answered>
  )
}

type Step = 'write' | 'try' | 'preview' | 'publish'
const STEPS: readonly Step[] = ['write', 'try', 'preview', 'publish']

function Editor({ first }: { first: ProgramDraft }) {
  const say = useWords(draftWords)
  const { may } = useSession()
  const program = useProgram()
  const [filters, filter] = useFilters()
  const draft = useDraft(first)
  const check = useCheck(draft.text)
  const revisions = useAsk(['revisions', program.id, 'latest'], () => api.listRevisions(program.id, { limit: 1 }))
  const latest = revisions.data?.data[0]?.number ?? draft.draft.begun_from
  const step = STEPS.find((one) => one === filters['step']) ?? 'write'
  const isSound = check.data !== undefined && check.data.problems.length === 0
  const mayType = may('draft') && draft.theirs === null
  const { follow } = draft
  useEffect(() => follow(first), [first, follow])
  return (
    <Page
      wide
      title={draft.title}
      lead={<Link to={'/program' as never}>{say('back')}</Link>}
      actions={
        <>
          <State draft={draft} />
          {may('draft') && <Discard draft={draft} />}
        </>
      }
    >
      {draft.theirs !== null && <Conflict draft={draft} theirs={draft.theirs} />}
      {draft.restored && draft.theirs === null && (
        <p className="notice" role="status">
          {say('restored')}
        </p>
      )}
      {latest > draft.draft.begun_from && <Behind draft={draft} latest={latest} />}
      <Tabs
        value={step}
        keepMounted={false}
        onChange={(next) => filter({ step: next === 'write' ? undefined : (next ?? undefined) })}
      >
        <Tabs.List mb="lg" className="draft-steps">
          {STEPS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {say(one)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="write">
          {mayType && (
            <TextInput
              className="draft-name"
              label={say('name')}
              value={draft.title}
              maxLength={200}
              onChange={(event) => draft.rename(event.currentTarget.value)}
            />
          )}
          <Problem error={check.error} again={() => void check.refetch()} />
          <Writing text={draft.text} check={check.data} mayType={mayType} change={draft.change} />
        </Tabs.Panel>
        <Tabs.Panel value="try">
          <Trying id={first.id} text={draft.text} isSound={isSound} />
        </Tabs.Panel>
        <Tabs.Panel value="preview">
          <Previewing id={first.id} isSound={isSound} settle={draft.settle} />
        </Tabs.Panel>
        <Tabs.Panel value="publish">
          <Publishing draft={draft} check={check.data} latest={latest} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function State({ draft: { saving, problem } }: { draft: Draft }) {
  const say = useWords(draftWords)
  const text = {
    saved: say('saved'),
    saving: say('saving'),
    unsaved: say('unsaved'),
    refused: say('forbidden', { reason: problem?.message ?? '' }),
    conflict: '',
  }[saving]
  return (
    <span className="draft-state" data-state={saving} role="status">
      {text}
    </span>
  )
}

function Discard({ draft: { draft, settle } }: { draft: Draft }) {
  const say = useWords(draftWords)
  const program = useProgram()
  const navigate = useNavigate()
  const [asked, setAsked] = useState(false)
  const discard = useTell(
    async () => {
      const version = (await settle()) ?? draft.version
      return api.discardDraft(program.id, draft.id, { version })
    },
    { renews: [['drafts', program.id]], onDone: () => void navigate({ to: '/program' as never }) },
  )
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsked(true)}>
        {say('discard')}
      </Button>
      <Modal opened={asked} onClose={() => setAsked(false)} title={say('discard')} centered>
        <p>{say('discard_sure', { title: draft.title })}</p>
        <Problem error={discard.error} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsked(false)}>
            {say('keep')}
          </Button>
          <Button color="red" loading={discard.isPending} onClick={() => discard.mutate(undefined)}>
            {say('discard_yes')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}

/** Somebody else was quicker: both texts are shown, and both are kept until a person says what becomes of them. */
function Conflict({ draft, theirs }: { draft: Draft; theirs: ProgramDraft }) {
  const say = useWords(draftWords)
  const sayProgram = useWords(programWords)
  const { time } = useFormats()
  const program = useProgram()
  const navigate = useNavigate()
  const own = useTell(
    () =>
      api.beginDraft(program.id, {
        title: say('mine_title', { title: draft.title }).slice(0, 200),
        source: draft.text,
      }),
    {
      renews: [['drafts', program.id]],
      onDone: ({ id }) => {
        draft.takeTheirs()
        void navigate({ to: `/program/drafts/${id}` as never })
      },
    },
  )
  return (
    <section className="conflict" role="alert">
      <h2>{say('conflict', { who: theirs.changed_by })}</h2>
      <p>{say('conflict_more', { when: time(theirs.changed_at) })}</p>
      <Difference label={sayProgram('difference')} before={theirs.source} after={draft.text} />
      <Problem error={own.error} />
      <Group gap="sm" mt="md">
        <Button loading={own.isPending} onClick={() => own.mutate(undefined)}>
          {say('conflict_own')}
        </Button>
        <Button variant="default" onClick={draft.replaceTheirs}>
          {say('conflict_mine')}
        </Button>
        <Button variant="default" onClick={draft.takeTheirs}>
          {say('conflict_theirs')}
        </Button>
      </Group>
    </section>
  )
}

/** A revision was published since the draft was begun: what it changed, before the draft undoes it unseen. */
function Behind({ draft, latest }: { draft: Draft; latest: number }) {
  const say = useWords(draftWords)
  const sayProgram = useWords(programWords)
  const program = useProgram()
  const { begun_from } = draft.draft
  const revision = useAsk(['revision', program.id, latest, begun_from], () =>
    api.getRevision(program.id, String(latest), { against: begun_from }),
  )
  const go = useTell(
    async () => {
      const version = (await draft.settle()) ?? draft.draft.version
      return api.changeDraft(program.id, draft.draft.id, { version, begun_from: latest })
    },
    { onDone: draft.take },
  )
  return (
    <section className="conflict">
      <h2>{say('behind', { number: latest })}</h2>
      <p>{say('behind_more')}</p>
      <Answered ask={revision}>
        {({ changes, settings, source, before }) => (
          <>
            <Changes changes={changes} settings={settings} />
            {before !== null && <Difference label={sayProgram('difference')} before={before.source} after={source} />}
          </>
        )}
      </Answered>
      <Problem error={go.error} />
      <Button mt="md" variant="default" loading={go.isPending} onClick={() => go.mutate(undefined)}>
        {say('behind_done')}
      </Button>
    </section>
  )
}
