/** Members of paid-delivery.yaml: a trial that becomes a plan, an upgrade, a payment that fails, and a refund that is refused. */

import { ProblemError } from '../src/client/index.ts'
import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const shop = new Scenario(stage, 'USD', 'America/Los_Angeles')
  let orders = 0
  let today = ''

  const day = async (date: string, said: string) => {
    today = `${date}T12:00:00Z`
    await shop.day(date, said)
  }
  const dollars = (cents: number) => (cents / 100).toFixed(2)
  const as = (name: string) => `external:${name.toLowerCase()}`
  const inWords = (time: string) =>
    new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'America/Los_Angeles' })
  const buys = async (name: string, kitchen: number, delivery: number) => {
    const order = `${name.toLowerCase()}-${++orders}`
    const answer = await regulars.putOrder(order, {
      member: as(name),
      occurred_at: today,
      currency: 'USD',
      prices: 'tax_included',
      lines: [
        { id: '1', sku: 'pan', category: 'kitchen', quantity: 1, unit_price: kitchen * 100 },
        { id: '2', sku: 'delivery', category: 'shipping', quantity: 1, unit_price: delivery },
      ],
    })
    const off = answer.discounts.map(({ source, amount }) => `${dollars(amount)} less (${source.replaceAll('-', ' ')})`)
    const less = off.length === 0 ? '' : `, ${off.join(' and ')}`
    shop.say(
      `  ${name} orders a pan for ${dollars(kitchen * 100)} and its delivery${less}: ${dollars(answer.order.total)}.`,
    )
    return order
  }
  const sees = async (name: string) => {
    const { membership } = await regulars.getMembership(as(name))
    if (membership === null) return shop.say(`  ${name} has no plan.`)
    const { status, until, due, saved, to_break_even: left, cancelled, grace_until: grace } = membership
    const what =
      status === 'ended' || status === 'lapsed' ? `no longer has ${membership.name}` : `has ${membership.name}`
    const how = status === 'trial' ? ' on trial' : ''
    const end = until === null ? '' : ` until ${inWords(until)}`
    const then = cancelled ? ', and then no more' : due === null ? '' : `; ${dollars(due.amount)} is due then`
    const waits = grace === null ? '' : ` and, unpaid, until ${inWords(grace)}`
    shop.say(`  ${name} ${what}${how}${end}${waits}${grace === null ? then : ''}.`)
    if (saved > 0)
      shop.say(`    It has saved ${dollars(saved)}${left === 0 ? '' : `; ${dollars(left)} more and the fee is back`}.`)
  }
  const tells = (name: string, type: string, data: Record<string, unknown>) =>
    shop.does(name, `membership.${type}`, data)
  const pays = (name: string, plan: string, cents: number, reference: string, more: object = {}) =>
    tells(name, 'paid', { plan, amount: cents, currency: 'USD', reference, ...more })
  const refused = async (work: Promise<unknown>) => {
    try {
      await work
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      shop.say(`  Refused: ${error.problem.detail}`)
    }
  }

  await day('2026-03-02', 'Nora tries it for nothing')
  await shop.joins('Nora')
  await buys('Nora', 40, 599)
  await regulars.changeMembership(as('Nora'), { plan: 'monthly', trial: true })
  await buys('Nora', 40, 599)
  await sees('Nora')

  await day('2026-04-01', 'the trial is over, and her card is charged an hour later')
  await sees('Nora')
  await pays('Nora', 'monthly', 1499, 'charge-1')
  await sees('Nora')
  await regulars.usePerk('at-your-hour', { member: as('Nora'), external_id: 'slot-1' })
  shop.say('  She has a parcel brought at seven.')
  await refused(regulars.usePerk('at-your-hour', { member: as('Nora'), external_id: 'slot-2' }))
  await sees('Nora')

  await day('2026-04-16', 'she wants her money back, and then rather a whole year')
  await refused(tells('Nora', 'refunded', { reference: 'charge-1' }))
  const { membership } = await regulars.getMembership(as('Nora'))
  const yearly = membership!.changes.find(({ plan }) => plan === 'yearly')!
  shop.say(`  ${yearly.name} costs her ${dollars(yearly.now!)} now, since half of the month is left.`)
  await pays('Nora', 'yearly', yearly.now!, 'charge-2', { when: 'now' })
  await sees('Nora')

  await day('2026-05-04', 'Sam is a student, Ben changes his mind')
  for (const name of ['Sam', 'Ben']) await shop.joins(name)
  await refused(pays('Sam', 'student', 749, 'charge-3'))
  await tells('Sam', 'verified', { as: 'student', until: '2026-09-30' })
  await pays('Sam', 'student', 749, 'charge-3')
  await sees('Sam')
  await pays('Ben', 'monthly', 1499, 'charge-4')
  await tells('Ben', 'refunded', { reference: 'charge-4', amount: 1499 })
  await sees('Ben')

  await day('2026-06-04', 'Sam’s card has expired')
  await tells('Sam', 'failed', { reference: 'charge-5' })
  await sees('Sam')
  await day('2026-06-12', 'nobody paid')
  await sees('Sam')
  await buys('Sam', 20, 599)

  await day('2026-06-15', 'Mia and Leo share one')
  for (const name of ['Mia', 'Leo']) await shop.joins(name)
  const { id: home } = await regulars.createPool({ external_id: 'home', name: 'Mia and Leo' })
  for (const name of ['Mia', 'Leo']) await regulars.putPoolMember(home, as(name), { earn: true })
  await pays('Mia', 'household', 1999, 'charge-6')
  await buys('Leo', 60, 599)
  await sees('Mia')
  await regulars.cancelMembership(as('Leo'), { when: 'at_end' })
  await sees('Mia')
}
