/** The reader's language, for all that a screen says. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { chooseLanguage, chosenLanguage, type Language, type Say, speaker, type Words } from '../ui/words.ts'

const Chosen = createContext<{ language: Language; choose(language: Language): void } | null>(null)

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(chosenLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const choose = (next: Language) => {
    chooseLanguage(next)
    setLanguage(next)
  }
  return <Chosen value={{ language, choose }}>{children}</Chosen>
}

export function useLanguage() {
  const chosen = useContext(Chosen)
  if (chosen === null) throw new Error('the screen stands inside of a LanguageProvider')
  return chosen
}

/** A function that says messages of these words in the reader's language. */
export function useWords<Name extends string>(texts: Words<Name>): Say<Name> {
  const { language } = useLanguage()
  return useMemo(() => speaker(texts, language), [texts, language])
}
