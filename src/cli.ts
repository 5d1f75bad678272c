/** A door: the commands of `regulars`. Each loads what it needs when it runs, so that `--help` answers at once. */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { nearest } from './core/nearest.ts'
import { compileProgram, type Program, programJsonSchema } from './core/program.ts'
import { Refusal } from './core/refusal.ts'
import { formatProblem } from './core/source.ts'
import { alignColumns, countOf } from './core/text-table.ts'
import { formatInstant, parseInstant } from './core/time.ts'
import type { Messages } from './core/wording.ts'
import { STAFF_ROLES, type StaffRole } from './engine/access/people.ts'
import { readConfig } from './engine/config.ts'
import type { Verification } from './engine/differences.ts'
import './engine/inlining.ts'
import type { HistorySession } from './engine/history-session.ts'
import { ROLES, type Role } from './engine/http/route.ts'
import type { Log } from './engine/log.ts'
import type { Pin } from './engine/root-check.ts'
import { readTemplates } from './engine/templates.ts'
import { note, progress, say, UsedWrongly } from './engine/terminal.ts'
import { features } from './features/index.ts'
import type { Ledger } from './insight/backtest/ask.ts'
import {
  MODELS,
  MODELS_AND_PAST,
  type Model,
  type ModelOrPast,
  type Question,
  type RewardCosts,
  USUAL,
  USUAL_RESPONSE,
} from './insight/backtest/question.ts'
import type { BacktestReport } from './insight/backtest/report.ts'
import type { Response } from './insight/backtest/scenario.ts'
import type { BalanceReport } from './insight/balance/report.ts'
import type { Variants } from './insight/balance/variants.ts'
import type { Means } from './means.ts'

/** A finding, such as a mistake in a program or a row that was not taken. */
const FOUND = 1
const USED_WRONGLY = 2

const ENGINE = { release: packageJson.version, tzdata: process.versions['tz'] ?? 'unknown' }

/** The door of the threads that share a backtest. */
const BACKTEST_THREAD = new URL('./backtest-thread.js', import.meta.url)

