/** A year of coffees on punch-card.yaml: a card that fills, one that is opened again, and one that ends. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const shop = new Scenario(stage, 'USD', 'America/Chicago')
  const coffees = (quantity: number) => [{ what: 'coffee', category: 'coffee', quantity, price: 3.8 }]

  const sees = async (name: string) => {
    const { cards, vouchers } = await shop.member(name)
    const { stamps, of, owed } = cards[0]!
    const owes = owed === undefined ? '' : `, and owes ${owed}`
    const free = vouchers.map((voucher) => `; “${voucher.name}” is waiting`).join('')
    shop.say(`  ${name}’s card: ${stamps} of ${of}${owes}${free}.`)
  }
  const uses = async (name: string) => (await shop.member(name)).vouchers.map(({ code }) => code)

  await shop.day('2026-03-02', 'Ann and Bo join, and have two stamps each')
  for (const name of ['Ann', 'Bo']) await shop.joins(name)
  await sees('Ann')
  await shop.takes('Ann', [...coffees(2), { what: 'croissant', category: 'bakery', price: 3 }])
  await sees('Ann')

  await shop.day('2026-03-09', 'a round for the office')
  const round = await shop.takes('Ann', coffees(8))
  await sees('Ann')

  await shop.day(
    '2026-03-10',
    'two of them were decaf, and go back: the card is open again, and the coffee not free yet',
  )
  await shop.bringsSomeBack('Ann', round, 2)
  await sees('Ann')
  await shop.takes('Ann', coffees(1))
  await sees('Ann')

  await shop.day('2026-03-16', 'the free coffee itself gives no stamp')
  await shop.takes('Ann', coffees(1), await uses('Ann'))
  await sees('Ann')

  await shop.day('2026-04-01', 'Bo buys one coffee, and comes no more')
  await shop.takes('Bo', coffees(1))
  await sees('Bo')
  await shop.day('2026-10-01', 'half a year later his card has ended, and a new one lies there with its two stamps')
  await sees('Bo')
}
