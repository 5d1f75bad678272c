/** @jsxImportSource preact */
/** The card from opening it to what stands below it, with and without a connection. */

import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { chooseLanguage, chosenLanguage } from '../ui/words.ts'
import { LinkEnded, readCard } from './calls.ts'
import { Face } from './face.tsx'
import { History } from './history.tsx'
import { forget, keep, lastSeen, type Seen, secretOf } from './kept.ts'
import { Next } from './next.tsx'
import { Spoken, speechOf, useSpeech } from './speech.ts'
import { Yours } from './yours.tsx'

type State = 'opening' | 'shown' | 'offline' | 'none' | 'ended' | 'failed' | 'erased'

export function CardScreen() {
  const [language, setLanguage] = useState(chosenLanguage)
  const [secret, setSecret] = useState(() => secretOf(location.hash))
  const [seen, setSeen] = useState<Seen | null>(() => (secret === null ? null : lastSeen()))
  const [state, setState] = useState<State>(secret === null ? 'none' : 'opening')
  const speech = useMemo(() => speechOf(language, seen?.card.program ?? null), [language, seen])

  const load = useCallback(async () => {
    if (secret === null) return
    try {
      const found = await readCard(secret)
      keep(found)
      setSeen(found)
      setState('shown')
    } catch (error) {
      if (error instanceof LinkEnded) {
        forget()
        setSeen(null)
        setState('ended')
      } else setState(lastSeen() === null ? 'failed' : 'offline')
    }
  }, [secret])

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useEffect(() => {
    void load()
    // Whoever comes back to the card, or to a connection, sees what is true now.
    const again = () => {
      if (document.visibilityState === 'visible') void load()
    }
    const followed = () => setSecret(secretOf(location.hash))
    addEventListener('online', again)
    addEventListener('hashchange', followed)
    document.addEventListener('visibilitychange', again)
    return () => {
      removeEventListener('online', again)
      removeEventListener('hashchange', followed)
      document.removeEventListener('visibilitychange', again)
    }
  }, [load])

  const other = language === 'en' ? 'tr' : 'en'
  const switchLanguage = () => {
    chooseLanguage(other)
    setLanguage(other)
  }
  const erased = () => {
    forget()
    setSeen(null)
    setState('erased')
  }
  return (
    <Spoken.Provider value={speech}>
      {seen === null || secret === null ? (
        <Closed state={state} again={() => void load()} />
      ) : (
        <main>
          {state === 'offline' && (
            <p class="bar" role="status">
              {speech.say('as_of', { time: speech.time(seen.card.as_of, 'moment') })}
            </p>
          )}
          <Face card={seen.card} />
          <Next card={seen.card} />
          <History secret={secret} first={seen.lines} />
          <Yours secret={secret} card={seen.card} onErased={erased} />
        </main>
      )}
      <footer>
        {seen !== null && (
          <a href={`/join/${encodeURIComponent(seen.card.program.id)}/terms?language=${language}`}>
            {speech.say('terms')}
          </a>
        )}
        <button type="button" class="link" lang={other} onClick={switchLanguage}>
          {speech.say('language')}
        </button>
      </footer>
    </Spoken.Provider>
  )
}

/** What stands where no card is to be seen: why, and what to do. */
function Closed({ state, again }: { state: State; again(): void }) {
  const { say } = useSpeech()
  if (state === 'opening')
    return (
      <main class="closed" aria-busy="true">
        <p>{say('opening')}</p>
      </main>
    )
  if (state === 'failed')
    return (
      <main class="closed">
        <h1>{say('no_answer')}</h1>
        <button type="button" onClick={again}>
          {say('again')}
        </button>
      </main>
    )
  const about = state === 'ended' || state === 'erased' ? state : 'none'
  return (
    <main class="closed">
      <h1>{say(about)}</h1>
      <p>{say(`${about}_more`)}</p>
    </main>
  )
}
