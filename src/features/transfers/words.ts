/** What members are told of giving points to each other, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Giving to other members',
    allowed: 'You can give what you have collected to another member. It keeps its end.',
    forbidden: 'What you have collected cannot be given to another member.',
    least: 'At least {least, number} at a time.',
    most: 'At most {most, number} at a time.',
    limit_points:
      'At most {points, number} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} other {a year}}.',
    limit_times:
      'At most {times, plural, one {once} =2 {twice} other {# times}} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} other {a year}}.',
  },
  tr: {
    title: 'Başka üyelere vermek',
    allowed: 'Biriktirdiklerinizi başka bir üyeye verebilirsiniz; geçerlilik süreleri değişmez.',
    forbidden: 'Biriktirdikleriniz başka bir üyeye verilemez.',
    least: 'Bir seferde en az {least, number}.',
    most: 'Bir seferde en çok {most, number}.',
    limit_points:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} other {Yılda}} en çok {points, number}.',
    limit_times:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} other {Yılda}} en çok {times} kez.',
  },
}
