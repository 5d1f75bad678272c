/** What screens say: messages in the ICU format, in each language, beside the screen that says them. */

import { IntlMessageFormat } from 'intl-messageformat'

export type Language = 'en' | 'tr'
export const LANGUAGES: readonly Language[] = ['en', 'tr']

type Texts = Readonly<Record<string, string>>
export type Words<Name extends string = string> = Readonly<Record<Language, Readonly<Record<Name, string>>>>
export type Values = Readonly<Record<string, string | number | boolean | Date>>
export type Say<Name extends string = string> = (name: Name, values?: Values) => string

/** The messages of a screen; a language that lacks one is an error of types. */
export function words<const English extends Texts>(texts: {
  en: English
  tr: { readonly [Name in keyof English]: string }
}): Words<keyof English & string> {
  return texts
}

/** Messages are parsed once, by language and text. */
const parsed = new Map<string, IntlMessageFormat>()

/** A function that says a message of these words in a language. */
export function speaker<Name extends string>(texts: Words<Name>, language: Language): Say<Name> {
  return (name, values) => {
    const text = texts[language][name]
    const key = `${language}\u0000${text}`
    let format = parsed.get(key)
    if (format === undefined) parsed.set(key, (format = new IntlMessageFormat(text, language)))
    return String(format.format(values))
  }
}

const KEPT = 'regulars-language'

/** The language that somebody chose here, or else the browser's. */
export function chosenLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  const wanted = [kept, ...navigator.languages].map((one) => one?.split('-')[0])
  return LANGUAGES.find((one) => one === wanted.find((asked) => LANGUAGES.includes(asked as Language))) ?? 'en'
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEPT, language)
}
