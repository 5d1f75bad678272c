/** What members are told of collecting together, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Collecting together',
    together:
      'A household can collect in one account, up to {most, plural, one {# member} other {# members}}. What a member with the right to it earns lies there, also after they have left; each may use only what the household lets them.',
    alone: 'Members cannot collect together.',
    'when.member.is_household': '{op, select, yes {for households} other {for everybody but households}}',
  },
  tr: {
    title: 'Birlikte biriktirmek',
    together:
      'Bir hane tek hesapta biriktirebilir; hesapta en çok {most, number} üye olabilir. Buna yetkili üyenin kazandıkları, üye ayrıldıktan sonra da o hesapta kalır; herkes yalnızca hanenin izin verdiğini kullanabilir.',
    alone: 'Üyeler birlikte biriktiremez.',
    'when.member.is_household': '{op, select, yes {haneler için} other {haneler dışında herkes için}}',
  },
}
