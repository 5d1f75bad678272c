/** What members are told of draws, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Draws',
    draw: 'Entries come in until {day}, that day included. Then we draw {winners, plural, one {one member, who gets} other {# members, each of whom gets}} “{prize}”.',
    most: 'At most {count, plural, one {# entry} other {# entries}} of each member count.',
    fair: 'Every entry has the same chance. We publish a fingerprint of the number that decides before anybody enters, and the number with the winners, so that anybody can draw again and see that nothing was changed.',
    open: 'Whoever has closed their account by then takes no part.',
    'loss.gone': 'The draw “{draw}”, for which members have entries, is gone.',
    'loss.until': 'The draw “{draw}” ends on another day.',
    'loss.prize': 'The draw “{draw}” has another prize, or fewer members win.',
    'loss.most': 'Fewer entries of each member count in the draw “{draw}”.',
  },
  tr: {
    title: 'Çekilişler',
    draw: 'Katılım için son gün: {day}. Ardından {winners, number} üye çekilir ve her biri “{prize}” kazanır.',
    most: 'Her üyenin en çok {count, number} katılımı sayılır.',
    fair: 'Her katılımın şansı aynıdır. Sonucu belirleyen sayının parmak izini katılımdan önce, sayının kendisini kazananlarla birlikte yayımlarız; böylece herkes çekilişi yeniden yapıp hiçbir şeyin değişmediğini görebilir.',
    open: 'O güne kadar hesabını kapatmış olanlar katılmaz.',
    'loss.gone': 'Üyelerin katıldığı “{draw}” çekilişi kalkıyor.',
    'loss.until': '“{draw}” çekilişi başka bir gün bitiyor.',
    'loss.prize': '“{draw}” çekilişinin ödülü değişiyor ya da daha az üye kazanıyor.',
    'loss.most': '“{draw}” çekilişinde her üyenin daha az katılımı sayılıyor.',
  },
}
