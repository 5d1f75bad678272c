/** A customer of spend-based-credit.yaml: 250 spent, ten dollars of credit, and what a return makes of both. */

import { Scenario, type Stage } from './scenario.ts'

export async function story(stage: Stage): Promise<void> {
  const shop = new Scenario(stage, 'USD', 'America/New_York')
  const sees = async () => {
    const { balances } = await shop.member('Nora')
    const [credit, progress] = balances
    const owed = credit!.debt === 0 ? '' : `, and owes ${(credit!.debt / 100).toFixed(2)}`
    shop.say(
      `  Nora has ${(credit!.available / 100).toFixed(2)} of store credit${owed}; ${progress!.available} of 250 to the next.`,
    )
  }
  await shop.day('2026-01-10', 'Nora joins')
  await shop.joins('Nora')
  await shop.fills('Nora', { kettle: { price: 89.5 } })
  await sees()

  await shop.day('2026-02-14', 'the first 250')
  const coat = await shop.fills('Nora', { coat: { price: 199.99 } })
  await sees()

  await shop.day('2026-02-20', 'what credit pays does not count towards the next')
  await shop.fills('Nora', { cups: { price: 36 } }, [{ points: 1000, wallet: 'credit' }])
  await sees()

  await shop.day('2026-02-28', 'without the coat there were no 250')
  await shop.bringsBack('Nora', coat)
  await sees()

  await shop.day('2026-03-15', 'what came too early is made up for before the next comes')
  await shop.fills('Nora', { sofa: { price: 480 } })
  await sees()
}
