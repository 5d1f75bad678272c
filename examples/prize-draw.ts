/** Members of prize-draw.yaml: they collect side by side, enter a draw, and anybody draws the same winners again. */

import { checkDraw } from '../src/engine/drawing.ts'
import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const market = new Scenario(stage, 'GBP', 'Europe/London')
  const names = { Ana: 'Seagull', Bo: undefined, Cleo: undefined, Dan: undefined } as const

  const board = async (period?: string) => {
    const { places, until } = await regulars.getLeaderboard('collectors', period === undefined ? {} : { period })
    market.say(`  Shells of the month that ends on ${until}:`)
    for (const { place, shown_as, score } of places) market.say(`    ${place}. ${shown_as}: ${score}`)
  }
  const enters = async (name: string, times: number) => {
    const member = `external:${name.toLowerCase()}`
    await regulars.createRedemption({ member, reward: 'entry', quantity: times, capture: true })
    market.say(`  ${name} buys ${times} ${times === 1 ? 'entry' : 'entries'}.`)
  }
  const tellDraw = async () => {
    const { status, members, tickets } = await regulars.getDraw('summer', {})
    market.say(`  The summer draw is ${status}: ${tickets} entries of ${members} members count.`)
  }

  await market.day('2026-06-01', 'summer begins')
  for (const [name, alias] of Object.entries(names))
    await regulars.createMember({
      external_id: name.toLowerCase(),
      name: `${name} Hill`,
      ...(alias === undefined ? {} : { alias }),
      ...(name === 'Cleo' ? { leaderboards: 'hidden' } : {}),
    })
  await market.buys('Ana', 300)
  const boat = await market.buys('Bo', 400)
  await market.buys('Cleo', 500)
  await market.buys('Dan', 80)
  await board()
  const { commitment } = await regulars.getDraw('summer', {})
  market.say(`  The seed of the draw is committed to: ${commitment.length} digits that everybody can write down.`)

  await market.day('2026-06-20', 'Bo brings the boat shoes back')
  await market.bringsBack('Bo', boat)
  await board()

  await market.day('2026-07-20', 'June can no longer change')
  const [won] = (await market.member('Ana')).vouchers as { reward: string }[]
  market.say(`  Ana was first and has a voucher: ${won!.reward}.`)
  await enters('Ana', 12)
  await enters('Cleo', 5)
  await enters('Dan', 4)
  await tellDraw()

  await market.day('2026-09-01', 'the draw')
  await tellDraw()
  const drawn = await regulars.holdDraw('summer', { reason: 'The summer is over' })
  const [winners, reserves] = [drawn.places.slice(0, 2), drawn.places.slice(2)]
  market.say(
    `  ${winners.length} members win, and ${reserves.length} ${reserves.length === 1 ? 'stands' : 'stand'} by.`,
  )
  market.say(`  The seed fits what was written down: ${drawn.commitment === commitment ? 'yes' : 'no'}.`)
  const wrong = checkDraw(await regulars.getDrawProof('summer'))
  market.say(`  Drawn again from the published file: ${wrong.length === 0 ? 'the same winners' : wrong.join(', ')}.`)
  await market.day('2026-09-02')
  const { places } = await regulars.getDraw('summer', {})
  market.say(`  The prizes: ${places.map(({ status }) => status.replace('_', ' ')).join(', ')}.`)
}
