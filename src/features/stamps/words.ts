/** What members are told of stamp cards, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Stamp cards',
    card: 'You get a stamp {per, select, item {for every item} spend {for every {amount} you spend, before tax} visit {for every visit} action {each time} other {for every purchase}}. {stamps, plural, one {# stamp makes} other {# stamps make}} a full card, and a full card gives you “{reward}”.',
    only: 'Only {condition}.',
    counts: 'This counts: {what}.',
    without: 'This does not count: {what}.',
    min_spend: 'Only with a purchase of {amount} or more, tax included.',
    free_items: 'An item that a reward made free gives no stamp.',
    limit:
      'At most {count, plural, one {# stamp} other {# stamps}} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    limit_times:
      'At most {count, plural, one {once} =2 {twice} other {# times}} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    head_start:
      '{which, select, first {Your first card} other {Every new card}} has {count, plural, one {# stamp} other {# stamps}} on it already.',
    cards: 'You can fill {count, plural, one {# card} other {# cards}} in all.',
    ends_after: 'A card ends {after} after its first stamp. What lies on a card that is not full then is lost.',
    ends_on: 'There are stamps until {day}, that day included. What lies on a card that is not full then is lost.',
    warn: 'We tell you {warn} before.',
    returned:
      'What you return takes its stamps with it. If a card was full by them, its reward is taken back while it is not used; after that, your next stamps make up for it.',
    'loss.gone': 'The card “{card}”, on which members have stamps, is gone.',
    'loss.stamps': 'The card “{card}” takes more stamps, also for those who have begun it.',
    'loss.reward': 'The card “{card}” gives another reward, also to those who have begun it.',
    'loss.ends': 'Stamps on the card “{card}” are lost sooner.',
    'loss.cards': 'Members can fill the card “{card}” fewer times.',
  },
  tr: {
    title: 'Damga kartları',
    card: '{per, select, item {Aldığınız her ürün için} spend {Vergisiz harcadığınız her {amount} için} visit {Her ziyarette} action {Her seferinde} other {Her alışverişte}} bir damga alırsınız. {stamps, number} damga kartı doldurur; dolan kart size “{reward}” kazandırır.',
    only: 'Yalnızca {condition} geçerlidir.',
    counts: 'Sayılanlar: {what}.',
    without: 'Sayılmayanlar: {what}.',
    min_spend: 'Yalnızca vergi dahil {amount} ve üzeri alışverişlerde geçerlidir.',
    free_items: 'Bir ödülle bedava aldığınız ürün damga kazandırmaz.',
    limit:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {count, number} damga.',
    limit_times:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {count, number} kez.',
    head_start: '{which, select, first {İlk kartınızda} other {Her yeni kartta}} baştan {count, number} damga bulunur.',
    cards: 'Toplamda en çok {count, number} kart doldurabilirsiniz.',
    ends_after: 'Kart, ilk damgasından {after} sonra sona erer. O zaman dolmamış karttaki damgalar silinir.',
    ends_on: 'Damga verilen son gün: {day}. Ardından dolmamış karttaki damgalar silinir.',
    warn: 'Size {warn} önceden haber veririz.',
    returned:
      'İade ettiğiniz alışverişin damgaları silinir. Kart onlarla dolmuşsa, kullanılmamış ödülü geri alınır; kullanılmışsa eksik, sonraki damgalarınızla kapanır.',
    'loss.gone': 'Üyelerin damga topladığı “{card}” kartı kalkıyor.',
    'loss.stamps': '“{card}” kartı, başlamış olanlar için de daha çok damga istiyor.',
    'loss.reward': '“{card}” kartı, başlamış olanlara da başka bir ödül veriyor.',
    'loss.ends': '“{card}” kartındaki damgalar daha erken siliniyor.',
    'loss.cards': 'Üyeler “{card}” kartını daha az kez doldurabiliyor.',
  },
}
