/** Visits: somebody came by, with or without buying; what rules may ask about it. */

import type { ActivityBodies } from '../../core/activity.ts'
import type { Feature } from '../../core/feature.ts'
import { HOUR_MS, localTimeOfDay, WEEKDAYS, weekday } from '../../core/time.ts'

export const visits: Feature = {
  id: 'visits',
  facts: () => ({
    'visit.location': {
      type: 'string',
      describe: 'The shop',
      read: (c) => (c.type === 'visit' ? ((c.body as ActivityBodies['visit']).location ?? '') : ''),
    },
    'visit.weekday': {
      type: 'string',
      describe: "The day of the week in the program's time zone",
      values: WEEKDAYS,
      read: (c) => WEEKDAYS[weekday(c.day)]!,
    },
    'visit.hour': {
      type: 'int',
      describe: "The hour of the day, 0 to 23, in the program's time zone",
      read: (c) => Math.floor(localTimeOfDay(c.program.zone, c.at) / HOUR_MS),
    },
  }),
}
