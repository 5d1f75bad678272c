/** @jsxImportSource preact */
/** A door: the till, or with `/till/customer` what the customer sees of it. */

import { render } from 'preact'
import { useState } from 'preact/hooks'
import { chooseLanguage, chosenLanguage, speaker } from '../ui/words.ts'
import { Customer } from './customer.tsx'
import { type Shared, SharedContext } from './parts.tsx'
import { Screens } from './screens.tsx'
import './till.css'
import { Till } from './till.ts'
import { texts } from './till-words.ts'

const isCustomers = location.pathname.replace(/\/$/, '') === '/till/customer'

function App({ till }: { till: Till }) {
  const [language, setLanguage] = useState(chosenLanguage)
  document.documentElement.lang = language
  const shared: Shared = { till, language, say: speaker(texts, language) }
  const turn = () => {
    const other = language === 'en' ? 'tr' : 'en'
    chooseLanguage(other)
    setLanguage(other)
  }
  return (
    <SharedContext.Provider value={shared}>
      {isCustomers ? <Customer /> : <Screens onLanguage={turn} />}
    </SharedContext.Provider>
  )
}

const place = document.getElementById('screen')!
if (window.isSecureContext) {
  render(<App till={await Till.open()} />, place)
  void navigator.serviceWorker.register('/till/worker.js', { scope: '/till' })
} else {
  render(<p class="trouble">{speaker(texts, chosenLanguage())('insecure')}</p>, place)
}
