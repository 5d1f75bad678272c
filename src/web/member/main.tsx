/** @jsxImportSource preact */
/** A door: the member's card. It opens with the private link, and from then on also without a connection. */

import { render } from 'preact'
import { CardScreen } from './card-screen.tsx'
import './card.css'

render(<CardScreen />, document.getElementById('screen')!)

if ('serviceWorker' in navigator)
  navigator.serviceWorker.register('/card/worker.js', { scope: '/card', type: 'module' }).catch(() => {
    // Without it the card works as long as there is a connection, as on pages that are not served over TLS.
  })
