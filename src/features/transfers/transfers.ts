/** Transfers: a member gives points to another one, within what the program allows. */

import { z } from 'zod'
import { walletOf } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Compiling, Feature, Path, Sentence, Statement } from '../../core/feature.ts'
import { draw, receive, settleDebt } from '../../core/ledger.ts'
import { availablePoints, expiryIn } from '../../core/points.ts'
import { type Program, rulesOf, type WalletRules } from '../../core/program.ts'
import { parseDecimal } from '../../core/rational.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { periodOf, type Unit } from '../../core/time.ts'
import { words } from './words.ts'

const PointsNumber = z.union([z.number().min(0), z.string()])

const TransfersSection = z
  .strictObject({
    allowed: z.boolean().default(true).describe('Whether members may transfer points at all'),
    least: PointsNumber.optional().describe('The fewest points that one transfer may move'),
    most: PointsNumber.optional().describe('The most points that one transfer may move'),
    limit: z
      .strictObject({
        points: PointsNumber.optional().describe('The most points of a wallet that a member may send in a period'),
        times: z.int().min(1).optional().describe('The most transfers from a wallet of a member in a period'),
        per: z.enum(['day', 'week', 'month', 'quarter', 'year']).describe('The period, in the calendar of the program'),
      })
      .optional()
      .describe('What a member may send within a period'),
  })
  .prefault({})

type Section = z.output<typeof TransfersSection>

/** The section in the smallest unit of each wallet. */
interface TransferRules {
  allowed: boolean
  per: Unit | null
  wallets: ReadonlyMap<string, Bounds>
}

interface Bounds {
  least: number
  most: number
  /** Within a period. */
  points: number
  times: number
}

/** What a member has sent of each wallet in the latest period: `[period, points, times]`. Only kept under a limit. */
type Slice = Record<string, [period: number, points: number, times: number]>

export const transfers: Feature = {
  id: 'transfers',
  section: TransfersSection,
  compile,
  hears: {
    transfer: { spend: send },
    receive: { earn: take },
  },
  merge: addUp,
  statements: told,
  words,
}

function told(program: Program): Statement[] {
  const { allowed, least, most, limit } = program.settings['transfers'] as Section
  if (!allowed) return [{ about: 'transfers', message: 'forbidden', values: {} }]
  const more: Sentence[] = []
  if (least !== undefined) more.push({ message: 'least', values: { least: Number(least) } })
  if (most !== undefined) more.push({ message: 'most', values: { most: Number(most) } })
  if (limit?.points !== undefined)
    more.push({ message: 'limit_points', values: { points: Number(limit.points), per: limit.per } })
  if (limit?.times !== undefined) more.push({ message: 'limit_times', values: { times: limit.times, per: limit.per } })
  return [{ about: 'transfers', message: 'allowed', values: {}, more }]
}

function rulesOfTransfers(program: Program): TransferRules {
  return program.compiled['transfers'] as TransferRules
}

/** The points leave in the order of spending, and arrive in lots that are like those they left. */
function send(d: Deciding, { id, body }: ActivityOf<'transfer'>): Refusal | undefined {
  const { from, wallet, points, note } = body
  const bounds = rulesOfTransfers(d.program).wallets.get(wallet)
  if (bounds === undefined) return refuse('invalid', `The program has no wallet ${wallet}.`, '/wallet')
  const rules = rulesOf(d.program, wallet)
  const refusal = refusalFor(d, bounds, rules, points)
  if (refusal !== undefined) return refusal
  const available = availablePoints(walletOf(d.account, wallet))
  if (available < points)
    return refuse('insufficient_points', `${points} ${wallet} are to be sent; ${available} are available.`, '/points')
  const parts = draw(d, rules, points, 'sent', { rule: null, reverses: null })
  if (parts instanceof Refusal) return parts
  const told = note === undefined ? {} : { note }
  // Whoever gets points that were kept longer has them as long: there they are named for it.
  const own = walletOf(d.account, wallet)
  const lasting = own.kept.length === 0 ? parts : parts.map((part) => ({ ...part, expiry: expiryIn(own, part) }))
  d.onward = { type: 'receive', body: { from, source: id, wallet, parts: lasting, ...told } }
  d.addMessage('points.sent', { wallet, points })
  return undefined
}

