/** Vouchers and codes: one found by its code, cards that are printed before they are anybody's, and codes of partners. */

import {
  Alert,
  Anchor,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Tabs,
  Textarea,
  TextInput,
} from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { CodePool, Voucher, VoucherBatch } from '../../client/index.ts'
import { ProblemError } from '../../client/index.ts'
import { api, fieldErrors, useAsk, useTell } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { downloadCsv } from '../../web/console/parts/csv.ts'
import { Empty } from '../../web/console/parts/empty.tsx'
import { Facts } from '../../web/console/parts/figure.tsx'
import { useFilters } from '../../web/console/parts/filters.ts'
import { Page } from '../../web/console/parts/page.tsx'
import { Answered, Problem } from '../../web/console/parts/problem.tsx'
import { columnsOf, Table } from '../../web/console/parts/table.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import { useProgram, useSession } from '../../web/console/session.tsx'
import { endOfDay } from '../../web/ui/format.ts'
import { voucherWords } from './screen-words.ts'

const TABS = ['find', 'cards', 'codes'] as const

export default function VouchersScreen() {
  const say = useWords(voucherWords)
  const [{ tab: asked }, change] = useFilters()
  const tab = TABS.find((one) => one === asked) ?? 'find'
  return (
    <Page wide title={say('title')} lead={say('lead')}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => change({ tab: next === 'find' ? undefined : next!, code: undefined })}
      >
        <Tabs.List mb="lg">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {say(`tab_${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="find">
          <Find />
        </Tabs.Panel>
        <Tabs.Panel value="cards">
          <Cards />
        </Tabs.Panel>
        <Tabs.Panel value="codes">
          <Pools />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Find() {
  const say = useWords(voucherWords)
  const [{ code }, change] = useFilters()
  const [typed, setTyped] = useState(code ?? '')
  const found = useAsk(['voucher', code], () => api.getVoucher(code!), { when: code !== undefined })
  const isUnknown = found.error instanceof ProblemError && ['not_found', 'voucher_mistyped'].includes(found.error.code)
  return (
    <Stack maw={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change({ code: typed.trim() })
        }}
      >
        <Group align="flex-end">
          <TextInput
            flex={1}
            label={say('code')}
            description={say('code_hint')}
            value={typed}
            error={isUnknown && code === typed.trim() ? (found.error as Error).message : undefined}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" loading={found.isFetching}>
            {say('look')}
          </Button>
        </Group>
      </form>
      {!isUnknown && <Problem error={found.error} />}
      {code !== undefined && found.isSuccess && <Found voucher={found.data} />}
    </Stack>
  )
}

function Found({ voucher }: { voucher: Voucher }) {
  const say = useWords(voucherWords)
  const { code, name, state, member, holder, starts_at, expires_at, source } = voucher
  return (
    <Facts
      facts={[
        [say('voucher'), <b key="code">{code}</b>],
        [say('reward'), name],
        [say('state'), say(state)],
        member === null
          ? null
          : [
              say('member'),
              <Link key="member" to={'/members/$id' as never} params={{ id: member } as never}>
                {holder ?? say('nameless')}
              </Link>,
            ],
        [say('from'), <When key="from" at={starts_at} style="day" />],
        [say('until'), expires_at === null ? say('never') : <When key="until" at={expires_at} style="day" />],
        [say('source'), source],
      ]}
    />
  )
}

const cardColumns = columnsOf<VoucherBatch>()

function Cards() {
  const say = useWords(voucherWords)
  const { count } = useFormats()
  const { may } = useSession()
  const [printing, setPrinting] = useState(false)
  const print = may('print') && (
    <Button size="xs" onClick={() => setPrinting(true)}>
      {say('print')}
    </Button>
  )
  return (
    <>
      <Table<VoucherBatch>
        name="voucher-batches"
        label={say('tab_cards')}
        idOf={({ id }) => id}
        ask={({ limit, cursor }) => api.listVoucherBatches({ limit: Number(limit), cursor })}
        filters={print}
        columns={[
          cardColumns.display({ id: 'reward', header: () => say('reward'), cell: ({ row }) => row.original.reward }),
          cardColumns.display({
            id: 'codes',
            header: () => say('cards'),
            meta: { numeric: true },
            cell: ({ row }) => count(row.original.codes),
          }),
          cardColumns.display({
            id: 'claimed',
            header: () => say('claimed'),
            meta: { numeric: true },
            cell: ({ row }) => count(row.original.claimed),
          }),
          cardColumns.display({
            id: 'until',
            header: () => say('claim_until'),
            cell: ({ row: { original } }) =>
              original.expires_at === null ? say('never') : <When at={original.expires_at} style="day" />,
          }),
          cardColumns.display({
            id: 'printed',
            header: () => say('printed'),
            cell: ({ row: { original } }) => (
              <>
                {original.printed_by}, <When at={original.printed_at} style="day" />
              </>
            ),
          }),
          cardColumns.display({
            id: 'file',
            header: () => say('file'),
            cell: ({ row: { original } }) =>
              may('print') && (
                <Anchor component="button" type="button" inherit onClick={() => void saveCodes(original.id)}>
                  {say('download')}
                </Anchor>
              ),
          }),
        ]}
        empty={
          <Empty title={say('no_cards')} action={print}>
            {say('no_cards_more')}
          </Empty>
        }
      />
      <Print opened={printing} onClose={() => setPrinting(false)} />
    </>
  )
}

function saveCodes(batch: string): Promise<void> {
  return downloadCsv(`/v1/voucher-batches/${batch}/codes`, { format: 'csv' }, `${batch}.csv`)
}

function Print({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const say = useWords(voucherWords)
  const { id, timezone } = useProgram()
  const rewards = useAsk(['program', id], () => api.getProgram(id), { when: opened })
  const [reward, setReward] = useState<string | null>(null)
  const [cards, setCards] = useState<string | number>(50)
  const [until, setUntil] = useState('')
  const print = useTell(
    (input: { reward: string; count: number; expires?: string }, idempotencyKey) =>
      api.printVouchers(input, { idempotencyKey }),
    {
      renews: [['voucher-batches']],
      onDone: ({ id: batch }) => {
        onClose()
        void saveCodes(batch)
      },
    },
  )
  const wrong = fieldErrors(print.error)
  const choice = ((rewards.data?.program['rewards'] ?? []) as { id: string; name?: string }[]).map((one) => ({
    value: one.id,
    label: one.name ?? one.id,
  }))
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (reward === null) return
    print.mutate({
      reward,
      count: Number(cards),
      ...(until === '' ? {} : { expires: endOfDay(until, timezone) }),
    })
  }
  return (
    <Modal opened={opened} onClose={onClose} title={say('print')} centered>
      <form onSubmit={send}>
        <Stack>
          <Select
            label={say('reward')}
            description={say('reward_hint')}
            data={choice}
            value={reward}
            error={wrong['/reward']}
            onChange={setReward}
            searchable
            data-autofocus
          />
          <NumberInput
            label={say('how_many')}
            min={1}
            max={50_000}
            allowDecimal={false}
            value={cards}
            error={wrong['/count']}
            onChange={setCards}
          />
          <TextInput
            type="date"
            label={say('claim_until')}
            description={say('claim_until_hint')}
            value={until}
            error={wrong['/expires']}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <Problem error={print.error} fields={['/reward', '/count', '/expires']} />
          <Alert color="gray">{say('print_hint')}</Alert>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('back')}
            </Button>
            <Button type="submit" loading={print.isPending} disabled={reward === null}>
              {say('print_now')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Pools() {
  const say = useWords(voucherWords)
  const { count } = useFormats()
  const { may } = useSession()
  const [filling, setFilling] = useState<CodePool | null>(null)
  const pools = useAsk(['code-pools'], () => api.listCodePools())
  return (
    <Answered ask={pools}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty title={say('no_pools')}>{say('no_pools_more')}</Empty>
        ) : (
          <>
            <Stack gap="lg">
              {data.map((pool) => (
                <Group key={pool.id} justify="space-between" className="pool">
                  <div>
                    <b>{pool.id}</b>
                    <p style={{ margin: 0, color: 'var(--quiet)' }}>
                      {say('pool_left', { free: count(pool.free), codes: count(pool.codes) })}
                      {pool.free <= pool.low && pool.low > 0 && ` ${say('pool_low')}`}
                    </p>
                  </div>
                  {may('print') && (
                    <Button variant="default" size="xs" onClick={() => setFilling(pool)}>
                      {say('add_codes')}
                    </Button>
                  )}
                </Group>
              ))}
            </Stack>
            {filling !== null && <Fill pool={filling} onClose={() => setFilling(null)} />}
          </>
        )
      }
    </Answered>
  )
}

function Fill({ pool, onClose }: { pool: CodePool; onClose(): void }) {
  const say = useWords(voucherWords)
  const [text, setText] = useState('')
  const codes = [...new Set(text.split(/[\s,;]+/).filter((code) => code !== ''))]
  const fill = useTell(
    (input: string[], idempotencyKey) => api.importCodes(pool.id, { codes: input }, { idempotencyKey }),
    { renews: [['code-pools']], onDone: onClose },
  )
  return (
    <Modal opened onClose={onClose} title={say('add_codes_to', { pool: pool.id })} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          fill.mutate(codes)
        }}
      >
        <Stack>
          <Textarea
            label={say('codes')}
            description={say('codes_hint')}
            autosize
            minRows={6}
            maxRows={16}
            value={text}
            error={Object.values(fieldErrors(fill.error))[0]}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
          <Problem error={fill.error} fields={Object.keys(fieldErrors(fill.error))} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('back')}
            </Button>
            <Button type="submit" loading={fill.isPending} disabled={codes.length === 0}>
              {say('add_so_many', { count: codes.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
