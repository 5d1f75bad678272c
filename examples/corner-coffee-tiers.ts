/** A regular of corner-coffee.yaml: gold by stars collected, whatever is spent of them, and kept through the next year. */

import { Scenario, type Stage } from './scenario.ts'

export const program = 'corner-coffee'

export async function story(stage: Stage): Promise<void> {
  const coffee = new Scenario(stage, 'USD', 'America/New_York')
  await coffee.day('2026-03-04', 'Sam caters for the office')
  await coffee.joins('Sam')
  await coffee.buys('Sam', 300)
  await coffee.sees('Sam')

  await coffee.day('2026-03-05', 'stars that are spent count all the same')
  await stage.regulars.createRedemption({ member: 'external:sam', reward: 'free-coffee', capture: true })
  await coffee.buys('Sam', 199.99)
  await coffee.sees('Sam')
  await coffee.buys('Sam', 0.01)
  await coffee.sees('Sam')

  await coffee.day('2026-03-06', 'from now on a dollar makes 1.2 stars')
  await coffee.buys('Sam', 10)

  await coffee.day('2027-02-01', 'gold stays through the next year')
  await coffee.sees('Sam')

  await coffee.day('2028-01-02', 'and then it is green again')
  await coffee.sees('Sam')
}
