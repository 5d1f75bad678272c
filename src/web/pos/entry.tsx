/** @jsxImportSource preact */
/** Getting in: pairing the till, saying who works, and opening the screen again. */

import { useEffect, useState } from 'preact/hooks'
import { Big, Pad, Trouble, useKeys, useTill } from './parts.tsx'
import type { Problem } from './queue.ts'

export function Pair() {
  const { till, say } = useTill()
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const pair = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(await till.pair(code))
    setBusy(false)
  }
  return (
    <main class="entry">
      <form onSubmit={(event) => void pair(event)}>
        <h1>{say('pair_title')}</h1>
        <p class="quiet-text">{say('pair_help')}</p>
        <label for="code">{say('code')}</label>
        <input
          id="code"
          class="field wide"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxLength={9}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value.toUpperCase())}
        />
        <Trouble problem={problem} />
        <Big disabled={busy || code.length < 8}>{say('pair')}</Big>
      </form>
    </main>
  )
}

const NUMBER = 6

/** Whoever locked the screen opens it by their number; anybody else begins a shift of their own. */
export function ShiftEntry() {
  const { till, say } = useTill()
  const [people, setPeople] = useState<readonly { id: string; name: string }[]>([])
  const [chosen, setChosen] = useState<{ id: string; name: string } | null>(
    till.shift === undefined ? null : { id: till.shift.staff, name: till.shift.name },
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: who may work depends on whether anybody answers
  useEffect(() => {
    void till.cashiers().then(setPeople)
  }, [till, till.reachable, till.state])
  if (chosen !== null) return <PinEntry person={chosen} onBack={() => setChosen(null)} />
  return (
    <main class="entry">
      <h1>{say('shift_title')}</h1>
      {people.length === 0 && <p class="quiet-text">{say('shift_empty')}</p>}
      <ul class="people">
        {people.map((person) => (
          <li key={person.id}>
            <Big quiet onClick={() => setChosen(person)}>
              {person.name}
            </Big>
          </li>
        ))}
      </ul>
    </main>
  )
}

function PinEntry({ person, onBack }: { person: { id: string; name: string }; onBack(): void }) {
  const { till, say } = useTill()
  const [pin, setPin] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const isLocked = till.shift?.staff === person.id && till.shift.ends > Date.now()
  const enter = async () => {
    setBusy(true)
    if (!isLocked) setProblem(await till.beginShift(person.id, pin))
    else if (!(await till.unlock(pin))) setProblem({ code: 'forbidden', reason: '' })
    setBusy(false)
    setPin('')
  }
  const type = (digit: string) => setPin((typed) => `${typed}${digit}`.slice(0, NUMBER))
  const erase = () => setPin((typed) => typed.slice(0, -1))
  useKeys({ digit: type, erase, enter: () => pin.length >= 4 && void enter(), escape: onBack })
  return (
    <main class="entry">
      <h1>{isLocked ? say('locked') : say('pin_title', { name: person.name })}</h1>
      {isLocked && <p class="quiet-text">{say('pin_title', { name: person.name })}</p>}
      <output class="dots" aria-label={say('pin_title', { name: person.name })}>
        {'•'.repeat(pin.length).padEnd(4, '·')}
      </output>
      <Trouble problem={problem} />
      <Pad onDigit={type} onErase={erase} />
      <Big disabled={busy || pin.length < 4} onClick={() => void enter()}>
        {say('done')}
      </Big>
      <Big quiet onClick={onBack}>
        {say('somebody_else')}
      </Big>
    </main>
  )
}
