/** Merkle trees: the examples of RFC 6962's own tests, and that every leaf climbs to the root and no other does. */

import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { climb, GrowingTree, hashLeaf, pathOf, RUN, rootOf } from './merkle.ts'

/** What the certificate-transparency project tests with, in `merkle/testonly`: eight leaves and the roots of the first n. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const leaves = (count: number) => Array.from({ length: count }, (_, i) => hashLeaf(`leaf ${i}`))

describe('the tree', () => {
  test('gives the roots that the certificate-transparency project tests with', () => {
    const nodes = LEAVES.map((hex) =>
      hash('sha256', Buffer.concat([Buffer.from([0]), Buffer.from(hex, 'hex')]), 'buffer'),
    )
    expect(ROOTS.map((_, count) => rootOf(nodes.slice(0, count)).toString('hex'))).toEqual(ROOTS)
  })

  test('grown leaf by leaf is the tree of the whole list, at the ends of runs, too', () => {
    for (const count of [0, 1, 2, RUN - 1, RUN, RUN + 1, 3 * RUN, 3 * RUN + 7, 5 * RUN]) {
      const all = leaves(count)
      const tree = new GrowingTree()
      for (const leaf of all) tree.add(leaf)
      expect(tree.root().toString('hex'), String(count)).toBe(rootOf(all).toString('hex'))
      if (count > 0) {
        const at = Math.floor(count * 0.6)
        const run = Math.floor(at / RUN)
        const path = [...pathOf(all.slice(run * RUN, (run + 1) * RUN), at % RUN), ...pathOf(tree.runs, run)]
        expect(path).toEqual(pathOf(all, at))
      }
    }
  })
})

test('every leaf climbs to the root by its path, and by no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (size, some, other) => {
      const all = leaves(size)
      const [index, wrong] = [some % size, other % size]
      const root = rootOf(all).toString('hex')
      const path = pathOf(all, index)
      expect(climb(all[index]!, index, size, path)?.toString('hex')).toBe(root)
      if (wrong !== index) expect(climb(all[index]!, wrong, size, path)?.toString('hex')).not.toBe(root)
      expect(climb(all[index]!, index, size, path.slice(1))?.toString('hex')).not.toBe(size === 1 ? null : root)
      expect(climb(all[index]!, index, size, [...path, all[0]!])).toBeNull()
    }),
    { numRuns: 500 },
  )
})
