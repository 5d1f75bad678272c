/** A summer of challenges.yaml: iced teas, a streak with a week away, a tour of the shops, and what came back. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const shop = new Scenario(stage, 'USD', 'America/New_York')
  const tea = (quantity: number) => [{ what: 'iced tea', category: 'iced-tea', quantity, price: 4.5 }]
  const pot = (location: string) => [{ what: 'pot of tea', category: 'tea', price: 6, location }]

  const sees = async (name: string, ...wanted: string[]) => {
    const { challenges, badges, vouchers } = await shop.member(name)
    for (const { id, name: title, have, need, count, state } of challenges) {
      if (!wanted.includes(id)) continue
      const how = state === 'open' ? '' : state === 'done' ? ', done' : ', if she joins'
      shop.say(`  ${title}: ${have} of ${need} ${count}${how}.`)
    }
    if (badges.length > 0) shop.say(`  ${name} is ${badges.map((badge) => `“${badge.name}”`).join(' and ')}.`)
    if (vouchers.length > 0) shop.say(`  To use: ${vouchers.map((voucher) => voucher.name).join(', ')}.`)
  }

  await shop.day('2026-06-01', 'Mia joins; one iced tea is given')
  await shop.joins('Mia')
  await sees('Mia', 'iced', 'weekly', 'tour', 'times')
  await shop.takes('Mia', tea(2))
  await sees('Mia', 'iced', 'weekly', 'times')

  await shop.day('2026-06-09', 'tea for friends: half of the way brings a cookie')
  const party = await shop.takes('Mia', tea(4))
  await sees('Mia', 'iced', 'weekly')

  await shop.day('2026-06-10', 'three of them were warm and go back, and so does the cookie')
  await shop.bringsSomeBack('Mia', party, 3)
  await sees('Mia', 'iced')

  await shop.day('2026-06-22', 'a week away is forgiven')
  await shop.takes('Mia', tea(2))
  await sees('Mia', 'weekly')
  await shop.day('2026-06-29', 'the fourth week')
  await shop.takes('Mia', tea(1))
  await sees('Mia', 'iced', 'weekly')

  await shop.day('2026-07-06', 'she accepts the tour')
  await regulars.joinChallenge('external:mia', 'tour')
  for (const location of ['harbour', 'station']) await shop.takes('Mia', pot(location))
  await shop.does('Mia', 'review', { stars: 5 })
  shop.say('  Mia writes a review, before its turn.')
  await sees('Mia', 'tour')
  await shop.visits('Mia', 'old town')
  shop.say('  Mia looks in at the old town.')
  await shop.does('Mia', 'review', { stars: 5 })
  shop.say('  Mia writes another review.')
  await sees('Mia', 'tour')

  await shop.day('2026-08-30', 'the last iced teas of the summer')
  await shop.takes('Mia', tea(3))
  await sees('Mia', 'iced', 'times')
  const { balances } = await shop.member('Mia')
  shop.say(`  ${balances[0]!.available} leaves.`)

  await shop.day('2026-09-01', 'the summer is over; its badge stays')
  await sees('Mia', 'iced', 'weekly', 'times')
}
