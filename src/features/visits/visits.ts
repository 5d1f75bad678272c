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
      told: (value) => ({ weekday: String(value) }),
    },
    'visit.hour': {
      type: 'int',
      describe: "The hour of the day, 0 to 23, in the program's time zone",
      read: (c) => Math.floor(localTimeOfDay(c.program.zone, c.at) / HOUR_MS),
    },
  }),
  words: {
    en: {
      'when.visit.location': '{op, select, is {at {value}} other {anywhere but at {value}}}',
      'when.visit.weekday': '{op, select, is {on a {value}} other {on any day but {value}}}',
      'when.visit.hour':
        '{op, select, is {between {value}:00 and {value}:59} is_not {not between {value}:00 and {value}:59} more {after {value}:59} at_least {from {value}:00} less {before {value}:00} other {until {value}:59}}',
    },
    tr: {
      'when.visit.location': '{op, select, is {{value} şubesinde} other {{value} dışındaki şubelerde}}',
      'when.visit.weekday': '{op, select, is {{value} günleri} other {{value} dışındaki günlerde}}',
      'when.visit.hour':
        '{op, select, is {{value}.00 ile {value}.59 arasında} is_not {{value}.00 ile {value}.59 arası dışında} more {saat {value}.59 sonrasında} at_least {saat {value}.00 ve sonrasında} less {saat {value}.00 öncesinde} other {saat {value}.59 ve öncesinde}}',
    },
  },
}
