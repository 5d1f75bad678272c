/** What was done at a till reaches the ledger once and only once, wherever the network, the browser or the server is cut. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deed } from '../src/client/calls.ts'
import { type Item, type NewDeed, Queue, type Send, type Store } from '../src/web/pos/queue.ts'
import { type Counter, NOW, newMember, openCounter, openShop, pointsOf } from './counters.ts'
import { runs } from './history.ts'
import type { TestServer } from './http.ts'

let server: TestServer
let count = 0
beforeAll(async () => {
  server = await openShop()
})
afterAll(() => server.drop())

/** What a browser keeps, without the browser. */
class Notebook implements Store {
  readonly kept = new Map<number, Item>()

  async add(deed: NewDeed, atLeast: number): Promise<Item> {
    const seq = Math.max(atLeast, ...this.kept.keys()) + 1
    const item: Item = {
      seq,
      deed: { ...deed, seq } as Item['deed'],
      state: 'waiting',
      kept: false,
      problem: null,
      answer: null,
      sentAt: null,
    }
    this.kept.set(seq, item)
    return item
  }
  async items(): Promise<Item[]> {
    return [...this.kept.values()].sort((a, b) => a.seq - b.seq)
  }
  async change(seq: number, change: Partial<Item>): Promise<void> {
    const item = this.kept.get(seq)
    if (item !== undefined) this.kept.set(seq, { ...item, ...change })
  }
  async remove(seq: number): Promise<void> {
    this.kept.delete(seq)
  }
}

/** What happens to a call: it arrives and is answered, it never arrives, or its answer is lost. */
type Fate = 'answered' | 'never arrives' | 'answer lost'

function sender(counter: Counter, fates: Fate[]): Send {
  return async (deed: Deed) => {
    const fate = fates.shift() ?? 'answered'
    if (fate === 'never arrives') throw new Error('no network')
    const { status, json } = await counter.call('POST', '/v1/till/deeds', deed)
    if (fate === 'answer lost') throw new Error('no network')
    return { status, body: json }
  }
}

const fate = fc.constantFrom<Fate>('answered', 'never arrives', 'answer lost')
const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('sell' as const),
      to: fc.nat(2),
      dollars: fc.integer({ min: 1, max: 50 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('undo' as const) }) },
  // The browser is closed in the middle, and opened again.
  { weight: 1, arbitrary: fc.record({ what: fc.constant('crash' as const) }) },
  // Two tabs send at once, though the browser's lock should keep one of them waiting.
  { weight: 1, arbitrary: fc.record({ what: fc.constant('tabs' as const) }) },
)

