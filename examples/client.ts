/**
 * A purchase through the HTTP interface: somebody joins, buys coffee, asks what there is to have, and takes it.
 *
 * Run it against a server that serves the demo business:
 *
 *     REGULARS_URL=http://localhost:4000 REGULARS_KEY=sk_… node dist/examples/client.js
 */
import { pathToFileURL } from 'node:url'
import { type Order, ProblemError, Regulars } from '../src/client/index.ts'

/** @param name tells this customer and these orders from those of other runs */
export async function purchase(regulars: Regulars, name: string, print: (line: string) => void): Promise<void> {
  const member = await regulars.createMember({ external_id: name, name: 'Grace Hopper' })
  print(`${member.name} joined with the card ${member.card_number.length} digits long`)

  const cart: Order = {
    member: `external:${name}`,
    occurred_at: new Date().toISOString(),
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'beans', category: 'retail', quantity: 3, unit_price: 2_500 }],
  }
  const order = await regulars.putOrder(`${name}-1`, cart)
  const [balance] = order.balances
  print(`paid ${order.order.total / 100} ${order.order.currency}, has ${balance!.available} ${balance!.wallet}`)

  // The same again is answered alike, so whoever did not hear the answer may ask again.
  const again = await regulars.putOrder(`${name}-1`, cart)
  print(`sent twice it is still the activity of before: ${again.activity === order.activity}`)

  const quote = await regulars.quoteOrder(cart)
  for (const reward of quote.rewards.filter(({ available }) => available)) print(`could have: ${reward.name}`)

  const cheapest = quote.rewards.filter(({ available }) => available).sort((a, b) => a.cost - b.cost)[0]
  if (cheapest !== undefined) {
    const taken = await regulars.createRedemption({ member: member.id, reward: cheapest.reward, capture: true })
    print(`took ${cheapest.name} for ${taken.points}: ${taken.status}`)
  }

  try {
    await regulars.createRedemption({ member: member.id, reward: 'the-moon' })
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    print(`the moon is refused: ${error.code}`)
  }

  let activities = 0
  for await (const _activity of regulars.listActivities(member.id)) activities += 1
  print(`${activities} activities in the time line`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { REGULARS_URL: url = 'http://localhost:4000', REGULARS_KEY: key } = process.env
  if (key === undefined) throw new Error('Set REGULARS_KEY to an API key; `npm start` prints one')
  await purchase(new Regulars({ url, key }), `grace-${Date.now()}`, console.log)
}
