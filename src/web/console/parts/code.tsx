/** An editor for program files and conditions, loaded only where there is one; mistakes are marked where they stand. */

import { Skeleton } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import './code.css'
import type { Completion, Editing, Mark } from './editing.ts'

export function Code({
  label,
  text,
  onChange,
  marks = NO_MARKS,
  language,
  complete = NOTHING_TO_OFFER,
  lines = 12,
}: {
  label: string
  text: string
  /** Nothing can be typed without it. */
  onChange?: (text: string) => void
  marks?: readonly Mark[]
  language: 'yaml' | 'condition'
  /** What a condition may be made of. */
  complete?: readonly Completion[]
  /** How many lines are shown at least. */
  lines?: number
}) {
  const place = useRef<HTMLDivElement>(null)
  const editing = useRef<Editing | null>(null)
  const change = useRef(onChange)
  change.current = onChange
  const offered = useRef(complete)
  offered.current = complete
  const [ready, setReady] = useState(false)
  // Only what decides how the editor is made makes it anew; text and marks are told to the one that is there.
  const given = useRef({ text, marks })
  given.current = { text, marks }
  const mayType = onChange !== undefined
  useEffect(() => {
    let ended = false
    void import('./editing.ts').then(({ edit }) => {
      if (ended || place.current === null) return
      editing.current = edit(place.current, {
        label,
        language,
        mayType,
        onChange: (next) => change.current?.(next),
        complete: () => offered.current,
      })
      editing.current.show(given.current.text, given.current.marks)
      setReady(true)
    })
    return () => {
      ended = true
      editing.current?.end()
      editing.current = null
    }
  }, [label, language, mayType])
  useEffect(() => editing.current?.show(text, marks), [text, marks])
  return (
    <>
      {!ready && <Skeleton height={lines * 21} />}
      <div ref={place} className="code" data-language={language} style={{ minHeight: ready ? lines * 21 : 0 }} />
    </>
  )
}

const NO_MARKS: readonly Mark[] = []
const NOTHING_TO_OFFER: readonly Completion[] = []
