/** The engine as a library: a program, a new account, one order. Nothing is installed beside it, no database asked. */
import { decide, formatProblem, program, Refusal, start } from '../src/index.ts'

const file = `
program: corner-bakery
name: Corner Bakery
currency: EUR
timezone: Europe/Vienna
wallets:
  crumbs: { expiry: { after: 1 year, until_end_of: month } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: early-bird, on: order, when: 'order.hour < 9', times: 2 }
`

const { program: bakery, problems } = program(file)
if (bakery === null) throw new Error(problems.map((problem) => formatProblem('bakery.yaml', problem)).join('\n'))

const now = Date.parse('2026-05-04T08:15:00+02:00')
const answer = decide({ programAt: () => bakery, revision: () => bakery, now, nextId: () => 2 }, start(bakery, now), {
  type: 'order',
  id: 1,
  key: 'order:till-1-0001',
  occurred_at: now,
  body: {
    external_id: 'till-1-0001',
    currency: 'EUR',
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'sourdough', quantity: 2, unit_price: 480 }],
  },
})

if (answer instanceof Refusal) console.log(`No: ${answer.detail}`)
else for (const { rule, points } of answer.decisions.at(-1)!.postings) console.log(`${rule}: ${points} crumbs`)
