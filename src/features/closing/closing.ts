/** Closing: a member leaves, comes back, or is forgotten; what becomes of the points is the program's to say. */

import { z } from 'zod'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { forfeitLot } from '../../core/ledger.ts'
import type { Program } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { words } from './words.ts'

const ClosingSection = z
  .strictObject({
    points: z
      .enum(['expire', 'keep'])
      .default('expire')
      .describe('What becomes of open points: they expire at once, or stay until their own expiry and cannot be spent'),
  })
  .prefault({})
type Section = z.output<typeof ClosingSection>

export const closing: Feature = {
  id: 'closing',
  section: ClosingSection,
  compile: (section: Section) => section,
  hears: {
    close: { grant: close },
    reopen: { grant: reopen },
    erase: { grant: erase },
    // What comes back to a closed account, or what that makes it earn, goes the way of what was there.
    return: { grant: forfeitAgain },
    cancel: { grant: forfeitAgain },
    tier: { grant: forfeitAgain },
  },
  statements: (program) => [{ about: 'closing', message: settingsOf(program).points, values: {} }],
  losses: (before, after) =>
    settingsOf(before).points === 'keep' && settingsOf(after).points === 'expire'
      ? [{ about: 'closing', message: 'loss.keep', values: {} }]
      : [],
  words,
}

function settingsOf(program: Program): Section {
  return program.compiled['closing'] as Section
}

function close(d: Deciding): undefined {
  d.account.closed = true
  if (!keepsPoints(d)) forfeit(d)
  d.addMessage('member.closed', {})
}

function reopen(d: Deciding): Refusal | undefined {
  if (isErased(d)) return refuse('account_erased', 'This person was erased; there is nobody to reopen it for.')
  if (!d.account.closed) return refuse('account_open', 'This account is open.')
  d.account.closed = false
  d.addMessage('member.reopened', {})
  return undefined
}

/** Points that nobody can be shown any more belong to nobody, whatever the program says of those who merely leave. */
function erase(d: Deciding): Refusal | undefined {
  if (isErased(d)) return refuse('account_erased', 'This person was erased already.')
  d.account.closed = true
  d.account.slices['closing'] = { erased: true }
  forfeit(d)
  d.addMessage('member.erased', {})
  return undefined
}

function isErased(d: Deciding): boolean {
  return d.account.slices['closing'] !== undefined
}

function keepsPoints(d: Deciding): boolean {
  return settingsOf(d.program).points === 'keep'
}

function forfeitAgain(d: Deciding): undefined {
  if (d.account.closed && !keepsPoints(d)) forfeit(d)
}

/** Held points were released before, so nothing stays open; what is owed stays owed. */
function forfeit(d: Deciding): undefined {
  for (const wallet of d.account.wallets) for (const lot of wallet.lots) forfeitLot(d, wallet, lot)
}
