/** What members are told that conditions ask of an order and its lines, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    'when.order.total': money('if you pay', 'tax included'),
    'when.order.net': money('if you pay', 'before tax'),
    'when.order.subtotal': money('if your purchase comes to', 'before discounts'),
    'when.order.discount': money('if your discounts come to', 'in all'),
    'when.order.items': count('items'),
    'when.order.lines': count('different items'),
    'when.order.categories': has('from', 'without anything from'),
    'when.order.skus': has('with', 'without'),
    'when.order.location': '{op, select, is {at {value}} other {anywhere but at {value}}}',
    'when.order.channel': '{op, select, is {through “{value}”} other {through anything but “{value}”}}',
    'when.order.tenders': '{op, select, has {if you pay with {value}} other {if you do not pay with {value}}}',
    'when.order.weekday': '{op, select, is {on a {value}} other {on any day but {value}}}',
    'when.order.hour':
      '{op, select, is {between {value}:00 and {value}:59} is_not {not between {value}:00 and {value}:59} more {after {value}:59} at_least {from {value}:00} less {before {value}:00} other {until {value}:59}}',
    'when.order.month':
      '{op, select, is {in {value}} is_not {not in {value}} more {after {value}} at_least {from {value} on} less {before {value}} other {until the end of {value}}}',
    'when.order.day':
      '{op, select, is {on day {value} of the month} is_not {not on day {value} of the month} more {after day {value} of the month} at_least {from day {value} of the month on} less {before day {value} of the month} other {until day {value} of the month}}',
    'when.line.category': '{op, select, is {for items from {value}} other {for items not from {value}}}',
    'when.line.sku': '{op, select, is {for {value}} other {for anything but {value}}}',
    'when.line.name': '{op, select, is {for {value}} other {for anything but {value}}}',
    'when.line.quantity': count('of the same item'),
    'when.line.unit_price': money('for items that cost', 'each'),
    'when.line.net': money('for items that come to', 'before tax'),
  },
  tr: {
    'when.order.total': turkishMoney('vergi dahil ödediğiniz tutar'),
    'when.order.net': turkishMoney('vergisiz ödediğiniz tutar'),
    'when.order.subtotal': turkishMoney('alışverişinizin indirimsiz tutarı'),
    'when.order.discount': turkishMoney('indirimlerinizin toplamı'),
    'when.order.items': turkishCount('ürün'),
    'when.order.lines': turkishCount('farklı ürün'),
    'when.order.categories':
      '{op, select, has {alışverişinizde “{value}” türünden bir ürün varsa} other {alışverişinizde “{value}” türünden ürün yoksa}}',
    'when.order.skus': '{op, select, has {alışverişinizde “{value}” varsa} other {alışverişinizde “{value}” yoksa}}',
    'when.order.location': '{op, select, is {{value} şubesinde} other {{value} dışındaki şubelerde}}',
    'when.order.channel': '{op, select, is {{value} kanalında} other {{value} dışındaki kanallarda}}',
    'when.order.tenders': '{op, select, has {{value} ile öderseniz} other {{value} dışında bir yolla öderseniz}}',
    'when.order.weekday': '{op, select, is {{value} günleri} other {{value} dışındaki günlerde}}',
    'when.order.hour':
      '{op, select, is {{value}.00 ile {value}.59 arasında} is_not {{value}.00 ile {value}.59 arası dışında} more {saat {value}.59 sonrasında} at_least {saat {value}.00 ve sonrasında} less {saat {value}.00 öncesinde} other {saat {value}.59 ve öncesinde}}',
    'when.order.month':
      '{op, select, is {{value} ayında} is_not {{value} dışındaki aylarda} more {{value} ayından sonra} at_least {{value} ayından başlayarak} less {{value} ayından önce} other {{value} ayının sonuna kadar}}',
    'when.order.day':
      '{op, select, is {ayın {value}. gününde} is_not {ayın {value}. günü dışında} more {ayın {value}. gününden sonra} at_least {ayın {value}. gününden başlayarak} less {ayın {value}. gününden önce} other {ayın {value}. gününe kadar}}',
    'when.line.category':
      '{op, select, is {“{value}” türünden ürünler için} other {“{value}” türü dışındaki ürünler için}}',
    'when.line.sku': '{op, select, is {“{value}” için} other {“{value}” dışındaki ürünler için}}',
    'when.line.name': '{op, select, is {“{value}” için} other {“{value}” dışındaki ürünler için}}',
    'when.line.quantity': turkishCount('aynı ürün'),
    'when.line.unit_price': turkishMoney('ürünün birim fiyatı'),
    'when.line.net': turkishMoney('ürünün vergisiz tutarı'),
  },
}

function money(lead: string, end: string): string {
  return `{op, select, is {${lead} exactly {value}, ${end}} is_not {${lead} anything but {value}, ${end}} more {${lead} more than {value}, ${end}} at_least {${lead} {value} or more, ${end}} less {${lead} less than {value}, ${end}} other {${lead} {value} or less, ${end}}}`
}

function count(what: string): string {
  return `{op, select, is {if you buy {value} ${what}} is_not {if you buy any number of ${what} but {value}} more {if you buy more than {value} ${what}} at_least {if you buy {value} ${what} or more} less {if you buy fewer than {value} ${what}} other {if you buy {value} ${what} or fewer}}`
}

function has(lead: string, not: string): string {
  return `{op, select, has {if you buy something ${lead} {value}} other {if you buy ${not} {value}}}`
}

function turkishMoney(what: string): string {
  return `{op, select, is {${what} tam {value} ise} is_not {${what} {value} değilse} more {${what} {value} üzerindeyse} at_least {${what} {value} veya fazlaysa} less {${what} {value} altındaysa} other {${what} {value} veya azsa}}`
}

function turkishCount(what: string): string {
  return `{op, select, is {{value} ${what} alırsanız} is_not {aldığınız ${what} sayısı {value} değilse} more {{value} adetten fazla ${what} alırsanız} at_least {en az {value} ${what} alırsanız} less {{value} adetten az ${what} alırsanız} other {en çok {value} ${what} alırsanız}}`
}
