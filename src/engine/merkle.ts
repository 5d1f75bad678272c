/** Merkle trees as RFC 6962 (section 2.1) has them: SHA-256, and a leaf that can never pass for a node. */

import { hash } from 'node:crypto'
import { assert } from '../core/assert.ts'

const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])

function sha256(...pieces: Buffer[]): Buffer {
  return hash('sha256', Buffer.concat(pieces), 'buffer')
}

/** SHA-256(0x00 ‖ data) */
export function hashLeaf(data: string): Buffer {
  return sha256(LEAF, Buffer.from(data))
}

/** SHA-256(0x01 ‖ left ‖ right) */
function hashNode(left: Buffer, right: Buffer): Buffer {
  return sha256(NODE, left, right)
}

/** The root of a list of nodes, which are leaves or roots of runs of them that are all of one length but the last. */
export function rootOf(nodes: readonly Buffer[]): Buffer {
  if (nodes.length === 0) return sha256()
  if (nodes.length === 1) return nodes[0]!
  const left = leftOf(nodes.length)
  return hashNode(rootOf(nodes.slice(0, left)), rootOf(nodes.slice(left)))
}

/** What the node at `index` needs beside it to come to the root, from the bottom up. */
export function pathOf(nodes: readonly Buffer[], index: number): Buffer[] {
  if (nodes.length <= 1) return []
  const left = leftOf(nodes.length)
  const [ours, theirs] = [nodes.slice(0, left), nodes.slice(left)]
  if (index < left) return [...pathOf(ours, index), rootOf(theirs)]
  return [...pathOf(theirs, index - left), rootOf(ours)]
}

/** The largest power of two below a number. */
function leftOf(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1))
}

/** The root that a leaf, its place among `size` leaves and its path come to; null when the path cannot be one. */
export function climb(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null {
  // RFC 9162, section 2.1.3.2.
  if (!Number.isInteger(index) || index < 0 || index >= size || size > 2 ** 31) return null
  let [at, last] = [index, size - 1]
  let node = leaf
  for (const beside of path) {
    if (last === 0) return null
    if (at % 2 === 1 || at === last) {
      node = hashNode(beside, node)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else node = hashNode(node, beside)
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? node : null
}

/** How many leaves are kept as one hash: a power of two, so that every run but the last is a whole tree of its own. */
export const RUN = 1_024

/** A tree that grows leaf by leaf: in memory are the leaves of one run and a hash for each run before it. */
export class GrowingTree {
  readonly runs: Buffer[] = []
  size = 0
  #leaves: Buffer[] = []

  /** Adds a leaf; answers whether it is the first of a run. */
  add(leaf: Buffer): boolean {
    this.size += 1
    this.#leaves.push(leaf)
    if (this.#leaves.length === RUN) this.#close()
    return this.size % RUN === 1
  }

  root(): Buffer {
    if (this.#leaves.length > 0) this.#close()
    return rootOf(this.runs)
  }

  #close(): void {
    assert(this.#leaves.length <= RUN, 'a run is closed when it is full')
    this.runs.push(rootOf(this.#leaves))
    this.#leaves = []
  }
}
