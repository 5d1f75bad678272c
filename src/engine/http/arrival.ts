/** Watches that requests arrive in time, so that slow senders do not hold connections for ever; files may take longer. */

import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Route } from './route.ts'

/** How long a request may take to arrive, in ms. */
const ARRIVAL_MS = 60_000
const LOOK_EVERY_MS = 5_000

type Refuse = (error: NodeJS.ErrnoException, socket: Socket) => void

/** Node has one time for all requests of a server, which is that of files: what is no file is looked after here. */
export function watchArrivals(app: FastifyInstance, routes: readonly Route[], refuse: Refuse): void {
  const files = new Set(routes.filter(({ takesFile }) => takesFile).map(({ path }) => path))
  const arriving = new Map<FastifyRequest['raw'], number>()
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request
    const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
    if (hasBody && !files.has(request.routeOptions.url ?? '')) arriving.set(request.raw, Date.now())
    done()
  })
  // The body is here; whoever was turned away before it was read is found to be complete, or gone.
  app.addHook('preValidation', (request, _reply, done) => {
    arriving.delete(request.raw)
    done()
  })
  const watch = setInterval(() => {
    const late = Date.now() - ARRIVAL_MS
    for (const [raw, since] of arriving) {
      if (raw.complete || raw.destroyed || since < late) arriving.delete(raw)
      if (!raw.complete && !raw.destroyed && since < late)
        refuse(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), raw.socket)
    }
  }, LOOK_EVERY_MS)
  watch.unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(watch)
    done()
  })
}
