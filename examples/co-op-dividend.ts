/** Owners of co-op-dividend.yaml: the fee is paid once, a year is counted, and its dividend comes in March. */

import { Scenario, type Stage } from './scenario.ts'

const EARNS = new Set(['dividend', 'card'])

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const shop = new Scenario(stage, 'USD', 'America/Denver')
  let orders = 0
  let today = ''

  const day = async (date: string, said: string) => {
    today = `${date}T18:00:00Z`
    await regulars.moveTestClock({ now: `${date}T11:00:00Z` })
    await shop.day(date, said)
    await regulars.moveTestClock({ now: today })
  }
  const dollars = (cents: number) => (cents / 100).toFixed(2)
  const as = (name: string) => `external:${name.toLowerCase()}`
  const buys = async (
    name: string,
    what: string,
    category: string,
    price: number,
    more: { tender?: string; dividend?: number } = {},
  ) => {
    const order = `${name.toLowerCase()}-${++orders}`
    const { tender, dividend } = more
    const answer = await regulars.putOrder(order, {
      member: as(name),
      occurred_at: today,
      currency: 'USD',
      prices: 'tax_excluded',
      lines: [{ id: '1', sku: what, category, quantity: 1, unit_price: price * 100 }],
      ...(tender === undefined ? {} : { tender: [{ type: tender, amount: price * 100 }] }),
      ...(dividend === undefined ? {} : { redeem: [{ points: dividend * 100, wallet: 'dividend' }] }),
    })
    const { discount, total, to_pay } = answer.order
    const points = answer.explanation.reduce((sum, { rule, points: one }) => (EARNS.has(rule) ? sum + one : sum), 0)
    const off = discount === 0 ? '' : `, ${dollars(discount)} less`
    const paid = total === to_pay ? '' : `, ${dollars(total - to_pay)} of it paid with the dividend`
    const earned = points === 0 ? 'nothing for March' : `${dollars(points)} for March`
    shop.say(`  ${name} buys ${what} for ${dollars(price * 100)}${off}${paid}: ${earned}.`)
    return order
  }
  const sees = async (name: string) => {
    const { available, pending, expiring } = (await shop.member(name)).balances[0]!
    const end = expiring.length === 0 || available === 0 ? '' : ` (until ${expiring[0]!.at.slice(0, 10)})`
    shop.say(`  ${name}’s app says: ${dollars(available)} to spend${end}, ${dollars(pending)} to come.`)
  }

  await day('2026-04-11', 'Inga buys boots, and becomes an owner')
  await shop.joins('Inga')
  await buys('Inga', 'boots', 'shoes', 180)
  await regulars.changeMembership(as('Inga'), {
    plan: 'owner',
    paid: { amount: 3000, reference: 'till-2-881', tender: 'cash' },
  })
  const tent = await buys('Inga', 'a tent', 'camping', 400)
  await buys('Inga', 'last year’s jacket', 'sale', 120)
  await buys('Inga', 'a stove', 'camping', 90, { tender: 'co-op-card' })
  await sees('Inga')

  await day('2026-05-20', 'the tent comes back, and she hires one instead')
  await shop.bringsBack('Inga', tent)
  await buys('Inga', 'a tent for a week', 'hire', 60)
  await sees('Inga')

  await day('2027-01-09', 'a new year')
  await buys('Inga', 'skis', 'skiing', 520)
  await sees('Inga')

  await day('2027-03-01', 'last year’s dividend is there')
  await sees('Inga')
  await day('2027-03-13', 'she spends some of it; what it pays counts like money')
  await buys('Inga', 'a rope', 'climbing', 70, { dividend: 12 })
  await sees('Inga')

  await day('2028-03-02', 'and the next one')
  await sees('Inga')
  await day('2029-01-02', 'what was left of the first is gone')
  await sees('Inga')
  const { membership } = await regulars.getMembership(as('Inga'))
  shop.say(`  She is an owner for life: ${membership!.until === null ? 'it has no end' : membership!.until}.`)
}
