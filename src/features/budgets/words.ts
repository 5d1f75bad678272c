/** What members are told of campaigns that end when they are spent, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'What there is only so much of',
    covers: 'This is given only as long as what is set aside for it lasts: {what}.',
    each: 'One member, or one household, may have {most} of it {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    'loss.each': 'Members may have less of “{budget}”, also in the period that is under way.',
  },
  tr: {
    title: 'Sayılı olanlar',
    covers: 'Bunlar yalnızca ayrılan bütçe tükenene kadar verilir: {what}.',
    each: 'Bir üyenin ya da hanenin alabileceği: {per, select, day {günde} week {haftada} month {ayda} quarter {üç ayda} year {yılda} other {toplamda}} en çok {most}.',
    'loss.each': 'Üyelerin “{budget}” kampanyasından alabileceği, sürmekte olan dönem için de azalıyor.',
  },
}
