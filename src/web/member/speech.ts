/** The language of whoever looks at their card, and values written in it. */

import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Card } from '../../client/index.ts'
import { formatMoney, formatPoints, formatTime, type TimeStyle } from '../ui/format.ts'
import { type Language, type Say, speaker } from '../ui/words.ts'
import { cardWords } from './words.ts'

export interface Speech {
  language: Language
  say: Say<keyof (typeof cardWords)['en']>
  money(minor: number): string
  /** "36 stars". */
  points(units: number, wallet: string, decimals: number): string
  time(instant: string, style: TimeStyle): string
}

export function speechOf(language: Language, program: Card['program'] | null): Speech {
  const { currency = 'USD', timezone = 'UTC' } = program ?? {}
  return {
    language,
    say: speaker(cardWords, language),
    money: (minor) => formatMoney(minor, currency, language),
    points: (units, wallet, decimals) =>
      `${formatPoints(units, decimals, language)} ${wallet.replaceAll(/[-_]/g, ' ')}`,
    time: (instant, style) => formatTime(instant, style, language, timezone),
  }
}

export const Spoken = createContext<Speech>(speechOf('en', null))

export function useSpeech(): Speech {
  return useContext(Spoken)
}
