/** What a run of decisions adds up to, as plain data: parts of it can be made apart and put together in any order. */

import type { Account } from '../../core/account.ts'
import { type Sink, start } from '../../core/decide.ts'
import type { Deciding, Redemption } from '../../core/deciding.ts'
import type { Fact, FactContext, Offer } from '../../core/feature.ts'
import { availablePoints, type Bucket, type Posting, sums } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import type { RefusalCode } from '../../core/refusal.ts'
import { termsOf } from '../../core/terms.ts'
import { localDay, monthIndex } from '../../core/time.ts'
import { numberOf } from './luck.ts'
import { addMember, newGroups } from './ranges.ts'
import type { Scenario } from './scenario.ts'

/** Members who ordered within these days of the end are active. */
export const ACTIVE_DAYS = 90

/** By how many orders they made, members are told apart: the most of each band. */
const BANDS = [1, 2, 5, 10, 20]

/** How a wallet's points moved within a month. */
interface Flow {
  issued: number
  spent: number
  expired: number
  reversed: number
  forgiven: number
}

/**
 * What became within a month of points that were issued in one month. Points that paid a debt were used before, and
 * so were those that nobody had to give back: whatever is no longer open is used, lapsed or taken back.
 */
export interface Cohort {
  issued: number
  used: number
  lapsed: number
  reversed: number
}

interface Month {
  index: number
  joined: number
  orders: number
  sales: number
  active: number
  redeeming: number
  redemptions: number
  discount: number
  cost: number
  /** How many members more are on each level than before it. */
  levels: number[]
  /** By the place of the wallet in the program. */
  flows: Flow[]
  /** What became within this month of points that were issued in it, and in others by the index of those. */
  own: Cohort[]
  older: Map<number, Cohort>[]
}

interface Band {
  members: number
  reached: number
  redeeming: number
  /** How many members took so many days from joining to their first reward. */
  days: Map<number, number>
}

/** All that is counted of one rule, reward or level. */
interface RuleSums {
  times: number
  points: number
}

interface RewardSums {
  times: number
  members: number
  points: number
  value: number
  cost: number
}

interface LevelSums {
  members: number
  orders: number
  sales: number
  cost: number
}

/** Numbers, lists and tables of numbers, and nothing else: it can be sent to another thread. */
export interface TallyState {
  members: number
  duplicates: number
  afterUntil: number
  /** The first order, in ms; null without orders. */
  from: number | null
  orders: { members: number; anonymous: number }
  sales: { members: number; anonymous: number }
  returns: { members: number; anonymous: number }
  refunds: { members: number; anonymous: number }
  refused: Partial<Record<RefusalCode, number>>
  activities: { total: number; clock: number }
  active: number
  earning: number
  /** Units of members' orders, and what they cost before discounts. */
  units: number
  subtotal: number
  bands: Band[]
  /** How many members took so many orders to their first reward. */
  ordersToFirst: Map<number, number>
  discounts: number
  /** By the place of the rule, the reward, the wallet and the level in the program. */
  rules: RuleSums[]
  rewards: RewardSums[]
  held: { pending: number; available: number; held: number; debt: number }[]
  levels: LevelSums[]
  /** How often members moved: from the level in the row to the one in the column. */
  moves: number[][]
  months: Map<number, Month>
  /** The members by groups that are drawn again; none where no range is asked for. */
  groups: number[][]
  /** What each member has at the end, where that is kept. */
  ends: MemberEnds | null
}

/** What is remembered of one member while history goes by: one flat object, since there are many and each is fetched. */
export interface Member {
  id: string
  account: Account
  /** Stands for the member where luck is asked. */
  number: number
  /** The local day of joining. */
  joined: number
  orders: number
  /** The local day of the last order. */
  last: number
  isEarning: boolean
  hasReached: boolean
  daysToFirst: number
  ordersToFirst: number
  level: number
  /** The last month with an order, and the 31 before it as bits, the latest lowest; the same of rewards. */
  orderMonth: number
  orderMonths: number
  rewardMonth: number
  rewardMonths: number
  /** The rewards used, by their places. */
  used: readonly number[]
  /** What was paid less what came back, what rewards saved, and what they cost. */
  sales: number
  saved: number
  cost: number
  /** Where members are drawn again: what rewards took off orders; then points issued and used, and their cost, by wallet. */
  drawn: number[]
}

