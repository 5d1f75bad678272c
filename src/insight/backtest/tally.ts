/** Adds up what a run of decisions tells, as each of them is made. */

import type { Account } from '../../core/account.ts'
import type { OrderBody } from '../../core/activity.ts'
import { ByDay } from '../../core/by-day.ts'
import { type Sink, start } from '../../core/decide.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Fact, FactContext, Offer } from '../../core/feature.ts'
import { availablePoints, type Bucket, type Posting, sums } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import type { RefusalCode } from '../../core/refusal.ts'
import { localDay, monthIndex } from '../../core/time.ts'
import { openVouchers } from '../../core/vouchers.ts'
import { drawnOf, keepEnd, type Member, type MemberEnd, newMember, seesOrderMonth, seesRewardMonth } from './member.ts'
import { cheapestByLevel, findTier, levelsOf, rulesIn, usedIn } from './offered.ts'
import { addMember } from './ranges.ts'
import type { Scenario } from './scenario.ts'
import { bandOf, type Cohort, cohortOf, emptyState, type Month, newMonth, type TallyState } from './tally-state.ts'

/** Members who ordered within these days of the end are active. */
export const ACTIVE_DAYS = 90

/** A reward that is used: for points, or with a voucher for which nothing is paid any more. */
interface Use {
  reward: string
  isVoucher: boolean
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
  /** Whether the program gives rewards by itself. */
  private readonly gives: boolean
  private readonly ruleIds: readonly string[]
  private readonly tier: Fact | null
  private readonly levelIds: readonly string[]
  /** The fewest points that a level and a wallet offer a reward for, by their places. */
  private readonly cheapest: number[][]
  /** What the tier is read from: one for all decisions, since every one reads it. */
  private readonly context: FactContext
  /** The month of each day that was asked for. */
  private readonly monthsByDay = new ByDay((day) => this.monthOfIndex(monthIndex(day)))

  constructor(scenario: Scenario) {
    const { program, reward_cost, draws } = scenario
    this.program = program
    this.draws = draws > 0
    this.offers = usedIn(program)
    this.gives = program.gifts.length > 0
    this.shares = this.offers.map(({ reward }) => reward_cost[reward] ?? 1)
    const rules = rulesIn(program)
    this.ruleIds = rules.map(({ id }) => id)
    this.tier = findTier(program)
    this.levelIds = levelsOf(program)
    this.cheapest = cheapestByLevel(program)
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
    month.anonymous_sales += total
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
    if (this.draws) this.member.drawn = new Array<number>(1 + 3 * this.program.wallets.length).fill(0)
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
    // What was bought for points is had at once here, so its voucher is none that anybody keeps.
    if (d.vouchers.length > 0 && type !== 'redeem') this.countVouchers(d)
    if (this.member.hasReached) return
    if (postings.length > 0) this.seeWhatIsReached(d)
    if (this.gives && d.messages.some(({ topic }) => topic === 'reward.given')) this.reach(d)
  }

  /** A reward that was used beside an order, worth this much: the order does not show what it was used for. */
  countBeside(d: Deciding, worth: number): void {
    this.countUsed(this.monthOf(d.day), { reward: d.redemptions[0]!.reward, isVoucher: false }, worth, 0)
  }

  /** The same of a voucher that the member was given. */
  countVoucherBeside(d: Deciding, reward: string, worth: number): void {
    this.countUsed(this.monthOf(d.day), { reward, isVoucher: true }, worth, 0)
  }

  /** A reward of an order that comes back saves less than it did; nothing, if it was given back too. */
  countSavedLess(d: Deciding, use: Use, before: number, after: number, isWhole: boolean): void {
    const month = this.monthOf(d.day)
    const place = this.placeOfReward(use.reward)
    const less = before - after
    const cost = this.costOf(place, before) - this.costOf(place, after)
    if (isWhole) this.state.rewards[place]!.times -= 1
    if (isWhole && use.isVoucher) this.state.vouchers[place]!.used -= 1
    this.addSaved(month, place, use.isVoucher, -less, -less, -cost)
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
    const open_vouchers = account.vouchers.length === 0 ? 0 : this.countOpenVouchers(account)
    this.countMember(member, localDay(this.program.zone, until - 1))
    if (this.draws) addMember(state.groups, member.number, drawnOf(member, open, open_vouchers))
    if (state.ends !== null) keepEnd(state.ends, member, open)
    return { sales: member.sales, saved: member.saved, open, level: this.tier === null ? null : level }
  }

  private countOpenVouchers(account: Account): number {
    const open = openVouchers(account)
    for (const { reward } of open) this.state.vouchers[this.placeOfReward(reward)]!.open += 1
    return open.length
  }

