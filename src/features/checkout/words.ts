/** What members are told of how discounts go together, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'When several things are taken off',
    exclusive: 'Of these, a purchase gets one at most: {what}.',
    most: 'At most {most} is taken off a purchase.',
    share: '{share} of the price',
    floor: 'At least {floor} is left to pay.',
    points_paid:
      '{earns, select, yes {What you pay with points earns like money.} other {What you pay with points earns nothing.}}',
    stored_value:
      '{earns, select, yes {What you pay with credit earns like money.} other {What you pay with credit earns nothing.}}',
    free_items:
      '{earns, select, yes {Items that cost nothing earn what is given for an item.} other {Items that cost nothing earn nothing.}}',
  },
  tr: {
    title: 'Birden çok indirim bir araya gelirse',
    exclusive: 'Bir alışverişte bunlardan en çok biri geçerlidir: {what}.',
    most: 'Bir alışverişten düşülebilecek en yüksek tutar: {most}.',
    share: 'fiyatın {share} kadarı',
    floor: 'Ödenecek en az tutar: {floor}.',
    points_paid:
      '{earns, select, yes {Puanla ödediğiniz bölüm de para gibi kazandırır.} other {Puanla ödediğiniz bölüm bir şey kazandırmaz.}}',
    stored_value:
      '{earns, select, yes {Bakiyenizle ödediğiniz bölüm de para gibi kazandırır.} other {Bakiyenizle ödediğiniz bölüm bir şey kazandırmaz.}}',
    free_items:
      '{earns, select, yes {Bedava ürünler de ürün başına verileni kazandırır.} other {Bedava ürünler bir şey kazandırmaz.}}',
  },
}
