/** Members of referral.yaml: Iris brings friends, one of whom brings everything back, and one of whom is herself. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const { regulars } = stage
  const shop = new Scenario(stage, 'EUR', 'Europe/Amsterdam')
  const named = (name: string) => `external:${name.toLowerCase()}`

  const joinsWithCodeOf = async (name: string, by: string, household?: string) => {
    const { referral_code } = await shop.member(by)
    const member = { external_id: name.toLowerCase(), name, referral_code, ...(household ? { household } : {}) }
    await regulars.createMember(member)
  }
  const buys = async (order: string, name: string, day: string, euros: number, voucher?: string) => {
    const { order: bought } = await regulars.putOrder(order, {
      member: named(name),
      occurred_at: `${day}T12:00:00Z`,
      currency: 'EUR',
      prices: 'tax_included',
      lines: [{ id: '1', sku: 'thing', quantity: 1, unit_price: euros * 100 }],
      ...(voucher === undefined ? {} : { redeem: [{ voucher }] }),
    })
    const paid = (bought.total / 100).toFixed(2)
    shop.say(`  ${name} buys for ${euros}.00${voucher === undefined ? '' : ` with the voucher, and pays ${paid}`}.`)
  }
  const sees = async (name: string) => {
    const { referral, balances } = await shop.member(name)
    const { data } = await regulars.listFriends(named(name), {})
    const friends = await Promise.all(
      data.map(async ({ friend, state, reason }) => `${(await regulars.getMember(friend)).name} ${reason ?? state}`),
    )
    const credit = (balances[0]!.available / 100).toFixed(2)
    const people = friends.length === 0 ? 'nobody' : friends.reverse().join(', ').replaceAll('_', ' ')
    shop.say(`  ${name}'s app: ${people}. Rewarded for ${referral!.rewarded}, ${credit} of store credit.`)
  }
  const voucherOf = async (name: string) => ((await shop.member(name)).vouchers[0] as { code: string }).code

  await shop.day('2026-03-02', 'Iris shows Noor her code')
  await regulars.createMember({ external_id: 'iris', name: 'Iris', household: 'Keizersgracht 1, Amsterdam' })
  await joinsWithCodeOf('Noor', 'Iris')
  shop.say(`  Noor joins and has ${(await shop.member('Noor')).vouchers.length} voucher.`)
  await buys('noor-1', 'Noor', '2026-03-02', 48, await voucherOf('Noor'))
  await shop.day('2026-03-03')
  await sees('Iris')

  await shop.day('2026-04-01', 'thirty days later it is certain')
  await sees('Iris')

  await shop.day('2026-04-10', 'Tom buys and brings it back; Iris’s brother lives with her')
  await joinsWithCodeOf('Tom', 'Iris')
  await joinsWithCodeOf('Leo', 'Iris', 'keizersgracht 1 amsterdam')
  await buys('tom-1', 'Tom', '2026-04-10', 60)
  await buys('leo-1', 'Leo', '2026-04-10', 30)
  await shop.day('2026-04-20')
  await regulars.returnOrder('tom-1', {
    external_id: 'tom-back',
    occurred_at: '2026-04-20T12:00:00Z',
    lines: [{ id: '1', quantity: 1 }],
  })
  shop.say('  Tom brings it back.')
  await shop.day('2026-05-20')
  await sees('Iris')

  await shop.day('2026-06-01', 'Iris tries it with herself, under another name')
  await joinsWithCodeOf('Irene', 'Iris')
  await buys('irene-1', 'Irene', '2026-06-01', 25)
  await shop.day('2026-07-02')
  await sees('Iris')
  await regulars.mergeMember('external:irene', { into: 'external:iris' })
  shop.say('  The shop finds out that Irene is Iris, and makes them one.')
  await sees('Iris')

  await shop.day('2026-09-01', 'three more friends')
  for (const name of ['Ada', 'Ben', 'Cas']) {
    await joinsWithCodeOf(name, 'Iris')
    await buys(`${name}-1`, name, '2026-09-01', 40)
  }
  await shop.day('2026-10-02', 'and three a year is the most')
  await sees('Iris')
  const { states } = await regulars.getReferralSummary()
  const counted = Object.entries(states).filter(([, count]) => count > 0)
  shop.say(`  The shop sees: ${counted.map(([state, count]) => `${count} ${state}`).join(', ')}.`)
}