test('whatever is cut, each sale is once in the ledger, to whom it was made', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 12 }),
      fc.array(fate, { maxLength: 24 }),
      async (acts, fates) => {
        const run = ++count
        const counter = await openCounter(server, `run ${run}`)
        const store = new Notebook()
        const open = () => new Queue({ store, send: sender(counter, fates), now: () => NOW, alone: (work) => work() })
        let queue = open()
        const phones = [0, 1, 2].map((i) => `+1202556${String(run * 3 + i).padStart(4, '0')}`)
        // The first is a member already, the second is enrolled offline, the third is nobody's until a person looks.
        const known = await newMember(server, phones[0]!)
        const common = { at: new Date(NOW).toISOString(), staff: counter.staff, shift: counter.shift }
        const named = (i: number) =>
          `${counter.state.device.prefix}-${String(run).padStart(4, '0')}-${String(i).padStart(4, '0')}-QQQQ`
        const consent = { locale: 'en', text: 'I agree.' }
        await queue.keep({ ...common, type: 'enrolment', id: named(0), phone: phones[1]!, consent })
        const sold: { id: string; to: number; dollars: number; undone: boolean }[] = []
        for (const [i, one] of acts.entries()) {
          if (one.what === 'crash') queue = open()
          else if (one.what === 'tabs') await Promise.all([queue.flush(), open().flush()])
          else if (one.what === 'sell') {
            const id = named(i + 1)
            const member = one.to === 1 ? { enrolment: named(0) } : { phone: phones[one.to]! }
            await queue.keep({ ...common, type: 'sale', id, member, lines: [{ amount: one.dollars * 100 }] })
            sold.push({ id, to: one.to, dollars: one.dollars, undone: false })
            await queue.flush()
          } else {
            const last = sold.findLast(({ undone }) => !undone)
            if (last === undefined) continue
            last.undone = true
            await queue.keep({ ...common, type: 'undo', id: named(i + 1), sale: last.id })
          }
        }
        while (!(await open().flush()));
        const stand = (to: number) =>
          sold.filter((one) => one.to === to && !one.undone).reduce((sum, { dollars }) => sum + dollars, 0)
        expect((await store.items()).map(({ state }) => state)).not.toContain('waiting')
        expect((await store.items()).filter(({ state }) => state === 'failed')).toEqual([])
        expect((await pointsOf(server, known)).available).toBe(stand(0))
        const enrolled = (await server.call('GET', `/v1/members?phone=${encodeURIComponent(phones[1]!)}`)).json.data[0]
          .id
        expect((await pointsOf(server, enrolled)).available).toBe(stand(1))
        const { data } = (await server.call('GET', '/v1/till/differences?status=open&limit=100')).json
        const waiting = data.filter(({ device }: { device: { id: string } }) => device.id === counter.device)
        expect(waiting.map(({ deed }: { deed: string }) => deed).sort()).toEqual(
          sold.flatMap(({ id, to, undone }) => (to === 2 && !undone ? [id] : [])).sort(),
        )
      },
    ),
    { numRuns: runs(12) },
  )
})

test('a server that was restored from a backup is sent again what it lost', async () => {
  const counter = await openCounter(server, 'restored')
  const id = await newMember(server, '+12025570001')
  const store = new Notebook()
  const queue = new Queue({ store, send: sender(counter, []), now: () => NOW, alone: (work) => work() })
  const common = { at: new Date(NOW).toISOString(), staff: counter.staff, shift: counter.shift, type: 'sale' as const }
  const name = (i: number) => `${counter.state.device.prefix}-BACK-000${i}-QQQQ`
  for (const i of [1, 2]) await queue.keep({ ...common, id: name(i), member: { id }, lines: [{ amount: 1000 }] })
  await queue.flush()
  // As it would be had the backup been made between the two: the second is not there.
  const { db } = server.ledger.database
  await db.query('delete from till_deed where id = $1', [name(2)])
  await db.query('update till_device set last_seq = 1 where id = $1', [counter.device])
  const { last_seq } = (await counter.call('GET', '/v1/till')).json
  await queue.reconcile(last_seq)
  expect((await store.items()).map(({ state }) => state)).toEqual(['sent', 'waiting'])
  await queue.flush()
  expect((await counter.call('GET', '/v1/till')).json.last_seq).toBe(2)
  expect((await pointsOf(server, id)).available).toBe(20)
})

test('who waits for an answer hears of a refusal, and what was told as done is never refused', async () => {
  const counter = await openCounter(server, 'refused')
  const store = new Notebook()
  const queue = new Queue({
    store,
    send: sender(counter, ['answered', 'never arrives']),
    now: () => NOW,
    alone: (work) => work(),
  })
  const common = { at: new Date(NOW).toISOString(), staff: counter.staff, shift: counter.shift, type: 'sale' as const }
  const deed = (i: number): NewDeed => ({
    ...common,
    id: `${counter.state.device.prefix}-NONE-000${i}-QQQQ`,
    member: { phone: '+12025580001' },
    lines: [{ amount: 1000 }],
  })
  expect(await queue.attempt(deed(1), 5_000)).toMatchObject({ how: 'refused', problem: { code: 'not_found' } })
  expect(await store.items()).toEqual([])
  const unanswered = await queue.attempt(deed(2), 5_000)
  expect(unanswered.how).toBe('unanswered')
  if (unanswered.how === 'unanswered') await queue.stand(unanswered.seq)
  await queue.flush()
  expect((await store.items())[0]).toMatchObject({ state: 'sent', answer: { state: 'open' } })
})