  private countVouchers({ vouchers }: Deciding): void {
    for (const { reward, source, state, isNew } of vouchers) {
      const sums = this.state.vouchers[this.placeOfReward(reward)]!
      if (isNew) {
        sums.issued += 1
        addTo(sums.sources, partOf(source), 1)
      } else if (state === 'withdrawn') sums.withdrawn += 1
    }
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

  /** What came by itself took so much more off an order, or less than it did where some of the order came back. */
  countAutomatic(d: Deciding, amount: number): void {
    this.state.automatic += amount
    this.addTaken(this.monthOf(d.day), amount, amount, amount)
  }

  private countDiscounts(month: Month, d: Deciding): void {
    const { redeem } = d.body as OrderBody
    for (const { place, source: reward, amount } of d.discounts)
      if (place === undefined) this.countAutomatic(d, amount)
      else if (redeem![place]!.voucher !== undefined) this.countUsed(month, { reward, isVoucher: true }, amount, amount)
    for (const redemption of d.redemptions) {
      const amount = d.discounts.find(({ place }) => place === redemption.place)?.amount ?? 0
      this.countUsed(month, { reward: redemption.reward, isVoucher: false }, amount, amount)
    }
  }

  private countUsed(month: Month, { reward, isVoucher }: Use, value: number, discount: number): void {
    const { member } = this
    const place = this.placeOfReward(reward)
    const sums = this.state.rewards[place]!
    sums.times += 1
    if (isVoucher) this.state.vouchers[place]!.used += 1
    if (!member.used.includes(place)) {
      member.used = [...member.used, place]
      sums.members += 1
    }
    if (seesRewardMonth(member, month.index)) month.redeeming += 1
    month.redemptions += 1
    this.addSaved(month, place, isVoucher, value, discount, this.costOf(place, value))
  }

  /** What a reward saved, or saves no more, wherever that is told. */
  private addSaved(
    month: Month,
    place: number,
    isVoucher: boolean,
    value: number,
    discount: number,
    cost: number,
  ): void {
    const { state, member } = this
    const sums = state.rewards[place]!
    sums.value += value
    sums.cost += cost
    this.addTaken(month, value, discount, cost)
    if (isVoucher) {
      const given = state.vouchers[place]!
      given.value += value
      given.cost += cost
    } else if (this.draws) member.drawn[3 + 3 * this.placeOf(this.offers[place]!.wallet)]! += cost
  }

  private addTaken(month: Month, value: number, discount: number, cost: number): void {
    const { state, member } = this
    month.discount += discount
    month.cost += cost
    state.discounts += discount
    member.saved += value
    member.cost += cost
    if (this.tier !== null) state.levels[member.level]!.cost += cost
    if (this.draws) member.drawn[0]! += discount
  }

  private countRule(rule: string, points: number, times: number): void {
    const row = this.state.rules[this.ruleIds.indexOf(rule)]!
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
    const leaves = fateOf(from)
    const enters = fateOf(to)
    if (posting.lot === null || leaves === enters) return
    const { month: issued } = posting.lot
    const cohort = issued === month.index ? month.own[place]! : cohortOf(month.older[place]!, issued)
    if (leaves === 'issued') cohort.issued += points
    else if (leaves !== null) cohort[leaves] -= points
    if (enters !== null) cohort[enters] += points
  }

  private countSpent(wallet: number, { rule }: Posting, points: number): void {
    if (this.draws) this.member.drawn[2 + 3 * wallet]! += points
    // Points may also be spent by themselves, on a reward that nobody can ask for.
    const place = rule === null ? -1 : this.offers.findIndex(({ reward }) => reward === rule)
    if (place >= 0) this.state.rewards[place]!.points += points
  }

  /** The level after a decision, and whether it is another than before. */
  private countLevel({ account }: Deciding, isNew: boolean): void {
    const { member, state } = this
    const { context } = this
    context.account = account
    context.at = account.clock
    const id = this.tier!.read(context) as string
    if (id === this.levelIds[member.level] && !isNew) return
    const level = this.levelIds.indexOf(id)
    const { levels } = this.monthOf(localDay(this.program.zone, account.clock))
    levels[level]! += 1
    if (!isNew) {
      levels[member.level]! -= 1
      state.moves[member.level]![level]! += 1
    }
    member.level = level
  }

  private seeWhatIsReached(d: Deciding): void {
    const { member } = this
    const { account } = d
    const cheapest = this.cheapest[member.level]!
    for (let i = 0; i < account.wallets.length; i++) {
      const wallet = account.wallets[i]!
      if (availablePoints(wallet) < cheapest[this.placeOf(wallet.id)]!) continue
      this.reach(d)
      return
    }
  }

  private reach({ day }: Deciding): void {
    const { member } = this
    member.hasReached = true
    member.daysToFirst = Math.max(0, day - member.joined)
    member.ordersToFirst = member.orders
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
    return this.monthsByDay.of(day)
  }

  private monthOfIndex(index: number): Month {
    const { months } = this.state
    let month = months.get(index)
    if (month === undefined) {
      month = newMonth(index, this.program.wallets.length, this.levelIds.length)
      months.set(index, month)
    }
    return month
  }
}

/** Where a point is that has left the account; null while it is there. */
function fateOf(bucket: Bucket): keyof Cohort | null {
  switch (bucket) {
    case 'available':
    case 'pending':
    case 'held':
      return null
    case 'issued':
    case 'received':
      return 'issued'
    case 'expired':
      return 'lapsed'
    case 'spent':
    case 'debt':
    case 'forgiven':
      return 'used'
    case 'forfeited':
    case 'reversed':
    case 'adjusted':
    case 'sent':
      return 'reversed'
  }
}

function addTo<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

/** The part of the program that gave something: `stamps:coffee` of whatever more says for what. */
function partOf(source: string): string {
  return source.split(':', 2).join(':')
}
