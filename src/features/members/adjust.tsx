/** Points are given or taken by hand: what is above one's limit waits for a second person. */

import { SegmentedControl, Select, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { AdjustmentRequest } from '../../client/index.ts'
import { parseMoney } from '../../core/money.ts'
import { api, fieldErrors, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Reason } from '../../web/console/parts/reason.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { type ActionProps, renewedBy } from './action-props.tsx'
import { plain, titled } from './activity-titles.tsx'
import { actionWords } from './screen-words.ts'

export function Adjust({ member, onEnd }: ActionProps) {
  const say = useWords(actionWords)
  const format = useFormats()
  const [wallet, setWallet] = useState(member.balances[0]?.wallet ?? '')
  const [way, setWay] = useState<'give' | 'take'>('give')
  const [amount, setAmount] = useState('')
  const [tried, setTried] = useState(false)
  const decimals = member.balances.find((one) => one.wallet === wallet)?.decimals ?? 0
  const points = pointsIn(amount, decimals)
  const adjust = useTell((body: AdjustmentRequest, idempotencyKey) => api.createAdjustment(body, { idempotencyKey }), {
    renews: renewedBy(member),
    onDone: ({ status, points: booked }) => {
      const text = `${format.points(booked, decimals, 'always')} ${plain(wallet)}`
      if (status !== 'pending_approval') return onEnd(say('adjusted', { points: text }))
      onEnd(
        <>
          {say('waits', { points: text })} <Link to={'/approvals' as never}>{say('to_approvals')}</Link>
        </>,
      )
    },
  })
  const wrong = tried && points === null ? say('points_wrong', { decimals }) : undefined
  return (
    <Reason
      opened
      title={say('adjust')}
      verb={say('adjust_verb')}
      running={adjust.isPending}
      error={adjust.error}
      onClose={onEnd}
      onGiven={(reason) => {
        setTried(true)
        if (points !== null)
          adjust.mutate({ member: member.id, wallet, points: way === 'give' ? points : -points, reason })
      }}
    >
      {member.balances.length > 1 && (
        <Select
          label={say('wallet')}
          value={wallet}
          allowDeselect={false}
          onChange={(value) => setWallet(value ?? wallet)}
          data={member.balances.map((one) => ({ value: one.wallet, label: titled(one.wallet) }))}
        />
      )}
      <SegmentedControl
        aria-label={say('adjust')}
        value={way}
        onChange={(value) => setWay(value as 'give' | 'take')}
        data={[
          { value: 'give', label: say('give') },
          { value: 'take', label: say('take') },
        ]}
      />
      <TextInput
        data-autofocus
        label={say('points')}
        description={say('adjust_hint')}
        inputMode="decimal"
        value={amount}
        error={fieldErrors(adjust.error)['/points'] ?? wrong}
        onBlur={() => setTried(amount !== '')}
        onChange={(event) => setAmount(event.currentTarget.value)}
      />
    </Reason>
  )
}

/** In the wallet's smallest unit; with a point or a comma, as people of different languages write it. */
function pointsIn(text: string, decimals: number): number | null {
  const points = parseMoney(text.trim().replace(',', '.'), decimals)
  return points === null || points === 0 ? null : points
}
