/** A dialog that asks why, before something is done that others will want to understand. */

import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { words } from '../../ui/words.ts'
import { fieldErrors } from '../api.ts'
import { useWords } from '../language.tsx'
import { Asking, type AskingProps } from './asking.tsx'

const reasonWords = words({
  en: { reason: 'Reason', hint: 'Others will read it beside what you did.', missing: 'Please say why.' },
  tr: { reason: 'Neden', hint: 'Başkaları bunu işlemin yanında okuyacak.', missing: 'Lütfen nedenini yazın.' },
})

export interface ReasonProps extends Omit<AskingProps, 'fields' | 'onMeant'> {
  /** What to know of the reason, where that is not what it always is. */
  hint?: string
  onGiven(reason: string): void
}

export function Reason({ hint, onGiven, children, ...asking }: ReasonProps) {
  const say = useWords(reasonWords)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = tried && reason.trim() === '' ? say('missing') : undefined
  const give = () => {
    setTried(true)
    if (reason.trim() !== '') onGiven(reason.trim())
  }
  return (
    <Asking {...asking} fields={['/reason']} onMeant={give}>
      {children}
      <Textarea
        data-autofocus
        label={say('reason')}
        description={hint ?? say('hint')}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        error={fieldErrors(asking.error)['/reason'] ?? missing}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Asking>
  )
}
