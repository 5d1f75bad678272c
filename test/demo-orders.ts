/** A file of orders to try things on: some months of a coffee house's tills, as one would export them. */

import { cornerCoffee } from '../examples/corner-coffee.ts'

/** CSV, a row a line. */
export function demoOrders(members: number, from: string, until: string): string {
  const rows = ['order,member,date,sku,category,quantity,price']
  for (const event of cornerCoffee({ members, from: Date.parse(from), until: Date.parse(until) })) {
    if (event.type !== 'order') continue
    const { external_id, member, occurred_at, lines } = event.body
    for (const { sku, category, quantity, unit_price } of lines)
      rows.push([external_id, member ?? '', occurred_at, sku, category, quantity, unit_price / 100].join())
  }
  return `${rows.join('\n')}\n`
}
