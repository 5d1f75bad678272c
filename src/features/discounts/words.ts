/** What members are told of discounts that come by themselves, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Discounts',
    'loss.removed': '“{discount}”, which comes with {levels}, is gone.',
    'loss.less': '“{discount}”, which comes with {levels}, takes off less, or something else.',
    'loss.fewer': '“{discount}” does not come with {levels} any more.',
  },
  tr: {
    title: 'İndirimler',
    'loss.removed': '{levels} ile gelen “{discount}” kalkıyor.',
    'loss.less': '{levels} ile gelen “{discount}” daha az ya da başka bir şey düşürüyor.',
    'loss.fewer': '“{discount}” artık şu seviyelerle gelmiyor: {levels}.',
  },
}
