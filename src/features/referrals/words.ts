/** What members are told of bringing friends, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Bringing friends',
    both: 'Bring a friend with your code: {by, select, none {} other {you get “{referrer}”}}{to, select, none {} other {{by, select, none {} other { and }}your friend gets “{friend}”}}.',
    friend_when:
      '{when, select, joining {Your friend has it from joining.} other {Your friend has it with the first purchase.}}',
    after:
      '{after, select, at_once {You have yours with your friend’s first purchase.} other {You have yours {wait} after your friend’s first purchase, unless that was returned.}}',
    within: 'The first purchase has to come within {within} of joining.',
    min_spend: 'It has to come to {amount} or more, tax included.',
    limit:
      'At most for {count, plural, one {# friend} other {# friends}} {per, select, month {a month} quarter {a quarter} year {a year} other {in all}}; friends above that still get theirs.',
    household: 'People of one household cannot bring each other.',
    'when.member.referrals':
      '{op, select, is {if you have brought exactly {value} friends} is_not {if you have brought any number of friends but {value}} more {if you have brought more than {value} friends} at_least {if you have brought {value} friends or more} less {if you have brought fewer than {value} friends} other {if you have brought {value} friends or fewer}}',
    'loss.gone': 'Nobody is rewarded any more for friends who have joined and whose first purchase is still awaited.',
    'loss.referrer':
      'Whoever has brought a friend, whose first purchase is still awaited, gets another reward or none.',
    'loss.friend': 'Friends who have joined, and whose first purchase is still awaited, get another reward or none.',
    'loss.within': 'Friends who have joined have less time for their first purchase, or it has to come to more.',
  },
  tr: {
    title: 'Arkadaş getirmek',
    both: 'Kodunuzla bir arkadaşınızı getirin: {by, select, none {} other {siz “{referrer}” kazanırsınız}}{to, select, none {} other {{by, select, none {} other {, }}arkadaşınız “{friend}” kazanır}}.',
    friend_when:
      '{when, select, joining {Arkadaşınız bunu üye olur olmaz alır.} other {Arkadaşınız bunu ilk alışverişiyle alır.}}',
    after:
      '{after, select, at_once {Siz, arkadaşınızın ilk alışverişiyle alırsınız.} other {Siz, arkadaşınızın ilk alışverişinden {wait} sonra, alışveriş iade edilmediyse alırsınız.}}',
    within: 'İlk alışveriş, üyelikten sonra {within} içinde yapılmalıdır.',
    min_spend: 'Vergi dahil en az {amount} tutmalıdır.',
    limit:
      '{per, select, month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {count, number} arkadaş için; fazlası için arkadaşlarınız yine kendi ödülünü alır.',
    household: 'Aynı hanede yaşayanlar birbirini getiremez.',
    'when.member.referrals':
      '{op, select, is {tam {value} arkadaş getirdiyseniz} is_not {getirdiğiniz arkadaş sayısı {value} değilse} more {{value} arkadaştan fazlasını getirdiyseniz} at_least {en az {value} arkadaş getirdiyseniz} less {{value} arkadaştan azını getirdiyseniz} other {en çok {value} arkadaş getirdiyseniz}}',
    'loss.gone': 'Üye olmuş, ilk alışverişi beklenen arkadaşlar için artık kimse ödül almıyor.',
    'loss.referrer': 'İlk alışverişi beklenen bir arkadaşı getiren üye başka bir ödül alıyor ya da hiç almıyor.',
    'loss.friend': 'Üye olmuş, ilk alışverişi beklenen arkadaşlar başka bir ödül alıyor ya da hiç almıyor.',
    'loss.within': 'Üye olmuş arkadaşların ilk alışverişi için süre kısalıyor ya da gereken tutar artıyor.',
  },
}
