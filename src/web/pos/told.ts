/** What the cashier's window tells the customer's: nothing that others in the queue should not see. */

export type Told =
  | { at: 'idle' }
  | { at: 'consent'; text: string }
  | { at: 'greeting'; name: string; wallet: string; points: string }
  | { at: 'sale'; name: string; toPay: string; earns: string }
  | { at: 'done'; name: string; wallet: string; points: string | null }

const CHANNEL = 'regulars-till-customer'
const channel = new BroadcastChannel(CHANNEL)
let last: Told | null = null

/** A window that opens later asks for it; the customer's own has told nothing, and is silent. */
channel.addEventListener('message', ({ data }: MessageEvent<Told | 'what'>) => {
  if (data === 'what' && last !== null) channel.postMessage(last)
})

export function tell(told: Told): void {
  last = told
  channel.postMessage(told)
}

export function listen(listener: (told: Told) => void): () => void {
  const listening = new BroadcastChannel(CHANNEL)
  listening.addEventListener('message', ({ data }: MessageEvent<Told | 'what'>) => {
    if (data !== 'what') listener(data)
  })
  listening.postMessage('what')
  return () => listening.close()
}
