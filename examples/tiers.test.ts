/** Each scenario of tiers prints over HTTP what its checked-in output says. */

import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Regulars } from '../src/client/index.ts'
import { verify } from '../src/engine/verify.ts'
import { routes } from '../src/server.ts'
import { testServer } from '../test/http.ts'
import { airlineTiers } from './airline-tiers.ts'
import { beautyTiers } from './beauty-tiers.ts'
import { cornerCoffeeTiers } from './corner-coffee-tiers.ts'
import { readProgram, type Stage } from './scenario.ts'
import { vipTiers } from './vip-tiers.ts'

test.each([
  ['beauty-tiers', 'beauty-tiers', beautyTiers],
  ['airline-tiers', 'airline-tiers', airlineTiers],
  ['vip-tiers', 'vip-tiers', vipTiers],
  ['corner-coffee-tiers', 'corner-coffee', cornerCoffeeTiers],
] as const)('%s', async (name, program, scenario: (stage: Stage) => Promise<void>) => {
  const server = await testServer(readProgram(program), Date.parse('2026-01-01T12:00:00Z'), routes)
  try {
    const lines: string[] = []
    const regulars = new Regulars({ url: server.url, key: server.key })
    await scenario({ regulars, print: (line) => lines.push(`${line}\n`) })
    const file = new URL(`./${name}.out`, import.meta.url)
    if (process.env['WRITE_OUTPUT'] !== undefined) writeFileSync(file, lines.join(''))
    expect(lines.join('')).toBe(readFileSync(file, 'utf8'))
    const { ledger } = server
    expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  } finally {
    await server.drop()
  }
})
