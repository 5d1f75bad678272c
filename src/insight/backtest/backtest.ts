/** The backtest: a history of orders folded through a program by the same function that decides live. Pure. */

import type { Activity, ActivityOf } from '../../core/activity.ts'
import { assert } from '../../core/assert.ts'
import { advance, decide, type Env, type Related, start, wake } from '../../core/decide.ts'
import type { Deciding } from '../../core/deciding.ts'
import {
  backActivity,
  eventActivity,
  type HistoryEvent,
  type HistoryMember,
  type HistoryOrder,
  type HistoryReturn,
  joinActivity,
  orderActivity,
  redeemActivity,
  redeemingOrder,
  useActivity,
} from '../../core/history.ts'
import { shareOf } from '../../core/money.ts'
import { nothingRemains, nothingReturned, type PricedOrder, type Returned } from '../../core/order.ts'
import { asOnlyRevision, type Program } from '../../core/program.ts'
import type { Receipt } from '../../core/receipt.ts'
import { Refusal } from '../../core/refusal.ts'
import { NO_VOUCHERS } from '../../core/vouchers.ts'
import { AnonymousSales } from './anonymous.ts'
import { resultOf, runOf } from './figures.ts'
import type { Member, MemberEnd } from './member.ts'
import type { Run } from './ranges.ts'
import { type Chooser, chooserOf } from './redeeming.ts'
import { closenessIn, Pace } from './response.ts'
import type { BacktestResult } from './result.ts'
import { assume, type Scenario } from './scenario.ts'
import { Tally } from './tally.ts'
import type { TallyState } from './tally-state.ts'

export interface BacktestOptions {
  /**
   * Where history ends (ms), itself not included: orders from then on are left out, and all that falls due before it
   * happens. Unless said, history ends with the last order.
   */
  until?: number
  /** The orders are known to have distinct ids, as those of a file have once it is read: no list of them is kept. */
  distinct?: boolean | undefined
  /**
   * All orders of a member come in a row, and `until` is given: then an account is brought to the end and let go as soon as
   * the next member's begins, so that accounts take no memory and are never fetched from it again.
   */
  byMember?: boolean
  /** Whether orders come back: only then is kept what a return may ask about. */
  returns?: boolean
  /** Hears of every member as history ends for them, by their id. */
  onMember?: ((id: string, end: MemberEnd) => void) | undefined
}

/** A whole history at once, and what is assumed beside it. */
export interface HistoryOptions extends Partial<Omit<Scenario, 'program'>> {
  until?: BacktestOptions['until']
  distinct?: BacktestOptions['distinct']
  /** What came back; each of them after its order. */
  returns?: Iterable<HistoryReturn>
  onMember?: BacktestOptions['onMember']
}

/**
 * What the program would have given, owed and taken back on these orders. Each member's orders come in the order of
 * time; one that comes after a later one is decided as late. How members are mixed makes no difference to the result.
 */
export function backtest(
  program: Program,
  orders: Iterable<HistoryOrder>,
  { until, distinct, returns, onMember, ...assumed }: HistoryOptions = {},
): BacktestResult {
  const options = { distinct, onMember, returns: returns !== undefined, ...(until === undefined ? {} : { until }) }
  return new Fold(assume(program, assumed), options).all(orders, returns ?? [])
}

/** A backtest that is handed its orders one by one: for files that are read in batches. */
export interface Backtest {
  order(order: HistoryOrder): void
  /** What came back of an order that was handed over before; needs the option `returns`. */
  giveBack(back: HistoryReturn): void
  /** Somebody becomes a member before the first order, or without one; whoever is a member already stays as they are. */
  join(member: HistoryMember): void
  /** What else a member did: a visit, an action. */
  happen(event: HistoryEvent): void
  /** Decides all that falls due until the end, and tells what came of it. To be called once, last. */
  finish(): BacktestResult
  /** The same with what members can be drawn again from. */
  finishRun(): Run
  /** The same as it was added up, for a part of the members: `mergeTallies` puts parts together, `resultOf` tells. */
  finishPart(): TallyState
}

export function createBacktest(scenario: Scenario, options: BacktestOptions = {}): Backtest {
  return new Fold(scenario, options)
}

/**
 * Beyond these figures a decision might leave the safe integers half-way, and is made on a copy of the account. Below
 * them it cannot, unless a program gave millions of points for the smallest coin.
 */
const LARGE_ORDER = 1e9
const LARGE_POSTING = 1e12

/** An order names nothing that was decided before. */
const NOTHING: Related = {}

/** What took money off an order: a reward, or null for what came by itself; and what each line contributes to it. */
interface Used {
  reward: string | null
  isVoucher: boolean
  shares: readonly number[]
}

