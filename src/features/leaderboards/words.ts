/** What members are told of leaderboards, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Leaderboards',
    board:
      'Whoever {what, select, points {earns the most {wallet}} spend {spends the most, before tax,} orders {buys most often} visits {visits most often} other {does “{action}” most often}}{per, select, week { in a week} month { in a month} quarter { in a quarter} year { in a year} other {}} is first.',
    reward:
      '{places, plural, one {The first place gets} other {The first # places get}} “{reward}”, once the time is over and its purchases can no longer be returned.',
    seen: 'Others see {shows, select, initials {your initials} other {the alias that you choose, or your initials}}, and your name only if you want it; you can also be left out.',
    returned: 'What you return no longer counts.',
    'loss.gone': 'The leaderboard “{board}”, whose first places were to get a reward, is gone or gives none.',
    'loss.places': 'Fewer places of the leaderboard “{board}” get a reward.',
    'loss.reward': 'The first places of the leaderboard “{board}” get another reward.',
  },
  tr: {
    title: 'Sıralamalar',
    board:
      '{per, select, week {Bir haftada} month {Bir ayda} quarter {Üç ayda} year {Bir yılda} other {Bugüne dek}} {what, select, points {en çok {wallet} kazanan} spend {vergisiz en çok harcayan} orders {en sık alışveriş yapan} visits {en sık gelen} other {“{action}” işlemini en çok yapan}} birincidir.',
    reward: 'Süre dolup alışverişler artık iade edilemez olunca ilk {places, number} sıra “{reward}” kazanır.',
    seen: 'Başkaları {shows, select, initials {adınızın baş harflerini} other {seçtiğiniz takma adı ya da adınızın baş harflerini}} görür, tam adınızı ancak siz isterseniz; sıralamanın dışında da kalabilirsiniz.',
    returned: 'İade ettiğiniz artık sayılmaz.',
    'loss.gone': 'İlk sıralarına ödül verilecek olan “{board}” sıralaması kalkıyor ya da ödül vermiyor.',
    'loss.places': '“{board}” sıralamasında daha az sıra ödül alıyor.',
    'loss.reward': '“{board}” sıralamasının ilk sıraları başka bir ödül alıyor.',
  },
}
