/** Actions: whatever a program rewards besides orders and visits, with data of the sender's own. */

import type { ActivityBodies } from '../../core/activity.ts'
import type { Feature } from '../../core/feature.ts'

export const actions: Feature = {
  id: 'actions',
  facts: () => ({
    'action.type': {
      type: 'string',
      describe: 'What was done, such as review',
      read: (c) => (c.type === 'action' ? (c.body as ActivityBodies['action']).type : ''),
    },
    'action.data': {
      type: 'data',
      describe: "The sender's own data",
      read: (c) => (c.type === 'action' ? (c.body as ActivityBodies['action']).data : {}),
    },
  }),
}
