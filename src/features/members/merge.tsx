/** Two members are one person: the other is looked for, and what will be is shown before it is done for good. */

import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import type { Member } from '../../client/index.ts'
import { api, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Reason } from '../../web/console/parts/reason.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { type ActionProps, renewedBy } from './action-props.tsx'
import { plain } from './activity-titles.tsx'
import { actionWords, memberWords } from './screen-words.ts'

export function Merge({ member, onEnd }: ActionProps) {
  const say = useWords(actionWords)
  const [other, setOther] = useState<Member | null>(null)
  const [tried, setTried] = useState(false)
  const merge = useTell(
    (input: { into: string; reason: string }, idempotencyKey) => api.mergeMember(member.id, input, { idempotencyKey }),
    { renews: renewedBy(member), onDone: () => onEnd(say('merged')) },
  )
  return (
    <Reason
      title={say('merge')}
      verb={say('merge_verb')}
      dangerous
      running={merge.isPending}
      error={merge.error}
      onClose={onEnd}
      hint={say('merge_reason_hint')}
      onGiven={(reason) => {
        setTried(true)
        if (other !== null) merge.mutate({ into: other.id, reason })
      }}
    >
      <p className="member-plain">{say('merge_lead')}</p>
      {other === null ? (
        <Find without={member.id} wrong={tried ? say('merge_missing') : undefined} onChosen={setOther} />
      ) : (
        <After from={member} into={other} onAnother={() => setOther(null)} />
      )}
    </Reason>
  )
}

const PAUSE_MS = 250

function Find({
  without,
  wrong,
  onChosen,
}: {
  without: string
  wrong: string | undefined
  onChosen(member: Member): void
}) {
  const say = useWords(actionWords)
  const names = useWords(memberWords)
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MS)
  const found = useAsk(['members', 'q', asked], () => api.listMembers({ q: asked, limit: 6 }), { when: asked !== '' })
  const others = asked === '' ? [] : (found.data?.data ?? []).filter(({ id }) => id !== without)
  return (
    <div>
      <TextInput
        data-autofocus
        label={say('find')}
        value={text}
        error={wrong}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ul className="merge-found">
        {others.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.name ?? names('nameless')}</b>
              <small>{[one.phone, one.email, one.external_id].filter((part) => part !== null).join(' · ')}</small>
            </span>
            <Button variant="default" size="xs" onClick={() => onChosen(one)}>
              {say('choose')}
            </Button>
          </li>
        ))}
      </ul>
      {asked !== '' && found.data !== undefined && others.length === 0 && (
        <p className="member-quiet">{say('nobody')}</p>
      )}
    </div>
  )
}

/** What the one who is left will have: points are added up, and nothing is lost. */
function After({ from, into, onAnother }: { from: Member; into: Member; onAnother(): void }) {
  const say = useWords(actionWords)
  const names = useWords(memberWords)
  const format = useFormats()
  const wallets = [...new Set([...into.balances, ...from.balances].map(({ wallet }) => wallet))]
  const balance = (member: Member, wallet: string) => member.balances.find((one) => one.wallet === wallet)
  return (
    <div>
      <p className="member-plain">
        <b>{say('chosen', { name: into.name ?? names('nameless') })}</b>{' '}
        <Button variant="subtle" size="compact-xs" onClick={onAnother}>
          {say('choose_another')}
        </Button>
      </p>
      <p className="member-quiet">{say('after')}</p>
      <ul className="merge-after">
        {wallets.map((wallet) => {
          const [here, there] = [balance(from, wallet), balance(into, wallet)]
          const decimals = (here ?? there)!.decimals
          const points = (units: number) => format.points(units, decimals)
          const [mine, theirs] = [here?.available ?? 0, there?.available ?? 0]
          return (
            <li key={wallet}>
              {say('sum', {
                here: points(mine),
                there: points(theirs),
                sum: points(mine + theirs),
                wallet: plain(wallet),
              })}
            </li>
          )
        })}
        {from.tier !== null && into.tier !== null && from.tier.level !== into.tier.level && (
          <li>{say('merge_tier', { here: from.tier.name, there: into.tier.name })}</li>
        )}
        <li>{say('merge_cards')}</li>
      </ul>
    </div>
  )
}
