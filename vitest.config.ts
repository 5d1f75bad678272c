import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take long begin first: what begins last may leave one worker with nothing to do. */
const LONGEST = [
  'test/cli.test.ts',
  'test/faults.test.ts',
  'test/returns.test.ts',
  'test/browser.test.ts',
  'test/demo.test.ts',
  'test/kernel.test.ts',
  'src/engine/import.test.ts',
  'test/report.test.ts',
  'test/balance.test.ts',
  'src/engine/embedded.test.ts',
  'src/features/tiers/returns.test.ts',
  'test/quotes.test.ts',
  'test/webhooks.test.ts',
  'src/features/tiers/recount.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`))
      return found < 0 ? LONGEST.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: ['test/server.ts'],
    setupFiles: ['test/seed.ts'],
    testTimeout: 0,
    hookTimeout: 0,
    maxWorkers: 2,
    // Files of one worker share our modules, which keep nothing between tests: loading and compiling them anew for each
    // of the files took a third of the time.
    isolate: false,
    // As the commands have it: see bin/regulars.mjs.
    execArgv: ['--max-semi-space-size=64'],
    sequence: { sequencer: LongestFirst },
  },
})
