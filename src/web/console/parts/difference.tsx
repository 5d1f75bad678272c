/** Two texts in one: what only the first has is struck, what only the second has stands out, and the rest is folded. */

import { Skeleton } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import './code.css'

export function Difference({ label, before, after }: { label: string; before: string; after: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [ready, setReady] = useState(false)
  useEffect(() => {
    let end: (() => void) | null = null
    let ended = false
    void import('./differing.ts').then(({ differ }) => {
      if (ended || place.current === null) return
      end = differ(place.current, label, before, after)
      setReady(true)
    })
    return () => {
      ended = true
      end?.()
    }
  }, [label, before, after])
  return (
    <>
      {!ready && <Skeleton height={120} />}
      <div ref={place} className="code" />
    </>
  )
}
