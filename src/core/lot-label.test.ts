import { expect, test } from 'vitest'
import { small } from '../../test/till.ts'
import { lotLabel } from './lot-label.ts'
import { NEVER } from './points.ts'

const at = (text: string) => Date.parse(text)
const lot = (release: number, expiry: number) => ({ kind: 'order', month: 2026 * 12 + 10, release, expiry })

test.each([
  ['UTC', lot(0, NEVER), 'order/2026-11'],
  ['UTC', lot(0, at('2027-06-01T00:00:00Z')), 'order/2026-11/expires-2027-06-01'],
  ['America/New_York', lot(0, at('2027-06-01T04:00:00Z')), 'order/2026-11/expires-2027-06-01'],
  [
    'America/New_York',
    lot(at('2026-12-01T05:00:00Z'), at('2027-06-01T04:00:00Z')),
    'order/2026-11/from-2026-12-01/expires-2027-06-01',
  ],
  // There is no midnight on that day.
  ['America/Santiago', lot(0, at('2026-09-06T04:00:00Z')), 'order/2026-11/expires-2026-09-06'],
  // Another zone's midnight.
  ['America/New_York', lot(0, at('2027-06-01T00:00:00Z')), 'order/2026-11/expires-2027-06-01T00:00:00Z'],
])('in %s, a lot is read by its days', (zone, identity, label) => {
  const program = small({}, zone)
  expect([lotLabel(program, identity), lotLabel(program, identity)]).toEqual([label, label])
})
