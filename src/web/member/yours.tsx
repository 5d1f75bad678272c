/** @jsxImportSource preact */
/** What is the member's own by right: all that is known of them as a file, and to have it deleted. */

import { useState } from 'preact/hooks'
import type { Card } from '../../client/index.ts'
import { saveAs } from '../ui/save.ts'
import { eraseCard, exportCard, Refused } from './calls.ts'
import { useSpeech } from './speech.ts'

export function Yours({ secret, card, onErased }: { secret: string; card: Card; onErased(): void }) {
  const { say } = useSpeech()
  const [asking, setAsking] = useState(false)
  const [failed, setFailed] = useState(false)
  const take = async () => {
    setFailed(false)
    try {
      saveAs(await exportCard(secret), `${card.program.id}.json`)
    } catch {
      setFailed(true)
    }
  }
  return (
    <section class="block">
      <h2>{say('yours')}</h2>
      <p class="quiet">{say('yours_more')}</p>
      <div class="buttons">
        <button type="button" class="second" onClick={() => void take()}>
          {say('export')}
        </button>
        {!asking && (
          <button type="button" class="second wrong" onClick={() => setAsking(true)}>
            {say('erase')}
          </button>
        )}
      </div>
      {failed && <p role="alert">{say('no_answer')}</p>}
      {asking && <Erase secret={secret} card={card} onErased={onErased} onBack={() => setAsking(false)} />}
    </section>
  )
}

function Erase({ secret, card, onErased, onBack }: { secret: string; card: Card; onErased(): void; onBack(): void }) {
  const { say, points } = useSpeech()
  const [number, setNumber] = useState('')
  const [problem, setProblem] = useState<'erase_wrong' | 'no_answer' | null>(null)
  const [running, setRunning] = useState(false)
  const have = card.balances.map(({ available, wallet, decimals }) => points(available, wallet, decimals)).join(', ')
  const erase = async (event: Event) => {
    event.preventDefault()
    if (running) return
    setRunning(true)
    setProblem(null)
    try {
      await eraseCard(secret, number)
      onErased()
    } catch (error) {
      setProblem(error instanceof Refused ? 'erase_wrong' : 'no_answer')
    } finally {
      setRunning(false)
    }
  }
  return (
    <form class="erase" onSubmit={(event) => void erase(event)}>
      <h3>{say('erase_title')}</h3>
      <p>{say('erase_more', { points: have })}</p>
      <label for="erase-number">{say('erase_type')}</label>
      <input
        id="erase-number"
        inputMode="numeric"
        autocomplete="off"
        value={number}
        aria-invalid={problem === 'erase_wrong'}
        aria-describedby={problem === null ? undefined : 'erase-problem'}
        onInput={(event) => setNumber(event.currentTarget.value)}
      />
      {problem !== null && (
        <p id="erase-problem" class="problem" role="alert">
          {say(problem)}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="wrong-button" disabled={running}>
          {say('erase_do')}
        </button>
        <button type="button" class="second" onClick={onBack}>
          {say('back')}
        </button>
      </div>
    </form>
  )
}
