/** The demo business is made once, and is left alone by the sweep while its members live in the past. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeDemo } from '../examples/corner-coffee/carry.ts'
import { isImporting } from '../src/engine/importing.ts'
import { Programs } from '../src/engine/programs.ts'
import { openRecorder } from '../src/engine/record.ts'
import { verify } from '../src/engine/verify.ts'
import { compile } from '../src/means.ts'
import { testDatabase } from './database.ts'

test('the demo goes through the ledger on the time of its story', async () => {
  const { db: database, drop } = await testDatabase()
  const programs = new Programs(database, compile)
  const recorder = await openRecorder(database, { release: 'test', tzdata: 'test' })
  const importing = async () => isImporting(database, (await programs.find('corner-coffee'))!)
  const seen: Promise<boolean>[] = []
  const source = readFileSync(new URL('../examples/corner-coffee.yaml', import.meta.url), 'utf8')
  const onProgress = (done: number, of: number) => {
    if (done < of / 2) seen.push(importing())
  }
  const means = { database, programs, recorder, compile, source, onProgress }
  try {
    expect(await makeDemo(means)).toMatchObject({ secret: expect.stringMatching(/^sk_test_/) })
    expect(new Set(await Promise.all(seen))).toEqual(new Set([true]))
    expect(await importing()).toBe(false)
    expect(await makeDemo(means)).toBeNull()
    expect(await verify(database, programs)).toMatchObject({ different: 0 })
  } finally {
    await drop()
  }
})
