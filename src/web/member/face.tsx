/** @jsxImportSource preact */
/** The face of the card: whose it is, what is on it, and the code that a till reads. */

import { useMemo } from 'preact/hooks'
import { renderSVG } from 'uqr'
import type { Card } from '../../client/index.ts'
import { formatPoints } from '../ui/format.ts'
import { useSpeech } from './speech.ts'

export function Face({ card }: { card: Card }) {
  const { say, language, points, money } = useSpeech()
  const { program, name, tier, card_number, balances } = card
  const [main, ...others] = balances
  // Scanners count on dark modules on light ground, in dark mode as well.
  const code = useMemo(
    () => renderSVG(card_number, { ecc: 'M', border: 2, whiteColor: '#fff', blackColor: '#10231d' }),
    [card_number],
  )
  const grouped = card_number.replace(/(.{4})(?=.)/g, '$1 ')
  return (
    <section class="face" aria-label={say('card')}>
      <header>
        <h1>{program.name}</h1>
        {tier !== null && <p class="level">{tier.name}</p>}
      </header>
      <div class="face-body">
        <div class="face-have">
          {name !== null && <p class="quiet">{say('hello', { name })}</p>}
          {main !== undefined && (
            <>
              <p class="balance">{formatPoints(main.available, main.decimals, language)}</p>
              <p class="wallet">{main.wallet.replaceAll(/[-_]/g, ' ')}</p>
            </>
          )}
          {others.map(({ wallet, available, decimals }) => (
            <p key={wallet} class="quiet">
              {points(available, wallet, decimals)}
            </p>
          ))}
          {main !== undefined && main.pending > 0 && (
            <p class="quiet">{say('pending', { points: points(main.pending, main.wallet, main.decimals) })}</p>
          )}
          {main !== undefined && main.debt > 0 && (
            <p class="quiet">{say('owed', { points: points(main.debt, main.wallet, main.decimals) })}</p>
          )}
          {card.membership !== null && card.membership.saved > 0 && <p class="quiet">{money(card.membership.saved)}</p>}
        </div>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the code is drawn here from the digits of a card. */}
        <div class="code" role="img" aria-label={say('show')} dangerouslySetInnerHTML={{ __html: code }} />
      </div>
      <p class="number">{grouped}</p>
    </section>
  )
}
