/** A door: the HTTP server with everything behind it, for one's own database (`serve`) or with all it needs (`start`). */

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDemo } from '../examples/corner-coffee/carry.ts'
import { compileProgram, type Program, programJsonSchema } from './core/program.ts'
import { formatProblem } from './core/source.ts'
import { addDemoStaff, DEMO_OWNER } from './engine/access/demo-staff.ts'
import { addOidc } from './engine/access/oidc.ts'
import { hasStaff } from './engine/access/people.ts'
import { accessRoutes } from './engine/access/routes.ts'
import { isUntouched, newSetUpLink } from './engine/access/set-up.ts'
import { type Config, readConfig } from './engine/config.ts'
import { othersAtWork } from './engine/db.ts'
import { Guesses } from './engine/guesses.ts'
import { codePoolRoutes } from './engine/http/code-pool-routes.ts'
import { fileRoutes } from './engine/http/file-routes.ts'
import { keyRoutes } from './engine/http/key-routes.ts'
import { overviewRoutes } from './engine/http/overview-routes.ts'
import { printedRoutes } from './engine/http/printed-routes.ts'
import { programRoutes } from './engine/http/program-routes.ts'
import { proofRoutes } from './engine/http/proof-routes.ts'
import type { Route, Services } from './engine/http/route.ts'
import { addScreens } from './engine/http/screens.ts'
import { createServer, type Server } from './engine/http/server.ts'
import { studyRoutes } from './engine/http/study-routes.ts'
import { webhookRoutes } from './engine/http/webhook-routes.ts'
import { Inbox } from './engine/inbox.ts'
import { type Jobs, startJobs, sweepSoon } from './engine/jobs.ts'
import { createLog, type Log } from './engine/log.ts'
import { Metrics } from './engine/metrics.ts'
import { findOutdated } from './engine/migrate.ts'
import { Desk } from './engine/studies/desk.ts'
import type { BalanceTask } from './engine/studies/task.ts'
import { readTemplates } from './engine/templates.ts'
import { routes as deviceRoutes } from './engine/till/console-routes.ts'
import { tillAuthenticator } from './engine/till/devices.ts'
import { routes as tillRoutes } from './engine/till/routes.ts'
import { routes as activityRoutes } from './features/actions/routes.ts'
import { routes as adjustmentRoutes } from './features/adjustments/routes.ts'
import { routes as budgetRoutes } from './features/budgets/routes.ts'
import { routes as challengeRoutes } from './features/challenges/routes.ts'
import { routes as choiceRoutes } from './features/choices/routes.ts'
import { routes as closingRoutes } from './features/closing/routes.ts'
import { routes as drawRoutes } from './features/draws/routes.ts'
import { routes as expiryRoutes } from './features/expiry/routes.ts'
import { features } from './features/index.ts'
import { routes as leaderboardRoutes } from './features/leaderboards/routes.ts'
import { routes as cardRoutes } from './features/members/card-routes.ts'
import { joinPages } from './features/members/pages.ts'
import { routes as memberRoutes } from './features/members/routes.ts'
import { routes as membershipRoutes } from './features/memberships/routes.ts'
import { routes as mergeRoutes } from './features/merging/routes.ts'
import { routes as noteRoutes } from './features/notes/routes.ts'
import { routes as orderRoutes } from './features/orders/routes.ts'
import { routes as perkRoutes } from './features/perks/routes.ts'
import { routes as poolRoutes } from './features/pools/routes.ts'
import { routes as referralRoutes } from './features/referrals/routes.ts'
import { routes as rewardRoutes } from './features/rewards/routes.ts'
import { routes as savedViewRoutes } from './features/saved-views/routes.ts'
import { routes as searchRoutes } from './features/search/routes.ts'
import { routes as shopRoutes } from './features/shops/routes.ts'
import { routes as tierRoutes } from './features/tiers/routes.ts'
import { routes as todayRoutes } from './features/today/routes.ts'
import { routes as transferRoutes } from './features/transfers/routes.ts'
import { routes as visitRoutes } from './features/visits/routes.ts'
import { routes as voucherRoutes } from './features/vouchers/routes.ts'
import { worthOf } from './insight/backtest/economics.ts'
import { Preview, preview } from './insight/backtest/preview.ts'
import { problemOfCosts, USUAL, USUAL_RESPONSE } from './insight/backtest/question.ts'
import { BacktestReport } from './insight/backtest/report.ts'
import { planFor, textWith } from './insight/balance/plan.ts'
import { BalanceReport } from './insight/balance/report.ts'
import { compile, type Means, openMeans } from './means.ts'

const PROJECT = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  ...(import.meta.url.includes('/dist/') ? ['..'] : []),
)

