/** The roots of a program's days against the heads that they cover, each other, and the key that signed them. */

import { formatDay } from '../core/time.ts'
import type { Findings } from './differences.ts'
import { GrowingTree, hashLeaf } from './merkle.ts'
import { type DailyRoot, type Head, leafText, NO_ROOT, statementHash, statementOf } from './roots.ts'
import { isSignedBy } from './signing.ts'

export interface SealedDays {
  /** The program's id. */
  program: string
  /** In the order of days. */
  roots: AsyncIterable<DailyRoot>
  /** In the order of days and accounts. */
  heads: AsyncGenerator<Head & { day: number }>
}

/** What somebody kept where the ledger's owner cannot reach it. */
export interface Pin {
  /** The public key that all roots must be signed with; null leaves each to the key that it names. */
  publicKey?: string | null
  /** The statement's hash of some day's root: that root must be there, and so must all before it, since they are a chain. */
  statement?: string | null
}

/** Whether what was kept is there. */
export class Pins {
  readonly publicKey: string | null
  readonly #statement: string | null
  #isThere = false

  constructor({ publicKey = null, statement = null }: Pin = {}) {
    this.publicKey = publicKey
    this.#statement = statement
  }

  see(statement: string): void {
    if (this.#statement === statementHash(statement).toString('hex')) this.#isThere = true
  }

  report(findings: Findings): void {
    if (this.#statement === null || this.#isThere) return
    const what = 'no root has the statement of which a hash was given: that day was sealed anew, or its root is gone'
    findings.add('root', what, this.#statement, 'nothing')
  }
}

export async function checkRoots({ program, roots, heads }: SealedDays, pins: Pins, findings: Findings): Promise<void> {
  const days = new Days(heads)
  let before: DailyRoot | null = null
  for await (const root of roots) {
    findings.roots += 1
    reportLooseHeads(await days.before(root.day), findings)
    checkPlace(program, root, before, findings)
    checkSignature(program, root, pins.publicKey, findings)
    pins.see(statementOf(program, root))
    const { size, hash } = await days.of(root.day)
    if (!hash.equals(root.root) || size !== root.accounts) {
      const what = `the heads under the root of ${formatDay(root.day)} do not come to it: ${size} are there, it covers ${root.accounts}`
      findings.add('root', what, root.root.toString('hex'), hash.toString('hex'))
    }
    before = root
  }
  reportLooseHeads(await days.before(Number.MAX_SAFE_INTEGER), findings)
}

/** Each root follows that of the day before it. */
function checkPlace(program: string, root: DailyRoot, before: DailyRoot | null, findings: Findings): void {
  const day = formatDay(root.day)
  if (before !== null && root.day !== before.day + 1) {
    const what = `the root of ${formatDay(before.day + 1)} is missing: that of ${day} comes next`
    findings.add('root', what, formatDay(before.day + 1), day)
    return
  }
  const previous = before === null ? NO_ROOT : statementHash(statementOf(program, before))
  if (previous.equals(root.previous)) return
  const what =
    before === null
      ? `the root of ${day} follows another, which is missing`
      : `the root of ${day} follows another root of ${formatDay(before.day)} than the one that is there`
  findings.add('root', what, previous.toString('hex'), root.previous.toString('hex'))
}

function checkSignature(program: string, root: DailyRoot, publicKey: string | null, findings: Findings): void {
  const day = formatDay(root.day)
  if (publicKey !== null && root.public_key !== publicKey)
    findings.add('signature', `the root of ${day} names another key than the one given`, publicKey, root.public_key)
  else if (!isSignedBy(root.public_key, statementOf(program, root), root.signature)) {
    const what = `the signature of the root of ${day} is not that of its key: the root or the signature was changed`
    findings.add('signature', what, 'a signature of what the root says', root.signature.toString('base64'))
  }
}

function reportLooseHeads(days: number[], findings: Findings): void {
  for (const day of days)
    findings.add('root', `the root of ${formatDay(day)} is missing, though heads under it are there`)
}

/** Heads sorted by day, as a tree a day. */
class Days {
  readonly #heads: AsyncGenerator<Head & { day: number }>
  #next: (Head & { day: number }) | null = null
  #ended = false

  constructor(heads: AsyncGenerator<Head & { day: number }>) {
    this.#heads = heads
  }

  async of(day: number): Promise<{ size: number; hash: Buffer }> {
    const tree = new GrowingTree()
    for (let head = await this.#peek(); head !== null && head.day === day; head = await this.#peek()) {
      tree.add(hashLeaf(leafText(head)))
      this.#next = null
    }
    return { size: tree.size, hash: tree.root() }
  }

  /** Passes over heads of earlier days, whose root is not there. */
  async before(day: number): Promise<number[]> {
    const passed = new Set<number>()
    for (let head = await this.#peek(); head !== null && head.day < day; head = await this.#peek()) {
      passed.add(head.day)
      this.#next = null
    }
    return [...passed]
  }

  async #peek(): Promise<(Head & { day: number }) | null> {
    if (this.#next !== null || this.#ended) return this.#next
    const { value, done } = await this.#heads.next()
    this.#ended = done === true
    this.#next = done === true ? null : value
    return this.#next
  }
}
