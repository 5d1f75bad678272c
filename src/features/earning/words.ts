/** What members are told of earning, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'How you earn',
    per_amount:
      'You get {points} for every {amount} you spend, {of, select, net_before_tax {after discounts and before tax} net_with_tax {after discounts, tax included} gross_before_tax {before discounts and tax} other {before discounts, tax included}}. {rounding, select, carry {Fractions are kept for your next purchase.} nearest {Each purchase is rounded to the nearest whole.} up {Each purchase is rounded up.} other {Each purchase is rounded down.}}',
    per_item: 'You get {points} for every item.',
    once: 'You get {points} {on, select, order {for each purchase} visit {for each visit} action {each time} join {for joining} other {when you reach a level}}.',
    times: 'What you earn as {points} is multiplied by {times}.',
    counts: 'This counts: {what}.',
    without: 'This does not count: {what}.',
    lines: 'This holds {condition}.',
    limit_times:
      'At most {times, plural, one {once} =2 {twice} other {# times}} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    limit_points:
      'At most {points} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    limit_extra:
      'At most {points} more than usual {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    pending: 'You can spend them {pending} after the day you earn them.',
    yearly:
      '{of, select, last_year {What you earn in a calendar year you can spend from the next {on} on.} other {You can spend them from the next {on} on.}}',
    waits:
      'You can spend them once this is done: {until}. If that has not happened within {within}, {otherwise, select, forfeited {they are lost, and come back if it happens later} other {they are yours all the same}}.',
    forfeited: 'They are lost if this happens: {by}.',
    'loss.limit': 'The limit of “{rule}” is lower, also in the period that is under way.',
    'loss.waiting': '{points} of “{rule}” that members are waiting for are asked for more than they were told.',
  },
  tr: {
    title: 'Nasıl kazanırsınız',
    per_amount:
      'Harcadığınız her {amount} için {points} kazanırsınız; {of, select, net_before_tax {indirimler düşülmüş, vergisiz tutar} net_with_tax {indirimler düşülmüş, vergi dahil tutar} gross_before_tax {indirimsiz, vergisiz tutar} other {indirimsiz, vergi dahil tutar}} esas alınır. {rounding, select, carry {Küsuratlar bir sonraki alışverişinize aktarılır.} nearest {Her alışveriş en yakın tam sayıya yuvarlanır.} up {Her alışveriş yukarı yuvarlanır.} other {Her alışveriş aşağı yuvarlanır.}}',
    per_item: 'Aldığınız her ürün için {points} kazanırsınız.',
    once: '{on, select, order {Her alışverişte} visit {Her ziyarette} action {Her seferinde} join {Üye olduğunuzda} other {Bir seviyeye ulaştığınızda}} {points} kazanırsınız.',
    times: 'Kazandığınız {points} {times} ile çarpılır.',
    counts: 'Sayılanlar: {what}.',
    without: 'Sayılmayanlar: {what}.',
    lines: 'Yalnızca {condition} sayılır.',
    limit_times:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {times} kez.',
    limit_points:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {points}.',
    limit_extra:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} normalden en çok {points} fazla.',
    pending: 'Bunları kazandığınız günden {pending} sonra harcayabilirsiniz.',
    yearly:
      '{of, select, last_year {Bir takvim yılında kazandıklarınızı izleyen yılın şu gününden başlayarak harcayabilirsiniz: {on}.} other {Bunları bir sonraki şu günden başlayarak harcayabilirsiniz: {on}.}}',
    waits:
      'Bunları şu gerçekleşince harcayabilirsiniz: {until}. {within} içinde gerçekleşmezse {otherwise, select, forfeited {silinir, daha sonra gerçekleşirse geri gelir} other {yine de sizin olur}}.',
    forfeited: 'Şu gerçekleşirse silinir: {by}.',
    'loss.limit': '“{rule}” sınırı, sürmekte olan dönem için de düşürülüyor.',
    'loss.waiting': '“{rule}” kuralından bekleyen {points} için üyelere söylenenden fazlası isteniyor.',
  },
}