/** Every call of the HTTP interface. */
export const routes: readonly Route[] = [
  ...deviceRoutes,
  ...tillRoutes,
  ...accessRoutes({ compile: (text, revision) => compileProgram(text, features, revision) }),
  ...memberRoutes,
  ...cardRoutes,
  ...noteRoutes,
  ...orderRoutes,
  ...expiryRoutes,
  ...visitRoutes,
  ...activityRoutes,
  ...rewardRoutes,
  ...referralRoutes,
  ...voucherRoutes,
  ...leaderboardRoutes,
  ...drawRoutes,
  ...adjustmentRoutes,
  ...closingRoutes,
  ...tierRoutes,
  ...membershipRoutes,
  ...challengeRoutes,
  ...perkRoutes,
  ...choiceRoutes,
  ...transferRoutes,
  ...poolRoutes,
  ...mergeRoutes,
  ...budgetRoutes,
  ...programRoutes({
    compile: (text, revision) => compileProgram(text, features, revision),
    preview: ({ services, live, ...rest }) => preview({ ...rest, database: services.database, program: live.number }),
    previewAnswer: Preview,
    schema: programJsonSchema(features),
    templates: readTemplates,
  }),
  ...overviewRoutes({ worthOf }),
  ...todayRoutes,
  ...searchRoutes,
  ...shopRoutes,
  ...savedViewRoutes,
  ...fileRoutes,
  ...studyRoutes({
    compile: (text, revision) => compileProgram(text, features, revision),
    backtestReport: BacktestReport,
    balanceReport: BalanceReport,
    usual: { ...USUAL, response: USUAL_RESPONSE },
    wrongBacktest: ({ rewardCosts }, program, against) =>
      problemOfCosts(against === null ? [program] : [program, against], rewardCosts),
    wrongBalance(task, program) {
      const problem = problemOfCosts([program], task.rewardCosts)
      if (problem !== null) return [problem]
      const plan = planAsked(task, program)
      return 'problems' in plan ? plan.problems : []
    },
    textWith(task, program, settings) {
      const plan = planAsked(task, program)
      return 'problems' in plan ? null : textWith(plan, settings)
    },
  }),
  ...proofRoutes,
  ...webhookRoutes,
  ...keyRoutes,
  ...codePoolRoutes,
  ...printedRoutes,
]

function planAsked({ program: { source: text }, ...task }: BalanceTask, program: Program) {
  return planFor({ ...task, text, program }, (variant) => {
    const { program, problems } = compileProgram(variant, features)
    return program ?? formatProblem('line', problems[0]!)
  })
}

export interface Running {
  address: string
  /** Finishes what is being answered, then closes everything. */
  stop(): Promise<void>
}

/** Listens, with the worker in the same process. */
export async function listen(config: Config, log: Log, means: Means): Promise<Running> {
  const metrics = new Metrics()
  const { database, programs, recorder } = means
  const inbox = new Inbox(recorder, { onBatch: metrics.onBatch, othersAtWork: () => othersAtWork(database) })
  const { ids, stripes } = recorder
  const guesses = new Guesses(database, (guess) => {
    metrics.guess()
    log.warn(guess, 'a code was tried that there is not')
  })
  const desk = openDesk(config, log, means)
  const services: Services = { database, inbox, programs, ids, stripes, guesses, desk }
  const app = createServer(services, routes, {
    log,
    metrics,
    rate: config.rate,
    proxies: config.proxies,
    notReady: () => findOutdated(database),
    authenticators: [tillAuthenticator(database, programs)],
  })
  joinPages(app, services)
  addOidc(app, services, config.oidc, log)
  addScreens(app, join(PROJECT, 'dist', 'web'))
  const address = await bind(app, config)
  const jobs = await jobsOrClose(config, log, means, services, app)
  means.announce(address)
  return {
    address,
    async stop() {
      await app.close()
      await desk.stop()
      await jobs.stop()
      await inbox.close()
      await means.close()
    },
  }
}

/** What works backtests out is compiled, also where the server itself runs from its sources. */
export function openDesk(config: Config, log: Log, { database, url }: Pick<Means, 'database' | 'url'>): Desk {
  const { home, fileLimit: most, backtestsAtOnce: atOnce } = config
  return new Desk({ database, url, home, door: join(PROJECT, 'dist', 'src', 'study.js'), most, atOnce, log })
}

/** A server that listens would keep a process alive whose messages nobody delivers. */
async function jobsOrClose(config: Config, log: Log, means: Means, services: Services, app: Server): Promise<Jobs> {
  const { privateWebhooks, signingKey } = config
  try {
    return await startJobs(services, { url: means.url, log, privateWebhooks, signingKey })
  } catch (error) {
    await app.close()
    await services.inbox.close()
    throw error
  }
}

