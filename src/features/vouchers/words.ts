/** What members are told of vouchers, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Vouchers',
    once: 'A voucher can be used once. If you bring back everything that you bought with it, you have it again.',
    warn: 'We tell you {warn} before a voucher ends.',
    grace: 'If it has ended by then, you can use it for another {grace}.',
  },
  tr: {
    title: 'Kuponlar',
    once: 'Bir kupon bir kez kullanılabilir. Onunla aldığınız her şeyi iade ederseniz kupon yeniden sizin olur.',
    warn: 'Kuponun süresi dolmadan {warn} önce size haber veririz.',
    grace: 'O zamana kadar süresi dolmuşsa kuponu {grace} daha kullanabilirsiniz.',
  },
}
