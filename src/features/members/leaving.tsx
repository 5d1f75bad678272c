/** An account is closed, opened again, or the person erased: each with a reason, the last with a word typed out. */

import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Member } from '../../client/index.ts'
import { api, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Reason } from '../../web/console/parts/reason.tsx'
import { type ActionProps, renewedBy } from './action-props.tsx'
import { actionWords } from './screen-words.ts'

export function Close(props: ActionProps) {
  return <Leave {...props} name="close" done="closed" tell={api.closeMember.bind(api)} />
}

export function Reopen(props: ActionProps) {
  return <Leave {...props} name="reopen" done="reopened" tell={api.reopenMember.bind(api)} />
}

function Leave({
  member,
  onEnd,
  name,
  done,
  tell,
}: ActionProps & {
  name: 'close' | 'reopen'
  done: 'closed' | 'reopened'
  tell(id: string, body: { reason: string }, options: { idempotencyKey: string }): PromiseLike<Member>
}) {
  const say = useWords(actionWords)
  const leave = useTell((reason: string, idempotencyKey) => tell(member.id, { reason }, { idempotencyKey }), {
    renews: renewedBy(member),
    onDone: () => onEnd(say(done)),
  })
  return (
    <Reason
      opened
      title={say(name)}
      verb={say(name)}
      dangerous={name === 'close'}
      running={leave.isPending}
      error={leave.error}
      onClose={onEnd}
      onGiven={leave.mutate}
    >
      {name === 'close' && <p className="member-plain">{say('close_lead')}</p>}
    </Reason>
  )
}

/** What cannot be undone asks for the name, which nobody types by mistake. */
export function Erase({ member, onEnd }: ActionProps) {
  const say = useWords(actionWords)
  const [typed, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const name = member.name ?? member.id
  const isSame = typed.trim() === name
  const erase = useTell(
    (reason: string, idempotencyKey) => api.eraseMember(member.id, { reason }, { idempotencyKey }),
    { renews: [...renewedBy(member), ['notes', member.id]], onDone: () => onEnd(say('erased')) },
  )
  return (
    <Reason
      opened
      title={say('erase')}
      verb={say('erase')}
      dangerous
      running={erase.isPending}
      error={erase.error}
      onClose={onEnd}
      onGiven={(reason) => {
        setTried(true)
        if (isSame) erase.mutate(reason)
      }}
    >
      <p className="member-plain">{say('erase_lead')}</p>
      <TextInput
        data-autofocus
        label={say('erase_type', { name })}
        value={typed}
        autoComplete="off"
        error={tried && !isSame ? say('erase_wrong') : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Reason>
  )
}