/**
 * Members as history ended for them, in the order in which it did, which is the same for every program. Plain lists, so
 * that those of several parts of a history can be sent, and put one after the other.
 */
export interface MemberEnds {
  ids: string[]
  /** What rewards saved each of them, and what they hold, by the place of the wallet. */
  saved: number[]
  open: number[][]
}

/** A member at the end of history. */
export interface MemberEnd {
  /** What was paid, less what came back. */
  sales: number
  /** What rewards saved. */
  saved: number
  /** What the account holds, by the place of the wallet in the program. */
  open: number[]
  /** The level, by its place; null without tiers. */
  level: number | null
}

export class Tally implements Sink {
  readonly state: TallyState
  /** The largest number of points that one posting moved so far. */
  largestPosting = 0
  /** Whose decisions are counted. */
  private member: Member
  private readonly program: Program
  /** Whether members are drawn again. */
  private readonly draws: boolean
  private readonly offers: readonly Offer[]
  private readonly shares: readonly number[]
  private readonly ruleAt: ReadonlyMap<string, number>
  private readonly tier: Fact | null
  private readonly levelIds: readonly string[]
  /** The fewest points that a level and a wallet offer a reward for, by their places. */
  private readonly cheapest: number[][]
  /** What the tier is read from: one for all decisions, since every one reads it. */
  private readonly context: FactContext
  /** The month of each day that was asked for. */
  private readonly monthsByDay = new Map<number, Month>()

  constructor(scenario: Scenario) {
    const { program, reward_cost, draws } = scenario
    this.program = program
    this.draws = draws > 0
    this.offers = termsOf(program).offers
    this.shares = this.offers.map(({ reward }) => reward_cost[reward] ?? 1)
    const rules = rulesIn(program)
    this.ruleAt = new Map(rules.map(({ id }, place) => [id, place]))
    this.tier = findTier(program)
    this.levelIds = levelsOf(program)
    this.cheapest = cheapestOf(program, this.offers, this.levelIds)
    const nobody = start(program)
    this.member = newMember('', nobody, 0)
    this.context = { program, account: nobody, type: 'clock', body: {}, order: null, at: 0, day: 0 }
    this.state = emptyState(scenario, rules.length, this.offers.length, this.levelIds.length)
  }

  noteTime(at: number): void {
    const { state } = this
    if (state.from === null || at < state.from) state.from = at
  }

  refuse(code: RefusalCode): void {
    const { refused } = this.state
    refused[code] = (refused[code] ?? 0) + 1
  }

  countAnonymous(total: number, at: number): void {
    const month = this.monthOf(localDay(this.program.zone, at))
    month.orders += 1
    month.sales += total
    this.state.orders.anonymous += 1
    this.state.sales.anonymous += total
  }

  countAnonymousReturn(refund: number): void {
    this.state.returns.anonymous += 1
    this.state.refunds.anonymous += refund
  }

  /** Somebody joins: what is decided next is theirs. */
  begin(id: string, account: Account, at: number): Member {
    this.state.members += 1
    this.member = newMember(id, account, localDay(this.program.zone, at))
    if (this.draws) this.member.drawn = times(1 + 3 * this.program.wallets.length, () => 0)
    return this.member
  }

  /** What is decided next is this member's. */
  turnTo(member: Member): void {
    this.member = member
  }

  /** Counts a decision as it is made. */
  push(d: Deciding): void {
    const { state } = this
    const month = this.monthOf(d.day)
    state.activities.total += 1
    const type = d.activity.type
    if (type === 'order') this.countOrder(month, d)
    else if (type === 'clock') state.activities.clock += 1
    else if (type === 'return' || type === 'cancel') this.countReturn(d)
    const times = type === 'return' || type === 'cancel' ? 0 : 1
    const { entries, postings } = d
    // A rule whose limit left nothing of it has not given anything.
    for (let i = 0; i < entries.length; i++)
      if (entries[i]!.exact !== 0) this.countRule(entries[i]!.rule, entries[i]!.points, times)
    for (let i = 0; i < postings.length; i++) this.countPosting(month, postings[i]!)
    if (d.discounts.length > 0 && type === 'order') this.countDiscounts(month, d)
    if (this.tier !== null) this.countLevel(d, type === 'join')
    if (type === 'join') month.joined += 1
    if (!this.member.hasReached && postings.length > 0) this.seeWhatIsReached(d)
  }

