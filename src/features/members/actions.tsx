/** What can be done about a member, each for those who have the right: which dialog is open stands in the address. */

import { Button, Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Member } from '../../client/index.ts'
import { api, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Problem } from '../../web/console/parts/problem.tsx'
import { useSession } from '../../web/console/session.tsx'
import { saveAs } from '../../web/ui/save.ts'
import type { ActionProps } from './action-props.tsx'
import { Adjust } from './adjust.tsx'
import { Extend, GiveLevel, Redeem } from './giving.tsx'
import { Close, Erase, Reopen } from './leaving.tsx'
import { Merge } from './merge.tsx'
import { actionWords } from './screen-words.ts'

type Name = 'adjust' | 'redeem' | 'tier' | 'extend' | 'merge' | 'close' | 'reopen' | 'erase'

const DIALOGS: Record<Name, { right: string; show: (props: ActionProps) => ReactNode }> = {
  adjust: { right: 'adjust', show: Adjust },
  redeem: { right: 'redeem', show: Redeem },
  tier: { right: 'give', show: GiveLevel },
  extend: { right: 'keep', show: Extend },
  merge: { right: 'merge', show: Merge },
  close: { right: 'close', show: Close },
  reopen: { right: 'close', show: Reopen },
  erase: { right: 'close', show: Erase },
}

/** What makes sense for an account in this state. */
const POSSIBLE: Record<Member['status'], readonly Name[]> = {
  active: ['adjust', 'redeem', 'tier', 'extend', 'merge', 'close', 'erase'],
  closed: ['reopen', 'erase'],
  merged: [],
  erased: [],
}

export function Actions({ member, onSaid }: { member: Member; onSaid(said: ReactNode): void }) {
  const say = useWords(actionWords)
  const { may } = useSession()
  const [filters, change] = useFilters()
  const possible = POSSIBLE[member.status].filter((name) => may(DIALOGS[name].right))
  const [first, ...rest] = possible
  const take = useTell(async (id: string) => saveAs(asFile(await api.exportMember(id)), `${id}.json`), {
    onDone: () => onSaid(say('exported')),
  })
  const link = useTell((id: string, idempotencyKey) => api.createCardLink(id, { idempotencyKey }), {
    onDone: ({ link: made }) =>
      onSaid(
        made === null ? (
          say('link_before')
        ) : (
          <>
            {say('link_made')} <code className="member-link">{made}</code>
          </>
        ),
      ),
  })
  const open = (name: Name) => change({ do: name, cursor: filters['cursor'] })
  const wanted = possible.find((name) => name === filters['do'])
  const Dialog = wanted === undefined ? null : DIALOGS[wanted].show
  const onEnd = (said?: ReactNode) => {
    change({ do: undefined, cursor: filters['cursor'] }, 'replace')
    if (said !== undefined) onSaid(said)
  }
  const mayExport = may('close') && member.status !== 'merged'
  return (
    <>
      <Problem error={take.error ?? link.error} />
      {first !== undefined && (
        <Button variant={first === 'adjust' ? 'filled' : 'default'} onClick={() => open(first)}>
          {say(first)}
        </Button>
      )}
      {(rest.length > 0 || mayExport) && (
        <Menu position="bottom-end" width={260}>
          <Menu.Target>
            <Button variant="default">{say('more')}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((name) => (
              <Menu.Item key={name} color={name === 'erase' ? 'red' : undefined} onClick={() => open(name)}>
                {say(name)}
              </Menu.Item>
            ))}
            {member.status === 'active' && may('serve') && (
              <Menu.Item onClick={() => link.mutate(member.id)}>{say('link')}</Menu.Item>
            )}
            {mayExport && <Menu.Item onClick={() => take.mutate(member.id)}>{say('export')}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
      {Dialog !== null && <Dialog member={member} onEnd={onEnd} />}
    </>
  )
}

function asFile(content: unknown): Blob {
  return new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' })
}
