/** Backtests and balances that were asked for, the newest first. */

import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { BacktestEntry } from '../../../client/index.ts'
import { formatShare } from '../../ui/format.ts'
import { api, useAsk } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Answered } from '../parts/problem.tsx'
import { columnsOf, Table } from '../parts/table.tsx'
import { When } from '../parts/values.tsx'
import { backtestWords } from './backtest-words.ts'
import './backtests.css'
import { FigureTable } from './report-tables.tsx'
import { useNames } from './study-state.tsx'

export default function Backtests() {
  const say = useWords(backtestWords)
  const { language } = useLanguage()
  const navigate = useNavigate()
  const names = useNames()
  const column = columnsOf<BacktestEntry>()
  const add = <Button renderRoot={(props) => <Link {...props} to={'/backtests/new' as never} />}>{say('new')}</Button>
  return (
    <Page
      title={say('title')}
      lead={say('lead')}
      actions={
        <>
          <Button variant="default" renderRoot={(props) => <Link {...props} to={'/balance/new' as never} />}>
            {say('new_balance')}
          </Button>
          {add}
        </>
      }
      wide
    >
      <Table
        name="backtests"
        label={say('title')}
        idOf={({ id }) => id}
        ask={(query) => api.listBacktests(query as never)}
        onOpen={({ id }) => void navigate({ to: `/backtests/${id}` as never })}
        empty={
          <Empty title={say('empty')} action={add}>
            {say('empty_more')}
          </Empty>
        }
        columns={[
          column.display({
            id: 'program',
            header: say('program'),
            cell: ({ row: { original } }) => (
              <Link to={`/backtests/${original.id}` as never}>{names.program(original.asked.program)}</Link>
            ),
          }),
          column.display({
            id: 'history',
            header: say('history'),
            cell: ({ row }) => names.history(row.original.asked),
          }),
          column.display({ id: 'state', header: say('state'), cell: ({ row }) => names.state(row.original) }),
          column.display({
            id: 'answer',
            header: say('answer'),
            cell: ({ row: { original } }) => {
              const rate = original.summary?.expected_rate ?? null
              const cost = rate === null ? '' : say('of_sales', { rate: formatShare(rate, language) })
              return [names.verdict(original.summary?.verdict), cost].filter((text) => text !== '').join(', ')
            },
          }),
          column.display({ id: 'asked', header: say('asked'), cell: ({ row }) => <When at={row.original.asked_at} /> }),
        ]}
      />
      <Balances />
    </Page>
  )
}

function Balances() {
  const say = useWords(backtestWords)
  const names = useNames()
  const balances = useAsk(['balances'], () => api.listBalances())
  return (
    <Answered ask={balances} lines={1}>
      {({ data }) =>
        data.length > 0 && (
          <Section title={say('balances')} lead={say('balances_lead')}>
            <FigureTable
              title={say('balances')}
              isTitled={false}
              isText
              head={[say('asked'), say('program'), say('vary'), say('state')]}
              rows={data.map((one) => [
                one.id,
                <Link key="link" to={`/balance/${one.id}` as never}>
                  {names.program(one.asked.program)}
                </Link>,
                one.asked.vary.join(', '),
                names.state(one),
              ])}
              names={data.map((one) => <When key={one.id} at={one.asked_at} />)}
            />
          </Section>
        )
      }
    </Answered>
  )
}
