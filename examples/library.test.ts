/** The example does what its checked-in output says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'

test('the library decides an order', async () => {
  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(`${line}\n`))
  await import('./library.ts')
  log.mockRestore()
  expect(printed.join('')).toBe(readFileSync(join(import.meta.dirname, 'library.out'), 'utf8'))
})
