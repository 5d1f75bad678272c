/** Kinds of activities as people look for them, and what the interface calls each of them. */

export const KINDS = {
  purchases: ['order', 'return', 'cancel', 'visit', 'action'],
  rewards: [
    'redeem',
    'capture',
    'void',
    'voucher_use',
    'voucher_transfer',
    'voucher_claim',
    'voucher_receive',
    'perk_use',
    'perk_void',
    'award',
    'challenge',
  ],
  by_hand: ['adjust', 'approve', 'reject', 'extension', 'tier_given', 'transfer', 'receive', 'merge', 'absorb'],
  account: [
    'join',
    'profile',
    'close',
    'reopen',
    'erase',
    'pool',
    'pooled',
    'membership',
    'membership_cancel',
    'choose',
    'referred',
  ],
  time: ['clock'],
} as const

export type Kind = keyof typeof KINDS

export function isKind(text: string | undefined): text is Kind {
  return text !== undefined && Object.hasOwn(KINDS, text)
}
