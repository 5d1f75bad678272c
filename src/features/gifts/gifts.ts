/** Gifts: rewards that come by themselves, on birthdays, for joining, after a long absence, or for what was collected. */

import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { readFact } from '../../core/fact-named.ts'
import type { Fact, FactContext, Feature } from '../../core/feature.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { civil, localDay, parseDay, startOfDay } from '../../core/time.ts'
import { dayIn, nextInstant, type Opening, openingAfter, openingOn } from './calendar.ts'
import { give, isFor, takeBack } from './give.ts'
import { compile, GiftsSection, type GiftTerms, giftRulesOf } from './rules.ts'
import { joined, remember, type Slice, sliceOf } from './slice.ts'
import { giftLosses, giftStatements } from './statements.ts'
import { countBack, reach } from './thresholds.ts'
import { words } from './words.ts'

export const gifts: Feature = {
  id: 'gifts',
  section: GiftsSection,
  compile,
  facts,
  hears: {
    join: { price: begin, grant: welcome },
    profile: { price: learn, grant: celebrateLate },
    order: { count: noteOrder, grant: giveOnOrder },
    return: { grant: takeBackWithOrder },
    cancel: { grant: takeBackWithOrder },
    visit: { grant: reach },
    action: { grant: reach },
    tier: { grant: reach },
    receive: { grant: reach },
    absorb: { grant: reach },
    adjust: { grant: reach },
    approve: { grant: reach },
    void: { grant: reach },
    clock: { grant: giveInTime },
    withdraw: { grant: countBack },
    erase: { grant: forget },
  },
  merge: (d, from: Slice | undefined) => {
    if (from !== undefined) remember(d.account, (slice) => joined(slice, from))
  },
  // Points that are spent by themselves may have expired between a late activity and today.
  asksExpired: ({ type }, program, late) => late && giftRulesOf(program).spends && type !== 'clock',
  due,
  isIdle: (program) => {
    const { all, asksLastOrder } = giftRulesOf(program)
    return all.length === 0 && !asksLastOrder
  },
  statements: giftStatements,
  losses: giftLosses,
  words,
}

function facts(): Record<string, Fact> {
  return {
    'member.is_birthday': {
      type: 'bool',
      describe: 'Whether it is the birthday of the member, or the time around it in which a gift of it may be used',
      read: isBirthday,
    },
    'member.days_since_order': {
      type: 'int',
      describe: 'Days since the last order before this one; null before the first',
      nullable: true,
      read: ({ account, day }) => {
        const last = sliceOf(account)?.l
        return last === undefined ? null : Math.max(0, day - last)
      },
    },
  }
}

function isBirthday({ program, account, at, day }: FactContext): boolean {
  const born = sliceOf(account)?.b
  if (born === undefined) return false
  if (dayIn(civil(day).year, { month: Math.floor(born / 100), day: born % 100 }) === day) return true
  const birthdays = giftRulesOf(program).on.birthday
  if (birthdays.length === 0) return false
  const level = readFact(program, 'member.tier', account, at, day)
  const own = birthdays.filter(({ levels }) => levels === null || levels.ids.includes(String(level)))
  return own.some((gift) => openingOn({ ...gift, id: '' }, account, program, at, day) !== null)
}

/** Whoever has not the level for a gift is not woken for it; when the level changes, so does what is due. */
function due(account: Account, program: Program): number {
  const { timed } = giftRulesOf(program)
  let next = NEVER
  for (let i = 0; i < timed.length; i++) {
    const gift = timed[i]!
    if (gift.levels === null || gift.levels.ids.includes(levelOf(account, program)))
      next = Math.min(next, nextInstant(gift, account, program, account.clock))
  }
  return next
}

function levelOf(account: Account, program: Program): string {
  const { clock } = account
  return String(readFact(program, 'member.tier', account, clock, localDay(program.zone, clock)))
}

function begin(d: Deciding, { body }: ActivityOf<'join'>): undefined {
  if (body.pool === true) remember(d.account, (slice) => Object.assign(slice, { h: 1 }))
  learn(d, { body })
}

/** Day and month are all that is kept of a birthday. */
function learn(d: Deciding, { body }: Pick<ActivityOf<'profile'>, 'body'>): undefined {
  const day = body.birthday === undefined ? null : parseDay(body.birthday)
  if (day === null) return
  const date = civil(day)
  remember(d.account, (slice) => Object.assign(slice, { b: date.month * 100 + date.day }))
}

function welcome(d: Deciding, activity: ActivityOf<'join'>): undefined {
  if (activity.body.pool !== true)
    for (const gift of giftRulesOf(d.program).on.join) if (isFor(d, gift)) give(d, gift, 1, `gifts:${gift.id}`)
  celebrateLate(d, activity)
  reach(d)
}

/** Whoever tells their birthday while it is celebrated is celebrated at once: but once in a year, whatever they tell. */
function celebrateLate(d: Deciding, { body }: Pick<ActivityOf<'profile'>, 'body'>): undefined {
  if (body.birthday === undefined) return
  for (const gift of giftRulesOf(d.program).on.birthday) {
    const opening = openingOn(gift, d.account, d.program, d.at, d.day)
    if (opening !== null && isFor(d, gift)) open(d, gift, opening)
  }
}

/** All whose time has come at this instant. */
function giveInTime(d: Deciding): undefined {
  for (const gift of giftRulesOf(d.program).timed) {
    const opening = openingAfter(gift, d.account, d.program, d.at - 1)
    if (opening !== null && startOfDay(d.program.zone, opening.first) === d.at && isFor(d, gift)) open(d, gift, opening)
  }
  reach(d)
}

function open(d: Deciding, gift: GiftTerms, { name, end }: Opening): void {
  const isYearly = gift.on === 'birthday' || gift.on === 'anniversary'
  if (isYearly)
    remember(d.account, (slice) => {
      slice.y = { ...slice.y, [gift.id]: name }
    })
  give(d, gift, 1, `gifts:${gift.id}:${name}`, end === null ? null : startOfDay(d.program.zone, end))
}

/** The first order is the first that still stands: when all of it has come back, the next one is the first. */
function giveOnOrder(d: Deciding): undefined {
  const gifts = giftRulesOf(d.program)
  if (gifts.all.length === 0) return
  // All are asked before any is given, since the order itself is counted by now.
  const first = gifts.on.first_order.filter(({ isFirst }) => isFirst!.test(d.slots))
  for (const gift of first) if (isFor(d, gift)) give(d, gift, 1, `gifts:${gift.id}:${d.activity.id}`)
  reach(d)
}

function takeBackWithOrder(d: Deciding): undefined {
  if (d.takesTheRest)
    for (const { id } of giftRulesOf(d.program).on.first_order) takeBack(d, `gifts:${id}:${d.receipt!.activity}`, 1)
  reach(d)
}

function noteOrder(d: Deciding): undefined {
  if (!giftRulesOf(d.inForce).asksLastOrder) return
  const last = sliceOf(d.account)?.l
  if (last === undefined || last < d.day) remember(d.account, (slice) => Object.assign(slice, { l: d.day }))
}

/** A person who is forgotten has no birthday any more. */
function forget(d: Deciding): undefined {
  delete d.account.slices['gifts']
}
