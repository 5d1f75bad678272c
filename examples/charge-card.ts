/** A cardholder of charge-card.yaml: points wait for the statement, are lost with one that is not paid, and come back. */

import { Scenario, type Stage } from './scenario.ts'

const CARDHOLDER = 'external:ruth'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const card = new Scenario(stage, 'USD', 'America/New_York')
  let charged = 0

  const charges = async (date: string, category: string, dollars: number) => {
    const { explanation } = await regulars.putOrder(`charge-${++charged}`, {
      member: CARDHOLDER,
      occurred_at: `${date}T12:00:00Z`,
      currency: 'USD',
      prices: 'tax_included',
      lines: [{ id: '1', sku: category, category, quantity: 1, unit_price: dollars * 100 }],
    })
    const points = explanation.reduce((sum, entry) => sum + entry.points, 0)
    const earned = points === 0 ? 'which earns nothing' : `and ${points} points wait for the statement`
    card.say(`  Ruth pays ${dollars} dollars (${category}), ${earned}.`)
  }
  const pays = (date: string, upTo: string) =>
    regulars.recordAction({
      member: CARDHOLDER,
      type: 'statement-paid',
      occurred_at: `${date}T12:00:00Z`,
      data: { up_to: upTo },
    })
  const sees = async () => {
    const { available, pending, debt } = (await card.member('Ruth')).balances[0]!
    const owed = debt === 0 ? '' : `, ${debt} owed`
    card.say(`  Her app says: ${available} points to spend, ${pending} waiting${owed}.`)
  }

  await card.day('2026-01-05', 'Ruth opens the card')
  await card.joins('Ruth')
  await charges('2026-01-05', 'groceries', 80)
  await charges('2026-01-05', 'flights', 600)
  await charges('2026-01-05', 'restaurants', 120)
  await sees()

  await card.day('2026-02-10', 'she pays January’s statement')
  await pays('2026-02-10', '2026-01-31')
  await sees()
  await regulars.createRedemption({ member: CARDHOLDER, reward: 'partner-miles', quantity: 3, capture: true })
  card.say('  3000 of them become 3000 miles with a partner airline.')
  await sees()

  await card.day('2026-02-20', 'she flies to a wedding')
  await charges('2026-02-20', 'flights', 900)
  await card.day('2026-04-22', 'the statement is not paid for 60 days, and its points are lost')
  await sees()

  await card.day('2026-05-04', 'she pays what she owes, and the fee of 35 dollars with it: they are back')
  await charges('2026-05-04', 'fees', 35)
  await pays('2026-05-04', '2026-02-28')
  await sees()

  await card.day('2026-05-06', 'a ticket costs 12000 points, and the phone desk advances what is missing')
  const { points } = await regulars.createAdjustment({
    member: CARDHOLDER,
    wallet: 'points',
    points: -12_000,
    reason: 'Advance for a ticket to Lisbon',
  })
  card.say(`  ${-points} points are taken for the ticket.`)
  await sees()

  await card.day('2026-06-08', 'what she earns next pays the advance back first')
  await charges('2026-06-08', 'flights', 1500)
  await pays('2026-06-08', '2026-06-08')
  await sees()
}
