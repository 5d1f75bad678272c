/** @jsxImportSource preact */
/** Enrolling somebody by their phone number, once they have agreed. */

import { useEffect, useState } from 'preact/hooks'
import { Big, Trouble, useTill } from './parts.tsx'
import type { Problem } from './queue.ts'
import type { Last, View } from './screens.tsx'
import { tell } from './told.ts'

export function Enrol({
  phone,
  onBack,
  onDone,
  onLast,
}: {
  phone: string
  onBack(): void
  onDone(view: View): void
  onLast(last: Last): void
}) {
  const { till, say, language } = useTill()
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const text = say('consent', { business: till.state!.business })
  useEffect(() => tell({ at: 'consent', text }), [text])
  const enrol = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    const done = await till.enrol(phone, name, { locale: language, text })
    setBusy(false)
    if (done.how !== 'done')
      return setProblem(done.how === 'refused' ? done.problem : { code: 'unreachable', reason: '' })
    onLast({ what: 'enrolled', id: done.id, name, answer: done.answer, give: [], at: Date.now() })
    // What they buy now is theirs already, also where the server has not heard of them yet.
    const found = done.answer === null ? null : await till.lookUp({ phone })
    const member = found?.ok ? found.body.member : null
    onDone({ at: 'sale', who: member === null ? { enrolment: done.id } : { id: member.id }, member })
  }
  return (
    <main class="entry">
      <form onSubmit={(event) => void enrol(event)}>
        <h1>{say('enrol_title')}</h1>
        <p class="number">{phone}</p>
        <label for="name">{say('enrol_name')}</label>
        <input
          id="name"
          class="field wide"
          autocomplete="off"
          maxLength={100}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <blockquote>{text}</blockquote>
        <p class="quiet-text">{say('consent_ask')}</p>
        <Trouble problem={problem} />
        <Big disabled={busy}>{say('agreed')}</Big>
        <Big quiet onClick={onBack}>
          {say('back')}
        </Big>
      </form>
    </main>
  )
}
