/** What members are told of leaving, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Leaving',
    expire: 'You can leave at any time. What you have collected ends then.',
    keep: 'You can leave at any time. What you have collected stays until its own end, should you come back; until then it cannot be spent.',
    'loss.keep': 'What members have collected ends when they leave, and does not wait for them any more.',
  },
  tr: {
    title: 'Ayrılmak',
    expire: 'İstediğiniz zaman ayrılabilirsiniz. Biriktirdikleriniz o anda sona erer.',
    keep: 'İstediğiniz zaman ayrılabilirsiniz. Biriktirdikleriniz, geri dönerseniz diye kendi sürelerinin sonuna kadar saklanır; o zamana kadar harcanamaz.',
    'loss.keep': 'Ayrılan üyelerin biriktirdikleri artık saklanmıyor, ayrıldıkları anda sona eriyor.',
  },
}
