/** A page of the console: its title, one sentence of what it is for, what can be done on it, and its content. */

import { Group, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import './page.css'

export function Page({
  title,
  lead,
  actions,
  children,
  wide = false,
}: {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** Tables and editors take the room that there is; texts are read at most so wide. */
  wide?: boolean
}) {
  useEffect(() => {
    document.title = `${title} · Regulars`
  }, [title])
  return (
    <div className="page" data-wide={wide || undefined}>
      <header className="page-head">
        <div className="page-name">
          <Title order={1}>{title}</Title>
          {lead !== undefined && <p className="page-lead">{lead}</p>}
        </div>
        {actions !== undefined && (
          <Group gap="xs" className="page-actions">
            {actions}
          </Group>
        )}
      </header>
      {children}
    </div>
  )
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  lead,
  actions,
  children,
}: {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="section">
      <header className="section-head">
        <div>
          <Title order={2}>{title}</Title>
          {lead !== undefined && <p className="section-lead">{lead}</p>}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </header>
      {children}
    </section>
  )
}
