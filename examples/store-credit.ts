/** A customer of store-credit.yaml: a share of what is spent comes back as money, and is paid with like money. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const shop = new Scenario(stage, 'EUR', 'Europe/Paris')
  const sees = async () => {
    const credit = (await shop.member('Luc')).balances[0]!
    shop.say(
      `  Luc has ${(credit.available / 100).toFixed(2)} of credit, ${(credit.pending / 100).toFixed(2)} more to come.`,
    )
  }
  await shop.day('2026-01-12', 'Luc joins and buys on a Monday')
  await shop.joins('Luc')
  await shop.fills('Luc', { lamp: { price: 120 } })
  await sees()

  await shop.day('2026-01-14', 'on Wednesdays it is twice as much')
  const chairs = await shop.fills('Luc', { chair: { price: 75, quantity: 2 } })
  await sees()

  await shop.day('2026-01-20', 'what comes back brings nothing')
  await shop.bringsBack('Luc', chairs)
  await sees()

  await shop.day('2026-03-02', 'a decimal bill is paid to the cent, and what credit pays brings nothing')
  await sees()
  const shelf = await shop.fills('Luc', { shelf: { price: 24.37 } }, [{ points: 900 }])
  await sees()

  await shop.day('2026-03-03', 'what was paid in credit comes back as credit')
  await shop.bringsBack('Luc', shelf)
  await sees()
}
