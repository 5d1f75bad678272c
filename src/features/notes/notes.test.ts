/** Notes about members: who wrote what, who may delete it, and that they go with the person. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets: { points: {} }
`
const NOW = Date.parse('2026-05-01T13:00:00Z')

let api: TestApi
let sue: TestApi['call']
let omar: TestApi['call']
beforeAll(async () => {
  api = await testApi(PROGRAM, NOW)
  sue = await api.as('support', { actor: 'Sue' })
  omar = await api.as('support', { actor: 'Omar' })
})
afterAll(() => api.close())

let count = 0
let member: Json
beforeEach(async () => {
  member = (await api.call('POST', '/v1/members', { external_id: `ada-${++count}` })).body
})

const write = (text: string, call = sue, headers = {}) =>
  call('POST', `/v1/members/${member.id}/notes`, { text }, headers)
const notes = async (of = member.id) => (await sue('GET', `/v1/members/${of}/notes`)).body.data

test('a note says who wrote it and when, the latest first, page by page', async () => {
  const first = await write('Lost her card\nand found it again')
  expect(first).toMatchObject({
    status: 201,
    body: {
      member: member.id,
      text: 'Lost her card\nand found it again',
      written_by: 'Sue',
      written_at: '2026-05-01T13:00:00Z',
    },
  })
  await api.setClock(NOW + 1000)
  const second = await write('Called back', omar)
  expect(await notes()).toEqual([second.body, first.body])
  const page = await sue('GET', `/v1/members/${member.id}/notes?limit=1`)
  expect(page.body).toMatchObject({ data: [second.body], has_more: true })
  const next = await sue('GET', `/v1/members/${member.id}/notes?limit=1&cursor=${page.body.next_cursor}`)
  expect(next.body).toEqual({ data: [first.body], has_more: false, next_cursor: null })
  await api.setClock(NOW)
})

test('a double click writes it once', async () => {
  const key = { 'idempotency-key': `note-${count}` }
  const [one, two] = await Promise.all([write('Once', sue, key), write('Once', sue, key)])
  expect(one.body).toEqual(two.body)
  expect(await notes()).toHaveLength(1)
})

test('an empty note, a very long one, and one about nobody are refused', async () => {
  expect(await write('  ')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/text' }] } })
  expect(await write('x'.repeat(2_001))).toMatchObject({ status: 400, body: { errors: [{ pointer: '/text' }] } })
  expect(await sue('POST', '/v1/members/mem_zz/notes', { text: 'Who?' })).toMatchObject({ status: 404 })
})

test('one deletes one’s own; an owner deletes any', async () => {
  const { body: note } = await write('Mine')
  const path = `/v1/members/${member.id}/notes/${note.id}`
  expect(await omar('DELETE', path)).toMatchObject({ status: 403 })
  expect(await sue('DELETE', path)).toMatchObject({ status: 200, body: note })
  expect(await sue('DELETE', path)).toMatchObject({ status: 404 })
  const { body: other } = await write('Hers')
  expect(await api.call('DELETE', `/v1/members/${member.id}/notes/${other.id}`)).toMatchObject({ status: 200 })
  expect(await notes()).toEqual([])
})

test('whose note was deleted, and by whom, stands in the audit log; what it said does not', async () => {
  const { body: note } = await write('A secret')
  await api.call('DELETE', `/v1/members/${member.id}/notes/${note.id}`)
  const { rows } = await api.ledger.database.db.query(`select * from audit where about = $1`, [member.id])
  expect(rows).toMatchObject([{ action: 'deleteNote', actor: 'test' }])
  expect(JSON.stringify(rows)).toContain('Sue')
  expect(JSON.stringify(rows)).not.toContain('secret')
})

test('cashiers neither read nor write them', async () => {
  const cashier = await api.as('cashier')
  expect(await cashier('GET', `/v1/members/${member.id}/notes`)).toMatchObject({ status: 403 })
  expect(await write('Hm', cashier)).toMatchObject({ status: 403 })
})

test('notes about a member who is merged are found at the one who is left, and can be deleted there', async () => {
  const { body: note } = await write('Before')
  const { body: winner } = await api.call('POST', '/v1/members', { external_id: `winner-${count}` })
  await api.call('POST', `/v1/members/${member.id}/merge`, { into: winner.id })
  const { body: later } = await write('Later')
  expect(later.member).toBe(winner.id)
  expect((await notes(winner.id)).map(({ id }: Json) => id).sort()).toEqual([note.id, later.id].sort())
  expect(await sue('DELETE', `/v1/members/${winner.id}/notes/${note.id}`)).toMatchObject({ status: 200 })
})

test('"A member’s data could not be exported": notes are part of it', async () => {
  const { body: note } = await write('Prefers oat milk')
  expect((await api.call('GET', `/v1/members/${member.id}/export`)).body.notes).toEqual([note])
})

test('whoever is erased leaves no note behind, and gets none any more', async () => {
  await write('Very private')
  const { body: winner } = await api.call('POST', '/v1/members', { external_id: `winner-${count}` })
  await api.call('POST', `/v1/members/${member.id}/merge`, { into: winner.id })
  await write('Also private')
  await api.call('POST', `/v1/members/${winner.id}/erase`, { reason: 'Asked for it' })
  const { rows } = await api.ledger.database.db.query(`select from note where text like '%private%'`)
  expect(rows).toHaveLength(0)
  expect(await write('Again')).toMatchObject({ status: 422, body: { code: 'account_erased' } })
})

test('a note that is written while the person is erased is erased, or refused', async () => {
  const writes = Array.from({ length: 12 }, (_, i) => write(`Racing ${i}`))
  const erased = api.call('POST', `/v1/members/${member.id}/erase`, { reason: 'Asked for it' })
  const answers = await Promise.all([...writes, ...Array.from({ length: 12 }, (_, i) => write(`Racing late ${i}`))])
  expect((await erased).status).toBe(200)
  for (const { status } of answers) expect([201, 422]).toContain(status)
  const { rows } = await api.ledger.database.db.query(`select from note where text like 'Racing%'`)
  expect(rows).toHaveLength(0)
})
