/** Actions: whatever a program rewards besides orders and visits, with data of the sender's own. */

import type { ActivityBodies } from '../../core/activity.ts'
import type { Feature } from '../../core/feature.ts'
import { wordsOfId } from '../../core/terms.ts'

export const actions: Feature = {
  id: 'actions',
  facts: () => ({
    'action.type': {
      type: 'string',
      describe: 'What was done, such as review',
      read: (c) => (c.type === 'action' ? (c.body as ActivityBodies['action']).type : ''),
      told: (type) => wordsOfId(String(type)),
    },
    'action.data': {
      type: 'data',
      describe: "The sender's own data",
      read: (c) => (c.type === 'action' ? (c.body as ActivityBodies['action']).data : {}),
    },
  }),
  words: {
    en: {
      'when.action.type': '{op, select, is {for “{value}”} other {for anything but “{value}”}}',
      'when.action.data': 'for what the sender says',
    },
    tr: {
      'when.action.type': '{op, select, is {“{value}” işlemi için} other {“{value}” dışındaki işlemler için}}',
      'when.action.data': 'gönderenin bildirdikleri için',
    },
  },
}
