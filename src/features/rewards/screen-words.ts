/** What the page of rewards says. */

import { words } from '../../web/ui/words.ts'

export const rewardWords = words({
  en: {
    title: 'Rewards',
    lead: 'What members can have for their points, in the words that they read, and how it was used in the last 30 days.',
    to_program: 'Change in the program',
    none: 'No rewards yet',
    none_more:
      'A reward is what points are good for: something free, money off, or a thing. Add the first in the program.',
    free: 'free',
    given: 'only given',
    unused: 'Nobody has used it since {since}.',
    used: 'Used {count, plural, one {once} other {{shown} times}} since {since}.',
    taken_off: 'It took {amount} off orders.',
    left: '{left} of {stock} are left.',
    today: 'See today’s',
  },
  tr: {
    title: 'Ödüller',
    lead: 'Üyelerin puanlarıyla alabilecekleri, okudukları sözlerle ve son 30 günde nasıl kullanıldığı.',
    to_program: 'Programda değiştir',
    none: 'Henüz ödül yok',
    none_more: 'Ödül, puanların işe yaradığı şeydir: bedava bir ürün, indirim ya da bir eşya. İlkini programa ekleyin.',
    free: 'bedava',
    given: 'yalnızca verilir',
    unused: '{since} tarihinden beri kimse kullanmadı.',
    used: '{since} tarihinden beri {shown} kez kullanıldı.',
    taken_off: 'Siparişlerden düşülen: {amount}.',
    left: '{stock} adetten {left} tane kaldı.',
    today: 'Bugünküleri gör',
  },
})
