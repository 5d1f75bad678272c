/** A neighbour at the till of local-shop.yaml: a phone number, one tap, and from then on it is all there. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const shop = new Scenario(stage, 'GBP', 'Europe/London')
  let orders = 0
  let today = ''

  const day = async (date: string, said: string) => {
    today = `${date}T12:00:00Z`
    await shop.day(date, said)
  }
  const pounds = (pence: number) => (pence / 100).toFixed(2)
  /** At the till a member is whoever has the number that they say, however they say it. */
  const found = async (phone: string) => (await regulars.listMembers({ phone })).data[0]
  const buys = async (
    phone: string,
    goods: [sku: string, category: string, pence: number][],
    redeem: object[] = [],
  ) => {
    const member = (await found(phone))!.id
    await regulars.recordVisit({ member, occurred_at: today })
    const { order, explanation } = await regulars.putOrder(`sale-${++orders}`, {
      member,
      occurred_at: today,
      currency: 'GBP',
      prices: 'tax_included',
      lines: goods.map(([sku, category, unit_price], i) => ({
        id: `${i + 1}`,
        sku,
        category,
        quantity: 1,
        unit_price,
      })),
      ...(redeem.length === 0 ? {} : { redeem }),
    })
    const off = order.discount === 0 ? '' : `, ${pounds(order.discount)} off`
    const names = goods.map(([sku]) => sku.replaceAll('-', ' '))
    shop.say(`  Rosa buys ${names.join(', ')} for ${pounds(order.subtotal)}${off}.`)
    for (const { text, points } of explanation) if (points > 0) shop.say(`    ${text}`)
  }
  const sees = async (phone: string) => {
    const { balances, vouchers } = (await found(phone))!
    const open = vouchers.map(({ name }) => `, “${name}” to use`)
    shop.say(`  The till says: ${balances[0]!.available} points${open.join('')}.`)
  }

  await day('2026-03-02', 'Rosa says her number; nobody has it yet')
  shop.say(`  Members with 07700 900123: ${(await regulars.listMembers({ phone: '07700 900123' })).data.length}.`)
  await regulars.createMember({ name: 'Rosa', phone: '+44 7700 900123' })
  shop.say('  She agrees on the screen, and is a member.')
  await buys('07700 900123', [
    ['sourdough', 'bread', 380],
    ['jam-400', 'larder', 450],
    ['milk', 'dairy', 165],
  ])
  await sees('+447700900123')

  await day('2026-03-03', 'tobacco earns nothing, and coming by counts once a day')
  await buys('07700-900123', [['tobacco', 'tobacco', 1500]])
  await buys('07700-900123', [['milk', 'dairy', 165]])
  await sees('07700 900123')

  await day('2026-03-20', 'her points buy a loaf: the cheapest of two, on every till')
  const loaves: [string, string, number][] = [
    ['sourdough', 'bread', 380],
    ['baguette', 'bread', 190],
  ]
  await buys('07700 900123', loaves, [{ reward: 'loaf' }])
  await sees('07700 900123')

  await day('2026-05-05', 'she has not come for 45 days')
  await sees('07700 900123')
  const use = [{ voucher: (await found('07700 900123'))!.vouchers[0]!.code }]
  await buys(
    '07700 900123',
    [
      ['coffee', 'larder', 690],
      ['cheese', 'dairy', 520],
    ],
    use,
  )
  await sees('07700 900123')

  await day('2026-12-02', 'and then she moves away')
  await sees('07700 900123')
}
