/** Perks: what members may use because of a level, a plan or a reward, how often, and what each use is worth to them. */

import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import { copyPlain } from '../../core/copy.ts'
import { outsideOf } from '../../core/days.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { NEVER } from '../../core/points.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { addDuration, formatInstant } from '../../core/time.ts'
import { compile, type Perk, PerksSection, perkRulesOf } from './rules.ts'
import { perkLosses, perkStatements } from './statements.ts'
import {
  addGiven,
  addUse,
  countUses,
  type Given,
  givenOf,
  isHad,
  keepSlice,
  leftIn,
  MOST_GIVEN,
  periodFor,
  type Slice,
  sliceOf,
  takeGiven,
  type Use,
} from './uses.ts'
import { entitlementsOf } from './view.ts'
import { words } from './words.ts'

export const perks: Feature = {
  id: 'perks',
  section: PerksSection,
  compile,
  hears: {
    perk_use: { spend: use },
    perk_void: { spend: takeBack },
    entitle: { grant: entitle },
    withdraw: { grant: withdraw },
    clock: { count: tellOfEnds },
    erase: { grant: forget },
  },
  merge,
  isUnused: (program) => perkRulesOf(program).perks.size === 0,
  due,
  details: (account, program, at) => {
    const entitlements = entitlementsOf(account, program, at)
    return entitlements.length === 0 ? {} : { entitlements }
  },
  statements: perkStatements,
  losses: perkLosses,
  words,
}

function use(d: Deciding, { id, body }: ActivityOf<'perk_use'>): Refusal | undefined {
  const { quantity, order = '' } = body
  const perk = perkFor(d, body)
  if (perk instanceof Refusal) return perk
  d.readFacts()
  const rules = perkRulesOf(d.program)
  const slice: Slice = { ...sliceOf(d.account) }
  const had = isHad(perk, d.slots)
  const period = periodFor(perk, rules, d.slots, d.day, order)
  const standing = had ? leftIn(slice, perk, period) : 0
  const given = givenOf(slice, perk.id, d.at)
  const there = given.reduce((sum, [, , left]) => sum + left, standing === NEVER ? 0 : standing)
  if (standing !== NEVER && there < quantity) return refusalOf(perk, had || given.length > 0, there)

  const made: Use = { a: id, p: perk.id, k: period, q: 0, w: perk.worth * quantity, m: periodOfPlan(d, rules.period) }
  // What a reward gave and will end goes first, what it gave for good last.
  let missing = takeFrom(
    slice,
    made,
    given.filter(([, , , until]) => until !== 0),
    quantity,
  )
  made.q = Math.min(missing, standing)
  countUses(slice, perk, period, made.q)
  missing = takeFrom(
    slice,
    made,
    given.filter(([, , , until]) => until === 0),
    missing - made.q,
  )
  if (perk.lasts !== null) made.z = addDuration(d.program.zone, d.at, perk.lasts)
  addUse(slice, made)
  keepSlice(d.account, slice)
  d.addBenefit(`perks:${perk.id}`, made.w, quantity)
  d.addMessage('perk.used', { perk: perk.id, quantity, worth: made.w })
  answer(d, perk.id, made, quantity)
  return undefined
}