  /** A reward that was used beside an order, worth this much: the order does not show what it was used for. */
  countBeside(d: Deciding, worth: number): void {
    this.countUsed(this.monthOf(d.day), d.redemptions[0]!, worth, 0)
  }

  /** A reward of an order that comes back saves less than it did; nothing, if it was given back too. */
  countSavedLess(d: Deciding, reward: string, before: number, after: number, isWhole: boolean): void {
    const month = this.monthOf(d.day)
    const place = this.placeOfReward(reward)
    const less = before - after
    const cost = this.costOf(place, before) - this.costOf(place, after)
    if (isWhole) this.state.rewards[place]!.times -= 1
    this.addSaved(month, place, -less, -less, -cost)
  }

  /** What an account holds at the end of history, and what became of its member. */
  countAccount(member: Member, until: number): MemberEnd {
    const { state } = this
    const { account, level } = member
    const open = state.held.map(() => 0)
    for (const wallet of account.wallets) {
      const place = this.placeOf(wallet.id)
      const total = state.held[place]!
      const own = sums(wallet)
      total.pending += own.pending
      total.available += own.available
      total.held += own.held
      total.debt += own.debt
      open[place] = own.pending + own.available + own.held
    }
    if (this.tier !== null) state.levels[level]!.members += 1
    this.countMember(member, localDay(this.program.zone, until - 1))
    if (this.draws) addMember(state.groups, member.number, drawnOf(member, open))
    if (state.ends !== null) keepEnd(state.ends, member, open)
    return { sales: member.sales, saved: member.saved, open, level: this.tier === null ? null : level }
  }

  private countMember(member: Member, lastDay: number): void {
    const { state } = this
    if (member.orders > 0 && member.last > lastDay - ACTIVE_DAYS) state.active += 1
    if (member.isEarning) state.earning += 1
    const band = state.bands[bandOf(member.orders)]!
    band.members += 1
    if (member.used.length > 0) band.redeeming += 1
    if (!member.hasReached) return
    band.reached += 1
    addTo(band.days, member.daysToFirst, 1)
    addTo(state.ordersToFirst, member.ordersToFirst, 1)
  }

  private countOrder(month: Month, d: Deciding): void {
    const { state, member } = this
    const { total, subtotal, quantity } = d.order!
    month.orders += 1
    month.sales += total
    state.orders.members += 1
    state.sales.members += total
    state.units += quantity
    state.subtotal += subtotal
    member.orders += 1
    member.sales += total
    if (d.day > member.last) member.last = d.day
    if (seesOrderMonth(member, month.index)) month.active += 1
    if (this.tier === null) return
    const level = state.levels[member.level]!
    level.orders += 1
    level.sales += total
  }

  private countReturn(d: Deciding): void {
    const { state, member } = this
    state.returns.members += 1
    state.refunds.members += d.refund_total
    member.sales -= d.refund_total
    if (this.tier !== null) state.levels[member.level]!.sales -= d.refund_total
  }

  private countDiscounts(month: Month, d: Deciding): void {
    for (const redemption of d.redemptions) {
      const { amount } = d.discounts[redemption.place]!
      this.countUsed(month, redemption, amount, amount)
    }
  }

  private countUsed(month: Month, { reward }: Redemption, value: number, discount: number): void {
    const { member } = this
    const place = this.placeOfReward(reward)
    const sums = this.state.rewards[place]!
    sums.times += 1
    if (!member.used.includes(place)) {
      member.used = [...member.used, place]
      sums.members += 1
    }
    if (seesRewardMonth(member, month.index)) month.redeeming += 1
    month.redemptions += 1
    this.addSaved(month, place, value, discount, this.costOf(place, value))
  }

