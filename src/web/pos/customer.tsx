/** @jsxImportSource preact */
/** What the customer sees, in a second window that faces them. */

import { useEffect, useState } from 'preact/hooks'
import { renderSVG } from 'uqr'
import { useTill } from './parts.tsx'
import { listen, type Told } from './told.ts'

export function Customer() {
  const { till, say } = useTill()
  const [told, setTold] = useState<Told>({ at: 'idle' })
  useEffect(() => listen(setTold), [])
  return (
    <main class="customer">
      <p class="business">{till.state?.business}</p>
      <Facing told={told} />
      {told.at === 'idle' && till.state !== undefined && (
        <figure class="join">
          <Code text={new URL(till.state.join_page, location.origin).href} />
          <figcaption>{say('join_help')}</figcaption>
        </figure>
      )}
    </main>
  )
}

function Facing({ told }: { told: Told }) {
  const { say } = useTill()
  if (told.at === 'idle') return <h1>{say('join')}</h1>
  if (told.at === 'consent') return <p class="consent">{told.text}</p>
  if (told.at === 'greeting')
    return (
      <>
        <h1>{say('hello', { name: told.name })}</h1>
        <p class="say">{say('you_have', { points: told.points, wallet: told.wallet })}</p>
      </>
    )
  if (told.at === 'sale')
    return (
      <>
        <h1>{told.toPay}</h1>
        {told.earns !== '' && <p class="say">{say('you_earn', { points: told.earns })}</p>}
      </>
    )
  return (
    <>
      <h1>{say('thanks')}</h1>
      {told.points !== null && <p class="say">{say('you_got', { points: told.points, wallet: told.wallet })}</p>}
    </>
  )
}

function Code({ text }: { text: string }) {
  const address = `data:image/svg+xml,${encodeURIComponent(renderSVG(text, { border: 2 }))}`
  return <img src={address} alt={text} width="220" height="220" />
}
