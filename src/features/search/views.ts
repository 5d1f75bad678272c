/** Whatever a text may mean: a member, an order, a code, a reward, a shop, a person of the staff. */

import { allBudgets } from '../../core/budgets.ts'
import { formatAmount } from '../../core/money.ts'
import { rulesOf } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { termsOf, wordsOfId } from '../../core/terms.ts'
import { rewardNamed } from '../../core/vouchers.ts'
import { parseRedemption } from '../../engine/answers.ts'
import { normalCode } from '../../engine/codes.ts'
import { phoneSpellings } from '../../engine/contacts.ts'
import { countryOf, findInDirectory, normalCard, normalEmail, normalPhone } from '../../engine/directory.ts'
import type { Caller } from '../../engine/http/route.ts'
import { parseId, publicId, stripeOf } from '../../engine/ids.ts'
import { shownTo } from '../../engine/masked.ts'
import { listMembers } from '../../engine/member-list.ts'
import { currentProgram, type LiveProgram } from '../../engine/programs.ts'
import { type Reading, readActivity, readMembers, readOrder, readRedemption, winnerOf } from '../../engine/read.ts'
import type { Member } from '../../engine/shapes.ts'

export interface FoundThing {
  kind: 'member' | 'order' | 'activity' | 'redemption' | 'voucher' | 'reward' | 'rule' | 'budget' | 'shop' | 'staff'
  id: string
  title: string
  detail: string
  href: string
}

/** How many are answered in all, and how many of those whose names merely begin so. */
const MOST = 10
const MOST_BEGINNING = 6

const ANYBODY = { sort: null, status: null, joinedFrom: null, joinedUntil: null, tier: null, balance: null }

/** What is meant exactly comes first, then what begins so. */
export async function searchAll(
  reading: Reading,
  live: LiveProgram,
  text: string,
  caller: Pick<Caller, 'role'>,
): Promise<FoundThing[]> {
  const found = await Promise.all([
    exactMembers(reading, live, text, caller),
    orderNamed(reading, live, text),
    ownId(reading, live, text, caller),
    voucherNamed(reading, live, text),
    membersBeginning(reading, live, text, caller),
    shopsNamed(reading, live, text),
    staffNamed(reading, live, text),
    partsOf(live, text),
  ])
  const unique = new Map(found.flat().map((one) => [`${one.kind} ${one.id}`, one]))
  return [...unique.values()].slice(0, MOST)
}

/** By phone, e-mail address, card, referral code, or the business's own id. */
async function exactMembers(
  reading: Reading,
  live: LiveProgram,
  text: string,
  caller: Pick<Caller, 'role'>,
): Promise<FoundThing[]> {
  const spelled = [
    ['phone', normalPhone(text, countryOf(currentProgram(live).currency))],
    ['email', normalEmail(text)],
    ['card', normalCard(text)],
    ['external', text],
    ['referral', text.replaceAll(/[\s-]/g, '').toUpperCase()],
  ] as const
  const found = await Promise.all(
    spelled.map(([kind, value]) =>
      value === null ? null : findInDirectory(reading.database, reading.stripes, live.number, kind, value),
    ),
  )
  const accounts = found.flatMap((one) => (one?.account == null ? [] : [one.account]))
  const left = await Promise.all([...new Set(accounts)].map((account) => winnerOf(reading, live, account)))
  const members = await readMembers(reading, live, [...new Set(left)])
  return members.map((member) => foundMember(live, member, caller))
}

async function membersBeginning(
  reading: Reading,
  live: LiveProgram,
  text: string,
  caller: Pick<Caller, 'role'>,
): Promise<FoundThing[]> {
  const phones = phoneSpellings(text, currentProgram(live).currency)
  const page = await listMembers(
    reading,
    live,
    { ...ANYBODY, search: { name: text, external: text, phones } },
    { limit: MOST_BEGINNING },
  )
  return page instanceof Refusal ? [] : page.data.map((member) => foundMember(live, member, caller))
}

function foundMember(live: LiveProgram, member: Member, caller: Pick<Caller, 'role'>): FoundThing {
  const { id, name, external_id, phone, email } = shownTo(caller, member)
  const contacts = [phone, email].flatMap((contact) => contact ?? [])
  const balances = member.balances.slice(0, 2).map(({ wallet, available, decimals }) => {
    const { name: points } = rulesOf(currentProgram(live), wallet)
    return `${formatAmount(available, decimals)} ${points}`
  })
  const detail = [...contacts, ...balances].join(' · ')
  return { kind: 'member', id, title: name ?? external_id ?? id, detail, href: memberPage(id) }
}

