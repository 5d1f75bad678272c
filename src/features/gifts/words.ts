/** What members are told of gifts, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Gifts',
    birthday:
      '{days, plural, =0 {On your birthday} one {A day before your birthday} other {# days before your birthday}} you get: {reward}.',
    anniversary:
      '{days, plural, =0 {Each year on the day you joined} one {Each year, a day before the day you joined,} other {Each year, # days before the day you joined,}} you get: {reward}.',
    join: 'When you join you get: {reward}.',
    first_order: 'With your first purchase you get: {reward}. If all of it is returned, the gift goes with it.',
    win_back: 'If you have not bought anything for {inactive}, you get: {reward}.',
    threshold: 'When you have collected {points} in all, you get: {reward}.',
    repeats: 'Each time you have collected {points}, you get: {reward}.',
    spends: 'As soon as you have {points}, they become: {reward}.',
    every_week: 'Every week you get: {reward}.',
    every_month: 'Every month you get: {reward}.',
    every_quarter: 'Every quarter of a year you get: {reward}.',
    every_year: 'Every year you get: {reward}.',
    once_a_year: 'Once in a calendar year.',
    levels: 'For members of {levels}.',
    only: 'Only {condition}.',
    window: 'You can use it for {window}.',
    window_level: 'At the level {level} you can use it for {window}.',
    'when.member.is_birthday': '{op, select, yes {around your birthday} other {except around your birthday}}',
    'when.member.days_since_order':
      '{op, select, is {{value} days after your last purchase} is_not {except {value} days after your last purchase} more {more than {value} days after your last purchase} at_least {from {value} days after your last purchase on} less {less than {value} days after your last purchase} other {up to {value} days after your last purchase}}',
    'loss.removed': '“{reward}” does not come as a gift any more.',
    'loss.less': '“{reward}” comes as a gift to fewer members, more rarely, or for less long.',
  },
  tr: {
    title: 'Hediyeler',
    birthday: '{days, plural, =0 {Doğum gününüzde} other {Doğum gününüzden # gün önce}} size verilir: {reward}.',
    anniversary:
      '{days, plural, =0 {Her yıl üye olduğunuz günde} other {Her yıl üye olduğunuz günden # gün önce}} size verilir: {reward}.',
    join: 'Üye olduğunuzda size verilir: {reward}.',
    first_order: 'İlk alışverişinizde size verilir: {reward}. Alışverişin tamamı iade edilirse hediye de geri alınır.',
    win_back: '{inactive} boyunca alışveriş yapmazsanız size verilir: {reward}.',
    threshold: 'Toplam {points} biriktirdiğinizde size verilir: {reward}.',
    repeats: 'Her {points} biriktirdiğinizde size verilir: {reward}.',
    spends: '{points} biriktiği anda şuna dönüşür: {reward}.',
    every_week: 'Her hafta size verilir: {reward}.',
    every_month: 'Her ay size verilir: {reward}.',
    every_quarter: 'Üç ayda bir size verilir: {reward}.',
    every_year: 'Her yıl size verilir: {reward}.',
    once_a_year: 'Bir takvim yılında yalnızca bir kez.',
    levels: 'Geçerli olduğu seviyeler: {levels}.',
    only: 'Yalnızca {condition} geçerlidir.',
    window: 'Kullanım süresi: {window}.',
    window_level: '{level} seviyesinde kullanım süresi: {window}.',
    'when.member.is_birthday': '{op, select, yes {doğum gününüz çevresinde} other {doğum gününüz çevresi dışında}}',
    'when.member.days_since_order':
      '{op, select, is {son alışverişinizden {value} gün sonra} is_not {son alışverişinizden {value} gün sonrası dışında} more {son alışverişinizin üzerinden {value} günden fazla geçtiyse} at_least {son alışverişinizin üzerinden en az {value} gün geçtiyse} less {son alışverişinizin üzerinden {value} günden az geçtiyse} other {son alışverişinizin üzerinden en çok {value} gün geçtiyse}}',
    'loss.removed': '“{reward}” artık hediye edilmiyor.',
    'loss.less': '“{reward}” daha az üyeye, daha seyrek ya da daha kısa süreliğine hediye ediliyor.',
  },
}
