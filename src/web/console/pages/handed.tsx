/** A secret that is shown this once, with a button that copies it. */

import { Button, CopyButton, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import './access.css'

export function Handed({
  title,
  more,
  secret,
  copy,
  copied,
  children,
}: {
  title: string
  more: string
  secret: string
  copy: string
  copied: string
  children?: ReactNode
}) {
  return (
    <div className="handed" role="status">
      <h2>{title}</h2>
      <p>{more}</p>
      <code className="secret">{secret}</code>
      <Group gap="xs">
        <CopyButton value={secret}>
          {({ copied: done, copy: take }) => <Button onClick={take}>{done ? copied : copy}</Button>}
        </CopyButton>
        {children}
      </Group>
    </div>
  )
}
