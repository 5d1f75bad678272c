/**
 * Makes a clone ready to run: dependencies installed, sources compiled. It is plain JavaScript without dependencies,
 * since it runs before anything is installed, and it speaks on standard error, so that `--json` output stays pure.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const OLDEST_NODE = [20, 19]

/** Sources and settings that the compiled files depend on. */
const SOURCES = [
  'src',
  'bench',
  'examples',
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
  'package-lock.json',
]
const SOURCE_NAME = /\.(ts|tsx|json|css|html|svg|webmanifest)$/
const STAMP = join(project, 'dist', '.stamp')

/** Only a clone has sources to compile; the published package brings its compiled files. */
export const isClone = existsSync(join(project, 'tsconfig.build.json'))

/** Installs and compiles what is missing; when nothing is, it only looks, which takes a few milliseconds. */
export function makeReady() {
  checkNode()
  if (!isClone || isReady()) return
  const release = takeTurn()
  try {
    // Somebody else may have done the work while this process waited for its turn.
    if (!isInstalled()) install()
    if (!isBuilt()) build()
  } finally {
    release()
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isOldEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  if (isOldEnough) return
  stop(`Regulars needs Node ${OLDEST_NODE.join('.')} or newer, and this is Node ${process.versions.node}.`)
}

function isReady() {
  return isInstalled() && isBuilt()
}

/**
 * npm writes `node_modules/.package-lock.json` last, so an installation that was cut short has none. When the project's
 * lock file is the newer one, their contents decide: a checkout touches files without changing what they say.
 */
function isInstalled() {
  const wanted = join(project, 'package-lock.json')
  const installed = join(project, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  if (statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return true

  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  return Object.entries(JSON.parse(readFileSync(wanted, 'utf8')).packages).every(([path, entry]) => {
    // The empty path is the project itself; an optional package may be meant for another kind of machine.
    if (path === '' || (entry.optional && !present[path])) return true
    return present[path]?.version === entry.version
  })
}

function install() {
  say('Installing dependencies (npm ci); this happens once.')
  // Compiling and testing need the development dependencies, whatever NODE_ENV says.
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  run([...npm, ...flags], 'npm ci')
}

function isBuilt() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint()
}

function build() {
  say('Compiling the sources.')
  // Taken before the compiler reads: what changes meanwhile is compiled the next time.
  const before = fingerprint()
  run([process.execPath, join(project, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], 'tsc')
  run(
    [process.execPath, join(project, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    'vite',
  )
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, before)
}

/** Names, sizes and times of all sources: it also sees a file that was deleted or put back with an older time. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const source of SOURCES) describe(join(project, source), hash)
  return hash.digest('hex')
}

function describe(path, hash) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (found.isDirectory()) {
    for (const name of readdirSync(path).sort()) describe(join(path, name), hash)
  } else if (SOURCE_NAME.test(path)) {
    hash.update(`${path.slice(project.length)}\0${found.size}\0${found.mtimeMs}\n`)
  }
}

/**
 * Two that start at once take turns: the folder `dist/.turn` can be made by one of them only. Whoever finds a turn whose
 * process has ended takes it over.
 */
function takeTurn() {
  const turn = join(project, 'dist', '.turn')
  const owner = join(turn, 'pid')
  mkdirSync(dirname(turn), { recursive: true })
  let waited = false
  while (!tryTurn(turn)) {
    if (!waited) say('Another process is preparing this clone; waiting for it.')
    waited = true
    if (hasEnded(turn, owner)) rmSync(turn, { recursive: true, force: true })
    else sleep(100)
  }
  writeFileSync(owner, String(process.pid))
  return () => rmSync(turn, { recursive: true, force: true })
}

function tryTurn(turn) {
  try {
    mkdirSync(turn)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function hasEnded(turn, owner) {
  const made = statSync(turn, { throwIfNoEntry: false })
  if (!made) return false
  // The owner writes its number right after making the folder; a folder without one after a while was left behind.
  if (!existsSync(owner)) return Date.now() - made.mtimeMs > 2000
  const pid = Number(readFileSync(owner, 'utf8'))
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function run([command, ...flags], name) {
  // The programs that npm finds through `node` must be the node that runs this.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`
  const result = spawnSync(command, flags, {
    cwd: project,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 2, 2],
  })
  if (result.error) stop(`${name} could not be started: ${result.error.message}`)
  if (result.status !== 0) stop(`${name} failed; its messages stand above.`)
}

function sleep(duration_ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration_ms)
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}

/** An exit code of 2 says that something around Regulars is not as it must be. */
class NotReady extends Error {}

function stop(sentence) {
  throw new NotReady(sentence)
}

/** Runs `makeReady` for a door: what is not ready is told in a sentence, without a stack trace. */
export function makeReadyOrExit() {
  try {
    makeReady()
  } catch (error) {
    if (!(error instanceof NotReady)) throw error
    say(error.message)
    process.exit(2)
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) makeReadyOrExit()
