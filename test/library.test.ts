/** The library runs wherever JavaScript does: it needs nothing of Node, and nothing but what is bundled with it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { backtest, type HistoryOrder, program } from '../src/index.ts'

const project = join(import.meta.dirname, '..')
const coffee = readFileSync(join(project, 'examples/corner-coffee.yaml'), 'utf8')

async function bundle(contents: string) {
  const input = { contents, resolveDir: project, sourcefile: 'entry.ts' }
  const bundled = await build({
    stdin: input,
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'regulars',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  return { code: bundled.outputFiles[0]!.text, files: Object.keys(bundled.metafile.inputs) }
}

const history: HistoryOrder[] = [1, 2, 3].map((n) => ({
  external_id: `o${n}`,
  member: 'ann',
  occurred_at: Date.UTC(2026, 4, n, 12),
  currency: 'USD',
  lines: [{ id: '1', sku: 'latte', quantity: n, unit_price: 450 }],
}))

test('a browser runs the bundled library and gets the same answers', async () => {
  const { code, files } = await bundle(`export * from './src/index.ts'`)
  expect(files.filter((path) => /^src\/(engine|web|client)\/|node:/.test(path))).toEqual([])
  // The language itself and what every browser adds that is used: no process, no Buffer, no require.
  const context = createContext({ TextEncoder, TextDecoder })
  runInContext(code, context)
  const answer = runInContext(
    `(coffee, history) => JSON.stringify(regulars.backtest(regulars.program(coffee).program, JSON.parse(history)))`,
    context,
  )(coffee, JSON.stringify(history))
  expect(JSON.parse(answer)).toEqual(backtest(program(coffee).program!, history))
})

test('a bundle that needed Node would fail', async () => {
  await expect(bundle(`export { migrate } from './src/engine/migrate.ts'`)).rejects.toThrow('Could not resolve')
})