async function orderNamed(reading: Reading, live: LiveProgram, text: string): Promise<FoundThing[]> {
  const order = await readOrder(reading, live, text)
  if (order === null) return []
  const { total, currency, occurred_at } = order.order
  const { digits } = currentProgram(live)
  const detail = [occurred_at.slice(0, 10), `${formatAmount(total, digits)} ${currency}`].join(' · ')
  const href = `/console/orders/${encodeURIComponent(text)}`
  return [{ kind: 'order', id: text, title: text, detail, href }]
}

/** By an id of ours: whoever has one may have it from an answer, a message or a log. */
async function ownId(
  reading: Reading,
  live: LiveProgram,
  text: string,
  caller: Pick<Caller, 'role'>,
): Promise<FoundThing[]> {
  const account = parseId('mem', text)
  if (account !== null)
    return (await readMembers(reading, live, [account])).map((member) => foundMember(live, member, caller))
  if (parseRedemption(text) !== null) {
    const redemption = await readRedemption(reading, live, text)
    if (redemption instanceof Refusal) return []
    const { id, member, reward } = redemption
    const title = rewardNamed(currentProgram(live), reward)?.name ?? reward
    return [{ kind: 'redemption', id, title, detail: id, href: memberPage(member) }]
  }
  const activity = parseId('act', text) === null ? null : await readActivity(reading, live, text)
  if (activity === null || activity instanceof Refusal) return []
  const member = publicId('mem', activity.account)
  return [{ kind: 'activity', id: text, title: activity.type, detail: member, href: memberPage(member) }]
}

/** A code in whatever spelling. */
async function voucherNamed(reading: Reading, live: LiveProgram, text: string): Promise<FoundThing[]> {
  const code = normalCode(text)
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'voucher', code)
  if (found === null) return []
  const { rows } = await reading.database.query<{ reward: string; account: number }>(
    'select reward, account from voucher where stripe = $1 and activity = $2 and code = $3',
    [stripeOf(found.activity ?? 0), found.activity, code],
  )
  const [voucher] = rows
  const name = voucher === undefined ? '' : (rewardNamed(currentProgram(live), voucher.reward)?.name ?? voucher.reward)
  const href =
    voucher === undefined
      ? `/console/vouchers?code=${encodeURIComponent(code)}`
      : memberPage(publicId('mem', await winnerOf(reading, live, voucher.account)))
  return [{ kind: 'voucher', id: code, title: code, detail: name, href }]
}

async function shopsNamed({ database }: Reading, { number }: LiveProgram, text: string): Promise<FoundThing[]> {
  const { rows } = await database.query<{ id: string; name: string; address: string | null }>(
    `select id, name, address from shop s where program = $1 and (starts_with(lower(name), $2) or id = $2
       or exists (select from shop_location l where l.program = s.program and l.shop = s.id and lower(l.location) = $2))
     order by name limit $3`,
    [number, text.toLowerCase(), MOST_BEGINNING],
  )
  return rows.map(({ id, name, address }) => ({
    kind: 'shop',
    id,
    title: name,
    detail: address ?? '',
    href: `/console/shops/${id}`,
  }))
}

async function staffNamed({ database }: Reading, { number }: LiveProgram, text: string): Promise<FoundThing[]> {
  const { rows } = await database.query<{ id: string; name: string; email: string }>(
    `select s.id, s.name, s.email from staff s join staff_role r on r.staff = s.id
     where r.program = $1 and (starts_with(lower(s.name), $2) or starts_with(s.email, $2)) order by s.name limit $3`,
    [number, text.toLowerCase(), MOST_BEGINNING],
  )
  return rows.map(({ id, name, email }) => ({ kind: 'staff', id, title: name, detail: email, href: '/console/team' }))
}

/** Parts of the program by id or by a word of their names. */
function partsOf(live: LiveProgram, text: string): FoundThing[] {
  const program = currentProgram(live)
  const wanted = text.toLowerCase()
  const isMeant = (id: string, name: string) => id.startsWith(wanted) || ` ${name.toLowerCase()}`.includes(` ${wanted}`)
  const { offers, gifts, rules } = termsOf(program)
  const rewards = [...offers, ...gifts].map(({ reward: id, name, wallet, cost }): FoundThing => {
    const { decimals, name: points } = rulesOf(program, wallet)
    const detail = cost === 0 ? '' : `${formatAmount(cost, decimals)} ${points}`
    return { kind: 'reward', id, title: name, detail, href: '/console/rewards' }
  })
  const earning = rules.map(
    ({ id }): FoundThing => ({ kind: 'rule', id, title: wordsOfId(id), detail: '', href: '/console/program' }),
  )
  const budgets = allBudgets(program).map(
    ({ id, name }): FoundThing => ({ kind: 'budget', id, title: name, detail: '', href: '/console/program' }),
  )
  return [...rewards, ...earning, ...budgets].filter(({ id, title }) => isMeant(id, title))
}

function memberPage(id: string): string {
  return `/console/members/${id}`
}
