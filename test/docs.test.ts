/** The pages for people are held to the code: what it has they name, and what they show works. */

import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../package.json' with { type: 'json' }
import { compileProgram, programJsonSchema } from '../src/core/program.ts'
import { REFUSALS } from '../src/core/refusal.ts'
import { formatProblem } from '../src/core/source.ts'
import { checkProof, type MemberProof } from '../src/engine/proof-document.ts'
import { features } from '../src/features/index.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const listed = (folder: string) => readdirSync(new URL(`../${folder}`, import.meta.url))

/** What fragments of program files leave out. */
const BASE = {
  program: 'fragment',
  name: 'A fragment',
  currency: 'USD',
  timezone: 'America/New_York',
  wallets: { points: {} },
}

function fencedYaml(page: string): string[] {
  return [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!)
}

describe('docs/program.md', () => {
  const page = read('docs/program.md')
  const section = (title: string) => page.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!

  test('names every setting, each in its section', () => {
    const { properties } = programJsonSchema(features) as { properties: Record<string, object> }
    const missing = Object.keys(properties).filter((name) => !page.split('\n## ')[0]!.includes(`| \`${name}\` |`))
    for (const [name, title] of Object.entries(SECTIONS))
      for (const setting of settingsIn(properties[name]!))
        if (!section(title).includes(`\`${setting}\``)) missing.push(`${name}: ${setting}`)
    expect(missing).toEqual([])
  })

  test('has a section for everything that has settings of its own', () => {
    const sections = features.filter((feature) => feature.section !== undefined).map(({ id }) => id)
    expect(Object.keys(SECTIONS).sort()).toEqual(['wallets', ...sections].sort())
  })

  test('names every fact with its type and its meaning', () => {
    const { program } = compileProgram(read('examples/corner-coffee.yaml'), features)
    for (const { name, type, describe } of program!.facts.facts)
      expect(page).toContain(`| \`${name}\` | ${type} | ${describe} |`)
  })

  test.each(fencedYaml(page))('shows what is right, fragment %#', (fragment) => {
    const whole = JSON.stringify({ ...BASE, ...parse(fragment) })
    const { problems } = compileProgram(whole, features)
    expect(problems.map((problem) => formatProblem('fragment', problem))).toEqual([])
  })
})

const SECTIONS = {
  wallets: 'Wallets',
  expiry: 'Wallets',
  budgets: 'Budgets',
  earning: 'Earning',
  tiers: 'Tiers',
  rewards: 'Rewards',
  discounts: 'Discounts',
  memberships: 'Memberships',
  exchange: 'Exchange',
  perks: 'Perks',
  choices: 'Choices',
  checkout: 'Checkout',
  stamps: 'Stamps',
  challenges: 'Challenges',
  badges: 'Challenges',
  referrals: 'Referrals',
  leaderboards: 'Leaderboards',
  draws: 'Draws',
  gifts: 'Gifts',
  vouchers: 'Vouchers',
  transfers: 'Transfers',
  pools: 'Pools',
  adjustments: 'Adjustments',
  closing: 'Closing',
  terms: 'Terms',
  changes: 'Changes from one revision to the next',
}

/** Every property of a schema, at any depth. */
function settingsIn(schema: object): string[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (typeof value !== 'object' || value === null) return []
    return keyword === 'properties' ? [...Object.keys(value), ...settingsIn(value)] : settingsIn(value)
  })
}

describe('docs/errors.md', () => {
  test('names every code with its status, and none that is not there', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, status]) => [
      code,
      status,
    ])
    const codes = Object.entries(REFUSALS).map(([code, [status]]) => [code, String(status)])
    expect(rows.sort()).toEqual(codes.sort())
  })
})