/** An order of a member that may come back. */
interface Kept {
  receipt: Receipt
  used: readonly Used[]
}

class Fold implements Backtest {
  private readonly scenario: Scenario
  private readonly program: Program
  private readonly chooser: Chooser | null
  /** How near a member is to a goal, and who buys how much sooner; null where nobody does. */
  private readonly closeness: ((member: Member) => number) | null
  private readonly paces = new Map<string, Pace>()
  private readonly onMember: BacktestOptions['onMember']
  private readonly until: number | undefined
  /** The ids of the orders so far; null where they are known to be distinct. */
  private readonly seen: Set<string> | null
  /** Whether a member is done with as soon as the next one comes. */
  private readonly byMember: boolean
  /** The members that may come again. */
  private readonly members = new Map<string, Member>()
  private readonly expired = new Map<string, number>()
  /** Of the orders that may come back, by their ids; null where none does. */
  private readonly receipts: Map<string, Kept> | null
  private readonly anonymous: AnonymousSales
  /** Whose order came last. */
  private last: Member | null = null
  private readonly env: Env & { now: number }
  private readonly tally: Tally
  private lastId = 0
  /** The time of the last order, in ms. */
  private latest = 0

  constructor(scenario: Scenario, options: BacktestOptions) {
    const program = asOnlyRevision(scenario.program)
    this.scenario = scenario
    this.program = program
    this.chooser = chooserOf(scenario)
    this.closeness = scenario.response === null ? null : closenessIn(program)
    this.onMember = options.onMember
    this.until = options.until
    this.seen = options.distinct ? null : new Set()
    this.byMember = options.byMember ?? false
    assert(!this.byMember || options.until !== undefined, 'accounts can only be brought to an end that is known')
    this.receipts = options.returns ? new Map() : null
    this.tally = new Tally(scenario)
    this.anonymous = new AnonymousSales(program, this.tally, this.receipts !== null)
    this.env = {
      programAt: () => program,
      revision: () => program,
      now: 0,
      nextId: () => ++this.lastId,
      returns: options.returns ?? false,
    }
  }

  /** Decides all of the orders, a member's in a row: what costs most is to fetch an account from memory. */
  all(orders: Iterable<HistoryOrder>, returns: Iterable<HistoryReturn>): BacktestResult {
    const byMember = new Map<string, HistoryOrder[]>()
    for (const order of orders) {
      if (!this.accepts(order)) continue
      if (order.member === null) this.anonymous.sell(order)
      else putUnder(byMember, order.member, order)
    }
    const backs = new Map<string, HistoryReturn[]>()
    for (const back of returns)
      if (back.member === null) this.giveBack(back)
      else if (this.isWithin(back.occurred_at)) putUnder(backs, back.member, back)
    const until = this.end()
    for (const [id, own] of byMember) {
      const member = this.welcome(id, own[0]!.occurred_at)
      for (const entry of withReturns(own, backs.get(id) ?? [])) {
        if ('order' in entry) this.comeBack(member, entry)
        else this.buy(member, entry)
      }
      this.bringToEnd(member, until)
      this.receipts?.clear()
      backs.delete(id)
    }
    for (const _ of [...backs.values()].flat()) this.tally.refuse('not_found')
    return resultOf(this.scenario, this.tally.state, until)
  }

  order(order: HistoryOrder): void {
    if (!this.accepts(order)) return
    if (order.member === null) this.anonymous.sell(order)
    else this.buy(this.memberOf(order.member, order.occurred_at), order)
  }

  giveBack(back: HistoryReturn): void {
    assert(this.receipts !== null, 'a backtest with returns is told so when it begins')
    const at = back.occurred_at
    if (!this.isWithin(at)) return
    if (back.member === null) this.anonymous.takeBack(back)
    else this.comeBack(this.memberOf(back.member, at), back)
  }

  join({ member, joined_at, pool }: HistoryMember): void {
    if (this.until === undefined || joined_at < this.until) this.memberOf(member, joined_at, pool)
  }

  happen(event: HistoryEvent): void {
    const at = event.occurred_at
    if (!this.isWithin(at)) return
    const member = this.memberOf(event.member, at)
    const moved = this.closeness === null ? event : this.paceOf(member).moved(event)
    this.env.now = Math.max(member.account.clock, moved.recorded_at ?? moved.occurred_at)
    const decided = this.decideCarefully(member, eventActivity(moved, ++this.lastId))
    if (decided instanceof Refusal) this.tally.refuse(decided.code)
  }

  finish(): BacktestResult {
    return this.finishRun().result
  }

  finishRun(): Run {
    return runOf(this.scenario, this.finishPart(), this.end())
  }

  finishPart(): TallyState {
    const until = this.end()
    if (this.last !== null && this.byMember) this.bringToEnd(this.last, until)
    for (const member of this.members.values()) this.bringToEnd(member, until)
    return this.tally.state
  }

