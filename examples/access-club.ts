/** A year of somebody in access-club.yaml: no points anywhere, and more open doors with each purchase. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const studio = new Scenario(stage, 'USD', 'America/Los_Angeles')
  const box = (price: number) => [
    { what: 'lamp', category: 'lamps', price },
    { what: 'parcel', category: 'shipping', price: 8 },
  ]
  const sees = async () => {
    const { tier, perks, vouchers, challenges, badges } = await studio.member('Noa')
    studio.say(`  Noa is ${tier!.name}${perks.length === 0 ? '' : `, with ${perks.join(', ').replaceAll('-', ' ')}`}.`)
    for (const { name, have, need, state } of challenges)
      studio.say(`  ${name}: ${state === 'done' ? 'done' : `${have} of ${need}`}.`)
    if (badges.length > 0) studio.say(`  Noa is ${badges.map(({ name }) => name.toLowerCase()).join(' and ')}.`)
    for (const { name } of vouchers) studio.say(`  For her to use: ${name}.`)
  }

  await studio.day('2026-01-10', 'Noa joins, and tells her birthday')
  await studio.joins('Noa')
  await regulars.updateMember('external:noa', { birthday: '1990-05-02' })
  await studio.takes('Noa', box(30))
  await sees()

  await studio.day('2026-02-14', 'a second purchase makes a friend of her')
  await studio.takes('Noa', box(55))
  await studio.takes('Noa', box(55))
  await sees()

  for (const [date, said] of [
    ['2026-03-01', 'she shows how the lamp looks'],
    ['2026-03-02', ''],
    ['2026-03-03', 'for the third time'],
  ] as const) {
    await studio.day(date, said)
    await studio.does('Noa', 'look', { photos: 1 })
  }
  await sees()

  await studio.day('2026-05-02', 'her birthday')
  await sees()

  await studio.day('2026-06-20', 'an insider')
  await studio.takes('Noa', box(80))
  await studio.takes('Noa', box(20))
  await studio.takes('Noa', box(20))
  await sees()
  await regulars.usePerk('studio-visit', { member: 'external:noa', external_id: 'summer-evening' })
  studio.say('  Noa comes to the studio for an evening.')
}
