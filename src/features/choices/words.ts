/** What members are told of what they may choose, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'What you choose',
    choice:
      'You choose {options}{per, select, month {, once a month} quarter {, once a quarter} year {, once a calendar year} lifetime {, once for good} other {}}. Until you do, it is {first}.',
    'when.member.choice': '{op, select, is {if you have chosen {value}} other {if you have not chosen {value}}}',
    'loss.options': 'Of {choice} this can no longer be chosen: {options}.',
  },
  tr: {
    title: 'Sizin seçtikleriniz',
    choice:
      'Şunlardan birini seçersiniz: {options}{per, select, month { (ayda bir)} quarter { (üç ayda bir)} year { (takvim yılında bir)} lifetime { (bir kez)} other {}}. Seçene kadar {first} geçerlidir.',
    'when.member.choice': '{op, select, is {{value} seçildiyse} other {{value} seçilmediyse}}',
    'loss.options': '{choice} için artık şunlar seçilemiyor: {options}.',
  },
}
