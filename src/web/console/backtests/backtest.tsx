/** A backtest: how far it is, and then its report as a page of the console. */

import { Button, Menu } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { Backtest } from '../../../client/index.ts'
import { api, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Answered } from '../parts/problem.tsx'
import { backtestWords } from './backtest-words.ts'
import './backtests.css'
import { Compared } from './comparison.tsx'
import { Answer } from './report-answer.tsx'
import { Pictures } from './report-pictures.tsx'
import { Assumptions, SourceOf, Tables } from './report-tables.tsx'
import { reportWords } from './report-words.ts'
import { isOpen, LOOK_MS, Unfinished, useNames } from './study-state.tsx'
import { leadOf, type Report, redeemingText } from './told.ts'

export default function BacktestPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const backtest = useBacktest(id)
  return <Answered ask={backtest}>{(told) => <Told told={told} />}</Answered>
}

/** Asked again and again until it is done. */
function useBacktest(id: string) {
  const ask = () => api.getBacktest(id)
  const first = useAsk(['backtest', id], ask)
  const again = first.data !== undefined && isOpen(first.data)
  useAsk(['backtest', id], ask, { when: again, ...(again && { every_ms: LOOK_MS }) })
  return first
}

function Told({ told }: { told: Backtest }) {
  const say = useWords(backtestWords)
  const names = useNames()
  const title = told.report?.name ?? told.asked.program.title
  const lead = `${names.program(told.asked.program)} · ${names.history(told.asked)}`
  return (
    <Page title={title} lead={lead} actions={<Actions told={told} />} wide>
      {told.report === null ? (
        <>
          <Unfinished entry={told} renews={['backtest', told.id]} />
          {!isOpen(told) && (
            <Button
              mt="md"
              renderRoot={(props) => <Link {...props} to={'/backtests/new' as never} search={again(told) as never} />}
            >
              {say('again')}
            </Button>
          )}
        </>
      ) : (
        <ReportParts report={told.report} told={told} />
      )}
    </Page>
  )
}

/** What a new question about the same orders begins with. */
function again({ asked: { file, months } }: Backtest): Record<string, string> {
  if (file !== null) return { file: file.id }
  return { history: 'ledger', months: months === null ? 'all' : String(months) }
}

function ReportParts({ report, told }: { report: Report; told: Backtest }) {
  const say = useWords(reportWords)
  const names = useNames()
  const how = redeemingText(say, leadOf(report).result.redeeming)
  return (
    <>
      <Section title={say('answer')}>
        <Answer report={report} />
      </Section>
      <Section title={say('pictures')} lead={say('if', { how })}>
        <Pictures report={report} />
      </Section>
      {report.against !== null && told.asked.against !== null && (
        <Section
          title={say('against', { name: names.program(told.asked.against) })}
          lead={say('against_lead', { how: redeemingText(say, report.against.redeeming) })}
        >
          <Compared comparison={report.against} currency={report.currency} />
        </Section>
      )}
      <Section title={say('tables')} lead={say('if', { how })}>
        <Tables report={report} />
      </Section>
      <Section title={say('assumptions')} lead={say('assumptions_lead')}>
        <Assumptions report={report} />
      </Section>
      <Section title={say('source')}>
        <SourceOf report={report} file={told.asked.file} />
      </Section>
    </>
  )
}

function Actions({ told }: { told: Backtest }) {
  const say = useWords(backtestWords)
  const navigate = useNavigate()
  const forget = useTell((id: string) => api.forgetBacktest(id), {
    renews: [['backtests']],
    onDone: () => void navigate({ to: '/backtests' as never }),
  })
  if (isOpen(told)) return null
  const file = (format: 'html' | 'json') => `/v1/backtests/${told.id}/report?format=${format}`
  return (
    <>
      {told.report !== null && (
        <>
          <Button variant="default" component="a" href={file('html')} download>
            {say('html')}
          </Button>
          <Button
            renderRoot={(props) => <Link {...props} to={'/backtests/new' as never} search={again(told) as never} />}
          >
            {say('compare')}
          </Button>
        </>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" aria-label="…">
            …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {told.report !== null && (
            <Menu.Item component="a" href={file('json')} download>
              {say('json')}
            </Menu.Item>
          )}
          {told.asked.file !== null && (
            <Menu.Item
              renderRoot={(props) => (
                <Link {...props} to={'/balance/new' as never} search={{ file: told.asked.file!.id } as never} />
              )}
            >
              {say('new_balance')}
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            onClick={() => {
              if (window.confirm(say('forget_sure'))) forget.mutate(told.id)
            }}
          >
            {say('forget')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