const regulars = new Command('regulars')
  .description('A customer-loyalty platform that a business runs itself.')
  .version(packageJson.version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand(false)
  .showHelpAfterError('(--help says more)')
  .exitOverride()

// Programs

regulars
  .command('init')
  .description('write a program file to begin with, with comments that explain it')
  .option('--template <name>', 'which one: see --list', 'corner-coffee')
  .option('--out <file>', 'where to; the template’s name in this folder unless said')
  .option('--list', 'list the templates, a line each')
  .action(init)

regulars
  .command('check')
  .description('check a program file: every mistake with its place, and what would be right')
  .argument('<program.yaml>', 'the program file')
  .action((path: string) => {
    const checked = checkFile(path)
    if (checked === null) return found()
    const { program } = checked
    say(
      `${path} is right: ${program.name} (${program.id}), ${program.currency}, ${program.zone.name}; ${contents(program)}.`,
    )
  })

regulars
  .command('terms')
  .description('write the members’ terms from the program itself')
  .argument('[program.yaml]', 'the program file')
  .option('--language <code>', 'in which language: en, tr, or that of --words', 'en')
  .option('--words <file.json>', 'the messages of another language: see --template-words')
  .option('--html', 'as a page that can be put on a site or printed; plain text unless said')
  .option('--out <file>', 'where to; the terminal unless said')
  .option('--template-words', 'write the messages that another language needs, in English, to be translated')
  .action(writeTerms)

regulars
  .command('diff')
  .description('say in words what a new program file changes for whom, and what it takes from members')
  .argument('<old.yaml>', 'the program file as it is')
  .argument('<new.yaml>', 'the program file as it would be')
  .option('--language <code>', 'in which language: en, tr, or that of --words', 'en')
  .option('--words <file.json>', 'the messages of another language: see terms --template-words')
  .option('--meant <id...>', 'what it takes from members and is meant to, beside what the file says itself')
  .option('--json', 'print it as JSON')
  .addHelpText('after', '\nExit code 1 where something is taken from members and nobody has said that it is meant.')
  .action(compareFiles)

regulars
  .command('schema')
  .description('print the JSON Schema of program files')
  .action(() => say(JSON.stringify(programJsonSchema(features), null, 2)))

regulars
  .command('publish')
  .description('create a program, or publish the next revision of one')
  .argument('<program.yaml>', 'the program file')
  .option('--test', 'create it in test mode, in which its time can be moved')
  .option('--meant <id...>', 'what it takes from members and is meant to, as diff names it')
  .action(async (path: string, { test, meant }: { test?: boolean; meant?: string[] }) => {
    const checked = checkFile(path)
    if (checked === null) return found()
    await withMeans(async (means) => say(await publishFile(means, checked, test === true, meant)))
  })

regulars
  .command('key')
  .description('make an API key, shown once')
  .requiredOption('--program <id>', 'the program that it is for')
  .requiredOption('--actor <name>', 'who uses it, as the records will name them')
  .option('--role <role>', `one of ${ROLES.join(', ')}`, oneOf(...ROLES), 'developer')
  .option('--adjust <points>', 'whole points that it may give or take at once without another’s approval', wholePoints)
  .option('--adjust-daily <points>', 'the same in a day; as many as at once unless said', wholePoints)
  .action(makeKey)

const staff = regulars.command('staff').description('the people who sign in to the console')

staff
  .command('invite')
  .description('make a link by which somebody chooses a password: for the first, and for who locked themselves out')
  .argument('<email>', 'their e-mail address')
  .requiredOption('--program <id>', 'the program that it is for')
  .option(
    '--role <role>',
    `one of ${STAFF_ROLES.join(', ')}; who has a part keeps theirs unless said`,
    oneOf(...STAFF_ROLES),
  )
  .option('--name <name>', 'what they are called; the part before the @ unless said')
  .option('--address <url>', 'where people reach the console', 'http://127.0.0.1:4000')
  .action(inviteStaff)

// The server

regulars
  .command('start')
  .description('start everything at once: database, demo business on the first start, and the server')
  .action(async () => (await import('./server.ts')).start())

regulars
  .command('serve')
  .description('serve the HTTP interface; DATABASE_URL names the database, PORT the port')
  .action(async () => (await import('./server.ts')).serve())

regulars
  .command('worker')
  .description('deliver messages and wake accounts in a process of its own, beside servers')
  .action(async () => (await import('./worker.ts')).work())

regulars
  .command('migrate')
  .description('bring the tables of the database up to this release')
  .option('--citus', 'spread the growing tables over the workers of a Citus cluster')
  .action(migrateTables)

// Files

const imports = regulars
  .command('import')
  .description('bring orders, members or codes from a file (CSV, Parquet or NDJSON) into the ledger')

withFile(imports.command('orders'), 'orders')
  .option('--currency <code>', 'the currency of its amounts; the program’s unless said')
  .option('--until <time>', 'orders from this moment on are left out, and all that falls due before it happens', time)
  .action(async (path: string, options) => {
    const { runOrderImport } = await import('./engine/import-session.ts')
    await withProgram(options, (means, program) => runOrderImport(means, program, path, options))
  })

withFile(imports.command('members'), 'members')
  .option('--joined <time>', 'when members joined whose row does not say it; now unless said', time)
  .action(async (path: string, options) => {
    const { runMemberImport } = await import('./engine/import-session.ts')
    await withProgram(options, (means, program) => runMemberImport(means, program, path, options))
  })

const codes = imports.command('codes')
codes
  .description('import codes into a pool; one that the program has already stays out, and is reported')
  .argument('<file>', 'CSV, NDJSON or JSON: one code a row')
  .requiredOption('--pool <id>', 'the pool, as the program file calls it')
  .requiredOption('--program <id>', 'the program')
  .option('--low <count>', 'tell somebody once fewer than this are left', countFrom0)
  .option('--json', 'print the figures as JSON')
  .action(async (path: string, options) => {
    const { runCodeImport } = await import('./engine/import-codes.ts')
    await withProgram(options, ({ database, recorder: { stripes } }, program) =>
      runCodeImport({ database, stripes }, program, path, options),
    )
  })

regulars
  .command('export')
  .description('write everything: members and orders as import takes them, and the ledger for verify --export')
  .requiredOption('--program <id>', 'the program')
  .requiredOption('--to <dir>', 'the folder to write to')
  .option('--format <format>', 'csv or parquet', oneOf('csv', 'parquet'), 'csv')
  .option('--json', 'print the figures as JSON')
  .action(exportTables)

// Figures

regulars
  .command('backtest')
  .description('replay a file of orders, or the live ledger, through a program: nothing is changed')
  .argument('<program.yaml>', 'the program file')
  .option('--orders <file>', 'the orders: CSV, Parquet or NDJSON; no database is needed')
  .option('--from-ledger', 'what members of a live program did, instead of a file')
  .option('--program <id>', 'with --from-ledger: whose members; the program of the file unless said')
  .option('--since <time>', 'with --from-ledger: from when on; from the beginning unless said', time)
  .option('--against <other.yaml>', 'compare with another program: every figure, and who gains and who loses')
  .option('--map <field=column...>', 'which column a field is read from', mapping)
  .option('--currency <code>', 'the currency of its amounts; the program’s unless said')
  .option('--timezone <zone>', 'the zone of times without an offset; the program’s unless said')
  .option('--until <time>', 'where history ends; with the last order unless said', time)
  .option(
    '--redeem <model...>',
    `how members use rewards: ${MODELS_AND_PAST.join(', ')}; see below what unless said`,
    models,
  )
  .option('--past-from <id>', 'for past: the live program whose members show how often a reward is used')
  .option(
    '--chance <share>',
    'for random: the chance at each order with which a reward could be used',
    share,
    USUAL.chance,
  )
  .option(
    '--response [closeness,speedup]',
    'also with members who buy sooner near a goal; 50%,20% unless said',
    response,
  )
  .option('--margin <share>', 'what is left of sales when the goods are paid', share, USUAL.margin)
  .option(
    '--reward-cost <share...>',
    'what a reward costs of what it saves members: 40% for all, or free-coffee=25% for one',
    rewardCosts,
  )
  .option('--seed <number>', 'where luck begins; the same seed gives the same figures', wholeNumber, USUAL.seed)
  .option('--seeds <number>', 'how many runs the ranges are made of where there is luck', wholeNumber, USUAL.seeds)
  .option('--members <file>', 'members beside the orders, with when they joined; those who never ordered, too')
  .option('--report <file>', 'write every odd row of the files to a CSV file')
  .option(
    '--cores <n>',
    'how many threads share the work; as many as there are cores for large files unless said',
    wholeNumber,
  )
  .option('--json [file]', 'write the report as JSON: to a file, or instead of the tables')
  .option('--html <file>', 'write the report as a page for people, with pictures, that needs nothing beside it')
  .addHelpText(
    'after',
    '\nMembers redeem at once unless --redeem says otherwise; with --from-ledger as in the past, once anybody has redeemed.',
  )
  .action(backtestHistory)

regulars
  .command('balance')
  .description(
    'run variants of a program on a file of orders: which are too stingy, which too generous, what lies between',
  )
  .argument('<program.yaml>', 'the program file')
  .requiredOption('--orders <file>', 'the orders: CSV, Parquet or NDJSON')
  .requiredOption(
    '--vary <setting=range...>',
    'what varies and over which values, such as earning.base.rate=0.5..3, rewards.mug.cost=100..300 by 50 or tiers.gold.from=400,500',
    joined,
  )
  .option('--steps <n>', 'how many values a range has; a few round ones unless said', steps)
  .option('--target <figure=value>', 'solve for the one setting that varies: reward_rate=5%')
  .option('--threshold <name=value...>', 'where too stingy ends or too generous begins: most_lift=15%', joined)
  .option('--redeem <model>', `how members use rewards: one of ${MODELS.join(', ')}`, oneOf(...MODELS), 'at-once')
  .option(
    '--chance <share>',
    'for random: the chance at each order with which a reward could be used',
    share,
    USUAL.chance,
  )
  .option('--margin <share>', 'what is left of sales when the goods are paid', share, USUAL.margin)
  .option(
    '--reward-cost <share...>',
    'what a reward costs of what it saves members: 40% for all, or free-coffee=25% for one',
    rewardCosts,
  )
  .option('--map <field=column...>', 'which column a field is read from', mapping)
  .option('--currency <code>', 'the currency of its amounts; the program’s unless said')
  .option('--timezone <zone>', 'the zone of times without an offset; the program’s unless said')
  .option('--until <time>', 'where history ends; with the last order unless said', time)
  .option('--members <file>', 'members beside the orders, with when they joined; those who never ordered, too')
  .option('--report <file>', 'write every odd row of the files to a CSV file')
  .option('--cores <n>', 'how many threads share the work; as many as there are cores unless said', wholeNumber)
  .option('--write <file>', 'write the recommended program: your file with its values, comments and all')
  .option('--json [file]', 'write the result as JSON: to a file, or instead of the table')
  .option('--html <file>', 'write the result as a page with pictures')
  .action(balanceProgram)

regulars
  .command('verify')
  .description('prove the ledger: replay every member and compare, check postings, hash chains and signed roots')
  .option('--program <id>', 'one program; all of them unless said')
  .option('--export <dir>', 'check what export wrote to a folder, from it alone: no database is needed')
  .option('--proof <file>', 'check a member’s proof, as the interface answers it: no database is needed')
  .option('--key <key>', 'the public key that roots must be signed with, as PEM, its file, or as roots name it')
  .option('--root <hash>', 'the statement_hash of a root that you kept: it and all before it must be as they were')
  .option('--json', 'print the result as JSON')
  .action(verifyWhat)

regulars
  .command('seal')
  .description('sign the root of every day that has closed, as servers and workers do by themselves')
  .option('--program <id>', 'one program; all of them unless said')
  .action(sealClosedDays)

regulars
  .command('draw-check')
  .description('draw the winners of a draw again from what the server published, and compare: no database is needed')
  .argument('<file>', 'what GET /v1/draws/{id}/proof answered')
  .action(checkDrawFile)

function init({ template, out, list }: { template: string; out?: string; list?: boolean }): void {
  const templates = readTemplates()
  if (list) {
    say(
      alignColumns(
        templates.map(({ name, about }) => [name, about]),
        ['left', 'left'],
      ),
    )
    return
  }
  const found = templates.find(({ name }) => name === template)
  if (found === undefined) {
    const names = templates.map(({ name }) => name)
    throw new UsedWrongly(
      `There is no template ${template}${meant(nearest(template, names))} There are: ${names.join(', ')}.`,
    )
  }
  const path = out ?? `${found.name}.yaml`
  // The flag refuses to write over what is there, whoever was quicker.
  writeFileSync(path, found.text, { flag: 'wx' })
  say(`${path} is written: ${found.about}\nChange it as you like, then look it over with: regulars check ${path}`)
}

interface CheckedFile {
  source: string
  program: Program
}

/** The program of a file; null when it has mistakes, which are printed. */
function checkFile(path: string): CheckedFile | null {
  if (statSync(path).isDirectory()) throw new UsedWrongly(`${path} is a folder, not a program file.`)
  const source = readFileSync(path, 'utf8')
  const { program, problems } = compileProgram(source, features)
  for (const problem of problems) say(formatProblem(path, problem))
  return program === null ? null : { source, program }
}

/** `1 wallet, 3 earning rules, 3 tier levels, 7 rewards` */
function contents({ wallets, settings }: Program): string {
  const { earning, rewards, tiers } = settings as {
    earning?: unknown[]
    rewards?: unknown[]
    tiers?: { levels?: unknown[] }
  }
  return [
    countOf(wallets.length, 'wallet'),
    countOf(earning?.length ?? 0, 'earning rule'),
    countOf(tiers?.levels?.length ?? 0, 'tier level'),
    countOf(rewards?.length ?? 0, 'reward'),
  ].join(', ')
}

interface TermsOptions {
  language: string
  words?: string
  html?: boolean
  out?: string
  templateWords?: boolean
}

async function writeTerms(path: string | undefined, options: TermsOptions): Promise<void> {
  const { termsDocument } = await import('./core/terms-document.ts')
  const { termsPage, termsText } = await import('./core/terms-page.ts')
  const { messagesOf, Wording } = await import('./core/wording.ts')
  if (options.templateWords) return put(JSON.stringify(messagesOf(features, 'en'), null, 2), options.out)
  if (path === undefined) throw new UsedWrongly('Name the program file: regulars terms PROGRAM.yaml')
  const checked = checkFile(path)
  if (checked === null) return found()
  const { program } = checked
  const wording = new Wording(options.language, program, await messagesFor(options))
  const document = termsDocument(program, wording)
  put(options.html ? termsPage(document, []) : termsText(document), options.out)
}

async function compareFiles(
  oldPath: string,
  newPath: string,
  options: { language: string; words?: string; meant?: string[]; json?: boolean },
): Promise<void> {
  const { changesBetween, changesText } = await import('./core/changes.ts')
  const { Wording } = await import('./core/wording.ts')
  const [old, own] = [checkFile(oldPath), checkFile(newPath)]
  if (old === null || own === null) return found()
  const messages = await messagesFor(options)
  const wording = new Wording(options.language, own.program, messages)
  const changes = changesBetween(new Wording(options.language, old.program, messages), wording, options.meant)
  say(options.json ? JSON.stringify(changes, null, 2) : changesText(changes, wording))
  if (changes.losses.some(({ meant }) => !meant)) found()
}

/** The messages of a language, ours or those of a file. */
async function messagesFor({ language, words }: { language: string; words?: string }): Promise<Messages> {
  const { checkMessages, languagesOf, messagesOf } = await import('./core/wording.ts')
  const known = languagesOf(features).join(', ')
  if (!isLanguage(language)) throw new UsedWrongly(`${language} is not the code of a language, such as en or pt-BR.`)
  if (words === undefined) {
    const messages = messagesOf(features, language)
    if (messages === null)
      throw new UsedWrongly(
        `There are no words in ${language}, only in ${known}; bring your own with --words (see --template-words).`,
      )
    return messages
  }
  const messages = JSON.parse(readFileSync(words, 'utf8')) as Messages
  const problems = checkMessages(messages, features)
  if (problems.length > 0) throw new UsedWrongly([`${words}:`, ...problems].join('\n  '))
  return messages
}

function isLanguage(code: string): boolean {
  try {
    return Intl.getCanonicalLocales(code).length === 1
  } catch {
    return false
  }
}

/** To a file that is not there yet, or to the terminal. */
function put(text: string, out: string | undefined): void {
  if (out === undefined) say(text)
  else {
    writeFileSync(out, `${text}\n`, { flag: 'wx' })
    note(`${out} is written.`)
  }
}

interface KeyOptions {
  program: string
  actor: string
  role: Role
  adjust?: number
  adjustDaily?: number
}

async function makeKey({ program, actor, role, adjust, adjustDaily = adjust }: KeyOptions): Promise<void> {
  if (adjust === undefined && adjustDaily !== undefined) throw new UsedWrongly('--adjust-daily goes with --adjust.')
  const { createKey, Limits } = await import('./engine/http/keys.ts')
  const allowance = { per_adjustment: adjust, per_day: adjustDaily }
  const limits = Limits.parse(adjust === undefined ? {} : { adjustment: allowance })
  await withMeans(async ({ database, programs }) => {
    const live = await programs.find(program)
    if (live === undefined) throw new UsedWrongly(`There is no program ${program}; make it with: regulars publish FILE`)
    say((await createKey(database, { program: live, actor, role, limits })).secret)
  })
}

interface InviteOptions {
  program: string
  role?: StaffRole
  name?: string
  address: string
}

async function inviteStaff(email: string, { program, role, name, address }: InviteOptions): Promise<void> {
  const { inviteByHand } = await import('./engine/access/invite-by-hand.ts')
  await withMeans(async ({ database, programs }) => {
    const live = await programs.find(program)
    if (live === undefined) throw new UsedWrongly(`There is no program ${program}; make it with: regulars publish FILE`)
    const invited = await inviteByHand(database, live, { email, role, name })
    if (invited instanceof Refusal) throw new UsedWrongly(invited.detail)
    say(`${address.replace(/\/+$/, '')}${invited.link}`)
    note(`For ${invited.email}, ${invited.role} of ${live.name}: good once, until ${formatInstant(invited.expires)}.`)
  })
}

async function publishFile(
  means: Means,
  { source, program }: CheckedFile,
  test: boolean,
  meant: readonly string[] = [],
): Promise<string> {
  const { publish } = await import('./engine/publish.ts')
  const { database, programs } = means
  const mode = test ? 'test' : 'live'
  const published = await publish(database, programs, source, program, { mode, by: 'regulars publish', meant })
  if (published instanceof Refusal) throw new UsedWrongly(detailsOf(published))
  const { status, revision } = published
  if (status === 'unchanged') return `${program.id} has this very file as its revision ${revision}: nothing to publish.`
  if (status === 'published') {
    const { effective } = published.program.revisions[revision - 1]!
    const from = effective > Date.now() ? formatInstant(effective) : 'now'
    return `${program.id} is decided by revision ${revision} from ${from} on.`
  }
  return `${program.id} is created in ${published.program.mode} mode.`
}

/** Everything that is wrong, a line each. */
function detailsOf({ detail, errors }: Refusal): string {
  return errors.length > 1 ? errors.map(({ message }) => message).join('\n') : detail
}

async function migrateTables({ citus }: { citus?: boolean }): Promise<void> {
  const { openDatabase } = await import('./engine/db.ts')
  const { startEmbedded } = await import('./engine/embedded.ts')
  const { migrate } = await import('./engine/migrate.ts')
  const config = readConfig(process.env)
  const embedded =
    config.databaseUrl === null ? await startEmbedded(config.home, { log: await quietLog(), join: true }) : null
  try {
    const database = await openDatabase(config.databaseUrl ?? embedded!.url)
    const applied = await migrate(database, { citus: citus === true }).finally(() => database.close())
    say(applied.length === 0 ? 'The tables are up to date.' : `Applied: ${applied.join(', ')}.`)
  } finally {
    await embedded?.stop()
  }
}

async function exportTables(options: { program: string; to: string; format: 'csv' | 'parquet'; json?: boolean }) {
  const { exportProgram } = await import('./engine/export.ts')
  await withProgram(options, async ({ database }, program) => {
    const line = progress('Export')
    const tables = await exportProgram(database, program, options.to, { format: options.format })
    line.end()
    if (options.json) say(JSON.stringify(tables, null, 2))
    else for (const { path, rows } of tables) say(`${path}  ${countOf(rows, 'row')}`)
    return 0
  })
}

interface BacktestOptions {
  orders?: string
  fromLedger?: boolean
  program?: string
  since?: number
  against?: string
  pastFrom?: string
  map?: Record<string, string>
  currency?: string
  timezone?: string
  until?: number
  redeem?: ModelOrPast[]
  chance: number
  response?: Response | true
  margin: number
  rewardCost?: RewardCosts
  seed: number
  seeds: number
  members?: string
  report?: string
  cores?: number
  json?: string | true
  html?: string
}

async function backtestHistory(path: string, options: BacktestOptions): Promise<void> {
  checkHistory(options)
  const checked = checkFile(path)
  const other = options.against === undefined ? null : checkFile(options.against)
  if (checked === null || (options.against !== undefined && other === null)) return found()
  const { program } = checked
  if (other !== null && other.program.currency !== program.currency)
    throw new UsedWrongly(
      `${options.against} is in ${other.program.currency} and ${path} in ${program.currency}: only programs in one currency can be compared.`,
    )
  const task = { program, against: other?.program ?? null, options }
  await (options.orders === undefined ? backtestLedger(task) : backtestOrders(task, options.orders))
}

interface BacktestTask {
  program: Program
  against: Program | null
  options: BacktestOptions
}

/** What history the options name, and that those which go with another are not among them. */
function checkHistory(options: BacktestOptions): void {
  const { orders, fromLedger = false } = options
  if (orders !== undefined && fromLedger)
    throw new UsedWrongly('--orders and --from-ledger each name a history; give one of them.')
  if (orders === undefined && !fromLedger)
    throw new UsedWrongly('Name the history: --orders FILE, or --from-ledger for what members of a live program did.')
  const foreign = fromLedger
    ? (['map', 'currency', 'timezone', 'members', 'report', 'cores', 'pastFrom'] as const)
    : (['program', 'since'] as const)
  for (const name of foreign)
    if (options[name] !== undefined)
      throw new UsedWrongly(
        `--${name === 'pastFrom' ? 'past-from' : name} goes with ${fromLedger ? '--orders' : '--from-ledger'}.`,
      )
  if (!fromLedger && options.redeem?.includes('past') === true && options.pastFrom === undefined)
    throw new UsedWrongly(
      'A file does not tell how members redeemed: for --redeem past, name a live program with --past-from.',
    )
}

/** Opens a file of orders while the threads begin that will fold it. */
async function openForThreads(path: string, program: Program, options: HistorySession & { cores?: number }) {
  const { Threads } = await import('./insight/backtest/threads.ts')
  const threads = await Threads.begin(BACKTEST_THREAD, path, options.cores)
  try {
    const { openHistory } = await import('./engine/history-session.ts')
    const { file, close } = await openHistory(path, program, options)
    return { file, threads, close: () => Promise.all([close(), threads.end()]) }
  } catch (error) {
    await threads.end()
    throw error
  }
}

async function backtestOrders({ program, against, options }: BacktestTask, path: string): Promise<void> {
  const { askFile, pastChances } = await import('./insight/backtest/ask.ts')
  const { until, cores, pastFrom } = options
  const question = questionOf({ program, against, options })
  let chances: Record<string, number> | null = null
  if (pastFrom !== undefined)
    await withMeans(async (means) => {
      const programs = against === null ? [program] : [program, against]
      chances = await pastChances(means.database, await ledgerOf(means, pastFrom), programs)
    })
  const { file, threads, close } = await openForThreads(path, program, options)
  try {
    const line = progress('Orders')
    const onProgress = (done: number, of: number) => line.show(done, of)
    const report = await askFile(question, file, path, { until, onProgress, cores, threads }, chances)
    line.end()
    await sayBacktest(report, options)
  } finally {
    await close()
  }
}

async function backtestLedger({ program, against, options }: BacktestTask): Promise<void> {
  const { askLedger } = await import('./insight/backtest/ask.ts')
  const { since = null } = options
  await withMeans(async (means) => {
    const ledger = await ledgerOf(means, options.program ?? program.id, since, options.until)
    const { until } = ledger.request
    if (since !== null && since >= until)
      throw new UsedWrongly(
        `--since ${formatInstant(since)} is not before the end of history, ${formatInstant(until)}.`,
      )
    const line = progress('Members’ activities')
    const onProgress = (done: number, of: number) => line.show(done, of)
    const question = questionOf({ program, against, options })
    const { report, erased } = await askLedger(question, means.database, ledger, onProgress)
    line.end()
    await sayBacktest(report, options)
    if (erased > 0) note(`Of ${countOf(erased, 'member')} who were erased nothing is told.`)
  })
}

/** What members of a live program did, up to its present unless said. */
async function ledgerOf(means: Means, id: string, since: number | null = null, until?: number): Promise<Ledger> {
  const { currentProgram, nowOf } = await import('./engine/programs.ts')
  const live = await findProgram(means, id)
  const request = { program: live.number, since, until: until ?? nowOf(live) + 1 }
  return { id: live.id, inForce: currentProgram(live), request }
}

/** What the options ask. */
function questionOf({ program, against, options }: BacktestTask): Question {
  const { redeem: models = null, chance, seed, seeds, margin, rewardCost: rewardCosts = ALL_OF_IT } = options
  const response = options.response === true ? USUAL_RESPONSE : (options.response ?? null)
  return { program, against, models, chance, response, margin, rewardCosts, seed, seeds }
}

const ALL_OF_IT: RewardCosts = { all: 1, own: {} }

async function sayBacktest(report: BacktestReport, { json, html }: BacktestOptions): Promise<void> {
  const { backtestText } = await import('./insight/backtest/text.ts')
  const text = JSON.stringify(report, null, 2)
  if (typeof json === 'string') writeFileSync(json, `${text}\n`)
  if (html !== undefined) {
    const { backtestPage } = await import('./insight/backtest/report/backtest-page.ts')
    writeFileSync(html, backtestPage(report, ENGINE.release))
    note(`${html} is written: open it in any browser.`)
  }
  say(json === true ? text : backtestText(report))
}

interface BalanceOptions extends Omit<BacktestOptions, 'orders' | 'redeem' | 'response' | 'seed' | 'seeds'> {
  orders: string
  vary: string[]
  steps?: number
  target?: string
  threshold?: string[]
  redeem: Model
  write?: string
}

async function balanceProgram(path: string, options: BalanceOptions): Promise<void> {
  const checked = checkFile(path)
  if (checked === null) return found()
  const { program, source: text } = checked
  const { vary, steps = null, target = null, threshold: thresholds = [], redeem: model, chance, margin } = options
  for (const file of [options.write, options.html])
    if (file !== undefined && existsSync(file)) throw new UsedWrongly(`${file} is there already; name another file.`)
  const { planFor, runPlan } = await import('./insight/balance/plan.ts')
  const rewardCosts = options.rewardCost ?? ALL_OF_IT
  const question = { text, program, vary, steps, target, thresholds, model, chance, margin, rewardCosts }
  const plan = planFor(question, (variant) => {
    const { program, problems } = compileProgram(variant, features)
    return program ?? formatProblem(path, problems[0]!)
  })
  if ('problems' in plan) throw new UsedWrongly(plan.problems.join('\n'))
  const { until, cores } = options
  const { file, threads, close } = await openForThreads(options.orders, program, options)
  try {
    const line = progress('Orders')
    const onProgress = (done: number, of: number) => line.show(done, of)
    const report = await runPlan(plan, file, options.orders, { until, onProgress, cores, threads })
    line.end()
    await sayBalance(report, plan.variants, options)
  } finally {
    await close()
  }
}

async function sayBalance(report: BalanceReport, variants: Variants, options: BalanceOptions): Promise<void> {
  const { json, html, write } = options
  const { balanceText } = await import('./insight/balance/text.ts')
  const text = JSON.stringify(report, null, 2)
  if (typeof json === 'string') writeFileSync(json, `${text}\n`)
  if (html !== undefined) {
    const { balancePage } = await import('./insight/balance/page.ts')
    writeFileSync(html, balancePage(report, ENGINE.release), { flag: 'wx' })
    note(`${html} is written: open it in any browser.`)
  }
  say(json === true ? text : balanceText(report))
  const best = report.variants.find(({ recommended }) => recommended)
  if (report.target?.reached === false) found()
  if (write === undefined) return
  if (best === undefined) {
    note(`${write} is not written, since no variant is recommended.`)
    return found()
  }
  const place = report.axes.map(({ setting }) => best.settings[setting]!)
  writeFileSync(write, variants.textAt(place), { flag: 'wx' })
  note(
    `${write} is written: ${options.vary.length === 1 ? 'the program with this setting' : 'the program with these settings'}.`,
  )
}

interface VerifyWhat {
  program?: string
  export?: string
  proof?: string
  key?: string
  root?: string
  json?: boolean
}

async function verifyWhat(options: VerifyWhat): Promise<void> {
  const publicKey = options.key === undefined ? null : await pinnedKey(options.key)
  if (options.proof !== undefined) return verifyProof(options.proof, publicKey, options.json === true)
  const pin = { publicKey, statement: options.root?.toLowerCase() ?? null }
  if (options.export !== undefined) return verifyFolder(options.export, pin, options.json === true)
  return verifyLedger(options, pin)
}

async function verifyFolder(dir: string, pin: Pin, asJson: boolean): Promise<void> {
  const { verifyExport } = await import('./engine/verify-export.ts')
  if (!statSync(dir).isDirectory()) throw new UsedWrongly(`${dir} is no folder.`)
  const line = progress('Members')
  const onProgress = (done: number, of: number) => line.show(done, of)
  const result = await verifyExport(dir, { compile: compileRevision, engine: ENGINE, pin, onProgress })
  line.end()
  sayVerified(result, asJson)
}

function compileRevision(source: string, revision: number): Program {
  const { program, problems } = compileProgram(source, features, revision)
  if (program === null) throw new Error(problems[0]!.message)
  return program
}

/** A public key, or a file with one. */
async function pinnedKey(given: string): Promise<string> {
  const { readPublicKey } = await import('./engine/signing.ts')
  const key = readPublicKey(existsSync(given) ? readFileSync(given, 'utf8') : given)
  if (key === null) throw new UsedWrongly(`“${given}” is neither an Ed25519 public key nor a file with one.`)
  return key
}

async function verifyProof(path: string, publicKey: string | null, asJson: boolean): Promise<void> {
  const { checkProof, proofText } = await import('./engine/proof-document.ts')
  const { proof, ...check } = checkProof(readFileSync(path, 'utf8'), publicKey)
  say(asJson ? JSON.stringify(check, null, 2) : proofText(proof, check, publicKey))
  if (check.problems.length > 0) found()
}

async function sealClosedDays({ program }: { program?: string }): Promise<void> {
  const { sealDays } = await import('./engine/roots.ts')
  const { signingKey } = readConfig(process.env)
  await withMeans(async (means) => {
    const lives = program === undefined ? await means.programs.all() : [await findProgram(means, program)]
    const sealing = { database: means.database, stripes: means.recorder.stripes, signingKey }
    for (const live of lives)
      if (live.revisions.length > 0) say(`${live.id}: ${countOf(await sealDays(sealing, live), 'day')} sealed.`)
  })
}

async function checkDrawFile(path: string): Promise<void> {
  const { checkDraw, DrawProof } = await import('./engine/drawing.ts')
  const { success, data } = DrawProof.safeParse(parsedJson(readFileSync(path, 'utf8')))
  if (!success) throw new UsedWrongly(`${path} is not what GET /v1/draws/{id}/proof answers.`)
  const wrong = checkDraw(data)
  for (const what of wrong) say(`${data.draw}: ${what}.`)
  if (wrong.length > 0) return found()
  const { winners, reserves, entries } = data
  const tickets = entries.reduce((sum, [, count]) => sum + count, 0)
  say(
    [
      `${data.draw} holds: ${countOf(tickets, 'ticket')} of ${countOf(entries.length, 'member')}, and the seed that was committed to`,
      `draws these ${countOf(winners.length, 'winner')}${reserves.length === 0 ? '' : ` and ${countOf(reserves.length, 'reserve')}`}:`,
    ].join(' '),
  )
  for (const entry of [...winners, ...reserves]) say(`  ${entry}`)
}

/** Null for what is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function verifyLedger(options: VerifyWhat, pin: Pin): Promise<void> {
  const { verify } = await import('./engine/verify.ts')
  await withMeans(async (means) => {
    if (options.program !== undefined) await findProgram(means, options.program)
    const line = progress('Members')
    const onProgress = (done: number, of: number) => line.show(done, of)
    const { program } = options
    const result = await verify(means.database, means.programs, { program, engine: ENGINE, pin, onProgress })
    line.end()
    sayVerified(result, options.json === true)
  })
}

function sayVerified(result: Verification, asJson: boolean): void {
  if (asJson) say(JSON.stringify(result, null, 2))
  else {
    const { accounts, activities, postings, roots, erased, different, differences } = result
    const checked = [
      countOf(accounts, 'account'),
      countOf(activities, 'activity', 'activities'),
      countOf(postings, 'posting'),
      countOf(roots, 'root'),
    ]
    say(`Checked ${checked.join(', ')}: ${different === 0 ? 'everything agrees' : countOf(different, 'difference')}.`)
    if (erased > 0)
      say(
        `  Of persons who were erased: ${countOf(erased, 'activity', 'activities')}, of which only chain and sums can be held.`,
      )
    for (const { cause, sentence } of differences) say(`  ${cause}: ${sentence}`)
    if (different > differences.length) say(`  … and ${different - differences.length} more.`)
  }
  if (result.different > 0) found()
}

// What commands share

function withFile(command: Command, what: string): Command {
  return command
    .description(`import ${what}; run again, it goes on where it was and changes nothing that is there`)
    .argument('<file>', 'CSV, Parquet or NDJSON')
    .option('--program <id>', 'the program')
    .option('--program-file <file>', 'create the program from this file when it is not there yet')
    .option('--map <field=column...>', 'which column a field is read from', mapping)
    .option('--timezone <zone>', 'the zone of times without an offset; the program’s unless said')
    .option('--dry-run', 'say what was understood, and import nothing')
    .option('--report <file>', 'write every odd row to a CSV file')
    .option('--json', 'print the figures as JSON')
}

/** Runs work on the database: one's own, or the embedded one, which a running server shares. */
async function withMeans(work: (means: Means) => Promise<void>): Promise<void> {
  const { openMeans } = await import('./means.ts')
  const means = await openMeans(readConfig(process.env), await quietLog(), { join: true })
  try {
    await work(means)
  } finally {
    await means.close()
  }
}

/** Errors alone, on standard error, unless the environment asks for more. */
async function quietLog(): Promise<Log> {
  const { createLog } = await import('./engine/log.ts')
  const { logLevel } = readConfig(process.env)
  const level = process.env.LOG_LEVEL ? logLevel : 'error'
  return createLog({ level, readable: process.stderr.isTTY === true, write: (line) => process.stderr.write(line) })
}

type Work = (means: Means, program: import('./engine/programs.ts').LiveProgram) => Promise<number>

/** Runs work on a program of the database; its answer is the exit code. */
async function withProgram(options: { program?: string; programFile?: string }, work: Work): Promise<void> {
  const checked = options.programFile === undefined ? null : checkFile(options.programFile)
  if (options.programFile !== undefined && checked === null) return found()
  const id = options.program ?? checked?.program.id
  if (id === undefined) throw new UsedWrongly('Name the program with --program, or its file with --program-file.')
  if (checked !== null && checked.program.id !== id)
    throw new UsedWrongly(`${options.programFile} is the program ${checked.program.id}, not ${id}.`)
  await withMeans(async (means) => {
    if (checked !== null && (await means.programs.find(id)) === undefined)
      note(await publishFile(means, checked, false))
    process.exitCode = await work(means, await findProgram(means, id))
  })
}

async function findProgram({ programs }: Means, id: string) {
  const program = await programs.find(id)
  if (program !== undefined) return program
  const ids = (await programs.all()).map((one) => one.id)
  const there = ids.length === 0 ? 'There are none yet.' : `There are: ${ids.join(', ')}.`
  const example = existsSync(`examples/${id}.yaml`) ? `examples/${id}.yaml` : 'PROGRAM.yaml'
  throw new UsedWrongly(
    `There is no program ${id}${meant(nearest(id, ids))} ${there} Create it first: regulars publish ${example}`,
  )
}

function meant(suggestion: string | undefined): string {
  return suggestion === undefined ? '.' : ` (did you mean ${suggestion}?).`
}

/** Collects `field=column`, however often it is given. */
function mapping(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new UsedWrongly(`--map takes field=column, which “${text}” is not; name the file before --map.`)
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

/** Collects what is said, however often; what stands apart by blanks, as in `1..3 by 0.5`, is put together again. */
function joined(text: string, before: string[] = []): string[] {
  const last = before.at(-1)
  return text.includes('=') || last === undefined ? [...before, text] : [...before.slice(0, -1), `${last} ${text}`]
}

function countFrom0(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new UsedWrongly(`“${text}” is no number of codes.`)
}

function steps(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 2 && count <= 1_000) return count
  throw new UsedWrongly(`“${text}” is no number of values from 2 to 1000.`)
}

function time(text: string): number {
  const at = parseInstant(text)
  if (at === null)
    throw new UsedWrongly(
      `“${text}” is no time with an offset, such as 2026-05-01T00:00:00Z or 2026-05-01T00:00:00+02:00.`,
    )
  return at
}

/** Collects words, apart or with commas between them. */
function models(text: string, before: ModelOrPast[] = []): ModelOrPast[] {
  return [
    ...new Set([...before, ...text.split(',').map((word) => oneOf(...MODELS_AND_PAST)(word.trim()) as ModelOrPast)]),
  ]
}

/** `0.3` or `30%`. */
function share(text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text.trim())
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (value >= 0 && value <= 1) return value
  throw new UsedWrongly(`“${text}” is no share from 0 to 1, such as 0.3 or 30%.`)
}