/** The address cannot be listened on; the message says what to do. */
export class AddressTaken extends Error {}

async function bind(app: Server, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    await app.close()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new AddressTaken(
      `Port ${port} of ${host} is in use by another program. Stop that, or choose another port: PORT=${port + 1} npm start`,
    )
  }
}

/** Serves until it is told to stop: Ctrl-C or SIGTERM. */
export async function serve(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog({ level: config.logLevel })
  const means = await openMeans(config, log)
  const running = await listenOrClose(config, log, means)
  say(`Regulars serves ${running.address}  (its interface: ${running.address}/docs)`)
  const hint = await firstSteps(means, running.address)
  if (hint !== null) say(hint)
  await stopped(running)
}

/** How the first person gets in, where there is nobody yet. */
async function firstSteps({ database, programs }: Means, address: string): Promise<string | null> {
  if (await isUntouched(database)) return `Set it up here, once: ${address}${await newSetUpLink(database)}`
  if (await hasStaff(database)) return null
  const [program] = await programs.all()
  return `Nobody can sign in yet. Invite somebody: regulars staff invite EMAIL --role owner --program ${program!.id}`
}

/** All that a newcomer needs: the embedded server, and the demo business where there is nothing yet. */
export async function start(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog({ level: process.env['LOG_LEVEL'] ? config.logLevel : 'warn' })
  const means = await openMeans(config, log)
  const running = await listenOrClose(config, log, means)
  const demo = await demoOrStop(config, means, running)
  say(welcome(running.address, demo))
  await stopped(running)
}

async function listenOrClose(config: Config, log: Log, means: Means): Promise<Running> {
  try {
    return await listen(config, log, means)
  } catch (error) {
    await means.close()
    throw error
  }
}

/** What a newcomer needs to get in; null for what this folder knows nothing of. */
interface Demo {
  key: string | null
  password: string | null
}

async function demoOrStop(config: Config, means: Means, running: Running): Promise<Demo> {
  try {
    const key = await demoKey(config, means)
    return { key, password: key === null ? null : await demoPassword(config, means) }
  } catch (error) {
    await running.stop()
    throw error
  }
}

/** The demo's key: made once with the demo, and kept beside the embedded database for the next start. */
async function demoKey(config: Config, means: Means): Promise<string | null> {
  const file = join(config.home, 'demo-key')
  const source = readFileSync(join(PROJECT, 'examples', 'corner-coffee.yaml'), 'utf8')
  const made = await makeDemo({ ...means, compile, source, onProgress: showProgress })
  if (made !== null) {
    keep(file, made.secret)
    // What fell due in the two years of the story is booked before anybody has looked at it.
    await sweepSoon(means.database)
  }
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** The one password of the demo's people: made once, and kept beside the key. */
async function demoPassword(config: Config, { database, programs }: Means): Promise<string | null> {
  const file = join(config.home, 'demo-password')
  const program = await programs.find('corner-coffee')
  if (program !== undefined && !(await hasStaff(database))) {
    // Written first: people with a password that nobody knows would be of no use.
    if (!existsSync(file)) keep(file, randomBytes(9).toString('base64url'))
    await addDemoStaff(database, program, readFileSync(file, 'utf8'))
  }
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

function keep(file: string, secret: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, secret, { mode: 0o600 })
}

let shown = -1
function showProgress(done: number, of: number): void {
  const percent = Math.floor((done / of) * 100)
  if (percent === shown) return
  shown = percent
  const line = `Corner Coffee, the demo business: two years of orders go through the ledger, ${percent}%`
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${percent === 100 ? '\n' : ''}`)
  else if (percent % 20 === 0) say(line)
}

function welcome(address: string, { key, password }: Demo): string {
  const lines = ['', `Regulars is running at ${address}`, '', `  Interface      ${address}/docs`]
  if (password !== null)
    lines.push(
      `  Console        ${address}/console`,
      `  Demo login     ${DEMO_OWNER}  ${password}`,
      '                 (marketer@, finance@, support@, cashier@, developer@ and read-only@ have the same password)',
    )
  if (key !== null)
    lines.push(
      `  Till           ${address}/till`,
      `  Join page      ${address}/join/corner-coffee`,
      `  Counter poster ${address}/join/corner-coffee/poster`,
      `  Demo API key   ${key}`,
      '',
      'Try it:',
      `  curl -s '${address}/v1/members?limit=1' -H 'Authorization: Bearer ${key}'`,
    )
  return [...lines, '', 'Ctrl-C stops it; nothing is lost.', ''].join('\n')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Resolves when everything is closed. A second signal does not wait for what is being finished. */
function stopped(running: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false
    const stop = () => {
      if (stopping) process.exit(130)
      stopping = true
      say('Stopping …')
      running.stop().then(resolve, reject)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
