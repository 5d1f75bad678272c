/** Pools: a household collects in one account, into which its members earn and from which they spend, as each may. */

import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import type { ActivityOf, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature, Led, Statement } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { words } from './words.ts'

const PoolsSection = z
  .strictObject({
    allowed: z.boolean().default(true).describe('Whether members may collect together'),
    most_members: z.int().min(1).max(50).default(10).describe('How many members a pool may have'),
  })
  .prefault({})
type Section = z.output<typeof PoolsSection>

/** Of a member: the pool, what it may be used for, and the number under which the pool knows the member. */
interface Membership {
  p: number
  e: boolean
  s: boolean
  n: number
}

/** Of a pool: its members and what each may do. */
interface Household {
  m: [member: number, earn: boolean, spend: boolean][]
}

export const pools: Feature = {
  id: 'pools',
  ordersRedeem: () => true,
  section: PoolsSection,
  compile: (section: Section) => section,
  facts: () => ({
    'member.is_household': {
      type: 'bool',
      describe: 'Whether it is the pool of a household and no person',
      read: (c) => householdOf(c.account.slices['pools']) !== null,
    },
  }),
  hears: {
    join: { price: open },
    pool: { price: take },
    pooled: { price: keep },
    order: { price: mayRedeem },
    absorb: { price: mayMerge },
  },
  leads,
  merge,
  view,
  statements: (program) => [together(settingsOf(program))],
  words,
}

function together({ allowed, most_members }: Section): Statement {
  return { about: 'pools', message: allowed ? 'together' : 'alone', values: { most: most_members } }
}

function settingsOf(program: Program): Section {
  return program.compiled['pools'] as Section
}

function membershipOf(slice: unknown): Membership | null {
  return slice !== undefined && 'p' in (slice as object) ? (slice as Membership) : null
}

function householdOf(slice: unknown): Household | null {
  return slice !== undefined && 'm' in (slice as object) ? (slice as Household) : null
}

/**
 * What a member buys and does is decided by the pool's account, with its level, limits and fractions: so the points lie
 * where a return of the order looks for them.
 */
function leads(account: Account, type: ActivityType): Led | null {
  const own = membershipOf(account.slices['pools'])
  // A member who has left is refused by their own account, whatever the household still has.
  if (own === null || account.closed) return null
  return (SHARED.has(type) && own.e) || (type === 'redeem' && own.s) ? { account: own.p, as: own.n } : null
}

/** What whoever collects into the pool does there: it has the level, the membership and the perks of them all. */
const SHARED: ReadonlySet<ActivityType> = new Set([
  'order',
  'visit',
  'action',
  'membership',
  'membership_cancel',
  'perk_use',
  'challenge',
  'choose',
])

function open(d: Deciding, { body }: ActivityOf<'join'>): Refusal | undefined {
  if (body.pool !== true) return undefined
  if (!settingsOf(d.program).allowed) return refuse('pools_off', 'Members of this program cannot collect together.')
  d.account.slices['pools'] = { m: [] } satisfies Household
  return undefined
}

/** On the member's side. */
function take(d: Deciding, { id, body }: ActivityOf<'pool'>): Refusal | undefined {
  const { from, pool, earn, spend } = body
  const slice = d.account.slices['pools']
  if (householdOf(slice) !== null) return refuse('invalid', 'A pool cannot be a member of another.')
  const own = membershipOf(slice)
  const leaves = !earn && !spend
  if (d.account.closed && !leaves) return refuse('account_closed', 'This account is closed.')
  if (leaves && own?.p !== pool) return refuse('not_found', 'The member is not in this pool.')
  if (!leaves && own !== null && own.p !== pool)
    return refuse('already_in_pool', 'The member is in another pool, and has to leave that first.')
  if (!leaves && !settingsOf(d.program).allowed)
    return refuse('pools_off', 'Members of this program cannot collect together.')
  const known = own?.n ?? from
  if (leaves) delete d.account.slices['pools']
  else d.account.slices['pools'] = { p: pool, e: earn, s: spend, n: known } satisfies Membership
  d.onward = { type: 'pooled', body: { from: known, source: id, earn, spend } }
  return undefined
}

/** On the pool's side. */
function keep(d: Deciding, { body }: ActivityOf<'pooled'>): Refusal | undefined {
  const { from, earn, spend } = body
  const household = householdOf(d.account.slices['pools'])
  if (household === null) return refuse('not_found', 'This member is no pool.', '/pool')
  if (d.account.closed && (earn || spend)) return refuse('account_closed', 'This pool is closed.', '/pool')
  const others = household.m.filter(([member]) => member !== from)
  household.m = earn || spend ? [...others, [from, earn, spend]] : others
  const { most_members } = settingsOf(d.program)
  if (household.m.length > most_members && household.m.length > others.length)
    return refuse('limit_reached', `A pool has at most ${most_members} members.`)
  return undefined
}

/** An order that is paid with the pool's points is for members who may spend them. */
function mayRedeem(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.for_member === undefined || body.redeem === undefined || body.redeem.length === 0) return undefined
  const household = householdOf(d.account.slices['pools'])
  const may = household?.m.some(([member, , spend]) => member === body.for_member && spend)
  return may === true ? undefined : refuse('not_yours', 'This member may not spend the points of the pool.', '/redeem')
}

/** Whose points are whose must stay plain, so a person and a household never become one, nor do two who are in pools. */
function mayMerge(d: Deciding, { body }: ActivityOf<'absorb'>): Refusal | undefined {
  const [into, from] = [d.account.slices['pools'], body.state.s['pools']]
  if ((householdOf(into) === null) !== (householdOf(from) === null))
    return refuse('invalid', 'A pool and a member cannot be merged.', '/into')
  if (membershipOf(into) !== null && membershipOf(from) !== null)
    return refuse('already_in_pool', 'Both are in a pool; one of them has to leave it first.', '/into')
  return undefined
}

function merge(d: Deciding, from: Membership | Household | undefined): void {
  if (from === undefined) return
  const household = householdOf(from)
  const own = householdOf(d.account.slices['pools'])
  if (household !== null && own !== null) own.m = [...own.m, ...household.m]
  else d.account.slices['pools'] ??= { ...from }
}

function view(account: Account): Record<string, unknown> {
  const slice = account.slices['pools']
  if (slice === undefined) return {}
  const own = membershipOf(slice)
  if (own !== null) return { pool: { account: own.p, earn: own.e, spend: own.s } }
  return { pool_members: householdOf(slice)!.m }
}