  /** What a reward saved, or saves no more, wherever that is told. */
  private addSaved(month: Month, place: number, value: number, discount: number, cost: number): void {
    const { state, member } = this
    const sums = state.rewards[place]!
    sums.value += value
    sums.cost += cost
    month.discount += discount
    month.cost += cost
    state.discounts += discount
    member.saved += value
    member.cost += cost
    if (this.tier !== null) state.levels[member.level]!.cost += cost
    if (!this.draws) return
    member.drawn[0]! += discount
    member.drawn[3 + 3 * this.placeOf(this.offers[place]!.wallet)]! += cost
  }

  private countRule(rule: string, points: number, times: number): void {
    const row = this.state.rules[this.ruleAt.get(rule)!]!
    row.times += times
    row.points += points
  }

  private countPosting(month: Month, posting: Posting): void {
    const { wallet, from, to, points } = posting
    const place = this.placeOf(wallet)
    const flow = month.flows[place]!
    if (points > this.largestPosting) this.largestPosting = points
    if (from === 'issued') {
      flow.issued += points
      if (this.draws) this.member.drawn[1 + 3 * place]! += points
      this.member.isEarning = true
    } else if (from === 'spent') {
      flow.spent -= points
      this.countSpent(place, posting, -points)
    } else if (from === 'expired') flow.expired -= points
    else if (from === 'forgiven') flow.forgiven += points
    else if (from === 'forfeited') flow.reversed -= points
    if (to === 'spent') {
      flow.spent += points
      this.countSpent(place, posting, points)
    } else if (to === 'expired') flow.expired += points
    // What was forfeited was taken back like what was returned.
    else if (to === 'reversed' || to === 'forfeited') flow.reversed += points
    else if (to === 'forgiven') flow.forgiven -= points
    const leaves = FATES[from]
    const enters = FATES[to]
    if (posting.lot === null || leaves === enters) return
    const { month: issued } = posting.lot
    const cohort = issued === month.index ? month.own[place]! : cohortOf(month.older[place]!, issued)
    if (leaves === 'issued') cohort.issued += points
    else if (leaves !== null) cohort[leaves] -= points
    if (enters !== null) cohort[enters] += points
  }

  private countSpent(wallet: number, { rule }: Posting, points: number): void {
    if (this.draws) this.member.drawn[2 + 3 * wallet]! += points
    if (rule !== null) this.state.rewards[this.placeOfReward(rule)]!.points += points
  }

  /** The level after a decision, and whether it is another than before. */
  private countLevel({ account }: Deciding, isNew: boolean): void {
    const { member, state } = this
    const { context } = this
    context.account = account
    context.at = account.clock
    const level = this.levelIds.indexOf(this.tier!.read(context) as string)
    if (level === member.level && !isNew) return
    const { levels } = this.monthOf(localDay(this.program.zone, account.clock))
    levels[level]! += 1
    if (!isNew) {
      levels[member.level]! -= 1
      state.moves[member.level]![level]! += 1
    }
    member.level = level
  }

  private seeWhatIsReached({ account, day }: Deciding): void {
    const { member } = this
    const cheapest = this.cheapest[member.level]!
    for (let i = 0; i < account.wallets.length; i++) {
      const wallet = account.wallets[i]!
      if (availablePoints(wallet) < cheapest[this.placeOf(wallet.id)]!) continue
      member.hasReached = true
      member.daysToFirst = Math.max(0, day - member.joined)
      member.ordersToFirst = member.orders
      return
    }
  }

  private costOf(place: number, value: number): number {
    return Math.round(value * this.shares[place]!)
  }

  private placeOf(wallet: string): number {
    const { wallets } = this.program
    for (let i = 0; i < wallets.length; i++) if (wallets[i]!.id === wallet) return i
    throw new Error(`Assertion failed: the program has a wallet ${wallet}`)
  }

  private placeOfReward(reward: string): number {
    for (let i = 0; i < this.offers.length; i++) if (this.offers[i]!.reward === reward) return i
    throw new Error(`Assertion failed: the program has a reward ${reward}`)
  }

  private monthOf(day: number): Month {
    const known = this.monthsByDay.get(day)
    if (known !== undefined) return known
    const index = monthIndex(day)
    const { months } = this.state
    let month = months.get(index)
    if (month === undefined) {
      month = newMonth(index, this.program.wallets.length, this.levelIds.length)
      months.set(index, month)
    }
    this.monthsByDay.set(day, month)
    return month
  }
}

