/** Passengers of airline-tiers.yaml: by miles, by short flights, matched from another airline, on trial, and falling slowly. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const airline = new Scenario(stage, 'USD', 'America/Chicago')
  const flies = async (name: string, times: number, miles: number) => {
    for (let i = 0; i < times; i++) await airline.does(name, 'flight', { miles })
    airline.say(
      times === 1
        ? `  ${name} flies ${miles} miles once more.`
        : `  ${name} flies ${times} times, ${miles} miles each.`,
    )
  }

  const passenger = 'external:omar'
  const buysTicket = async (order: string, when: string) => {
    const { explanation } = await stage.regulars.putOrder(order, {
      member: passenger,
      occurred_at: when,
      currency: 'USD',
      prices: 'tax_excluded',
      lines: [
        { id: '1', sku: 'ORD-DEN', category: 'flight', quantity: 1, unit_price: 16_000 },
        { id: '2', sku: 'DEN-SJC', category: 'flight', quantity: 1, unit_price: 14_000 },
        { id: '3', sku: 'miles', category: 'miles', quantity: 1824, unit_price: 0 },
      ],
    })
    for (const { text } of explanation) airline.say(`  ${text}`)
  }
  const choose = async (option: string) => {
    const { changes_from } = await stage.regulars.putChoice(passenger, 'earn-by', { option })
    airline.say(`  Omar earns by ${option} from now on, and can change that from ${changes_from!.slice(0, 10)}.`)
  }
  const atTheCounter = async () => {
    const { data } = await stage.regulars.listPerks(passenger)
    for (const { name, left, per } of data)
      airline.say(`    ${name}${left === null ? '' : `: ${left} a${per === 'order' ? ' booking' : ` ${per}`}`}`)
  }

  await airline.day('2026-02-01', 'Omar flies far, Mia often')
  await airline.joins('Omar')
  await airline.joins('Mia')
  await flies('Omar', 8, 5300)
  await flies('Mia', 39, 210)
  await airline.sees('Omar')
  await airline.sees('Mia')
  await flies('Mia', 1, 210)
  await airline.sees('Mia')
  await airline.buys('Omar', 400)

  await airline.day('2026-03-01', 'Yuki is platinum elsewhere, and Leo tries gold for two months')
  await airline.joins('Yuki')
  await airline.isGiven('Yuki', {
    level: 'platinum',
    kind: 'matched',
    until: '2026-09-01T00:00:00-05:00',
    reason: 'Card of another airline, seen at the counter',
  })
  await airline.sees('Yuki')
  await airline.joins('Leo')
  await airline.isGiven('Leo', { level: 'gold', kind: 'trial', months: 2, reason: 'Spring campaign' })
  await flies('Leo', 4, 5100)
  await airline.sees('Leo')

  await airline.day('2026-05-02', 'the trial is over, and what was flown meanwhile counts')
  await airline.sees('Leo')

  await airline.day('2026-06-10', 'Omar chooses how he earns, and has his bags fly free')
  await buysTicket('X4T9ZQ', '2026-06-10T12:00:00Z')
  await choose('miles')
  await buysTicket('X7LM2A', '2026-06-10T12:00:00Z')
  await atTheCounter()
  await stage.regulars.usePerk('two-bags', { member: passenger, external_id: 'bags-1', order: 'X7LM2A', quantity: 2 })
  airline.say('  Two bags fly free with X7LM2A.')

  await airline.day('2026-09-02', 'the match is over')
  await airline.sees('Yuki')

  await airline.day('2027-02-01', 'in a new year he may choose again')
  await choose('flights')
  await buysTicket('Y1KQ7B', '2027-02-01T12:00:00Z')

  await airline.day('2028-01-02', 'Omar stayed at home in 2027, and falls by one level')
  await airline.sees('Omar')
  await airline.day('2029-01-02')
  await airline.sees('Omar')
}
