import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('with nothing set, Regulars serves this machine alone, from a database of its own', () => {
  expect(readConfig({})).toEqual({
    databaseUrl: null,
    databaseConnections: 10,
    port: 4000,
    host: '127.0.0.1',
    logLevel: 'info',
    home: resolve('.regulars'),
    rate: 600,
    proxies: 0,
    fileLimit: 2_000_000_000,
    backtestsAtOnce: 1,
    privateWebhooks: false,
    signingKey: null,
    oidc: null,
  })
})

test('the data stands in the project, also for the compiled files, whose folder people delete', () => {
  const print = 'console.log((await import("./dist/src/engine/config.js")).readConfig({}).home)'
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', print], { encoding: 'utf8' })
  expect(stdout.trim()).toBe(resolve('.regulars'))
})

test('what is set is taken, and what is set to nothing is not', () => {
  const config = readConfig({
    DATABASE_URL: 'postgresql://shop@db/loyalty',
    PORT: '80',
    HOST: '',
    REGULARS_HOME: '/srv/shop',
  })
  expect(config).toMatchObject({
    databaseUrl: 'postgresql://shop@db/loyalty',
    port: 80,
    host: '127.0.0.1',
    home: '/srv/shop',
  })
})

test('every mistake is told at once, without repeating what may be a password', () => {
  const read = () => readConfig({ DATABASE_URL: 'mysql://shop:hunter2@db', PORT: '99999', LOG_LEVEL: 'loud' })
  expect(read).toThrow(`The environment is not as it must be:
  DATABASE_URL must look like postgres://user:password@host:5432/database.
  PORT must be between 0 and 65535.
  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.`)
  expect(read).not.toThrow('hunter2')
  expect(() => readConfig({ PORT: '4e3' })).toThrow('PORT must be a whole number.')
})

test('a provider of accounts is named whole, and with TLS', () => {
  const named = { OIDC_ISSUER: 'https://login.shop.test', OIDC_CLIENT_ID: 'regulars', OIDC_CLIENT_SECRET: 'hunter2' }
  expect(readConfig(named).oidc).toEqual({
    issuer: 'https://login.shop.test',
    clientId: 'regulars',
    clientSecret: 'hunter2',
  })
  expect(() => readConfig({ ...named, OIDC_CLIENT_ID: '' })).toThrow('set all three or none')
  expect(() => readConfig({ ...named, OIDC_ISSUER: 'http://login.shop.test' })).toThrow('OIDC_ISSUER must be an https')
})
