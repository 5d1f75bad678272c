/** The list of members as a table for a spreadsheet: a line a member, a few columns for each wallet. */

import { csvLine } from '../core/csv.ts'
import { formatAmount } from '../core/money.ts'
import type { WalletRules } from '../core/program.ts'
import type { Caller } from './http/route.ts'
import { shownTo } from './masked.ts'
import { currentProgram } from './programs.ts'
import type { Balance, Member } from './shapes.ts'

const SUMS = ['available', 'pending', 'held', 'debt'] as const

/** Points are written as people count them, with the wallet's decimals; contacts as the caller may see them. */
export async function* membersTable(
  caller: Pick<Caller, 'role' | 'program'>,
  pages: Iterable<Member[]> | AsyncIterable<Member[]>,
): AsyncGenerator<string> {
  const { wallets } = currentProgram(caller.program)
  yield csvLine([...WHO, ...wallets.flatMap(({ id }) => SUMS.map((sum) => `${id}_${sum}`))])
  for await (const members of pages) yield members.map((one) => lineOf(shownTo(caller, one), wallets)).join('')
}

const WHO = ['id', 'external_id', 'name', 'email', 'phone', 'joined_at', 'status', 'card_number', 'tier']

function lineOf(member: Member, wallets: readonly WalletRules[]): string {
  const { id, external_id, name, email, phone, joined_at, status, card_number, tier, balances } = member
  const who = [id, external_id, name, email, phone, joined_at, status, card_number, tier?.level ?? null]
  return csvLine([...who, ...wallets.flatMap((wallet) => pointsOf(balances.find((one) => one.wallet === wallet.id)))])
}

function pointsOf(balance: Balance | undefined): (string | null)[] {
  return SUMS.map((sum) => (balance === undefined ? null : formatAmount(balance[sum], balance.decimals)))
}
