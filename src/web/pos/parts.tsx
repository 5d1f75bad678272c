/** @jsxImportSource preact */
/** What the till's screens are made of: the till and the language for all of them, the pad of digits, problems, points and money. */

import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { formatMoney, formatPoints } from '../ui/format.ts'
import type { Language, Say } from '../ui/words.ts'
import type { Problem } from './queue.ts'
import type { Till } from './till.ts'
import { type TillWord, texts } from './till-words.ts'

export interface Shared {
  till: Till
  language: Language
  say: Say<TillWord>
}

export const SharedContext = createContext<Shared | null>(null)

/** The till, drawn again whenever something about it changes. */
export function useTill(): Shared {
  const shared = useContext(SharedContext)!
  const [, draw] = useState(0)
  useEffect(() => shared.till.listen(() => draw((count) => count + 1)), [shared.till])
  return shared
}

export function useFormats() {
  const { till, language } = useContext(SharedContext)!
  const wallets = till.state?.wallets ?? []
  return {
    money: (minor: number) => formatMoney(minor, till.state?.currency ?? 'USD', language),
    points: (units: number, wallet: string) =>
      formatPoints(units, wallets.find((one) => one.wallet === wallet)?.decimals ?? 0, language),
    walletName: (wallet: string) => wallets.find((one) => one.wallet === wallet)?.name ?? wallet,
  }
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

/** Large digits for fingers; what they do is the same as what keys do. */
export function Pad({ onDigit, onErase, extra }: { onDigit(digit: string): void; onErase(): void; extra?: string }) {
  const { say } = useTill()
  return (
    <div class="pad">
      {[...DIGITS, extra ?? '', '0'].map((digit) =>
        digit === '' ? (
          <span key="gap" />
        ) : (
          <button key={digit} type="button" class="digit" onClick={() => onDigit(digit)}>
            {digit}
          </button>
        ),
      )}
      <button type="button" class="digit" aria-label={say('erase')} onClick={onErase}>
        <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">
          <path d="M9 5h11v14H9l-6-7zM12 9.5l5 5m0-5l-5 5" />
        </svg>
      </button>
    </div>
  )
}

export function Trouble({ problem }: { problem: Problem | null }) {
  const { say } = useTill()
  if (problem === null) return null
  return (
    <p class="trouble" role="alert">
      {sayProblem(say, problem)}
    </p>
  )
}

function sayProblem(say: Say<TillWord>, { code, reason }: Problem): string {
  const name = `problem_${code}`
  return name in texts.en ? say(name as TillWord) : say('problem_other', { reason: reason === '' ? code : reason })
}

export function Big({
  children,
  onClick,
  quiet = false,
  disabled = false,
}: {
  children: ComponentChildren
  onClick?: () => void
  quiet?: boolean
  disabled?: boolean
}) {
  return (
    <button
      type={onClick ? 'button' : 'submit'}
      class={quiet ? 'big quiet' : 'big'}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  )
}

interface Keys {
  digit(digit: string): void
  erase(): void
  enter(): void
  escape(): void
}

/** Keys do what the pad does. A scanner presses them faster than effects follow, so it is always the latest that acts. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  // Before the screen is painted: nobody can press a key for it sooner.
  useLayoutEffect(() => {
    const press = ({ key, target }: KeyboardEvent) => {
      if (/^\d$/.test(key)) latest.current.digit(key)
      else if (key === 'Backspace') latest.current.erase()
      else if (key === 'Escape') latest.current.escape()
      // A button that has the focus is pressed by the key itself.
      else if (key === 'Enter' && !(target instanceof HTMLButtonElement)) latest.current.enter()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}
