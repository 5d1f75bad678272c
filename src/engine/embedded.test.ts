import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { folderForDatabase } from '../../test/folder.ts'
import { openDatabase } from './db.ts'
import { AlreadyRunning, type EmbeddedServer, startEmbedded } from './embedded.ts'
import { createLog } from './log.ts'

const lines: string[] = []
const log = createLog({ level: 'info', readable: true, write: (line) => lines.push(line) })

/** A project whose server was started and stopped once: making an empty database takes longer than most tests of it. */
let started: string
let project: string
let folder: string
let server: EmbeddedServer | undefined
beforeAll(async () => {
  started = folderForDatabase()
  await (await startEmbedded(join(started, '.regulars'), { log, settings })).stop()
})
afterAll(() => rmSync(started, { recursive: true, force: true }))
beforeEach(() => {
  lines.length = 0
  project = folderForDatabase()
  folder = join(project, '.regulars')
  // With their owners, and with the links among them.
  expect(spawnSync('cp', ['-a', join(started, '.regulars'), folder]).status).toBe(0)
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  rmSync(project, { recursive: true, force: true })
})

const settings = { shared_buffers: '32MB' }

async function start(): Promise<EmbeddedServer> {
  server = await startEmbedded(folder, { log, settings })
  return server
}

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const database = await openDatabase(url, { max: 1 })
  try {
    return (await database.query(text)).rows
  } finally {
    await database.close()
  }
}

const pidFile = () => join(folder, 'postgres', 'postmaster.pid')
const postmasterPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0])

describe('a server of our own', () => {
  test('keeps what it was told over a stop and a start, at the same address', async () => {
    const first = await start()
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    const second = await start()
    expect(second.url).toBe(first.url)
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  test('is durable, reached by password from this machine only, and orders text alike everywhere', async () => {
    const { url } = await start()
    const [settings] = await ask(
      url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
              'Zebra' < 'apple' as by_code_point, lower('ÄÖ') as lower,
              (select count(*)::int from pg_hba_file_rules where auth_method <> 'scram-sha-256') as open_ways`,
    )
    expect(settings).toEqual({
      fsync: 'on',
      commit: 'on',
      listens: '127.0.0.1',
      sockets: '',
      by_code_point: true,
      lower: 'äö',
      open_ways: 0,
    })
    expect(statSync(join(folder, 'postgres.password')).mode & 0o777).toBe(0o600)
    const wrong = new URL(url)
    wrong.password = 'guessed'
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow('refuses the password')
  })

  test('a second start says that Regulars runs here already, and where', async () => {
    const first = await start()
    await expect(startEmbedded(folder, { log })).rejects.toThrow(
      `Regulars already runs here (process ${process.pid}, database at 127.0.0.1:${new URL(first.url).port}).`,
    )
    first.announce('http://127.0.0.1:4000')
    const again = startEmbedded(folder, { log })
    await expect(again).rejects.toThrow(`Regulars already runs here (process ${process.pid}, http://127.0.0.1:4000).`)
    await expect(again).rejects.toBeInstanceOf(AlreadyRunning)
  })

  test('a command may join the server that runs, and leaves it running', async () => {
    const first = await start()
    const guest = await startEmbedded(folder, { log, join: true })
    expect(guest).toMatchObject({ reused: true, url: first.url })
    await guest.stop()
    expect(await ask(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('moves to another port when its own was taken meanwhile', async () => {
    const first = await start()
    const port = Number(new URL(first.url).port)
    await first.stop()
    const squatter = await listen(port)
    const second = await start()
    expect(new URL(second.url).port).not.toBe(String(port))
    expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    squatter.close()
  })
})

describe('after a crash', () => {
  test('the server that a killed process left behind is closed, and what it kept is there', async () => {
    const child = await startInChild()
    const orphan = postmasterPid()
    child.kill('SIGKILL')
    await once(child, 'exit')
    process.kill(orphan, 0)

    const next = await start()
    expect(lines.join('')).toContain('The last start was ended without closing its database; closing it first.')
    expect(postmasterPid()).not.toBe(orphan)
    expect(await ask(next.url, 'select from kept')).toHaveLength(1)
  })

  test('a server that is killed is started again, with all that was committed', async () => {
    const { url } = await start()
    await ask(url, 'create table kept as select 1 as one')
    const killed = postmasterPid()
    process.kill(killed, 'SIGKILL')
    while (!lines.join('').includes('ended unexpectedly; starting it again')) await sleep(5)
    let answer: unknown[] = []
    while (answer.length === 0) answer = await ask(url, 'select one from kept').catch(() => [])
    expect(answer).toEqual([{ one: 1 }])
    expect(postmasterPid()).not.toBe(killed)
  })

  test('and so is one that is killed again while it starts', async () => {
    const { url } = await start()
    await ask(url, 'create table kept as select 1 as one')
    const killed = postmasterPid()
    process.kill(killed, 'SIGKILL')
    // The next one takes the old file away, and writes its number before it can be asked anything.
    let next = killed
    while (next === killed || next === 0) {
      await sleep(1)
      next = existsSync(pidFile()) ? postmasterPid() : 0
    }
    process.kill(next, 'SIGKILL')
    let answer: unknown[] = []
    while (answer.length === 0) answer = await ask(url, 'select one from kept').catch(() => [])
    expect(answer).toEqual([{ one: 1 }])
  })

  test('a pid file is harmless whether its number is nobody or somebody else', async () => {
    const file = pidFile()
    for (const pid of [4_194_000, process.ppid]) {
      writeFileSync(file, `${pid}\n${join(folder, 'postgres')}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n`)
      const { url, stop } = await start()
      expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
      await stop()
      expect(existsSync(file)).toBe(false)
    }
  })

  test('a first start that was cut short is begun again', async () => {
    rmSync(join(folder, 'postgres', 'PG_VERSION'))
    // What stands under the name of something new was never finished.
    renameSync(join(folder, 'postgres'), join(folder, 'postgres.new'))
    const { url } = await start()
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('a lost password is named, with what to do', async () => {
    rmSync(join(folder, 'postgres.password'))
    await expect(start()).rejects.toThrow('The password of the database in')
    await expect(start()).rejects.toThrow('Put the file back, or move the folder away')
  })
})

/** A process of its own that starts the server, writes a table and waits to be killed. */
async function startInChild(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, '../../test/start-embedded.mjs'), [folder], { stdio: 'inherit' })
  await once(child, 'message')
  return child
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const taken = createServer()
    taken.listen(port, '127.0.0.1', () => resolve(taken))
  })
}
