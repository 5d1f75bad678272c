/** Keeps the till's page where it opens without a network: the page and all that it loads. It keeps no answers. */

/** What of a service worker is used here; the library for workers cannot stand beside the one for pages. */
interface Extendable {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching {
  request: Request
  respondWith(answer: Promise<Response>): void
}
interface ServiceWorker {
  location: Location
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
}

const worker = self as unknown as ServiceWorker
const CACHE = 'regulars-till'
const PAGE = '/till'
/** How long the network may take before the kept page is shown, in ms. */
const PATIENCE_MS = 2_500

worker.addEventListener('install', (event) => {
  event.waitUntil(keepPage().then(() => worker.skipWaiting()))
})
worker.addEventListener('activate', (event) => {
  event.waitUntil(worker.clients.claim())
})
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== worker.location.origin) return
  if (request.mode === 'navigate' && /^\/till(\/|$)/.test(pathname)) event.respondWith(page(request))
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request))
})

/** The page as it is now, with everything that it names, and what that names in turn. */
async function keepPage(): Promise<void> {
  const cache = await caches.open(CACHE)
  const seen = new Set<string>()
  const waiting = [PAGE]
  while (waiting.length > 0) {
    const address = waiting.pop()!
    if (seen.has(address)) continue
    seen.add(address)
    const answer = await fetch(address, { cache: address === PAGE ? 'reload' : 'default' })
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
    await cache.put(address, answer.clone())
    if (!/\.(js|css)$|^\/till$/.test(address)) continue
    for (const [, name] of (await answer.text()).matchAll(/assets\/([\w.-]+\.(?:js|css|svg))/g))
      waiting.push(`/assets/${name}`)
  }
  for (const kept of await cache.keys()) if (!seen.has(new URL(kept.url).pathname)) await cache.delete(kept)
}

/** The newest page where the network answers in time; a new one brings what it loads with it before it is kept. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE)
  try {
    const answer = await fetch(request.url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (!answer.ok && kept !== undefined) return kept
    const [now, before] = await Promise.all([answer.clone().text(), kept?.clone().text()])
    if (answer.ok && now !== before) void keepPage().catch(() => {})
    return answer
  } catch (error) {
    if (kept !== undefined) return kept
    throw error
  }
}

/** Their names change with what is in them, so what is kept is always right. */
async function asset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}
