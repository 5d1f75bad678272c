/**
 * Each scenario prints over HTTP what its checked-in output says. A scenario is a file with a `story`; its program is
 * the file of the same name unless it says another.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Regulars } from '../src/client/index.ts'
import { verify } from '../src/engine/verify.ts'
import { routes } from '../src/server.ts'
import { testServer } from '../test/http.ts'
import { readProgram, type Stage } from './scenario.ts'

interface Told {
  story(stage: Stage): Promise<void>
  program?: string
}

/** Outputs of what is no scenario: each has a test of its own. */
const OTHERS = ['client', 'library']

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.out'))
  .map((file) => file.slice(0, -'.out'.length))
  .filter((name) => !OTHERS.includes(name))

test.each(names)('%s', async (name) => {
  const { story, program = name } = (await import(`./${name}.ts`)) as Told
  const server = await testServer(readProgram(program), Date.parse('2026-01-01T12:00:00Z'), routes)
  try {
    const lines: string[] = []
    const regulars = new Regulars({ url: server.url, key: server.key })
    await story({ regulars, print: (line) => lines.push(`${line}\n`) })
    const file = new URL(`./${name}.out`, import.meta.url)
    if (process.env['WRITE_OUTPUT'] !== undefined) writeFileSync(file, lines.join(''))
    expect(lines.join('')).toBe(readFileSync(file, 'utf8'))
    const { ledger } = server
    expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  } finally {
    await server.drop()
  }
})