/** From which share of the way on members are quicker, and by how much right before the goal. */
function response(text: string): Response {
  const [closeness, speedup, ...more] = text.split(',').map(share)
  if (speedup === undefined || more.length > 0 || closeness! >= 1 || speedup > 0.9)
    throw new UsedWrongly('--response takes two shares, such as 50%,20%: the first below 100%, the second at most 90%.')
  return { closeness: closeness!, speedup }
}

/** Collects shares, of all rewards or of one, however often they are given. */
function rewardCosts(text: string, { all, own }: RewardCosts = ALL_OF_IT): RewardCosts {
  const at = text.indexOf('=')
  if (at < 0) return { all: share(text), own }
  return { all, own: { ...own, [text.slice(0, at)]: share(text.slice(at + 1)) } }
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsedWrongly(`“${text}” is no whole number from 1 to 999,999,999.`)
}

function wholePoints(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsedWrongly(`“${text}” is no whole number of points below 1,000,000,000.`)
}

function oneOf(...choices: string[]) {
  return (text: string) => {
    if (choices.includes(text)) return text
    throw new UsedWrongly(`“${text}” is not one of ${choices.join(', ')}${meant(nearest(text, choices))}`)
  }
}

function found(): void {
  process.exitCode = FOUND
}

/** Whatever goes wrong is told in sentences; where it came from only concerns whoever sets LOG_LEVEL=debug. */
function explain(error: unknown): string {
  const { code, message, path, stack } = error as NodeJS.ErrnoException
  if (process.env.LOG_LEVEL === 'debug' || process.env.LOG_LEVEL === 'trace') return stack ?? String(error)
  if (code === 'ENOENT') return `There is no file or folder ${path}.`
  if (code === 'EEXIST') return `${path} is there already; name another file with --out.`
  if (code === 'EACCES') return `${path} may not be read or written by this user.`
  return message || String(error)
}

// Whoever reads the first lines alone closes the pipe: that is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : USED_WRONGLY))

try {
  await regulars.parseAsync()
} catch (error) {
  // Commander has told its own already; asking for help or the version is none.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USED_WRONGLY
  else {
    note(explain(error))
    process.exitCode = USED_WRONGLY
  }
}