  /** Whether something other than an order happened before the end. */
  private isWithin(at: number): boolean {
    if (this.until !== undefined && at >= this.until) return false
    if (at > this.latest) this.latest = at
    return true
  }

  /** False for orders after the end, and for those that were there before. */
  private accepts({ occurred_at: at, external_id }: HistoryOrder): boolean {
    if (this.until !== undefined && at >= this.until) {
      this.tally.state.afterUntil += 1
      return false
    }
    if (this.seen !== null && this.isRepeated(this.seen, external_id)) return false
    if (at > this.latest) this.latest = at
    this.tally.noteTime(at)
    return true
  }

  private end(): number {
    return this.until ?? this.latest + 1
  }

  /** All that falls due until the end happens, and what the account holds then is counted. */
  private bringToEnd(member: Member, until: number): void {
    this.tally.turnTo(member)
    if (this.closeness !== null) this.buyAgain(member, this.closeness)
    this.env.now = until - 1
    wake(this.env, member.account, until - 1, this.tally)
    const end = this.tally.countAccount(member, until)
    this.onMember?.(member.id, end)
  }

  /** What a member buys in the time that was gained by buying sooner. */
  private buyAgain(member: Member, closeness: (member: Member) => number): void {
    const pace = this.paceOf(member)
    for (const order of pace.again()) {
      this.decideOrder(member, order)
      pace.see(closeness(member))
    }
    this.paces.delete(member.id)
  }

  private isRepeated(seen: Set<string>, id: string): boolean {
    const before = seen.size
    if (seen.add(id).size > before) return false
    this.tally.state.duplicates += 1
    return true
  }

  private memberOf(id: string, at: number, pool = false): Member {
    if (this.last?.id === id) return this.last
    if (this.byMember && this.last !== null) {
      this.bringToEnd(this.last, this.end())
      this.receipts?.clear()
    }
    this.last = this.byMember ? this.welcome(id, at, pool) : this.knownOr(id, at, pool)
    this.tally.turnTo(this.last)
    return this.last
  }

  /** A member among others that may come again. */
  private knownOr(id: string, at: number, pool: boolean): Member {
    const known = this.members.get(id)
    if (known !== undefined) return known
    const member = this.welcome(id, at, pool)
    this.members.set(id, member)
    return member
  }

  /** Who was never seen before joins now. */
  private welcome(id: string, at: number, pool = false): Member {
    const member = this.tally.begin(id, start(this.program, at), at)
    // Nothing is written there without returns, so all share one.
    if (this.receipts === null) member.account.expired = this.expired
    this.env.now = at
    const joined = advance(this.env, member.account, joinActivity(id, at, ++this.lastId, pool), NOTHING, this.tally)
    assert(!(joined instanceof Refusal), 'nobody is refused who joins')
    return member
  }

  private buy(member: Member, order: HistoryOrder): void {
    if (this.closeness === null) this.decideOrder(member, order)
    else this.buySooner(this.paceOf(member), member, order, this.closeness)
  }

  /** Where members respond to how near a goal is. */
  private buySooner(pace: Pace, member: Member, order: HistoryOrder, closeness: (member: Member) => number): void {
    this.decideOrder(member, pace.sooner(order))
    pace.see(closeness(member))
  }

  private comeBack(member: Member, back: HistoryReturn): void {
    this.decideReturn(member, this.closeness === null ? back : this.paceOf(member).moved(back))
  }

  private paceOf({ id }: Member): Pace {
    let pace = this.paces.get(id)
    if (pace === undefined) {
      pace = new Pace(this.scenario.response!)
      this.paces.set(id, pace)
    }
    return pace
  }

  private decideOrder(member: Member, order: HistoryOrder): void {
    const { account } = member
    const activity = orderActivity(order, ++this.lastId)
    // The account's own time goes on with the file's, and never back.
    this.env.now = Math.max(account.clock, order.recorded_at ?? activity.occurred_at)
    if (this.chooser !== null && this.redeemsWith(this.chooser, member, activity)) return
    if (this.isLarge(order)) {
      const decided = this.decideCarefully(member, activity)
      if (decided instanceof Refusal) this.tally.refuse(decided.code)
      else this.keepReceipt(activity, decided)
    } else {
      // A reward that was used beside the order has left another account.
      const decided = advance(this.env, member.account, activity, NOTHING, this.tally)
      if (!(decided instanceof Refusal)) {
        this.keepReceipt(activity, decided)
        return
      }
      assert(decided.code !== 'points_overflow', 'a small order never overflows')
      this.tally.refuse(decided.code)
    }
  }

