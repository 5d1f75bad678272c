/** A dialog that asks why, before something is done that others will want to understand. */

import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { words } from '../../ui/words.ts'
import { fieldErrors } from '../api.ts'
import { useWords } from '../language.tsx'
import { Problem } from './problem.tsx'

const reasonWords = words({
  en: { reason: 'Reason', hint: 'Others will read it beside what you did.', missing: 'Please say why.', back: 'Back' },
  tr: {
    reason: 'Neden',
    hint: 'Başkaları bunu işlemin yanında okuyacak.',
    missing: 'Lütfen nedenini yazın.',
    back: 'Geri',
  },
})

export function Reason({
  title,
  verb,
  dangerous = false,
  opened,
  running,
  error,
  onClose,
  onGiven,
  children,
}: {
  title: string
  /** What the button does: “Close the account”. */
  verb: string
  dangerous?: boolean
  opened: boolean
  running: boolean
  error: unknown
  onClose(): void
  onGiven(reason: string): void
  children?: ReactNode
}) {
  const say = useWords(reasonWords)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = tried && reason.trim() === '' ? say('missing') : undefined
  const give = () => {
    setTried(true)
    if (reason.trim() !== '' && !running) onGiven(reason.trim())
  }
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': say('back') }} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          give()
        }}
      >
        <Stack>
          {children}
          <Textarea
            data-autofocus
            label={say('reason')}
            description={say('hint')}
            value={reason}
            maxLength={500}
            autosize
            minRows={2}
            error={fieldErrors(error)['/reason'] ?? missing}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Problem error={error} fields={['/reason']} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('back')}
            </Button>
            <Button type="submit" loading={running} color={dangerous ? 'red' : undefined}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
