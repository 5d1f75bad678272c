import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockHolder, startOf, takeLock } from './process-lock.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-lock-'))
  path = join(folder, 'running.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function take() {
  const taken = takeLock(path)
  if ('holder' in taken) throw new Error(`held by ${taken.holder.pid}`)
  return taken.lock
}

test('one holds it at a time, and tells the others who and where', () => {
  const lock = take()
  lock.tell({ address: 'http://127.0.0.1:4000' })
  expect(takeLock(path)).toMatchObject({ holder: { pid: process.pid, address: 'http://127.0.0.1:4000' } })
  lock.release()
  expect(lockHolder(path)).toBeNull()
  take()
})

test('a process that ended holds nothing', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const holder = { pid: child.pid!, started: startOf(child.pid!) }
  writeFileSync(path, JSON.stringify(holder))
  expect(takeLock(path)).toEqual({ holder })
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  expect(lockHolder(path)).toBeNull()
  take()
})

test('a number that was given to another process since, as in a container that starts anew, holds nothing', () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'another time' }))
  take()
  expect(JSON.parse(readFileSync(path, 'utf8')).started).toBe(startOf(process.pid))
})

test('a file that says nothing holds nothing', () => {
  writeFileSync(path, '')
  take()
})
