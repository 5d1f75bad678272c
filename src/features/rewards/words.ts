/** What members are told of rewards, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Rewards',
    cost: 'Costs {points}.',
    cost_and_money: 'Costs {points} and {money}.',
    free: 'Costs no points.',
    given: 'Given to members; it cannot be bought.',
    stock: 'There are {stock, number} in all.',
    valid: 'A voucher of it is valid for {valid}.',
    'loss.removed':
      '“{reward}”, for which members have been collecting, is gone; vouchers of it cannot be used any more.',
    'loss.dearer': '“{reward}”, for which members have been collecting, costs more.',
    'loss.less': '“{reward}”, for which members have been collecting, gives less, or something else.',
    'loss.fewer': '“{reward}” is for fewer levels.',
    'loss.bounds': '“{reward}” is bound to more than members were told.',
  },
  tr: {
    title: 'Ödüller',
    cost: 'Bedeli: {points}.',
    cost_and_money: 'Bedeli: {points} ve {money}.',
    free: 'Bunun için puan gerekmez.',
    given: 'Üyelere hediye edilir; puanla alınamaz.',
    stock: 'Toplam {stock, number} adet vardır.',
    valid: 'Kuponu {valid} geçerlidir.',
    'loss.removed': 'Üyelerin uğruna biriktirdiği “{reward}” ödülü kalkıyor; eldeki kuponları da artık kullanılamıyor.',
    'loss.dearer': 'Üyelerin uğruna biriktirdiği “{reward}” ödülünün bedeli artıyor.',
    'loss.less': 'Üyelerin uğruna biriktirdiği “{reward}” ödülü daha az ya da başka bir şey veriyor.',
    'loss.fewer': '“{reward}” ödülü daha az seviye için geçerli.',
    'loss.bounds': '“{reward}” ödülü üyelere söylenenden fazla koşula bağlanıyor.',
  },
}
