/** Serves the screens that were built: console, till and card, each one page whose own router reads the rest of the address. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Where people reach each screen, and the folder that it is built into. */
const SCREENS = { console: 'console', till: 'pos', card: 'member' } as const

/** The browser may load nothing from elsewhere; styles are set on elements by the parts of the console. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  // The names of what a page loads change with each release, so the page itself is asked for anew.
  'cache-control': 'no-cache',
}

/** `folder` is where the build is; without one, such as when only the interface is developed, there are no screens. */
export function addScreens(app: FastifyInstance, folder: string): void {
  if (!existsSync(folder)) return
  app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    index: false,
  })
  app.get('/', (_request, reply) => reply.redirect('/console'))
  for (const [address, built] of Object.entries(SCREENS)) {
    const place = join(folder, built)
    if (!existsSync(place)) continue
    const page = (reply: FastifyReply) =>
      reply.headers(PAGE_HEADERS).sendFile('index.html', place, { cacheControl: false })
    app.get(`/${address}`, (_request, reply) => page(reply))
    app.get(`/${address}/*`, (_request, reply) => page(reply))
    for (const file of ['worker.js', 'manifest.webmanifest'])
      if (existsSync(join(place, file)))
        app.get(`/${address}/${file}`, (_request, reply) =>
          reply
            .headers({ 'cache-control': 'no-cache', 'service-worker-allowed': `/${address}` })
            .sendFile(file, place, { cacheControl: false }),
        )
  }
}
