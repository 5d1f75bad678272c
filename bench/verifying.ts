/** How many members a second are verified: every decision made again, every posting folded, every hash computed. */
import { verify } from '../src/engine/verify.ts'
import type { Ledger } from './place.ts'

export interface VerifyFigure {
  members: number
  members_a_second: number
}

class Enough extends Error {
  constructor() {
    super('The time is over')
    this.name = 'Enough'
  }
}

/** From the first thousand on, when the rows are sorted, for so many seconds or to the end. */
export async function measureVerify({ database, programs }: Ledger, seconds: number): Promise<VerifyFigure> {
  let [first, began, last, ended] = [0, 0, 0, 0]
  const onProgress = (members: number) => {
    const now = performance.now()
    if (first === 0) [first, began] = [members, now]
    ;[last, ended] = [members, now]
    if (now - began > seconds * 1_000) throw new Enough()
  }
  try {
    const { different, differences } = await verify(database, programs, { onProgress })
    if (different > 0) throw new Error(`The ledger differs: ${JSON.stringify(differences[0])}`)
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return { members: last - first, members_a_second: (last - first) / ((ended - began) / 1_000) }
}