  /** Uses a reward if the member would; whether the order is decided with it. A reward that is refused is left. */
  private redeemsWith(chooser: Chooser, member: Member, activity: ActivityOf<'order'>): boolean {
    wake(this.env, member.account, this.env.now, this.tally)
    const { occurred_at, body } = activity
    for (const { reward, worth, onOrder, voucher } of chooser.choose(member, body)) {
      const redeeming = onOrder
        ? redeemingOrder(activity, voucher === null ? { reward } : { voucher })
        : voucher === null
          ? redeemActivity(reward, occurred_at, ++this.lastId)
          : useActivity(voucher, occurred_at, ++this.lastId)
      const decided = this.decideCarefully(member, redeeming)
      if (decided instanceof Refusal) continue
      if (redeeming.type === 'order') this.keepReceipt(redeeming, decided)
      else if (voucher !== null) this.tally.countVoucherBeside(decided, reward, worth)
      else {
        this.tally.countBeside(decided, worth)
        useAtOnce(member, decided)
      }
      return onOrder
    }
    return false
  }

  private decideReturn(member: Member, back: HistoryReturn): void {
    const kept = this.receipts!.get(back.order)
    if (kept === undefined) {
      this.tally.refuse('not_found')
      return
    }
    const { receipt, used } = kept
    this.env.now = Math.max(member.account.clock, back.recorded_at ?? back.occurred_at)
    const decided = this.decideCarefully(member, backActivity(back, ++this.lastId), { receipt })
    if (decided instanceof Refusal) {
      this.tally.refuse(decided.code)
      return
    }
    const { returned } = decided.remains!
    for (const { reward, isVoucher, shares } of used) {
      const [before, after] = [receipt.returned, returned].map((some) => savedStill(shares, decided.order!, some))
      const isWhole = nothingRemains(decided.order!, returned) && !nothingRemains(decided.order!, receipt.returned)
      if (reward === null) this.tally.countAutomatic(decided, after! - before!)
      else this.tally.countSavedLess(decided, { reward, isVoucher }, before!, after!, isWhole)
    }
    receipt.returned = returned
  }

  /** On a copy, so that a decision which is refused half-way leaves the account as it was. */
  private decideCarefully(member: Member, activity: Activity, related = NOTHING): Deciding | Refusal {
    // What falls due is never refused, and is counted while the account stands as it left it.
    wake(this.env, member.account, this.env.now, this.tally)
    const decided = decide(this.env, member.account, activity, related)
    if (decided instanceof Refusal) return decided
    member.account = decided.account
    for (const d of decided.decisions) this.tally.push(d)
    return decided.decisions.at(-1)!
  }

  private keepReceipt({ id, occurred_at, body }: ActivityOf<'order'>, { frozen, discounts }: Deciding): void {
    if (this.receipts === null) return
    assert(frozen !== null, 'where orders come back, each leaves a receipt')
    const { revision } = this.program
    const returned = nothingReturned(body.lines.length)
    const receipt = { activity: id, revision, occurred_at, body, frozen, returned }
    const used = discounts.map(({ source, place, shares }) => ({
      reward: place === undefined ? null : source,
      isVoucher: place !== undefined && body.redeem![place]!.voucher !== undefined,
      shares,
    }))
    this.receipts.set(body.external_id, { receipt, used })
  }

  private isLarge(order: HistoryOrder): boolean {
    if (this.tally.largestPosting > LARGE_POSTING) return true
    let gross = 0
    for (const line of order.lines) gross += line.quantity * line.unit_price
    return gross > LARGE_ORDER
  }
}

function putUnder<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** A member's orders as they come, and each return before the first order that is later. */
function* withReturns(
  orders: readonly HistoryOrder[],
  returns: readonly HistoryReturn[],
): Generator<HistoryOrder | HistoryReturn> {
  const waiting = [...returns].sort((a, b) => a.occurred_at - b.occurred_at)
  for (const order of orders) {
    while (waiting.length > 0 && waiting[0]!.occurred_at < order.occurred_at) yield waiting.shift()!
    yield order
  }
  yield* waiting
}

/** What a reward has saved of what remains of its order: nothing once nothing remains. */
function savedStill(shares: readonly number[], order: PricedOrder, returned: Returned): number {
  if (nothingRemains(order, returned)) return 0
  return shares.reduce((sum, share, i) => {
    const { quantity } = order.lines[i]!
    return sum + shareOf(share, quantity - returned.quantities[i]!, quantity)
  }, 0)
}

/** What was redeemed beside an order is had with it, so its voucher is not kept. */
function useAtOnce({ account }: Member, { activity }: Deciding): void {
  const kept = account.vouchers.filter((voucher) => voucher.activity !== activity.id)
  account.vouchers = kept.length === 0 ? NO_VOUCHERS : kept
}