/** Whether the program lets this member send so many points now; what is sent is counted under the limit. */
function refusalFor(d: Deciding, bounds: Bounds, { id, decimals }: WalletRules, points: number): Refusal | undefined {
  const { allowed, per } = rulesOfTransfers(d.program)
  if (!allowed) return refuse('transfers_off', 'Members of this program cannot transfer points.')
  const inPoints = (amount: number) => `${amount / 10 ** decimals} ${id}`
  if (points < bounds.least)
    return refuse('limit_reached', `A transfer moves at least ${inPoints(bounds.least)}.`, '/points')
  if (points > bounds.most)
    return refuse('limit_reached', `A transfer moves at most ${inPoints(bounds.most)}.`, '/points')
  if (per === null) return undefined
  const period = periodOf(per, d.day)
  const sent = (d.account.slices['transfers'] ??= {}) as Slice
  const [at, before, times] = sent[id] ?? [period, 0, 0]
  const used = at === period ? before : 0
  const count = at === period ? times : 0
  if (used + points > bounds.points)
    return refuse(
      'limit_reached',
      `${inPoints(bounds.points)} a ${per} can be sent; ${inPoints(used)} were.`,
      '/points',
    )
  if (count + 1 > bounds.times) return refuse('limit_reached', `${bounds.times} transfers a ${per} are possible.`)
  sent[id] = [period, used + points, count + 1]
  return undefined
}

function take(d: Deciding, { body }: ActivityOf<'receive'>): Refusal | undefined {
  const rules = rulesOf(d.program, body.wallet)
  for (const part of body.parts) {
    const refusal = receive(d, rules, part, 'available')
    if (refusal !== undefined) return refusal
  }
  settleDebt(d, rules)
  d.addMessage('points.received', {
    wallet: body.wallet,
    points: body.parts.reduce((sum, part) => sum + part.points, 0),
  })
  return undefined
}

/** Both have sent what both of them sent; of two periods the later one counts. */
function addUp(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const into = (d.account.slices['transfers'] ??= {}) as Slice
  for (const [wallet, [period, points, times]] of Object.entries(from)) {
    const own = into[wallet]
    if (own === undefined || own[0] < period) into[wallet] = [period, points, times]
    else if (own[0] === period) into[wallet] = [period, own[1] + points, own[2] + times]
  }
}

function compile(section: Section, compiling: Compiling): TransferRules {
  const { allowed, least, most, limit } = section
  const wallets = new Map(
    compiling.program.wallets.map(({ id, decimals }): [string, Bounds] => {
      const read = (amount: number | string | undefined, path: Path, otherwise: number) =>
        amount === undefined ? otherwise : pointsAt(compiling, ['transfers', ...path], amount, decimals)
      return [
        id,
        {
          least: Math.max(1, read(least, ['least'], 1)),
          most: read(most, ['most'], Number.MAX_SAFE_INTEGER),
          points: read(limit?.points, ['limit', 'points'], Number.MAX_SAFE_INTEGER),
          times: limit?.times ?? Number.MAX_SAFE_INTEGER,
        },
      ]
    }),
  )
  for (const { least: few, most: many } of wallets.values())
    if (few > many) compiling.problem(['transfers', 'least'], 'contradiction', 'is more than `most`')
  return { allowed, per: limit?.per ?? null, wallets }
}

/** Points as people write them, in the smallest unit of the wallet. */
function pointsAt(compiling: Compiling, path: Path, text: number | string, decimals: number): number {
  const amount = parseDecimal(text)
  const points = amount === null ? Number.NaN : (amount.n * 10 ** decimals) / amount.d
  if (Number.isSafeInteger(points) && points >= 0) return points
  compiling.problem(path, 'not_points', `must be a number of points with at most ${decimals} decimals`)
  return 0
}
