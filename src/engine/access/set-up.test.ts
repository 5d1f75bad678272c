/** The first start: an owner and their program, by the link that the server prints, once. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { compileProgram } from '../../core/program.ts'
import { accessRoutes } from './routes.ts'
import { newSetUpLink } from './set-up.ts'

const SOURCE = `
program: first
name: First
currency: USD
timezone: America/New_York
wallets:
  points: {}
`

let server: TestServer
let token: string
beforeEach(async () => {
  server = await testServer(
    SOURCE,
    0,
    accessRoutes({ compile: (text, revision) => compileProgram(text, [], revision) }),
  )
  const { db } = server.ledger.database
  await db.query('truncate program, revision, api_key restart identity cascade').catch(() => {})
  await db.query('delete from api_key')
  await db.query('delete from revision')
  await db.query('delete from program')
  token = (await newSetUpLink(db)).split('#')[1]!
})
afterEach(() => server.drop())

const body = (more: object = {}) => ({
  token,
  name: 'Nora Lindqvist',
  email: 'nora@cafe.test',
  password: 'eleven green umbrellas',
  business: 'Café Çiçek & Söhne',
  currency: 'TRY',
  timezone: 'Europe/Istanbul',
  ...more,
})
const setUp = (more: object = {}) => server.call('POST', '/v1/setup', { key: null, body: body(more) })
const isOpen = async () => (await server.call('GET', '/v1/setup', { key: null })).json.open

test('makes an owner, a program that names the business, and a session', async () => {
  expect(await isOpen()).toBe(true)
  const answer = await setUp()
  expect(answer.json).toMatchObject({
    staff: { email: 'nora@cafe.test' },
    role: 'owner',
    program: { id: 'cafe-cicek-sohne', name: 'Café Çiçek & Söhne', mode: 'live', currency: 'TRY', locale: 'tr-TR' },
  })
  expect(answer.status).toBe(201)
  expect(await isOpen()).toBe(false)
  expect((await setUp()).json.code).toBe('set_up_already')
})

test('takes what is wrong back beside its field, and nothing is written', async () => {
  const wrong: [object, string][] = [
    [{ email: 'nora' }, '/email'],
    [{ password: 'short' }, '/password'],
    [{ password: 'cafecicek1' }, '/password'],
    [{ currency: 'XXQ' }, '/currency'],
    [{ timezone: 'Europe/Konstantinopel' }, '/timezone'],
    [{ business: '   ' }, '/business'],
  ]
  for (const [more, pointer] of wrong)
    expect((await setUp(more)).json).toMatchObject({ status: 400, errors: [{ pointer }] })
  expect(await isOpen()).toBe(true)
  expect((await setUp()).status).toBe(201)
})

test('takes nobody who has not seen what the last start printed', async () => {
  const older = token
  token = (await newSetUpLink(server.ledger.database.db)).split('#')[1]!
  expect((await setUp({ token: older })).json.code).toBe('set_up_already')
  expect((await setUp({ token: 'set_guess' })).json.code).toBe('set_up_already')
  expect((await setUp()).status).toBe(201)
})

test('is done once, however often the button is pressed', async () => {
  const answers = await Promise.all([setUp(), setUp({ business: 'Another' })])
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
  const { rows } = await server.ledger.database.db.query('select from staff_role')
  expect(rows).toHaveLength(1)
})