/** Where a point is that has left the account; null while it is there. */
const FATES = {
  issued: 'issued',
  pending: null,
  available: null,
  held: null,
  spent: 'used',
  debt: 'used',
  forgiven: 'used',
  expired: 'lapsed',
  forfeited: 'reversed',
  reversed: 'reversed',
  adjusted: 'reversed',
  sent: 'reversed',
  received: 'issued',
} as const satisfies Record<Bucket, keyof Cohort | null>

/** Two parts of one history put together, of which no member has orders in both. */
export function mergeTallies(a: TallyState, b: TallyState): TallyState {
  const from = a.from === null || b.from === null ? (a.from ?? b.from) : Math.min(a.from, b.from)
  const { months, ...rest } = added({ ...a, from: 0, ends: 0 }, { ...b, from: 0, ends: 0 })
  for (const [index, month] of months) month.index = index
  return { ...rest, from, months, ends: a.ends === null || b.ends === null ? null : joinedEnds(a.ends, b.ends) }
}

function keepEnd(ends: MemberEnds, { id, saved }: Member, open: readonly number[]): void {
  ends.ids.push(id)
  ends.saved.push(saved)
  for (let place = 0; place < open.length; place++) ends.open[place]!.push(open[place]!)
}

function joinedEnds(a: MemberEnds, b: MemberEnds): MemberEnds {
  const open = a.open.map((points, place) => [...points, ...b.open[place]!])
  return { ids: [...a.ids, ...b.ids], saved: [...a.saved, ...b.saved], open }
}

/** Numbers add up, wherever in the data they stand. */
function added<T>(a: T, b: T): T {
  return sumOf(a, b) as T
}

function sumOf(a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return structuredClone(a ?? b)
  if (typeof a === 'number') return a + (b as number)
  if (Array.isArray(a)) return a.map((item, i) => sumOf(item, (b as unknown[])[i]))
  if (a instanceof Map) {
    const other = b as Map<unknown, unknown>
    return new Map([...a.keys(), ...other.keys()].map((key) => [key, sumOf(a.get(key), other.get(key))]))
  }
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return Object.fromEntries(Object.keys({ ...one, ...other }).map((key) => [key, sumOf(one[key], other[key])]))
}

function emptyState({ program, draws, ends }: Scenario, rules: number, rewards: number, levels: number): TallyState {
  const none = () => ({ members: 0, anonymous: 0 })
  return {
    members: 0,
    duplicates: 0,
    afterUntil: 0,
    from: null,
    orders: none(),
    sales: none(),
    returns: none(),
    refunds: none(),
    refused: {},
    activities: { total: 0, clock: 0 },
    active: 0,
    earning: 0,
    units: 0,
    subtotal: 0,
    bands: times(BANDS.length + 2, () => ({ members: 0, reached: 0, redeeming: 0, days: new Map() })),
    ordersToFirst: new Map(),
    discounts: 0,
    rules: times(rules, () => ({ times: 0, points: 0 })),
    rewards: times(rewards, () => ({ times: 0, members: 0, points: 0, value: 0, cost: 0 })),
    held: program.wallets.map(() => ({ pending: 0, available: 0, held: 0, debt: 0 })),
    levels: times(levels, () => ({ members: 0, orders: 0, sales: 0, cost: 0 })),
    moves: times(levels, () => times(levels, () => 0)),
    months: new Map(),
    groups: draws > 0 ? newGroups(program.wallets.length) : [],
    ends: ends ? { ids: [], saved: [], open: program.wallets.map(() => []) } : null,
  }
}

export function newMonth(index: number, wallets: number, levels: number): Month {
  const amounts = { joined: 0, orders: 0, sales: 0, active: 0, redeeming: 0, redemptions: 0, discount: 0, cost: 0 }
  return {
    index,
    ...amounts,
    levels: times(levels, () => 0),
    flows: times(wallets, () => ({ issued: 0, spent: 0, expired: 0, reversed: 0, forgiven: 0 })),
    own: times(wallets, newCohort),
    older: times(wallets, () => new Map()),
  }
}

function newCohort(): Cohort {
  return { issued: 0, used: 0, lapsed: 0, reversed: 0 }
}

