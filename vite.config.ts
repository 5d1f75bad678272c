/** How the screens are built: console, till and card, each with a page of its own, and the workers that keep two of them offline. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { TOKENS } from './src/core/tokens.ts'

const WEB = join(import.meta.dirname, 'src', 'web')

/** The file of that name of each screen that has one, by the name that it is built under. */
function pages(file: string, nameOf: (screen: string) => string): Record<string, string> {
  const screens = readdirSync(WEB).filter((screen) => existsSync(join(WEB, screen, file)))
  return Object.fromEntries(screens.map((screen) => [nameOf(screen), join(WEB, screen, file)]))
}

/** Writes the design's tokens into each page, so that its first paint has them. */
const tokens: Plugin = {
  name: 'tokens',
  transformIndexHtml: () => [{ tag: 'style', children: TOKENS, injectTo: 'head-prepend' }],
}

const SMALLEST = 1_024

/** Beside every text stands the same compressed: packing it for each visitor would cost more than sending it. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css|html|svg|json|webmanifest)$/.test(name)) continue
        const text = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        if (text.length < SMALLEST) continue
        this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gzipSync(text, { level: 9 }) })
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(text) })
      }
    },
  },
}

export default defineConfig({
  root: WEB,
  plugins: [react(), tokens, compressed],
  build: {
    outDir: join(import.meta.dirname, 'dist', 'web'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1_200,
    rollupOptions: {
      input: { ...pages('index.html', (screen) => screen), ...pages('worker.ts', (screen) => `${screen}/worker`) },
      // A worker keeps its name: browsers look there for the next version.
      output: { entryFileNames: ({ name }) => (name.endsWith('/worker') ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
})
