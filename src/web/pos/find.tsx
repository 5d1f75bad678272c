/** @jsxImportSource preact */
/** The one field, always ready: phone, card, scanner, voucher or receipt; beside it what was just done. */

import { useEffect, useRef, useState } from 'preact/hooks'
import { Camera, hasCamera } from './camera.tsx'
import { LastDone } from './done.tsx'
import { type Asked, readAsked } from './ids.ts'
import { Big, Pad, Trouble, useTill } from './parts.tsx'
import type { Problem } from './queue.ts'
import type { Last, View } from './screens.tsx'

export function Find({
  last,
  onLast,
  onView,
}: {
  last: Last | null
  onLast(last: Last | null): void
  onView(view: View): void
}) {
  const { till, say } = useTill()
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [nobody, setNobody] = useState<Asked | 'short' | null>(null)
  const [busy, setBusy] = useState(false)
  const [scanning, setScanning] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field takes the focus back after each of these
  useEffect(() => field.current?.focus({ preventScroll: true }), [busy, scanning])
  const change = (text: string) => {
    setTyped(text)
    setNobody(null)
    setProblem(null)
  }
  const find = async (text: string) => {
    const asked = readAsked(text)
    if (asked === null) return setNobody('short')
    setBusy(true)
    const answer = await till.lookUp({ [asked.by]: asked.text })
    setBusy(false)
    if (answer.ok && answer.body.receipt !== null) return onView({ at: 'receipt', receipt: answer.body.receipt })
    if (answer.ok && answer.body.member !== null) {
      const { member } = answer.body
      return onView({ at: 'sale', who: { id: member.id }, member })
    }
    if (answer.ok) return setNobody(asked)
    // Nobody can say who it is, so the sale goes to whoever has this number.
    const isAlone = answer.problem.code === 'unreachable' && (asked.by === 'phone' || asked.by === 'card')
    if (isAlone)
      return onView({
        at: 'sale',
        who: asked.by === 'phone' ? { phone: asked.text } : { card: asked.text },
        member: null,
      })
    setProblem(answer.problem)
  }
  return (
    <main class="find">
      <form
        class="asking"
        onSubmit={(event) => {
          event.preventDefault()
          void find(typed)
        }}
      >
        <label for="ask">{say('ask')}</label>
        <input
          id="ask"
          ref={field}
          class="field"
          autocomplete="off"
          autocapitalize="characters"
          inputMode="tel"
          spellcheck={false}
          value={typed}
          readOnly={busy}
          placeholder={say('ask_help')}
          onInput={(event) => change(event.currentTarget.value)}
          // The scanner types into it whenever it likes.
          onBlur={() => setTimeout(() => field.current?.focus({ preventScroll: true }), 150)}
        />
        <Trouble problem={problem} />
        <Nobody nobody={nobody} onEnrol={(phone) => onView({ at: 'enrol', phone })} />
        <Pad extra="+" onDigit={(digit) => change(typed + digit)} onErase={() => change(typed.slice(0, -1))} />
        <Big disabled={busy || typed.trim() === ''}>{say('find')}</Big>
        <div class="beside">
          <Big quiet onClick={() => onView({ at: 'sale', who: null, member: null })}>
            {say('no_member')}
          </Big>
          {hasCamera() && (
            <Big quiet onClick={() => setScanning(!scanning)}>
              {say(scanning ? 'stop_scanning' : 'scan')}
            </Big>
          )}
        </div>
        {scanning && (
          <Camera
            onRead={(text) => {
              setScanning(false)
              change(text)
              void find(text)
            }}
          />
        )}
      </form>
      {last !== null && <LastDone key={last.id} last={last} onLast={onLast} />}
    </main>
  )
}

function Nobody({ nobody, onEnrol }: { nobody: Asked | 'short' | null; onEnrol(phone: string): void }) {
  const { say } = useTill()
  if (nobody === null) return null
  if (nobody === 'short') return <p class="trouble">{say('nobody_short')}</p>
  return (
    <div class="nobody" role="status">
      <p>{say(nobody.by === 'receipt' ? 'nobody_receipt' : 'nobody', { asked: nobody.text })}</p>
      {nobody.by === 'phone' && <Big onClick={() => onEnrol(nobody.text)}>{say('enrol', { phone: nobody.text })}</Big>}
    </div>
  )
}
