/** Changes: what a revision is meant to take from members, said in the file itself, and the day from which it holds. */

import { z } from 'zod'
import type { Feature } from '../../core/feature.ts'
import { parseDay } from '../../core/time.ts'

const DayText = z.string().refine((text) => parseDay(text) !== null, 'must be a day, such as "2027-03-01"')

const ChangesSection = z
  .strictObject({
    meant: z
      .array(z.string().min(1).max(200))
      .default([])
      .describe('What the revision takes from members and is meant to, by its name in `regulars diff`'),
    from: DayText.optional().describe('The day from which the revision holds; from when it is published unless said'),
  })
  .optional()

export const changes: Feature = { id: 'changes', section: ChangesSection }
