/** The HTTP of budgets: how much of each is used. */

import { z } from 'zod'
import { allBudgets } from '../../core/budgets.ts'
import { formatDay, localDay } from '../../core/time.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { currentProgram, nowOf } from '../../engine/programs.ts'
import { readUsed } from './views.ts'

const BudgetAnswer = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    wallet: z.string().nullable().describe('Whose points it counts; null where it counts money'),
    currency: z.string().nullable().describe('Of which money it is; null where it counts points'),
    total: z.int().describe('In the smallest unit'),
    used: z.int().describe('What orders that came back used is given back'),
    left: z.int(),
    per: z.string().nullable().describe('After what time there is as much again: the figures are of now'),
    from: z.string().nullable().describe('The first day on which it gives anything'),
    until: z.string().nullable().describe('The last one'),
    covers: z.array(z.string()).describe('What is paid from it, such as `earning.double-tuesday`'),
  })
  .meta({ id: 'Budget' })

const list = route({
  method: 'GET',
  path: '/v1/budgets',
  id: 'listBudgets',
  tag: 'Programs',
  summary: 'List the budgets',
  description:
    'What each budget of the program has, and how much of it is used: in the period of now, where it has periods.',
  answers: {
    200: {
      description: 'All of them',
      schema: z.strictObject({ data: z.array(BudgetAnswer) }).meta({ id: 'BudgetList' }),
    },
  },
  roles: MAY.read,
  async handle({ caller, services }) {
    const program = currentProgram(caller.program)
    const budgets = allBudgets(program)
    const used = await readUsed(
      services.database,
      caller.program,
      budgets,
      localDay(program.zone, nowOf(caller.program)),
    )
    const data = budgets.map((budget, i) => {
      const { id, name, wallet, total, per, days } = budget
      const currency = wallet === null ? program.currency : null
      const covers = [...program.budgets].filter(([, covering]) => covering.includes(budget)).map(([part]) => part)
      const from = days === null || !Number.isFinite(days.from) ? null : formatDay(days.from)
      const until = days === null || !Number.isFinite(days.until) ? null : formatDay(days.until)
      return { id, name, wallet, currency, total, used: used[i]!, left: total - used[i]!, per, from, until, covers }
    })
    return { status: 200, body: { data } }
  },
})

export const routes: Route[] = [list]
