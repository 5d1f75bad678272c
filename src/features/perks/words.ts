/** What members are told of perks, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Perks',
    unlimited: 'You may use it as often as you like.',
    uses: 'You may use it {uses, plural, one {once} =2 {twice} other {# times}}{per, select, order { on an order} day { a day} week { a week} month { a month} quarter { a quarter} year { a year} membership_period { in each period of your plan} other { in all}}.',
    who: 'For whoever has {who}.',
    only: 'It is there {condition}.',
    lasts: 'It lasts {lasts} each time.',
    worth: 'We count each use as {worth} that you save.',
    from: 'It begins on {from}.',
    until: 'It ends after {until}.',
    'loss.gone': '{perk} is gone.',
    'loss.fewer': '{perk} may be used less often.',
    'loss.who': '{perk} is for fewer members.',
  },
  tr: {
    title: 'Ayrıcalıklar',
    unlimited: 'İstediğiniz kadar kullanabilirsiniz.',
    uses: '{per, select, order {Bir alışverişte} day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda bir} year {Yılda} membership_period {Planınızın her döneminde} other {Toplam}} {uses, number} kez kullanabilirsiniz.',
    who: 'Sahip olanlar: {who}.',
    only: 'Şu durumda geçerlidir: {condition}.',
    lasts: 'Her kullanım {lasts} sürer.',
    worth: 'Her kullanımı {worth} tasarruf sayarız.',
    from: '{from} günü başlar.',
    until: '{until} gününden sonra biter.',
    'loss.gone': '{perk} kalkıyor.',
    'loss.fewer': '{perk} daha seyrek kullanılabiliyor.',
    'loss.who': '{perk} daha az üye için.',
  },
}
