/**
 * A draft that saves itself. What is typed is kept on the device until the server has it, so that neither a lost
 * connection nor a closed window loses anything; whoever else changed the draft meanwhile is shown, never written over.
 */

import { useNetwork } from '@mantine/hooks'
import { useCallback, useEffect, useRef, useState } from 'react'
import { NoAnswerError, ProblemError, type ProgramDraft } from '../../../client/index.ts'
import { api, queries, useAsk, useTell } from '../api.ts'
import { useProgram } from '../session.tsx'

/** How long somebody pauses before it is saved, and before it is tried again, in ms. */
const PAUSE_MS = 900
const AGAIN_MS = 4_000
/** How often what others write is looked for, in ms. */
const FOLLOW_MS = 10_000

export type Saving = 'saved' | 'saving' | 'unsaved' | 'refused' | 'conflict'

export interface Draft {
  draft: ProgramDraft
  text: string
  title: string
  saving: Saving
  /** Why it was not saved. */
  problem: Error | null
  /** The draft as somebody else has saved it meanwhile. */
  theirs: ProgramDraft | null
  /** Whether what was typed here last was brought back from the device. */
  restored: boolean
  change(text: string): void
  rename(title: string): void
  /** Takes what the server answered, such as to a review. */
  take(draft: ProgramDraft): void
  /** Hears what is saved now: whoever writes nothing themselves sees what others write. */
  follow(draft: ProgramDraft): void
  /** Puts mine in place of theirs, in full knowledge of it. */
  replaceTheirs(): void
  takeTheirs(): void
  /** Saves at once, for what needs the saved draft; answers its version, or null where that did not work. */
  settle(): Promise<number | null>
}

interface Kept {
  version: number
  text: string
  title: string
}

export function useSavedDraft(id: string) {
  const program = useProgram()
  return useAsk(['draft', program.id, id], () => api.getDraft(program.id, id), { every_ms: FOLLOW_MS })
}

export function useDraft(first: ProgramDraft): Draft {
  const program = useProgram()
  const { online } = useNetwork()
  const [draft, setDraft] = useState(first)
  const kept = useRef(readKept(first))
  const [text, setText] = useState(kept.current?.text ?? first.source)
  const [title, setTitle] = useState(kept.current?.title ?? first.title)
  const [saving, setSaving] = useState<Saving>('saved')
  const [problem, setProblem] = useState<Error | null>(null)
  const [theirs, setTheirs] = useState<ProgramDraft | null>(
    kept.current !== null && kept.current.version < first.version ? first : null,
  )
  const base = useRef({ version: kept.current?.version ?? first.version, source: first.source, title: first.title })
  const mine = useRef({ text, title })
  const running = useRef<Promise<number | null> | null>(null)
  const tell = useTell((input: { version: number; source: string; title: string }) =>
    api.changeDraft(program.id, first.id, input),
  )
  const send = tell.mutateAsync

  const take = useCallback(
    (next: ProgramDraft) => {
      base.current = { version: next.version, source: next.source, title: next.title }
      setDraft(next)
      queries.setQueryData(['draft', program.id, next.id], next)
    },
    [program.id],
  )

  const save = useCallback(async (): Promise<number | null> => {
    if (running.current !== null) await running.current
    const { version, source, title: named } = base.current
    const now = { ...mine.current }
    if (now.text === source && now.title === named) return version
    setSaving('saving')
    running.current = (async () => {
      try {
        const next = await send({ version, source: now.text, title: now.title.trim() === '' ? named : now.title })
        take(next)
        setProblem(null)
        const isWhole = mine.current.text === now.text && mine.current.title === now.title
        if (isWhole) localStorage.removeItem(keyOf(first.id))
        setSaving(isWhole ? 'saved' : 'saving')
        return next.version
      } catch (error) {
        setProblem(error as Error)
        const isConflict = error instanceof ProblemError && error.code === 'changed_meanwhile'
        if (isConflict) setTheirs(await api.getDraft(program.id, first.id).catch(() => null))
        setSaving(isConflict ? 'conflict' : mayWorkLater(error) ? 'unsaved' : 'refused')
        return null
      } finally {
        running.current = null
      }
    })()
    return running.current
  }, [send, take, program.id, first.id])

  const follow = useCallback(
    (next: ProgramDraft) => {
      if (next.version <= base.current.version || running.current !== null) return
      const { source, title: named } = base.current
      if (mine.current.text !== source || mine.current.title !== named) return
      mine.current = { text: next.source, title: next.title }
      take(next)
      setText(next.source)
      setTitle(next.title)
    },
    [take],
  )

  const isChanged = text !== base.current.source || title !== base.current.title
  useEffect(() => {
    mine.current = { text, title }
    if (!isChanged || theirs !== null) return
    localStorage.setItem(keyOf(first.id), JSON.stringify({ version: base.current.version, text, title } satisfies Kept))
    const timer = setTimeout(() => void save(), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, title, isChanged, theirs, first.id, save])

  useEffect(() => {
    if (saving !== 'unsaved') return
    const timer = setInterval(() => void save(), AGAIN_MS)
    return () => clearInterval(timer)
  }, [saving, save])

  return {
    draft,
    text,
    title,
    // What is sent without a connection waits for one.
    saving: theirs !== null ? 'conflict' : saving === 'saving' && !online ? 'unsaved' : saving,
    problem,
    theirs,
    restored: kept.current !== null && kept.current.version === first.version,
    change: (next) => {
      mine.current = { ...mine.current, text: next }
      if (saving === 'saved') setSaving('saving')
      setText(next)
    },
    rename: (next) => {
      mine.current = { ...mine.current, title: next }
      setTitle(next)
    },
    take,
    follow,
    replaceTheirs: () => {
      if (theirs === null) return
      base.current = { version: theirs.version, source: theirs.source, title: theirs.title }
      setTheirs(null)
      void save()
    },
    takeTheirs: () => {
      if (theirs === null) return
      take(theirs)
      mine.current = { text: theirs.source, title: theirs.title }
      setText(theirs.source)
      setTitle(theirs.title)
      setTheirs(null)
      setProblem(null)
      setSaving('saved')
      kept.current = null
      localStorage.removeItem(keyOf(first.id))
    },
    settle: () => (theirs === null ? save() : Promise.resolve(null)),
  }
}

function mayWorkLater(error: unknown): boolean {
  return (
    error instanceof NoAnswerError || (error instanceof ProblemError && (error.status === 401 || error.status >= 500))
  )
}

function keyOf(id: string): string {
  return `regulars-draft-${id}`
}

/** What was typed on this device and never saved; null where all of it was. */
function readKept({ id, source, title }: ProgramDraft): Kept | null {
  const text = localStorage.getItem(keyOf(id))
  if (text === null) return null
  const kept = JSON.parse(text) as Kept
  return kept.text === source && kept.title === title ? null : kept
}
