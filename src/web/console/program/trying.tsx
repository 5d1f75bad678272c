/** A past order, decided again under the draft and under the program of now, side by side. */

import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { TriedOrder, TriedSide } from '../../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { useFilters } from '../parts/filters.ts'
import { Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram } from '../session.tsx'
import { inWords } from './fields.ts'
import { draftWords } from './program-words.ts'

export function Trying({ id, text, isSound }: { id: string; text: string; isSound: boolean }) {
  const say = useWords(draftWords)
  const program = useProgram()
  const [filters, filter] = useFilters()
  const [order, setOrder] = useState(filters['order'] ?? '')
  const tell = useTell((input: { order: string; source: string }) => api.tryDraft(program.id, id, input))
  const decide = (wanted: string) => {
    setOrder(wanted)
    filter({ order: wanted }, 'replace')
    tell.mutate({ order: wanted.trim(), source: text })
  }
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (order.trim() !== '' && isSound) decide(order)
        }}
      >
        <Group gap="sm" className="try-form">
          <TextInput
            label={say('order')}
            description={say('order_hint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={order}
            error={fieldErrors(tell.error)['/order']}
            onChange={(event) => setOrder(event.currentTarget.value)}
          />
          <Button type="submit" loading={tell.isPending} disabled={!isSound}>
            {say('decide')}
          </Button>
        </Group>
      </form>
      {!isSound && <p className="field-wrong">{say('unsound')}</p>}
      <Problem error={tell.error} fields={['/order']} />
      {tell.data !== undefined && <Tried tried={tell.data} />}
      {isSound && tell.data === undefined && <Recent decide={decide} />}
    </>
  )
}

/** The latest orders of members, for whoever has no number at hand. */
function Recent({ decide }: { decide(order: string): void }) {
  const say = useWords(draftWords)
  const program = useProgram()
  const { time } = useFormats()
  const recent = useAsk(['recent-orders', program.id], () => api.listProgramActivities({ type: 'order', limit: 8 }))
  const orders = (recent.data?.data ?? []).flatMap(({ id, body, member_name, occurred_at }) => {
    const { external_id } = (body ?? {}) as { external_id?: string }
    return external_id === undefined ? [] : [{ id, external_id, member_name, occurred_at }]
  })
  if (orders.length === 0) return null
  return (
    <section className="recent">
      <h3>{say('recent')}</h3>
      <ul className="listing">
        {orders.map(({ id, external_id, member_name, occurred_at }) => (
          <li key={id}>
            <button type="button" className="row-name" onClick={() => decide(external_id)}>
              {external_id}
            </button>
            <span className="listing-note">{[member_name, time(occurred_at)].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Tried({ tried }: { tried: TriedOrder }) {
  const say = useWords(draftWords)
  const { time, money } = useFormats()
  const { order, occurred_at, revision, lines, currency, now, draft } = tried
  const isSame = JSON.stringify(now) === JSON.stringify(draft)
  return (
    <div className="tried" aria-live="polite">
      <p className="field-note">{say('tried_of', { order, when: time(occurred_at), revision: String(revision) })}</p>
      <p className="tried-lines">
        {lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of an order have only their place.
          <span key={i}>
            {line.quantity} × {line.name} {money(line.unit_price, 'exact', currency)}
          </span>
        ))}
      </p>
      {isSame && <p className="tried-same">{say('same_result')}</p>}
      <div className="tried-sides">
        <Side title={say('tried_now')} side={now} currency={currency} />
        <Side title={say('tried_draft')} side={draft} currency={currency} />
      </div>
    </div>
  )
}

function Side({ title, side, currency }: { title: string; side: TriedSide; currency: string }) {
  const say = useWords(draftWords)
  const { money, points } = useFormats()
  if (side.refused !== null)
    return (
      <section className="tried-side">
        <h3>{title}</h3>
        <p className="field-wrong">{say('refused', { detail: side.refused.detail })}</p>
      </section>
    )
  const earned = side.earned.filter((one) => one.points !== 0)
  return (
    <section className="tried-side">
      <h3>{title}</h3>
      <dl className="facts">
        <dt>{say('to_pay')}</dt>
        <dd>{money(side.total ?? 0, 'exact', currency)}</dd>
        <dt>{say('earns')}</dt>
        <dd className="tried-points">
          {earned.length === 0
            ? say('no_points')
            : earned.map((one) => (
                <span key={one.wallet}>
                  {points(one.points, one.decimals)} {one.wallet}
                </span>
              ))}
        </dd>
        {side.redemptions.length > 0 && (
          <>
            <dt>{say('uses')}</dt>
            <dd>
              {side.redemptions
                .map((one) =>
                  say('reward_line', { points: `${points(one.points, 0)} ${one.wallet}`, reward: inWords(one.reward) }),
                )
                .join(', ')}
            </dd>
          </>
        )}
      </dl>
      <h4>{say('why')}</h4>
      <ul className="tried-why">
        {side.explanation.map((one, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule may be explained for each line.
          <li key={i}>{one.text}</li>
        ))}
        {side.explanation.length === 0 && <li>{say('no_points')}</li>}
      </ul>
    </section>
  )
}
