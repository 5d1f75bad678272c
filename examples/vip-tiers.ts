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
}
