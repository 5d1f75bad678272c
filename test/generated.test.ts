/** The generated files of docs/ say what the code says now. */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { programJsonSchema } from '../src/core/program.ts'
import { openapi } from '../src/engine/http/openapi.ts'
import { features } from '../src/features/index.ts'
import { backtestJsonSchema } from '../src/insight/backtest/report.ts'
import { balanceJsonSchema } from '../src/insight/balance/report.ts'
import { routes } from '../src/server.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

const AGAIN = 'run `npm run generate` and commit what it writes'

test('docs/openapi.json', () => expect(read('docs/openapi.json') === asJson(openapi(routes)), AGAIN).toBe(true))

test('docs/program.schema.json', () =>
  expect(read('docs/program.schema.json') === asJson(programJsonSchema(features)), AGAIN).toBe(true))

test('docs/backtest.schema.json', () =>
  expect(read('docs/backtest.schema.json') === asJson(backtestJsonSchema()), AGAIN).toBe(true))

test('docs/balance.schema.json', () =>
  expect(read('docs/balance.schema.json') === asJson(balanceJsonSchema()), AGAIN).toBe(true))

test('docs/schema.sql', () => {
  const steps = readdirSync(new URL('../src/engine/sql', import.meta.url)).sort()
  const whole = steps.map((step) => `-- ${step}\n\n${read(`src/engine/sql/${step}`)}`).join('\n')
  expect(read('docs/schema.sql') === whole, AGAIN).toBe(true)
})
