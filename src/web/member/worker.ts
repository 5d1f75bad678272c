/** Keeps the page of the card and what it is made of, so that it opens without a connection. What the card says is kept by the page. */

/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope

const KEPT = 'regulars-card-1'
const PAGE = '/card'

self.addEventListener('install', (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(freshOrKept(request))
  else if (pathname.startsWith('/assets/')) event.respondWith(keptOrFetched(request))
})

/** The page and whatever it names: all of it was made by one build, so all of it is kept together. */
async function keepPage(): Promise<void> {
  const cache = await caches.open(KEPT)
  const page = await fetch(PAGE, { cache: 'reload' })
  const text = await page.clone().text()
  const named = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address]) => address!)
  await cache.addAll(named)
  await cache.put(PAGE, page)
}

/** A page of a new release names new parts, so these are kept before it is. */
async function freshOrKept(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request)
    if (answer.ok) await keepPage()
    return answer
  } catch {
    return (await caches.match(PAGE)) ?? Response.error()
  }
}

/** Names of parts change with what is in them, so what is kept under a name stays true. */
async function keptOrFetched(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}
