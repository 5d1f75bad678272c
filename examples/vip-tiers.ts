/** A customer of vip-tiers.yaml: a level waits until nothing can come back, and stays for a year and a month. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const house = new Scenario(stage, 'EUR', 'Europe/Paris')
  await house.day('2026-03-03', 'Aya buys a coat')
  await house.joins('Aya')
  await house.buys('Aya', 900)
  await house.sees('Aya')

  await house.day('2026-03-20', 'and shoes, and a bag that she brings back')
  await house.buys('Aya', 350)
  const bag = await house.buys('Aya', 4200)
  await house.sees('Aya')
  await house.day('2026-03-28')
  await house.bringsBack('Aya', bag)

  await house.day('2026-04-03', 'the coat counts')
  await house.sees('Aya')
  await house.day('2026-04-19', 'the shoes count, and silver comes')
  await house.sees('Aya')

  await house.day('2027-03-02', 'a year later the coat is leaving the twelve months')
  await house.sees('Aya')
  await house.day('2027-05-02')
  await house.sees('Aya')

  const visible = async (name: string) => {
    const { data } = await stage.regulars.listPerks(`external:${name.toLowerCase()}`)
    for (const { name: perk, left, per } of data)
      house.say(`    ${perk}${left === null ? '' : `: ${left} left this ${per}`}`)
  }
  await house.day('2027-06-05', 'Noor has long been a friend of the house')
  await house.joins('Noor')
  const reason = 'Client of our atelier for ten years'
  await house.isGiven('Noor', { level: 'platinum', kind: 'matched', months: 12, reason })
  await house.sees('Noor')
  await visible('Noor')
  const noor = { member: 'external:noor' }
  const { ends_at } = await stage.regulars.usePerk('home-trial', { ...noor, external_id: 'parcel-71', order: 'coat' })
  house.say(`  A coat goes home with her until ${ends_at!.slice(0, 10)}.`)
  await stage.regulars.usePerk('pre-order', { ...noor, external_id: 'autumn-14' })
  house.say('  She orders from the autumn collection, which nobody else sees yet.')
  await visible('Noor')
  await house.day('2027-07-02', 'a new month and a new quarter')
  await visible('Noor')
}
