/** What a draft would have given on what members really did: who gains, who loses, and what it costs. */

import { Button, Group, Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Comparison } from '../../../client/index.ts'
import { api, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Figure, Figures } from '../parts/figure.tsx'
import { Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { useProgram } from '../session.tsx'
import { draftWords } from './program-words.ts'
import '../parts/table.css'

const MONTHS = ['3', '6', '12', '24']
const TOLD = ['cost', 'reward_rate', 'redemptions', 'reached_share', 'discounts', 'liability_net'] as const

export function Previewing({
  id,
  isSound,
  settle,
}: {
  id: string
  isSound: boolean
  settle(): Promise<number | null>
}) {
  const say = useWords(draftWords)
  const program = useProgram()
  const [months, setMonths] = useState('12')
  const tell = useTell(async (input: { months: number }) => {
    await settle()
    return api.previewNamedDraft(program.id, id, input)
  })
  const against = tell.data?.report.against ?? null
  return (
    <>
      <p className="section-lead">{say('run_hint')}</p>
      <Group align="flex-end" gap="sm" my="md">
        <Select
          label={say('months')}
          data={MONTHS}
          value={months}
          allowDeselect={false}
          w={200}
          onChange={(value) => setMonths(value ?? '12')}
        />
        <Button loading={tell.isPending} disabled={!isSound} onClick={() => tell.mutate({ months: Number(months) })}>
          {say('run')}
        </Button>
        <Button
          variant="subtle"
          renderRoot={(props) => <Link {...props} to={`/backtests/new?program=draft:${id}` as never} />}
        >
          {say('full_report')}
        </Button>
      </Group>
      {!isSound && <p className="field-wrong">{say('unsound')}</p>}
      {tell.isPending && <p role="status">{say('running')}</p>}
      <Problem error={tell.error} />
      {against !== null && !tell.isPending && <Compared against={against} />}
    </>
  )
}

function Compared({ against: { members, figures } }: { against: Comparison }) {
  const say = useWords(draftWords)
  const { money, count } = useFormats()
  const told = TOLD.flatMap((name) => figures.find(({ figure }) => figure === name) ?? [])
  return (
    <div className="compared" aria-live="polite">
      <Figures>
        <Figure
          label={say('gain')}
          value={count(members.gain)}
          note={say('gain_note', { amount: money(members.gained) })}
        />
        <Figure
          label={say('lose')}
          value={count(members.lose)}
          note={say('lose_note', { amount: money(members.lost) })}
        />
        <Figure label={say('same')} value={count(members.same)} />
      </Figures>
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say('figure')}</th>
              <th scope="col" data-numeric>
                {say('with_now')}
              </th>
              <th scope="col" data-numeric>
                {say('with_draft')}
              </th>
              <th scope="col" data-numeric>
                {say('difference')}
              </th>
            </tr>
          </thead>
          <tbody>
            {told.map((one) => (
              <tr key={one.figure}>
                <td>{say(`f_${one.figure as (typeof TOLD)[number]}`)}</td>
                <Value of={one} value={one.other} />
                <Value of={one} value={one.this} />
                <Value of={one} value={one.difference} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="tried-sides">
        <Most title={say('biggest_gain')} rows={members.best} />
        <Most title={say('biggest_loss')} rows={members.worst} />
      </div>
    </div>
  )
}

function Value({ of, value }: { of: Comparison['figures'][number]; value: number | null }) {
  const { money, count } = useFormats()
  const text =
    value === null
      ? '–'
      : of.unit === 'money'
        ? money(value)
        : of.unit === 'share'
          ? `${count(Math.round(value * 10_000) / 100)} %`
          : count(value)
  return <td data-numeric>{text}</td>
}

function Most({ title, rows }: { title: string; rows: Comparison['members']['best'] }) {
  const say = useWords(draftWords)
  const { money } = useFormats()
  if (rows.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say('member')}</th>
            <th scope="col" data-numeric>
              {say('difference')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 5).map(({ member, difference }) => (
            <tr key={member}>
              <td>
                <Link to={`/members/${member.startsWith('mem_') ? member : `external:${member}`}` as never}>
                  {member}
                </Link>
              </td>
              <td data-numeric>{money(difference)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