describe('docs/proof.md', () => {
  const page = read('docs/proof.md')
  const text = read('examples/proof.json')
  const proof = JSON.parse(text) as MemberProof

  test('shows an example that holds', () => {
    expect(checkProof(text, proof.root.public_key)).toMatchObject({ problems: [], activities: 2, hidden: 0 })
  })

  test('shows the figures that the example comes to', () => {
    const hex = (text: string) => Buffer.from(text, 'hex')
    const sha256 = (...pieces: (Buffer | string)[]) =>
      hash('sha256', Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))), 'hex')
    const [first, second] = proof.activities as [MemberProof['activities'][0], MemberProof['activities'][0]]
    const [beside, above] = proof.leaf.path as [string, string]
    const leaf = sha256('\0', `["${proof.member}",2,"${second.hash}"]`)
    const node = sha256('\x01', hex(beside), hex(leaf))
    const figures = {
      body: sha256(hex(second.salt!), second.body!),
      hash: sha256(hex(first.hash), hex(second.body_hash), second.sealed),
      leaf,
      root: sha256('\x01', hex(node), hex(above)),
      previous: sha256(proof.root.statement),
    }
    expect(figures).toMatchObject({ body: second.body_hash, hash: second.hash, root: proof.root.root })
    for (const figure of Object.values(figures)) expect(page).toContain(`\n# ${figure}`)
  })

  test('explains every cause', () => {
    const causes = [
      ...read('src/engine/differences.ts')
        .split('export interface')[0]!
        .matchAll(/^ {2}\| '(\w+)'/gm),
    ]
    expect(causes.length).toBeGreaterThan(15)
    for (const [, cause] of causes) expect(page).toMatch(new RegExp(`^\\|[^|]*\`${cause}\``, 'm'))
  })
})

describe('README.md', () => {
  const page = read('README.md')

  test.each(fencedYaml(page))('shows a program that is right, %#', (source) => {
    const { problems } = compileProgram(source, features)
    expect(problems.map((problem) => formatProblem('program', problem))).toEqual([])
  })

  test('names the scripts of the package and the variables of the environment', () => {
    for (const script of ['start', 'test', 'bench']) {
      expect(packageJson.scripts).toHaveProperty(script)
      expect(page).toContain(script === 'bench' ? 'npm run bench' : `npm ${script}`)
    }
    const variables = [...read('src/engine/config.ts').matchAll(/^ {2}([A-Z_]+): /gm)].map((match) => match[1]!)
    expect(variables).toContain('DATABASE_URL')
    for (const variable of variables) expect(page).toContain(`| \`${variable}\` |`)
  })

  test('names every template, with the story that it has', () => {
    const examples = listed('examples')
    for (const file of examples.filter((name) => name.endsWith('.yaml'))) {
      const name = file.slice(0, -'.yaml'.length)
      const story = examples.includes(`${name}.out`) ? ` ([story](examples/${name}.out))` : ''
      expect(page).toContain(`[${name}](examples/${file})${story}`)
    }
  })

  test('names every command', () => {
    const under: Record<string, string> = { regulars: '', imports: 'import ', staff: 'staff ' }
    const commands = [...read('src/cli.ts').matchAll(/\b(regulars|imports|staff)\s*\.command\('([a-z]+)'\)/g)].map(
      ([, of, command]) => `${under[of!]}${command}`,
    )
    expect(commands.length).toBeGreaterThan(20)
    for (const command of commands) expect(page).toContain(`\`regulars ${command}`)
  })
})

test('docs/webhooks.md lists every topic', () => {
  const sources = readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => read(`src/${path}`))
  const told = sources.flatMap((source) => [
    ...[...source.matchAll(/addMessage\(([^{]*)/g)].flatMap(([, topics]) => [...topics!.matchAll(TOPIC)]),
    // What is told beside decisions is written where it happens.
    ...(source.includes('into outbox') ? source.matchAll(/'(codes\.low|voucher\.guessed)'/g) : []),
  ])
  const listedThere = [...read('docs/webhooks.md').matchAll(/^\| `([a-z_.]+)`/gm)].map(([, topic]) => topic!)
  expect([...new Set(listedThere)].sort()).toEqual([...new Set(told.map(([, topic]) => topic!))].sort())
})

const TOPIC = /'([a-z_]+\.[a-z_]+)'/g

describe('links', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    ...listed('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
    'docs/decisions/README.md',
  ]

  test.each(pages)('of %s lead somewhere', (page) => {
    const folder = new URL(`../${page}`, import.meta.url)
    for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
      if (!/^https?:/.test(target!)) expect(() => readFileSync(new URL(target!, folder)), target).not.toThrow(/ENOENT/)
  })

  test('the index of decisions has them all', () => {
    const index = read('docs/decisions/README.md')
    for (const name of listed('docs/decisions')) if (name !== 'README.md') expect(index).toContain(`(${name})`)
  })
})