function cohortOf(cohorts: Map<number, Cohort>, month: number): Cohort {
  let cohort = cohorts.get(month)
  if (cohort === undefined) {
    cohort = newCohort()
    cohorts.set(month, cohort)
  }
  return cohort
}

const NONE: readonly never[] = Object.freeze([])

function drawnOf({ sales, cost, hasReached, used, drawn }: Member, open: readonly number[]): number[] {
  const wallets = open.flatMap((points, place) => {
    const [issued, spent, costOfSpent] = drawn.slice(1 + 3 * place)
    return [issued!, points, spent!, costOfSpent!]
  })
  return [1, sales, cost, drawn[0]!, Number(hasReached), Number(used.length > 0), ...wallets]
}

function newMember(id: string, account: Account, joined: number): Member {
  return {
    id,
    account,
    number: numberOf(id),
    joined,
    orders: 0,
    last: 0,
    isEarning: false,
    hasReached: false,
    daysToFirst: 0,
    ordersToFirst: 0,
    level: 0,
    orderMonth: 0,
    orderMonths: 0,
    rewardMonth: 0,
    rewardMonths: 0,
    used: NONE,
    drawn: [],
    sales: 0,
    saved: 0,
    cost: 0,
  }
}

/** Whether it is the member's first order of that month. */
function seesOrderMonth(member: Member, month: number): boolean {
  if (month === member.orderMonth) return false
  const seen = monthsSeen(member.orderMonth, member.orderMonths, month)
  const isNew = month > member.orderMonth || seen !== member.orderMonths
  member.orderMonths = seen
  if (month > member.orderMonth) member.orderMonth = month
  return isNew
}

function seesRewardMonth(member: Member, month: number): boolean {
  if (month === member.rewardMonth) return false
  const seen = monthsSeen(member.rewardMonth, member.rewardMonths, month)
  const isNew = month > member.rewardMonth || seen !== member.rewardMonths
  member.rewardMonths = seen
  if (month > member.rewardMonth) member.rewardMonth = month
  return isNew
}

/** The months before the later of both as bits. One that is told more than 31 months late is left out. */
function monthsSeen(last: number, before: number, month: number): number {
  const later = month - last
  if (later > 0) return later > 31 ? 0 : (before << later) | (1 << (later - 1))
  return later < -31 ? before : before | (1 << (-later - 1))
}

/** The first band is of those who never ordered, and the last of those beyond all bounds. */
export function bandBounds(): { from: number; to: number | null }[] {
  return [0, ...BANDS, null].map((to, i) => ({ from: i === 0 ? 0 : [0, ...BANDS][i - 1]! + 1, to }))
}

function bandOf(orders: number): number {
  if (orders === 0) return 0
  let band = 1
  while (band <= BANDS.length && orders > BANDS[band - 1]!) band++
  return band
}

function cheapestOf(program: Program, offers: readonly Offer[], levels: readonly string[]): number[][] {
  const fewest = (level: string | null) =>
    program.wallets.map(({ id }) =>
      offers.reduce(
        (least, { wallet, cost, levels: mayHave }) =>
          wallet === id && (mayHave === null || (level !== null && mayHave.includes(level)))
            ? Math.min(least, cost)
            : least,
        Number.POSITIVE_INFINITY,
      ),
    )
  return (levels.length === 0 ? [null] : levels).map(fewest)
}

/** Every earning rule of the program, with the wallet that it gives to. */
export function rulesIn(program: Program): { id: string; wallet: string }[] {
  const rules = program.settings['earning'] as readonly { id: string; wallet?: string | undefined }[]
  return rules.map(({ id, wallet }) => ({ id, wallet: wallet ?? program.wallets[0]!.id }))
}

/** The ids of the program's levels, from the lowest; none without tiers. */
export function levelsOf(program: Program): readonly string[] {
  return findTier(program)?.values ?? []
}

/** The tier as conditions see it: what a tier is, only its own feature knows. */
function findTier(program: Program): Fact | null {
  for (const feature of program.features) {
    const fact = feature.facts?.(program.settings[feature.id] as never)['member.tier']
    if (fact !== undefined) return fact
  }
  return null
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}

function addTo(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}
