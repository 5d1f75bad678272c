/** Random histories are the same in every run of the tests, unless `SEED` says another number or `random`. */

import fc from 'fast-check'

const seed = process.env['SEED'] ?? '20261122'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })
