/** What members are told of levels, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Levels',
    window:
      'What you do towards a level is counted {window, select, calendar_month {within a calendar month} calendar_quarter {within a quarter of the calendar year} calendar_year {within a calendar year} anniversary_year {within each year since you joined} since_joining {since you joined} lifetime {without end} other {over the last {months}}}.',
    first: 'Everybody has this level from the first day.',
    reached: 'This level takes {what}.',
    measure_spend: '{amount} spent, after discounts and before tax',
    measure_orders: '{count, plural, one {# purchase} other {# purchases}}',
    measure_visits: '{count, plural, one {# visit} other {# visits}}',
    measure_points: '{points} earned',
    measure_other: '{count, number} {what}',
    multiply: 'What your purchases earn is multiplied by {times}.',
    perks: 'It comes with {perks}.',
    up: 'A level comes {up, select, at_once {as soon as you reach it; the purchase that reaches it still earns as before} end_of_window {with the period that follows} other {{wait} after the purchase that reaches it, when that can no longer be returned}}.',
    keep: 'You keep a level {keep, select, until_end_of_window {for the rest of the period in which you reach it} until_end_of_next_window {for the rest of the period in which you reach it and for the whole of the next} for_life {for life} other {for {months}}}.',
    down: '{down, select, one_level {Then you fall by one level at most.} other {Then you have the level that you have earned by then.}}',
    grace: 'It stays {grace} longer than that.',
    on_return:
      '{on_return, select, keep {A return does not take a level from you.} other {If a return takes you below what a level asks for, you lose the level.}}',
    'when.member.tier': '{op, select, is {at the level {value}} other {at any level but {value}}}',
    'loss.all': 'There are no levels any more.',
    'loss.measure': 'Levels count something else, and what members have done towards them so far counts no more.',
    'loss.level': 'The level {level} is gone.',
    'loss.from': '{level} takes more than members were told who are on their way to it.',
    'loss.multiply': '{level} earns less than before.',
    'loss.perks': '{level} comes without {perks}.',
    'loss.keep': 'Levels are kept for less long.',
  },
  tr: {
    title: 'Seviyeler',
    window:
      'Bir seviye için yaptıklarınız {window, select, calendar_month {takvim ayı içinde} calendar_quarter {takvim yılının üç aylık dönemi içinde} calendar_year {takvim yılı içinde} anniversary_year {üyeliğinizin her yılı içinde} since_joining {üye olduğunuz günden beri} lifetime {süresiz olarak} other {son {months} içinde}} sayılır.',
    first: 'Herkes ilk günden bu seviyededir.',
    reached: 'Bu seviye için gereken: {what}.',
    measure_spend: '{amount} harcama (indirimler düşülmüş, vergisiz)',
    measure_orders: '{count, number} alışveriş',
    measure_visits: '{count, number} ziyaret',
    measure_points: 'kazanılmış {points}',
    measure_other: '{count, number} {what}',
    multiply: 'Alışverişlerinizin kazandırdıkları {times} ile çarpılır.',
    perks: 'Bu seviyeyle gelenler: {perks}.',
    up: 'Seviye {up, select, at_once {ulaştığınız anda gelir; ulaştıran alışveriş henüz önceki seviyeden kazandırır} end_of_window {bir sonraki dönemle birlikte gelir} other {onu sağlayan alışverişten {wait} sonra, iade süresi dolunca gelir}}.',
    keep: 'Seviyeniz {keep, select, until_end_of_window {ulaştığınız dönemin sonuna kadar sizde kalır} until_end_of_next_window {ulaştığınız dönemin ve onu izleyen dönemin sonuna kadar sizde kalır} for_life {ömür boyu sizindir} other {{months} boyunca sizde kalır}}.',
    down: '{down, select, one_level {Sonra en çok bir seviye düşersiniz.} other {Sonra o zamana kadar kazandığınız seviyede olursunuz.}}',
    grace: 'Bu sürenin ardından {grace} daha sizde kalır.',
    on_return:
      '{on_return, select, keep {İade, seviyenizi elinizden almaz.} other {Bir iade sizi seviyenin gerektirdiğinin altına düşürürse o seviyeyi yitirirsiniz.}}',
    'when.member.tier': '{op, select, is {{value} seviyesinde} other {{value} dışındaki seviyelerde}}',
    'loss.all': 'Artık seviye yok.',
    'loss.measure': 'Seviyeler için başka bir şey sayılıyor; üyelerin şimdiye kadar yaptıkları artık sayılmıyor.',
    'loss.level': '{level} seviyesi kalkıyor.',
    'loss.from': '{level} seviyesi, ona ulaşmaya çalışan üyelere söylenenden fazlasını gerektiriyor.',
    'loss.multiply': '{level} seviyesi eskisinden az kazandırıyor.',
    'loss.perks': '{level} seviyesinden çıkarılanlar: {perks}.',
    'loss.keep': 'Seviyeler eskisinden kısa süre korunuyor.',
  },
}
