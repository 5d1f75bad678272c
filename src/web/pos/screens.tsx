/** @jsxImportSource preact */
/** The cashier's screens: which one is shown, and the bar above all of them. */

import { useEffect, useState } from 'preact/hooks'
import type { DeedAnswer, TillMember, TillReceipt } from '../../client/calls.ts'
import { Enrol } from './enrol.tsx'
import { Pair, ShiftEntry } from './entry.tsx'
import { Find } from './find.tsx'
import { useTill } from './parts.tsx'
import { QueueView } from './queue-view.tsx'
import { Receipt } from './receipt.tsx'
import { Sale } from './sale.tsx'
import type { Who } from './till.ts'
import { tell } from './told.ts'

/** What was just done, shown beside the field for the next customer. */
export interface Last {
  what: 'sold' | 'enrolled' | 'returned' | 'undone'
  id: string
  name: string | null
  answer: DeedAnswer | null
  /** What is to be handed over. */
  give: readonly string[]
  at: number
}

export type View =
  | { at: 'find' }
  | { at: 'sale'; who: Who | null; member: TillMember | null }
  | { at: 'enrol'; phone: string }
  | { at: 'receipt'; receipt: TillReceipt }
  | { at: 'queue' }

const THANKS_MS = 6_000
/** After so long without a touch the screen locks, in ms. */
const IDLE_MS = 5 * 60_000

export function Screens({ onLanguage }: { onLanguage(): void }) {
  const { till } = useTill()
  const [view, setView] = useState<View>({ at: 'find' })
  const [last, setLast] = useState<Last | null>(null)
  useIdleLock()
  useEffect(() => {
    if (view.at !== 'find') return undefined
    // Whoever bought something reads what they got before the next customer is greeted.
    const timer = setTimeout(() => tell({ at: 'idle' }), last === null ? 0 : THANKS_MS)
    return () => clearTimeout(timer)
  }, [view.at, last])
  if (!till.isPaired) return <Pair />
  const isOpen = till.shift !== undefined && !till.shift.locked && till.shift.ends > Date.now()
  const home = () => setView({ at: 'find' })
  const finish = (done: Last | null) => {
    setLast(done)
    home()
  }
  return (
    <>
      <Bar
        isOpen={isOpen}
        onQueue={() => setView({ at: view.at === 'queue' ? 'find' : 'queue' })}
        onLanguage={onLanguage}
      />
      {!isOpen ? (
        <ShiftEntry />
      ) : view.at === 'sale' ? (
        <Sale who={view.who} member={view.member} onDone={finish} onBack={home} />
      ) : view.at === 'enrol' ? (
        <Enrol phone={view.phone} onBack={home} onDone={setView} onLast={setLast} />
      ) : view.at === 'receipt' ? (
        <Receipt receipt={view.receipt} onDone={finish} onBack={home} />
      ) : view.at === 'queue' ? (
        <QueueView onBack={home} />
      ) : (
        <Find last={last} onLast={setLast} onView={setView} />
      )}
    </>
  )
}

function useIdleLock(): void {
  const { till } = useTill()
  useEffect(() => {
    let timer = setTimeout(() => void till.lock(), IDLE_MS)
    const touched = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void till.lock(), IDLE_MS)
    }
    for (const event of ['pointerdown', 'keydown']) window.addEventListener(event, touched)
    return () => {
      clearTimeout(timer)
      for (const event of ['pointerdown', 'keydown']) window.removeEventListener(event, touched)
    }
  }, [till])
}

function Bar({ isOpen, onQueue, onLanguage }: { isOpen: boolean; onQueue(): void; onLanguage(): void }) {
  const { till, say } = useTill()
  const waiting = till.waiting.filter(({ state }) => state === 'waiting').length
  const failed = till.waiting.length - waiting
  const state = failed > 0 ? 'failed' : !till.reachable ? 'offline' : waiting > 0 ? 'waiting' : 'online'
  const words = [
    ...(till.reachable && waiting + failed > 0 ? [] : [say(till.reachable ? 'online' : 'offline')]),
    ...(waiting > 0 ? [say('queue_count', { count: waiting })] : []),
    ...(failed > 0 ? [say('queue_failed', { count: failed })] : []),
  ]
  return (
    <header class="bar">
      <p class="where">
        <strong>{till.state?.business}</strong> <span>{till.state?.device.name}</span>
        {till.state?.mode === 'test' && <em class="test">{say('test_mode')}</em>}
      </p>
      <button type="button" class={`state ${state}`} data-waiting={waiting} onClick={onQueue}>
        {words.join(' · ')}
      </button>
      {isOpen && (
        <>
          <a class="tool" href="/till/customer" target="regulars-customer">
            {say('customer_view')}
          </a>
          <button type="button" class="tool" onClick={() => void till.lock()}>
            {say('lock')}
          </button>
        </>
      )}
      {!isOpen && (
        <button type="button" class="tool" onClick={onLanguage}>
          {say('language')}
        </button>
      )}
    </header>
  )
}
