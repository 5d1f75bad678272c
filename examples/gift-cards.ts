/** Whoever gets a gift card of gift-cards.yaml: it is sold, claimed once, spent in part, and filled again by a return. */

import { ProblemError } from '../src/client/index.ts'
import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const shop = new Scenario(stage, 'USD', 'America/Chicago')
  let orders = 0
  let today = ''

  const day = async (date: string, said: string) => {
    today = `${date}T12:00:00Z`
    await shop.day(date, said)
  }
  const dollars = (cents: number) => (cents / 100).toFixed(2)
  const buys = async (name: string, what: string, price: number, redeem: object[] = []) => {
    const order = `${name}-${++orders}`
    const answer = await regulars.putOrder(order, {
      member: `external:${name.toLowerCase()}`,
      occurred_at: today,
      currency: 'USD',
      prices: 'tax_included',
      lines: [{ id: '1', sku: what, category: what, quantity: 1, unit_price: price * 100 }],
      ...(redeem.length === 0 ? {} : { redeem }),
    })
    const { total, to_pay } = answer.order
    const off = answer.order.discount === 0 ? '' : `, ${dollars(answer.order.discount)} off`
    const card = total === to_pay ? '' : `, ${dollars(total - to_pay)} of it with the card`
    const earned = answer.explanation.find(({ rule }) => rule === 'books')?.points ?? 0
    const points = earned === 0 ? 'No points' : `${earned} points`
    shop.say(
      `  ${name} buys ${what} for ${dollars(price * 100)}${off}${card}: ${dollars(to_pay)} at the till. ${points}.`,
    )
    return order
  }
  const sees = async (name: string) => {
    const { balances, vouchers } = await shop.member(name)
    const [credit, points] = balances
    const open = vouchers.map((voucher) => `“${voucher.name}”`)
    const more = open.length === 0 ? '' : `, and ${open.join(' and ')} to use`
    shop.say(`  ${name}’s app says: ${dollars(credit!.available)} on the card, ${points!.available} points${more}.`)
  }
  /** The codes are printed on paper and differ every time, so a story does not tell them. */
  const prints = async (batch: Parameters<typeof regulars.printVouchers>[0]) => {
    const { id } = await regulars.printVouchers(batch)
    return (await regulars.listVoucherBatchCodes(id)).data.map(({ code }) => code)
  }
  const claims = async (name: string, code: string) => {
    const member = `external:${name.toLowerCase()}`
    try {
      await regulars.claimVoucher(code, { member })
      shop.say(`  ${name} enters the code.`)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      shop.say(`  ${name} enters the code, and reads: ${error.code}.`)
    }
  }

  await day('2026-03-02', 'Ann buys a gift card for her nephew')
  for (const name of ['Ann', 'Bo', 'Cy']) await shop.joins(name)
  await buys('Ann', 'gift-cards', 50)
  const [card] = await prints({ reward: 'gift-card', count: 1, amount: 5_000 })
  shop.say('  The till prints a card with 50.00 on it. It is nobody’s yet.')

  await day('2026-03-14', 'Bo has his birthday')
  await claims('Bo', card!)
  await sees('Bo')
  shop.say('  His sister has a photo of the card.')
  await claims('Cy', card!)

  await day('2026-03-20', 'he spends a part of it')
  await buys('Bo', 'books', 32, [{ points: 3_200, wallet: 'credit' }])
  await sees('Bo')

  await day('2026-04-02', 'he spends the rest, and pays what is missing')
  const order = await buys('Bo', 'books', 24, [{ points: 1_800, wallet: 'credit' }])
  await sees('Bo')

  await day('2026-04-07', 'he has that book already, and brings it back')
  const back = await regulars.returnOrder(order, {
    external_id: 'bo-back',
    occurred_at: today,
    lines: [{ id: '1', quantity: 1 }],
  })
  shop.say(
    `  Of ${dollars(back.refund_total)} he gets ${dollars(back.refund_money)} in money; the rest is on the card again.`,
  )
  await sees('Bo')

  await day('2026-05-04', 'flyers go through letterboxes, one for each household')
  const flyers = await prints({ reward: 'flyer', count: 1_000, per_member: 1, expires: '2026-06-01T00:00:00-05:00' })
  await claims('Cy', flyers[0]!)
  await claims('Cy', flyers[1]!)
  await sees('Cy')
  await buys('Cy', 'books', 30, [{ voucher: flyers[0]! }])
  await sees('Cy')

  await day('2026-05-30', 'Ann has collected enough for a book from the shelf, and gives it to Cy')
  await buys('Ann', 'books', 160)
  const { voucher } = await regulars.createRedemption({ member: 'external:ann', reward: 'paperback', capture: true })
  await regulars.transferVoucher(voucher!, { to: 'external:cy' })
  await sees('Ann')
  await sees('Cy')
  const theirs = (await shop.member('Cy')).vouchers[0]!
  await buys('Cy', 'shelf', 9, [{ voucher: theirs.code }])
}
