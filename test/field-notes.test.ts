/** The bugs that real systems shipped, one by one: each has a test that is named after what it prevents. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** What went wrong elsewhere; the file whose test prevents it here, and how the name of that test begins or goes on. */
const PREVENTED: [bug: string, file: string, name: string][] = [
  ['Refunding did not take points back', 'test/refunds.test.ts', 'a refund that did not take points back'],
  ['Refunding took points back twice', 'test/refunds.test.ts', 'a refund that took points back twice'],
  [
    'Refund of one line took a share of the whole order’s points',
    'test/refunds.test.ts',
    'a refund of one line that took a share of the whole order',
  ],
  [
    'A partial refund left the bonus of a threshold no longer met',
    'test/refunds.test.ts',
    'a partial refund that left the bonus of a threshold no longer met',
  ],
  ['Refund lines blocked later rewards', 'test/refunds.test.ts', 'refund lines that blocked later rewards'],
  ['Reward charged again on refund', 'test/refunds.test.ts', 'a reward that was charged again on refund'],
  ['Reward not given back on refund', 'test/refunds.test.ts', 'a reward that was not given back on refund'],
  ['Order cancelled and refunded: wrong balance', 'test/refunds.test.ts', 'an order cancelled and refunded'],
  [
    'Payment that expired lost the points, then the fix gave them back twice',
    'test/shipped-bugs.test.ts',
    'a payment that expired and lost the points, and then gave them back twice',
  ],
  [
    'The same gift card or reward redeemed twice at the same moment',
    'test/holds.test.ts',
    'the same reward redeemed twice at the same moment',
  ],
  [
    'The same gift card redeemed twice at the same moment',
    'src/features/vouchers/vouchers.test.ts',
    'the same gift card redeemed twice at the same moment',
  ],
  ['Confirm called twice', 'test/holds.test.ts', 'confirm called twice'],
  ['Two tills at once', 'test/holds.test.ts', 'two tills at once'],
  ['A till offline that sent its sale again', 'test/holds.test.ts', 'a till offline that sent its sale again'],
  ['Draft (unpaid) orders moved balances', 'test/holds.test.ts', 'draft orders moved balances'],
  [
    'Points from an order paid for that same order’s reward',
    'test/refunds.test.ts',
    'points from an order that paid for that same order’s reward',
  ],
  ['The reward’s own line earned points', 'test/refunds.test.ts', 'points for the reward’s own line'],
  [
    '"Balance collapse": expired credits dropped out of a sum while old debits stayed',
    'src/features/expiry/expiry.test.ts',
    'a balance never collapses',
  ],
  ['Only the next expiry was shown', 'test/shipped-bugs.test.ts', 'only the next expiry was shown'],
  ['Wrong spending order', 'src/features/expiry/expiry.test.ts', '%s: the oldest first'],
  [
    'Member’s time zone against UTC removed a reward after payment',
    'test/shipped-bugs.test.ts',
    'a member’s time zone against UTC removed a reward after payment',
  ],
  ['Expiry ran at another zone’s midnight', 'test/shipped-bugs.test.ts', 'expiry that ran at another zone’s midnight'],
  ['A 100% discount left 0.01', 'test/shipped-bugs.test.ts', 'a 100% discount that left 0.01'],
  ['Floats in balances', 'test/shipped-bugs.test.ts', 'floats in balances'],
  [
    'Priority by "last edited": correcting a description changed everyone’s points',
    'test/shipped-bugs.test.ts',
    'priority by "last edited"',
  ],
  [
    'Correcting a description changed everyone’s points',
    'test/shipped-bugs.test.ts',
    'correcting a description that changed everyone’s points',
  ],
  [
    'Same program applied twice from two channels',
    'test/shipped-bugs.test.ts',
    'the same program applied twice from two channels',
  ],
  [
    'The same reward took the first item on one device and the dearest on another',
    'test/shipped-bugs.test.ts',
    'a reward that took the first item on one device and the dearest on another',
  ],
  [
    'Per-point discounts wrong with tax',
    'src/features/exchange/exchange.test.ts',
    'discounts for points that were wrong with tax',
  ],
  [
    'Points could not pay a decimal bill',
    'src/features/exchange/exchange.test.ts',
    'points that could not pay a decimal bill',
  ],
  [
    'A till could not choose how many points to spend',
    'src/features/exchange/exchange.test.ts',
    'a till that could not choose how many points to spend',
  ],
  ['Buy-X-get-Y miscounted', 'src/features/checkout/checkout.test.ts', 'buy-X-get-Y that was miscounted'],
  ['A tier came before its threshold', 'src/features/tiers/tiers.test.ts', 'a tier never comes before its threshold'],
  [
    'Tier by balance where tier by points earned was meant',
    'src/features/tiers/tiers.test.ts',
    'a tier is never by balance where it is by points earned',
  ],
  [
    'Merging two members left one card dead',
    'src/features/merging/merging.test.ts',
    'merging two members leaves no card dead',
  ],
  ['An archived card still worked', 'src/features/closing/closing.test.ts', '"an archived card still worked"'],
  [
    'Admins could reset a balance unlogged',
    'src/features/adjustments/adjustments.test.ts',
    '"Admins could reset a balance unlogged"',
  ],
  [
    'A member’s data could not be exported',
    'src/features/members/export.test.ts',
    `"A member's data could not be exported"`,
  ],
  [
    'Imports that could not be reconciled with the system they came from',
    'src/engine/import.test.ts',
    'an import gives what a backtest over the same file gives, to the point',
  ],
]

/** What a later issue brings, tests included. */
const DUE: [bug: string, where: string][] = [['Offline loyalty was impossible', 'the issue of the till screen']]

describe('each bug that real systems shipped', () => {
  test.each(PREVENTED)('%s', (_, file, name) => {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    const names = [
      ...text.matchAll(/\b(?:test|describe)(?:\.each\([\s\S]*?\]\))?\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g),
    ]
    expect(names.map(([, , found]) => found).filter((found) => found!.includes(name))).not.toEqual([])
  })

  test('is prevented or due, not both', () => {
    const all = [...PREVENTED, ...DUE].map(([bug]) => bug)
    expect(new Set(all).size).toBe(all.length)
  })
})
