/** Points as program files write them: `200 stars`, or a bare number where there is one wallet. */

import { z } from 'zod'
import type { Compiling, Path } from './feature.ts'
import { nearest } from './nearest.ts'
import type { WalletRules } from './program.ts'
import { parseDecimal } from './rational.ts'

export const PointsText = z.union([z.number(), z.string()])

/** Points of a section in the smallest unit of their wallet; a mistake is reported at its place. */
export function pointsAt(
  compiling: Compiling,
  path: Path,
  text: string | number,
): { wallet: WalletRules; points: number } {
  const { wallets } = compiling.program
  const match = /^(\d+(?:\.\d+)?)(?: +([a-z][a-z0-9_-]*))?$/.exec(String(text).trim())
  const id = match?.[2]
  const known = wallets.map((one) => one.id)
  const wallet = id === undefined ? wallets[0]! : wallets.find((one) => one.id === id)
  if (wallet === undefined) {
    const message = `there is no wallet ${id}; there is ${known.join(', ')}`
    compiling.problem(path, 'unknown_wallet', message, nearest(id!, known))
    return { wallet: wallets[0]!, points: 0 }
  }
  const amount = match === null ? null : parseDecimal(match[1]!)
  const points = amount === null ? Number.NaN : (amount.n * 10 ** wallet.decimals) / amount.d
  if (!Number.isSafeInteger(points)) {
    const form = `"200 ${wallet.id}", with at most ${wallet.decimals} decimals`
    compiling.problem(path, 'not_points', `must be points and a wallet, such as ${form}`)
  }
  if (id === undefined && wallets.length > 1)
    compiling.problem(path, 'wallet_missing', `say which wallet: ${known.join(', ')}`)
  return { wallet, points: Number.isSafeInteger(points) ? points : 0 }
}
