/** What members are told of points that are worth money, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Points as money',
    worth:
      '{points} are worth {worth} {as, select, payment {when you pay} other {off a purchase}}; you say how many you use.',
    step: 'They are changed {step} at a time.',
    at_least: 'At least {least} at once.',
    most: 'At most {most} of a purchase.',
    'loss.gone': '{points}, which members have been collecting, cannot be used as money any more.',
    'loss.less': '{points}, which members have been collecting, are worth less money.',
    'loss.bounds': '{points} as money are bound to more than members were told.',
  },
  tr: {
    title: 'Para yerine puan',
    worth:
      '{points}, {as, select, payment {ödemede} other {bir alışverişte}} {worth} değerindedir; ne kadarını kullanacağınızı siz söylersiniz.',
    step: 'Kullanım adımı: {step}.',
    at_least: 'Bir seferde en az: {least}.',
    most: 'Bir alışverişte en çok: {most}.',
    'loss.gone': 'Üyelerin biriktirdiği {points} artık para yerine kullanılamıyor.',
    'loss.less': 'Üyelerin biriktirdiği {points} daha az para ediyor.',
    'loss.bounds': 'Para yerine kullanılan {points} için üyelere söylenenden fazla koşul aranıyor.',
  },
}
