/** A door: the console. It puts the frame, the pages and what they all use together, and does nothing else. */

import { Loader, MantineProvider } from '@mantine/core'
import '@mantine/core/styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api.ts'
import { LanguageProvider } from './language.tsx'
import { Broken, NotFound } from './lost.tsx'
import { pages } from './pages.ts'
import { SessionProvider } from './session.tsx'
import { Shell } from './shell.tsx'
import { theme, variables } from './theme.ts'

const root = createRootRoute()

/** Pages for those who are signed in stand in the frame. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: () => (
    <SessionProvider>
      <Shell />
    </SessionProvider>
  ),
})

const routes = pages.map((page) =>
  createRoute({
    getParentRoute: () => (page.outside ? root : inside),
    path: page.path,
    component: lazyRouteComponent(page.load),
    validateSearch: (search: Record<string, unknown>) => search,
  }),
)

/** An address that is no page is told in the frame, from where one can go on. */
const elsewhere = createRoute({ getParentRoute: () => inside, path: '$', component: NotFound })

const router = createRouter({
  routeTree: root.addChildren([
    inside.addChildren([...routes.filter((_, i) => !pages[i]!.outside), elsewhere]),
    ...routes.filter((_, i) => pages[i]!.outside),
  ]),
  basepath: '/console',
  // Filters read like any other address: `?tier=gold` and not JSON in quotes.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined)
    return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
  },
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loader size="sm" m="xl" />,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
})

createRoot(document.getElementById('screen')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
)
