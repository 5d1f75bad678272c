/** Three years of a customer of beauty-tiers.yaml: up by spending, down by not spending, and a return in between. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const shop = new Scenario(stage, 'USD', 'America/New_York')
  await shop.day('2026-01-15', 'Ines joins')
  await shop.joins('Ines')
  await shop.sees('Ines')

  await shop.day('2026-04-02')
  await shop.buys('Ines', 349.99)
  await shop.sees('Ines')
  await shop.buys('Ines', 0.01)
  await shop.sees('Ines')

  await shop.day('2026-11-27')
  const coat = await shop.buys('Ines', 700)
  await shop.sees('Ines')

  await shop.day('2026-12-10', 'the level goes with what is brought back, and so do its points')
  await shop.bringsBack('Ines', coat)
  await shop.sees('Ines')

  await shop.day('2027-03-05', 'five hundred points are ten dollars')
  await shop.buys('Ines', 180)
  await shop.fills('Ines', { lipstick: { price: 24 } }, [{ reward: 'ten-off' }])

  await shop.day('2027-06-01', 'a quiet year')
  await shop.buys('Ines', 120)
  await shop.sees('Ines')

  await shop.day('2028-01-02')
  await shop.sees('Ines')
}