/** The perk that is named, if it is its time and all is said that it asks for. */
function perkFor(d: Deciding, { perk: id, order }: ActivityOf<'perk_use'>['body']): Perk | Refusal {
  const { perks } = perkRulesOf(d.program)
  const perk = perks.get(id)
  if (perk === undefined) {
    const meant = nearest(id, [...perks.keys()])
    return refuse(
      'perk_unavailable',
      `The program has no perk ${id}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
    )
  }
  const outside = outsideOf(perk.days, d.day)
  if (outside !== null) return refuse('perk_unavailable', `${perk.name} ${outside}.`)
  if (perk.limit?.per === 'order' && order === undefined)
    return refuse('invalid', `${perk.name} is counted by orders: say on which it is used.`, '/order')
  return perk
}

function refusalOf(perk: Perk, isTheirs: boolean, left: number): Refusal {
  if (isTheirs)
    return refuse(
      'limit_reached',
      left === 0 ? `${perk.name} is used up.` : `Of ${perk.name} ${left} are left.`,
      '/quantity',
    )
  if (perk.ofLevel !== null && perk.ofPlan === null && perk.when === null)
    return refuse('tier_too_low', `${perk.name} is for ${perk.levels.join(', ')}.`)
  const who = [...perk.levels, ...perk.plans]
  const asked = perk.when === null ? '' : `; it asks for ${perk.when.source}`
  return refuse(
    'perk_unavailable',
    `The member does not have ${perk.name}${who.length === 0 ? '' : `, which is for ${who.join(', ')}`}${asked}.`,
  )
}

/** Takes what rewards gave, row by row; answers how much is missing still. */
function takeFrom(slice: Slice, made: Use, given: readonly Given[], wanted: number): number {
  let missing = wanted
  for (const row of given) {
    const [, source, left, until, each] = row
    const taken = Math.min(missing, left)
    if (taken === 0) continue
    takeGiven(slice, row, taken)
    made.g = [...(made.g ?? []), [source, until, taken, each]]
    missing -= taken
  }
  return missing
}

function periodOfPlan(d: Deciding, slot: number | null): number {
  return slot === null ? 0 : (d.slots[slot] as number)
}

function answer(d: Deciding, perk: string, { a, w, z }: Use, quantity: number): void {
  const ends = z === undefined ? null : formatInstant(z)
  const left = entitlementsOf(d.account, d.inForce, d.at).find((one) => one.perk === perk)?.left ?? null
  d.answer = { use: { activity: a, perk, quantity, worth: w, ends_at: ends, left } }
}

/** What was taken for it is there again, in its own period or with its own end. */
function takeBack(d: Deciding, { body }: ActivityOf<'perk_void'>): Refusal | undefined {
  const slice: Slice = { ...sliceOf(d.account) }
  const made = slice.u?.find(({ a }) => a === body.use)
  if (made === undefined)
    return refuse('perk_unavailable', 'This use was taken back before, or is too old to be taken back.')
  const { p, k, q, g = [], w, m } = made
  const perk = perkRulesOf(d.inForce).perks.get(p)
  countUses(slice, { id: p, limit: perk?.limit ?? null }, k, -q)
  for (const [source, until, taken, each] of g) addGiven(slice, [p, source, taken, until, each])
  slice.u = slice.u!.filter((one) => one !== made)
  keepSlice(d.account, slice)
  const quantity = q + g.reduce((sum, [, , taken]) => sum + taken, 0)
  d.addBenefit(`perks:${p}`, -w, -quantity, m)
  d.addMessage('perk.returned', { perk: p, quantity })
  answer(d, p, { ...without(made), w: 0 }, 0)
  return undefined
}

/** A reward gives uses of a perk; what cannot be given is told, since nothing is refused for it. */
function entitle(d: Deciding, { body }: ActivityOf<'entitle'>): undefined {
  const { perk, uses, source, until = 0, each = uses } = body
  const slice: Slice = { ...sliceOf(d.account) }
  slice.e = (slice.e ?? []).filter(([, , , end]) => end === 0 || end > d.account.clock)
  const isKnown = perkRulesOf(d.inForce).perks.has(perk)
  if (!isKnown || slice.e.length >= MOST_GIVEN) {
    d.addMessage('perk.not_given', { perk, uses, source, code: isKnown ? 'account_full' : 'perk_unavailable' })
    return
  }
  addGiven(slice, [perk, source, uses, until, each])
  keepSlice(d.account, slice)
  d.addMessage('perk.given', { perk, uses, source, until: until === 0 ? null : formatInstant(until) })
}

/** Uses of rewards that are taken back, as far as nobody has used them. */
function withdraw(d: Deciding, { body }: ActivityOf<'withdraw'>): undefined {
  const slice: Slice = { ...sliceOf(d.account) }
  let rewards = body.quantity
  for (const row of (slice.e ?? []).filter(([, source]) => source === body.source)) {
    const [perk, source, left, , each] = row
    const taken = Math.min(left, rewards * each)
    if (taken === 0) continue
    const whole = Math.floor(taken / each)
    rewards -= Math.ceil(taken / each)
    takeGiven(slice, row, taken)
    d.addMessage('perk.withdrawn', { perk, uses: taken, source })
    if (whole > 0) d.addWithdrawn(source, whole)
  }
  keepSlice(d.account, slice)
}

function due(account: Account): number {
  const slice = account.slices['perks'] as Slice | undefined
  let next = NEVER
  if (slice?.u === undefined) return next
  for (const { z } of slice.u) if (z !== undefined && z < next) next = z
  return next
}

/** A use that lasts for a while is over: what was taken home has to come back. */
function tellOfEnds(d: Deciding): undefined {
  const slice = sliceOf(d.account)
  for (const { p, a, z } of slice.u ?? [])
    if (z !== undefined && z <= d.at) d.addMessage('perk.ended', { perk: p, use: a })
  const isOver = ({ z }: Use) => z !== undefined && z <= d.at
  if (slice.u?.some(isOver))
    keepSlice(d.account, { ...slice, u: slice.u.map((one) => (isOver(one) ? without(one) : one)) })
}

function without({ z: _, ...use }: Use): Use {
  return use
}

/** Orders and bookings are named by what they are used on, and of a person who is forgotten nothing is named. */
function forget(d: Deciding): undefined {
  delete d.account.slices['perks']
}

/** Both have used what both of them did, and have what was given to either. */
function merge(d: Deciding, told: Slice | undefined): void {
  if (told === undefined) return
  const from = copyPlain(told)
  const slice: Slice = { ...sliceOf(d.account) }
  const { perks } = perkRulesOf(d.inForce)
  for (const [id, rows] of Object.entries(from.n ?? {}))
    for (const [period, used] of rows) countUses(slice, { id, limit: perks.get(id)?.limit ?? null }, period, used)
  for (const given of from.e ?? []) addGiven(slice, given)
  for (const one of from.u ?? []) addUse(slice, one)
  keepSlice(d.account, slice)
  d.answer = { ...d.answer, entitlements: entitlementsOf(d.account, d.inForce, d.at) }
}
