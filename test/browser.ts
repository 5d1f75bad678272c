/** A real Chromium for tests, from the registry: it unpacks its own libraries, so a bare machine is enough. */

import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { type Browser, chromium, type Page, type Response } from 'playwright-core'

/** The package unpacks its libraries only where it believes itself on the platform that it was made for. */
const UNPACK_LIBRARIES = 'nodejs22.x'

export interface TestBrowser {
  /** The one page: this Chromium is a single process, which ends with its first context. */
  page: Page
  close(): Promise<void>
}

export async function openBrowser(): Promise<TestBrowser> {
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= UNPACK_LIBRARIES
  const { default: packed } = await import('@sparticuz/chromium')
  let browser: Browser
  try {
    browser = await chromium.launch({
      args: packed.args,
      executablePath: await packed.executablePath(),
      headless: true,
    })
  } catch (error) {
    throw new Error('No browser works here, and these tests are about what people see in one.', { cause: error })
  }
  const page = await (await browser.newContext()).newPage()
  return { page, close: () => browser.close() }
}

const BROAD = { width: 1440, height: 900 }
const NARROW = { width: 390, height: 844 }
export const SIZES = [BROAD, NARROW] as const

/** A window and its colours. */
interface Look {
  size: { width: number; height: number }
  colorScheme: 'light' | 'dark'
}
export const BROAD_LIGHT: Look = { size: BROAD, colorScheme: 'light' }
export const NARROW_DARK: Look = { size: NARROW, colorScheme: 'dark' }
const LOOKS: readonly Look[] = SIZES.flatMap((size) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ size, colorScheme })),
)

/**
 * What hinders people on this page, at desktop and phone width, in light and dark: a line for each, none if all is well.
 * `shown` waits for what the page fetches after it is loaded.
 */
export async function hindrances(
  page: Page,
  address: string,
  shown: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  looks: readonly Look[] = LOOKS,
): Promise<string[]> {
  const found: string[] = []
  for (const { size, colorScheme } of looks) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme })
    await page.goto(address)
    await shown(page)
    const where = `${size.width} ${colorScheme}`
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (wide > 0) found.push(`${where}: the page is ${wide} px wider than the window`)
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run(document))
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical') found.push(`${where}: ${id} at ${nodes[0]!.target.join(' ')}`)
    if (process.env['SCREENSHOTS'])
      writeFileSync(
        `${process.env['SCREENSHOTS']}/${new URL(address).pathname.replace(/\W+/g, '-')}-${where.replace(' ', '-')}.png`,
        await page.screenshot({ fullPage: true }),
      )
  }
  return found
}

/** How many bytes of JavaScript (gzip) were loaded during a visit; those that `counts` leaves out are loaded when needed. */
export async function bytesOfScript(
  page: Page,
  visit: () => Promise<unknown>,
  counts: (path: string) => boolean = () => true,
): Promise<number> {
  const scripts = new Set<string>()
  const hear = (answer: Response) => {
    const { pathname } = new URL(answer.url())
    if (/^\/assets\/.*\.js$/.test(pathname) && counts(pathname)) scripts.add(answer.url())
  }
  page.on('response', hear)
  await visit()
  page.off('response', hear)
  // The browser forgets what it was answered as soon as it goes on to another page, so each is asked for again.
  const sizes = [...scripts].map(
    async (address) => gzipSync(Buffer.from(await (await fetch(address)).arrayBuffer())).length,
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
