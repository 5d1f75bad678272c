/** A member of retail-discount.yaml: prices for members, then a tier, then an offer that is better than the tier. */

import { Scenario, type Stage } from './scenario.ts'

const wine = { price: 12, quantity: 2, category: 'wine' }

export async function story(stage: Stage): Promise<void> {
  const shop = new Scenario(stage, 'GBP', 'Europe/London')
  await shop.day('2026-02-03', 'Tilda joins')
  await shop.joins('Tilda')
  await shop.asks('Tilda', { bordeaux: wine, delivery: { price: 4.5, category: 'delivery' } })
  await shop.fills('Tilda', { bordeaux: wine, teapot: { price: 24 } })

  await shop.day('2026-02-20', 'three pairs for two, and the cheapest is the third')
  const socks = { wool: { price: 9, category: 'socks' }, silk: { price: 14, quantity: 2, category: 'socks' } }
  await shop.fills('Tilda', socks)

  await shop.day('2026-03-01', 'a winter coat makes Silver')
  await shop.fills('Tilda', { coat: { price: 320 }, delivery: { price: 4.5, category: 'delivery' } })
  await shop.sees('Tilda')

  await shop.day('2026-04-07', 'in the spring week everybody has eight per cent, which is better than five')
  await shop.fills('Tilda', { bordeaux: wine, kettle: { price: 38 } })

  await shop.day('2026-04-20', 'afterwards five again')
  await shop.fills('Tilda', { bordeaux: wine, kettle: { price: 38 } })

  await shop.day('2026-05-02', 'whatever comes together, never more than a third')
  await shop.fills('Tilda', { wool: { price: 9, quantity: 3, category: 'socks' } })
}
