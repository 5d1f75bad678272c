/** Asking for a backtest: which orders, which program, what to assume. All of it but files of one's own stands in the address. */

import { Button, Checkbox, NumberInput, SegmentedControl, Select } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { BacktestRequest } from '../../../client/index.ts'
import { api, fieldErrors, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page, Section } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { backtestWords } from './backtest-words.ts'
import './backtests.css'
import { OrderFile, useOrderFile } from './order-file.tsx'
import { NOTHING, ProgramSelect, useChoice } from './program-choice.tsx'

const MODELS = ['at-once', 'saver', 'random', 'past'] as const
type Model = (typeof MODELS)[number]
const MONTHS = ['6', '12', '24', 'all'] as const

export default function AskBacktest() {
  const say = useWords(backtestWords)
  const navigate = useNavigate()
  const [filters, change] = useFilters()
  const { history = 'file', months = '12', program = 'current', against = NOTHING } = filters
  const { margin = '30', cost = '100', response = 'no' } = filters
  const chosen = useOrderFile()
  const [own, other] = [useChoice(), useChoice()]
  const known = MODELS.filter((model) => model !== 'past' || history === 'ledger')
  const usual = history === 'ledger' ? [] : ['at-once']
  const models = (filters['models']?.split('.') ?? usual).filter((one) => known.includes(one as Model)) as Model[]
  const ask = useTell((body: BacktestRequest, idempotencyKey) => api.askBacktest(body, { idempotencyKey }), {
    renews: [['backtests']],
    onDone: ({ id }) => void navigate({ to: `/backtests/${id}` as never }),
  })
  const wrong = fieldErrors(ask.error)
  const [mine, theirs] = [own.of(program), against === NOTHING ? undefined : other.of(against)]
  const orders =
    history === 'ledger' ? { months: months === 'all' ? null : Number(months) } : chosen.usable ? chosen.orders : null
  const isReady = orders !== null && mine !== null && theirs !== null
  const set = (name: string) => (value: string | number | null) => change({ [name]: String(value ?? '') }, 'replace')
  return (
    <Page title={say('ask_title')} lead={say('ask_lead')}>
      <Section title={say('orders')}>
        <SegmentedControl
          mb="lg"
          value={history}
          onChange={set('history')}
          aria-label={say('orders')}
          data={[
            { value: 'file', label: say('a_file') },
            { value: 'ledger', label: say('own_ledger') },
          ]}
        />
        {history === 'ledger' ? (
          <Select
            label={say('months')}
            maw={240}
            value={months}
            allowDeselect={false}
            onChange={set('months')}
            data={MONTHS.map((value) => ({
              value,
              label: value === 'all' ? say('months_all') : say('months_some', { months: value }),
            }))}
          />
        ) : (
          <OrderFile chosen={chosen} />
        )}
      </Section>
      <Section title={say('which_program')}>
        <div className="backtest-fields">
          <ProgramSelect
            label={say('program')}
            value={program}
            onChange={set('program')}
            onFile={own.setFile}
            error={wrong['/program']}
          />
          <ProgramSelect
            label={say('against')}
            value={against}
            onChange={set('against')}
            mayBeNothing
            onFile={other.setFile}
            error={wrong['/against']}
          />
        </div>
      </Section>
      <Section title={say('assume')} lead={say('assume_lead')}>
        <Checkbox.Group
          label={say('models')}
          value={models}
          onChange={(next) => change({ models: next.join('.') }, 'replace')}
          error={wrong['/models']}
        >
          {known.map((model) => (
            <Checkbox key={model} mt="xs" value={model} label={say(model === 'at-once' ? 'at_once' : model)} />
          ))}
        </Checkbox.Group>
        <div className="backtest-fields" style={{ marginTop: 'var(--space-6)' }}>
          <NumberInput
            label={say('margin')}
            suffix="%"
            min={0}
            max={100}
            value={Number(margin)}
            onChange={set('margin')}
            error={wrong['/margin']}
          />
          <NumberInput
            label={say('reward_cost')}
            suffix="%"
            min={0}
            max={100}
            value={Number(cost)}
            onChange={set('cost')}
            error={wrong['/reward_cost']}
          />
        </div>
        <Checkbox
          mt="lg"
          label={say('response')}
          checked={response === 'yes'}
          onChange={(event) => set('response')(event.currentTarget.checked ? 'yes' : 'no')}
        />
      </Section>
      <div className="section">
        <Problem error={ask.error} fields={['/program', '/against', '/models', '/margin', '/reward_cost']} />
        <Button size="md" disabled={!isReady} loading={ask.isPending} onClick={run}>
          {say('run')}
        </Button>
      </div>
    </Page>
  )

  function run() {
    ask.mutate({
      program: mine!,
      ...(theirs && { against: theirs }),
      orders: orders!,
      ...(models.length > 0 && { models }),
      response: response === 'yes',
      margin: Number(margin) / 100,
      reward_cost: Number(cost) / 100,
    })
  }
}
