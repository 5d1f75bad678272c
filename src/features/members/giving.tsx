/** What is given to a member by hand: a reward for their points, a level, more time. */

import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Extension } from '../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Asking } from '../../web/console/parts/asking.tsx'
import { Reason } from '../../web/console/parts/reason.tsx'
import { useProgram } from '../../web/console/session.tsx'
import { type ActionProps, renewedBy } from './action-props.tsx'
import { plain, titled } from './activity-titles.tsx'
import { actionWords } from './screen-words.ts'

/** What of the program file is read here. */
interface Settings {
  rewards?: { id: string; name?: string; cost?: string | number }[]
  tiers?: { levels: { id: string; name?: string }[] }
  wallets?: Record<string, { decimals?: number }>
}

export function useSettings(): Settings {
  const { id } = useProgram()
  const program = useAsk(['program', id], () => api.getProgram(id))
  return (program.data?.program ?? {}) as Settings
}

export function Redeem({ member, onEnd }: ActionProps) {
  const say = useWords(actionWords)
  const { rewards = [] } = useSettings()
  const [reward, setReward] = useState<string | null>(null)
  const [tried, setTried] = useState(false)
  // Rewards without a cost are given by the program alone.
  const offered = rewards.filter(({ cost }) => cost !== undefined)
  const nameOf = (id: string) => offered.find((one) => one.id === id)?.name ?? plain(id)
  const redeem = useTell(
    (id: string, idempotencyKey) =>
      api.createRedemption({ member: member.id, reward: id, capture: true }, { idempotencyKey }),
    {
      renews: renewedBy(member),
      onDone: ({ reward: id, voucher }) =>
        onEnd(
          `${say('redeemed', { reward: nameOf(id) })} ${voucher === null ? '' : say('voucher_is', { code: voucher })}`,
        ),
    },
  )
  return (
    <Asking
      title={say('redeem')}
      verb={say('redeem_verb')}
      running={redeem.isPending}
      error={redeem.error}
      onClose={onEnd}
      onMeant={() => {
        setTried(true)
        if (reward !== null) redeem.mutate(reward)
      }}
    >
      <Select
        data-autofocus
        searchable
        label={say('reward')}
        value={reward}
        onChange={setReward}
        error={tried && reward === null ? say('reward_missing') : undefined}
        data={offered.map(({ id, name, cost }) => ({ value: id, label: `${name ?? plain(id)} · ${cost}` }))}
      />
    </Asking>
  )
}

export function GiveLevel({ member, onEnd }: ActionProps) {
  const say = useWords(actionWords)
  const { tiers } = useSettings()
  const [level, setLevel] = useState<string | null>(null)
  const [months, setMonths] = useState('')
  const [tried, setTried] = useState(false)
  const give = useTell(
    (body: { level: string; months?: number; reason: string }, idempotencyKey) =>
      api.giveTier(member.id, body, { idempotencyKey }),
    { renews: renewedBy(member), onDone: () => onEnd(say('tier_given')) },
  )
  const errors = fieldErrors(give.error)
  return (
    <Reason
      opened
      title={say('tier')}
      verb={say('tier_verb')}
      running={give.isPending}
      error={give.error}
      onClose={onEnd}
      onGiven={(reason) => {
        setTried(true)
        if (level !== null) give.mutate({ level, reason, ...(months === '' ? {} : { months: Number(months) }) })
      }}
    >
      <Select
        data-autofocus
        label={say('level')}
        value={level}
        onChange={setLevel}
        error={errors['/level'] ?? (tried && level === null ? say('level_missing') : undefined)}
        data={(tiers?.levels ?? []).map(({ id, name }) => ({ value: id, label: titled(name ?? id) }))}
      />
      <TextInput
        label={say('months')}
        description={say('months_hint')}
        type="number"
        min={1}
        value={months}
        error={errors['/months']}
        onChange={(event) => setMonths(event.currentTarget.value)}
      />
    </Reason>
  )
}

export function Extend({ member, onEnd }: ActionProps) {
  const say = useWords(actionWords)
  const [wallet, setWallet] = useState(member.balances[0]?.wallet ?? '')
  const [until, setUntil] = useState('')
  const [since, setSince] = useState('')
  const [tried, setTried] = useState(false)
  const extend = useTell((body: Extension, idempotencyKey) => api.extendPoints(member.id, body, { idempotencyKey }), {
    renews: renewedBy(member),
    onDone: () => onEnd(say('extended')),
  })
  const errors = fieldErrors(extend.error)
  return (
    <Reason
      opened
      title={say('extend')}
      verb={say('extend_verb')}
      running={extend.isPending}
      error={extend.error}
      onClose={onEnd}
      onGiven={(reason) => {
        setTried(true)
        if (until !== '') extend.mutate({ wallet, until, reason, ...(since === '' ? {} : { expired_since: since }) })
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
      <TextInput
        data-autofocus
        type="date"
        label={say('until')}
        value={until}
        error={errors['/until'] ?? (tried && until === '' ? say('until_missing') : undefined)}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={say('since')}
        description={say('since_hint')}
        value={since}
        error={errors['/expired_since']}
        onChange={(event) => setSince(event.currentTarget.value)}
      />
    </Reason>
  )
}
