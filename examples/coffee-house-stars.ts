/** Two regulars of coffee-house-stars.yaml: one pays with the card of the house and becomes gold, the other stays green. */

import { ProblemError } from '../src/client/index.ts'
import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const house = new Scenario(stage, 'USD', 'America/New_York')
  let orders = 0
  let today = ''

  const day = async (date: string, said: string) => {
    today = `${date}T14:00:00Z`
    await house.day(date, said)
  }
  const dollars = (cents: number) => (cents / 100).toFixed(2)
  const orderOf = (name: string, category: string, price: number, tender: string, redeem: object[], paid?: number) => ({
    member: `external:${name.toLowerCase()}`,
    occurred_at: today.replace('T14', 'T12'),
    currency: 'USD',
    prices: 'tax_excluded' as const,
    location: 'harbour',
    lines: [{ id: '1', sku: category, category, quantity: 1, unit_price: Math.round(price * 100) }],
    ...(redeem.length === 0 ? {} : { redeem }),
    ...(paid === undefined ? {} : { tender: [{ type: tender, amount: paid }] }),
  })
  const buys = async (name: string, category: string, price: number, tender = 'cash', redeem: object[] = []) => {
    const { order: quoted } = await regulars.quoteOrder(orderOf(name, category, price, tender, redeem))
    const order = `${name.toLowerCase()}-${++orders}`
    const body = orderOf(name, category, price, tender, redeem, quoted.total)
    const { order: paid, explanation } = await regulars.putOrder(order, body)
    const off = paid.discount === 0 ? '' : `, ${dollars(paid.discount)} off`
    house.say(`  ${name} buys ${category} for ${price.toFixed(2)}${off}, and pays ${dollars(paid.total)} (${tender}).`)
    for (const { text, points } of explanation) if (points > 0) house.say(`    ${text}`)
    return order
  }
  const sees = async (name: string) => {
    const { balances, tier, vouchers } = await house.member(name)
    const [stars] = balances
    const open = vouchers.map(
      ({ name, expires_at }) => `“${name}”${expires_at === null ? '' : ` until ${until(expires_at)}`}`,
    )
    house.say(
      `  ${name}’s app says: ${tier!.name}, ${stars!.available} stars${open.length === 0 ? '' : `, ${open.join(' and ')}`}.`,
    )
  }
  const until = (time: string) => {
    const last = new Date(Date.parse(time) - 1)
    return last.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'America/New_York' })
  }
  const uses = async (name: string, reward: string) => {
    const found = (await house.member(name)).vouchers.find((voucher) => voucher.reward === reward)
    return [{ voucher: found!.code }]
  }

  await day('2026-03-04', 'Mia and Tom join')
  for (const name of ['Mia', 'Tom'])
    await regulars.createMember({ external_id: name.toLowerCase(), name, birthday: '1990-06-15' })
  await buys('Mia', 'drinks', 5.5, 'preloaded')
  await buys('Tom', 'drinks', 5.5)
  await sees('Mia')
  await sees('Tom')

  await day('2026-04-07', 'a double-star day: the card of the house makes four stars of a dollar')
  await buys('Mia', 'lunch', 130, 'preloaded')
  await buys('Tom', 'brewed', 20)
  await sees('Mia')

  await day('2026-04-20', 'Mia is gold, and what she earns from now on never ends')
  await buys('Mia', 'beans', 45, 'preloaded')
  await buys('Mia', 'drinks', 6.25, 'preloaded')
  await sees('Mia')

  await day('2026-05-02', 'gold gets an extra each month')
  await sees('Mia')
  await buys('Mia', 'extras', 0.8, 'preloaded', await uses('Mia', 'monthly-extra'))

  await day('2026-06-15', 'it is the birthday of both: gold has a month for its drink, green a week')
  await sees('Mia')
  await sees('Tom')

  await day('2026-06-23', 'Tom is a day late')
  await sees('Tom')
  await buys('Mia', 'drinks', 7.5, 'preloaded', await uses('Mia', 'birthday-drink'))

  await day('2026-07-01', 'what a till says of rewards before Tom pays')
  const { rewards } = await regulars.quoteOrder(orderOf('Tom', 'drinks', 5.5, 'cash', []))
  for (const { name, available, discount, missing } of rewards)
    house.say(
      `    ${name}: ${available ? (discount === null ? 'yes' : `takes ${dollars(discount)} off`) : missing!.reason}`,
    )

  await day('2026-07-08', 'Mia takes the mug, for stars and 6.00')
  const mug = { member: 'external:mia', reward: 'mug', capture: true, location: 'harbour' }
  const { points, to_pay } = await regulars.createRedemption(mug)
  house.say(`  ${points} stars, and ${dollars(to_pay)} at the till.`)
  try {
    await regulars.createRedemption(mug)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    house.say(`  A second one? ${error.message}`)
  }
  await sees('Mia')

  await day('2026-11-02', 'Tom has not been there since spring: what he had earned is gone')
  await sees('Tom')
  await sees('Mia')
}
