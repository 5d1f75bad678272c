/** Programs that say all that a file can say: the templates, and the fragments of the documentation. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Program } from '../src/core/program.ts'
import { programOf } from './history.ts'

const PROJECT = join(import.meta.dirname, '..')

/** What is wrong with a sentence that was not filled in. */
export const UNFILLED = /undefined|NaN|\[object|[{}]/

/** A program of these sections, and the least of all others. */
export function withSections(sections: object): Program {
  const base = { program: 'test', name: 'Test', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
  return programOf({ ...base, ...sections })
}

/** Each with a name for the test that tells of it. */
export function toldPrograms(): [name: string, program: Program][] {
  const templates = readdirSync(join(PROJECT, 'examples'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name): [string, Program] => [name, programOf(readFileSync(join(PROJECT, 'examples', name), 'utf8'))])
  const page = readFileSync(join(PROJECT, 'docs/program.md'), 'utf8')
  const fragments = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, fragment]) => parse(fragment!) as object)
  return [...templates, ...fragments.map((one): [string, Program] => [Object.keys(one).join(', '), withSections(one)])]
}
