/** A dialog that is answered by doing something or by going back; what went wrong stands in it, and nothing typed is lost. */

import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { words } from '../../ui/words.ts'
import { useWords } from '../language.tsx'
import { Problem } from './problem.tsx'

const askingWords = words({
  en: { back: 'Back' },
  tr: { back: 'Geri' },
})

export interface AskingProps {
  title: string
  /** What the button does: “Close the account”. */
  verb: string
  dangerous?: boolean
  opened?: boolean
  running: boolean
  error: unknown
  /** The pointers of fields that show their own mistakes. */
  fields?: readonly string[]
  onClose(): void
  /** A second click while the first is under way does nothing. */
  onMeant(): void
  children?: ReactNode
}

export function Asking({
  title,
  verb,
  dangerous = false,
  opened = true,
  running,
  error,
  fields,
  onClose,
  onMeant,
  children,
}: AskingProps) {
  const say = useWords(askingWords)
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': say('back') }} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!running) onMeant()
        }}
      >
        <Stack>
          {children}
          <Problem error={error} fields={fields} />
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
