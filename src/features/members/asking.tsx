/** What the dialogs about a member have in common, and the dialog of those that need no reason. */

import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Member } from '../../client/index.ts'
import { useWords } from '../../web/console/language.tsx'
import { Problem } from '../../web/console/parts/problem.tsx'
import { actionWords } from './screen-words.ts'

export interface ActionProps {
  member: Member
  /** Closes the dialog; with a sentence, it was done. */
  onEnd(said?: ReactNode): void
}

/** What every action changes: the member, the time line, and what waits for a second person. */
export function renewedBy({ id }: Member) {
  return [['member', id], ['activities', id], ['members'], ['adjustments']] as const
}

export function Asking({
  title,
  verb,
  dangerous = false,
  running,
  error,
  onClose,
  onMeant,
  children,
}: {
  title: string
  verb: string
  dangerous?: boolean
  running: boolean
  error: unknown
  onClose(): void
  onMeant(): void
  children: ReactNode
}) {
  const say = useWords(actionWords)
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': say('back') }} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!running) onMeant()
        }}
      >
        <Stack>
          {children}
          <Problem error={error} />
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
