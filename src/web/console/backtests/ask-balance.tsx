/** Asking for a balance: which orders, which program, and which of its settings may vary. */

import { Button, CloseButton, NumberInput, Select } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { BalanceRequest } from '../../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page, Section } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useProgram } from '../session.tsx'
import { backtestWords } from './backtest-words.ts'
import './backtests.css'
import { OrderFile, useOrderFile } from './order-file.tsx'
import { wordsOf } from './told.ts'

interface Setting {
  path: string
  label: string
  current: number
}

export default function AskBalance() {
  const say = useWords(backtestWords)
  const navigate = useNavigate()
  const chosen = useOrderFile()
  const settings = useSettings()
  const [varied, vary] = useVaried()
  const ask = useTell((body: BalanceRequest, idempotencyKey) => api.askBalance(body, { idempotencyKey }), {
    renews: [['balances']],
    onDone: ({ id }) => void navigate({ to: `/balance/${id}` as never }),
  })
  const free = settings.filter(({ path }) => !varied.some((one) => one.path === path))
  const add = ({ path, current }: Setting) => vary([...varied, { path, from: current / 2, to: current * 2 }])
  return (
    <Page title={say('balance_title')} lead={say('balance_lead')}>
      <Section title={say('orders')}>
        <OrderFile chosen={chosen} />
      </Section>
      <Section title={say('vary')} lead={say('vary_lead')}>
        {varied.map((one, i) => {
          const label = settings.find(({ path }) => path === one.path)?.label ?? one.path
          const set = (change: Partial<Varied>) =>
            vary(varied.map((old, at) => (at === i ? { ...old, ...change } : old)))
          return (
            <div className="backtest-range" key={one.path}>
              <b style={{ flex: '1 1 12rem' }}>{label}</b>
              <NumberInput
                w={120}
                label={say('lowest')}
                min={0}
                value={one.from}
                onChange={(from) => set({ from: Number(from) })}
              />
              <NumberInput
                w={120}
                label={say('highest')}
                min={0}
                value={one.to}
                onChange={(to) => set({ to: Number(to) })}
              />
              <CloseButton
                aria-label={say('remove', { setting: label })}
                onClick={() => vary(varied.filter((_, at) => at !== i))}
              />
            </div>
          )
        })}
        {free.length > 0 && varied.length < MOST && (
          <Select
            maw={360}
            label={say('add')}
            value={null}
            searchable
            data={free.map(({ path, label }) => ({ value: path, label }))}
            onChange={(path) => {
              const setting = free.find((one) => one.path === path)
              if (setting !== undefined) add(setting)
            }}
            error={fieldErrors(ask.error)['/vary']}
          />
        )}
      </Section>
      <div className="section">
        <Problem error={ask.error} fields={free.length > 0 && varied.length < MOST ? ['/vary'] : []} />
        {chosen.orders === null && <p className="backtest-aside">{say('choose_file')}</p>}
        <Button
          size="md"
          mt="md"
          disabled={!chosen.usable || varied.length === 0}
          loading={ask.isPending}
          onClick={run}
        >
          {say('run_balance')}
        </Button>
      </div>
    </Page>
  )

  function run() {
    ask.mutate({
      program: { revision: 'current' },
      orders: chosen.orders!,
      vary: varied.map(({ path, from, to }) => `${path}=${from}..${to}`),
    })
  }
}

/** More than these no picture shows at a glance. */
const MOST = 2

interface Varied {
  path: string
  from: number
  to: number
}

/** What varies stands in the address: `earning.base.rate=0.5..2`, with commas between them. */
function useVaried(): [Varied[], (next: Varied[]) => void] {
  const [filters, change] = useFilters()
  const varied = (filters['vary'] ?? '').split(',').flatMap((text): Varied[] => {
    const match = /^(.+)=([\d.]+?)\.\.([\d.]+)$/.exec(text)
    return match === null ? [] : [{ path: match[1]!, from: Number(match[2]), to: Number(match[3]) }]
  })
  return [
    varied,
    (next) => change({ vary: next.map(({ path, from, to }) => `${path}=${from}..${to}`).join(',') }, 'replace'),
  ]
}

/** The rates of earning rules and the costs of rewards: what a program's generosity hangs on. */
function useSettings(): Setting[] {
  const { id } = useProgram()
  const program = useAsk(['program', id], () => api.getProgram(id)).data?.program as Parts | undefined
  const rates = (program?.earning ?? []).flatMap(({ id, earn }): Setting[] => {
    const rate = Number(/^\s*([\d.]+)\s+per\b/.exec(String(earn ?? ''))?.[1])
    return rate > 0 ? [{ path: `earning.${id}.rate`, label: `${wordsOf(id)}: ${earn}`, current: rate }] : []
  })
  const costs = (program?.rewards ?? []).flatMap(({ id, name, cost }): Setting[] => {
    const points = Number(/^\s*(\d+)/.exec(String(cost ?? ''))?.[1])
    return points > 0 ? [{ path: `rewards.${id}.cost`, label: `${name}: ${cost}`, current: points }] : []
  })
  return [...rates, ...costs]
}

interface Parts {
  earning?: { id: string; earn?: string | number }[]
  rewards?: { id: string; name: string; cost?: string | number }[]
}
