import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: ['test/server.ts'],
    setupFiles: ['test/seed.ts'],
    testTimeout: 0,
    hookTimeout: 0,
    maxWorkers: 2,
  },
})
