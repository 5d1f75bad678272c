/** Signed roots of days: each closed day once, chained and signed; a member's way to one; and what is changed under them. */

import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, testApi } from '../../test/api.ts'
import { DAY_MS } from '../core/time.ts'
import { checkProof, type MemberProof, type RootAnswer } from './proof-document.ts'
import { sealDays } from './roots.ts'
import { openSigningKey, readPublicKey } from './signing.ts'
import { verify } from './verify.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 2 months } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, pending: 1 days }
`

/** Ten in the morning in New York, whose clocks go forward five days later. */
const BEGIN = Date.parse('2026-03-03T15:00:00Z')
let api: TestApi
beforeAll(async () => {
  api = await testApi(SOURCE, BEGIN)
})
afterAll(() => api.close())

const db = () => api.ledger.database.db
const seal = () => sealDays({ database: db(), stripes: api.services.stripes, signingKey: null }, api.program)
const check = () => verify(db(), api.ledger.programs)

let orders = 0
async function buys(member: string): Promise<void> {
  orders += 1
  const lines = [{ id: '1', sku: 'tea', quantity: 1, unit_price: 3150 }]
  const order = {
    member: `external:${member}`,
    occurred_at: new Date(api.program.clock!).toISOString(),
    currency: 'USD',
  }
  const { status } = await api.call('PUT', `/v1/orders/${orders}`, { ...order, prices: 'tax_excluded', lines })
  expect(status).toBe(200)
}

const rootOf = async (day: string): Promise<RootAnswer> => (await api.call('GET', `/v1/roots/${day}`)).body
const proofOf = async (member: string, query = ''): Promise<MemberProof> =>
  (await api.call('GET', `/v1/members/external:${member}/proof${query}`)).body

describe('a week of a shop', () => {
  beforeAll(async () => {
    for (const external_id of ['ana', 'ben', 'cleo']) await api.call('POST', '/v1/members', { external_id })
    await buys('ana')
  })

  test('a day has no root before it has closed and settled in the program’s zone', async () => {
    expect(await seal()).toBe(0)
    await api.setClock(Date.parse('2026-03-04T05:09:59Z'))
    expect(await seal()).toBe(0)
    expect((await api.call('GET', '/v1/roots/2026-03-03')).body).toMatchObject({ code: 'not_found' })
    expect((await api.call('GET', '/v1/members/external:ana/proof')).body).toMatchObject({ code: 'not_found' })
  })

  test('then it has one, however often and by however many it is asked for', async () => {
    await buys('ben')
    await api.setClock(Date.parse('2026-03-04T05:10:00Z'))
    const made = await Promise.all([seal(), seal(), seal()])
    expect(made.reduce((sum, one) => sum + one)).toBe(1)
    expect(await rootOf('2026-03-03')).toMatchObject({ accounts: 3, previous: '0'.repeat(64) })
  })

  test('a root covers what was recorded before the end of its day, and only heads that are new', async () => {
    // ben bought ten minutes after midnight: that is the fourth of March, when nobody else did anything.
    const proof = await proofOf('ben')
    expect(proof.activities).toHaveLength(1)
    await api.setClock(BEGIN + 6 * DAY_MS)
    expect(await seal()).toBe(5)
    const { body } = await api.call('GET', '/v1/roots?limit=4')
    expect(body.data.map(({ day, accounts }: RootAnswer) => [day, accounts])).toEqual([
      ['2026-03-08', 0],
      ['2026-03-07', 0],
      ['2026-03-06', 0],
      ['2026-03-05', 0],
    ])
    const rest = await api.call('GET', `/v1/roots?cursor=${body.next_cursor}`)
    expect(rest.body.data.map(({ day, accounts }: RootAnswer) => [day, accounts])).toEqual([
      ['2026-03-04', 1],
      ['2026-03-03', 3],
    ])
    expect(body.data[0].previous).toBe(body.data[1].statement_hash)
    expect(rest.body.data[0].previous).toBe(rest.body.data[1].statement_hash)
  })

  test('what is written late is under the next root that is made', async () => {
    // Points became available on the fourth; nobody looked until now.
    const { recorder, program } = api.ledger
    const ref = { by: 'external', value: 'ana' } as const
    await recorder.record([
      { ...api.ledger.incoming('visit', {}), type: 'wake', body: {}, ref, occurredMs: program.clock! },
    ])
    await api.setClock(BEGIN + 7 * DAY_MS)
    expect(await seal()).toBe(1)
    expect(await rootOf('2026-03-09')).toMatchObject({ accounts: 1 })
    const proof = await proofOf('ana', '?day=2026-03-09')
    expect(proof.activities).toHaveLength(3)
    expect(JSON.parse(proof.activities[2]!.sealed)[3]).toBeLessThan(Date.parse('2026-03-05T05:00:00Z'))
  })

  test('the ledger agrees with its roots', async () => {
    expect(await check()).toMatchObject({ different: 0, roots: 7 })
  })

  test('a member’s proof holds without us, as of any root', async () => {
    const key = (await rootOf('2026-03-03')).public_key
    for (const [member, query, count] of [
      ['ana', '', 3],
      ['ana', '?day=2026-03-08', 2],
      ['cleo', '', 1],
      ['ben', '?at=2026-03-04T12:00:00Z', 1],
    ] as const) {
      const proof = await proofOf(member, query)
      expect(proof.activities, member + query).toHaveLength(count)
      expect(checkProof(JSON.stringify(proof), key)).toMatchObject({ problems: [], activities: count, hidden: 0 })
    }
    const { balances } = checkProof(JSON.stringify(await proofOf('ana')), key)
    expect(balances).toEqual({ points: { available: 31, pending: 0 } })
  })

  test('who may not see what was sent sees its hash, and can check all the same', async () => {
    const call = await api.as('cashier')
    const { body } = await call('GET', '/v1/members/external:ana/proof')
    expect(body.activities.map(({ body, salt }: { body: null; salt: null }) => [body, salt])).toEqual(
      Array(3).fill([null, null]),
    )
    expect(checkProof(JSON.stringify(body), null)).toMatchObject({ problems: [], hidden: 3 })
    expect((await (await api.as('partner'))('GET', '/v1/members/external:ana/proof')).status).toBe(403)
  })

  test('of an erased activity the proof shows the hash of what was sent', async () => {
    await db().query(`create table kept_activity as select * from activity`)
    await db().query(
      `update activity set body_hash = sha256(salt || convert_to(body, 'UTF8')), body = null, salt = null where type = 'join'`,
    )
    const proof = await proofOf('ana')
    expect(await check()).toMatchObject({ different: 0, erased: 3 })
    await db().query('truncate activity; insert into activity select * from kept_activity; drop table kept_activity')
    expect(checkProof(JSON.stringify(proof), null)).toMatchObject({ problems: [], hidden: 1 })
  })

  test('whatever is changed in a proof is found', async () => {
    const proof = await proofOf('ana', '?day=2026-03-03')
    const changed = (change: (copy: MemberProof) => void) => {
      const copy = structuredClone(proof)
      change(copy)
      return checkProof(JSON.stringify(copy), proof.root.public_key).problems
    }
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    expect(changed(() => {})).toEqual([])
    expect(
      changed((copy) => (copy.activities[1]!.body = copy.activities[1]!.body!.replace('3150', '9150')))[0],
    ).toMatch(/^Activity 2 \(act_\w+\): salt and body do not come to body_hash\.$/)
    expect(changed((copy) => (copy.activities[1]!.salt = '00'.repeat(16)))[0]).toMatch(/^Activity 2 .* body_hash/)
    expect(
      changed((copy) => (copy.activities[1]!.sealed = copy.activities[1]!.sealed.replace('31,', '91,')))[0],
    ).toMatch(/^Activity 2 .* do not come to its hash\.$/)
    expect(changed((copy) => copy.activities.splice(0, 1))[0]).toMatch(/^Activity 1 /)
    expect(changed((copy) => copy.activities.splice(1, 1))).toEqual([
      'The end of the chain does not climb by its path to the root of 2026-03-03.',
    ])
    expect(changed((copy) => copy.leaf.path.pop())[0]).toMatch(/does not climb/)
    expect(changed((copy) => (copy.member = 'mem_1'))[0]).toMatch(/does not climb/)
    expect(changed((copy) => (copy.root.accounts = 4))).toContain(
      'The statement that is signed says something else than the root.',
    )
    expect(
      changed((copy) => (copy.root.signature = copy.root.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))))[0],
    ).toMatch(/^The signature of the root of 2026-03-03 is not/)
    expect(checkProof(JSON.stringify(proof), other).problems).toEqual([
      'The root of 2026-03-03 is signed by another key than the one given.',
    ])
    expect(checkProof('{', null).problems[0]).toMatch(/^The file is not JSON/)
    expect(checkProof('{"format":1}', null).problems.join(' ')).toContain('/format')
  })

  const ANA = `(select account from profile where external_id = 'ana')`
  const tampered: [string, string, string, string, RegExp][] = [
    [
      'a root',
      'daily_root',
      'update daily_root set root = sha256(root) where accounts = 1 and day = (select min(day) + 1 from daily_root)',
      'signature',
      /^the signature of the root of 2026-03-04 is not that of its key: the root or the signature was changed$/,
    ],
    [
      'a signature',
      'daily_root',
      `update daily_root set signature = set_byte(signature, 3, 255 - get_byte(signature, 3)) where day = (select min(day) from daily_root)`,
      'signature',
      /^the signature of the root of 2026-03-03 is not/,
    ],
    [
      'a root deleted',
      'daily_root',
      'delete from daily_root where day = (select min(day) + 2 from daily_root)',
      'root',
      /^the root of 2026-03-05 is missing: that of 2026-03-06 comes next$/,
    ],
    [
      'the first root deleted',
      'daily_root',
      'delete from daily_root where day = (select min(day) from daily_root)',
      'root',
      /^the root of 2026-03-03 is missing, though heads under it are there$/,
    ],
    [
      'a head under a root',
      'sealed_head',
      `update sealed_head set head = sha256(head) where account = ${ANA} and day = (select min(day) from sealed_head)`,
      'root',
      /^Member ana \(mem_\w+\): activity 2, the order .*: the root of 2026-03-03 covers another hash of activity 2/,
    ],
    [
      'a head under a root deleted',
      'sealed_head',
      `delete from sealed_head where account = ${ANA}`,
      'root',
      /^the heads under the root of 2026-03-03 do not come to it: 2 are there, it covers 3$/,
    ],
  ]
  test.each(tampered)('%s that was tampered with is found and named', async (_, table, change, cause, sentence) => {
    await db().query(`create table kept as select * from ${table}`)
    // Whoever tampers switches the guards off first.
    await db().query(`set session_replication_role = replica; ${change}; set session_replication_role = origin`)
    const { differences } = await check()
    await db().query(
      `set session_replication_role = replica; truncate ${table} cascade; insert into ${table} select * from kept; drop table kept; set session_replication_role = origin`,
    )
    expect(differences[0], JSON.stringify(differences)).toMatchObject({
      cause,
      sentence: expect.stringMatching(sentence),
    })
    await db().query('select 1')
  })

  test('a history that was rewritten with all its hashes is found by the root, and the member named', async () => {
    // The forger deletes ben's order and makes the rest fit: account, chain and tables agree with each other.
    const ben = `(select account from profile where external_id = 'ben')`
    for (const table of ['activity', 'posting', 'account', 'directory', 'due'])
      await db().query(`create table kept_${table} as select * from ${table}`)
    await db().query(`
      delete from posting where account = ${ben};
      delete from directory where activity in (select id from activity where account = ${ben} and type = 'order');
      delete from activity where account = ${ben} and type <> 'join';
      delete from due where account = ${ben};
      update account a set seq = 1, last = f.id, head = f.hash, state = c.state
      from activity f, account c
      where a.id = ${ben} and f.account = a.id and c.id = (select account from profile where external_id = 'cleo')`)
    const { differences } = await check()
    for (const table of ['activity', 'posting', 'account', 'directory', 'due'])
      await db().query(`truncate ${table}; insert into ${table} select * from kept_${table}; drop table kept_${table}`)
    expect(differences.map(({ cause }) => cause)).toEqual(['root'])
    expect(differences[0]!.sentence).toMatch(
      /^Member ben \(mem_\w+\): the root of 2026-03-04 covers another hash of activity 2: its history was rewritten after that day$/,
    )
    expect(await check()).toMatchObject({ different: 0 })
  })

  test('a day that was sealed anew, with everything after it, is found by a root that somebody kept', async () => {
    const kept = await rootOf('2026-03-05')
    const pin = { statement: kept.statement_hash }
    expect(await verify(db(), api.ledger.programs, { pin })).toMatchObject({ different: 0 })
    const tables = ['root_part', 'daily_root', 'sealed_head']
    for (const table of tables) await db().query(`create table kept_${table} as select * from ${table}`)
    const forge = (change: string) =>
      db().query(`set session_replication_role = replica; ${change}; set session_replication_role = origin`)
    await forge('truncate root_part, daily_root, sealed_head')
    expect(await seal()).toBe(7)
    expect(await check()).toMatchObject({ different: 0 })
    const { differences } = await verify(db(), api.ledger.programs, { pin })
    const restore = tables.map((table) => `insert into ${table} select * from kept_${table}; drop table kept_${table};`)
    await forge(`truncate root_part, daily_root, sealed_head; ${restore.join(' ')}`)
    expect(differences.map(({ cause }) => cause)).toEqual(['root'])
    expect(differences[0]!.sentence).toMatch(
      /^no root has the statement of which a hash was given: that day was sealed anew/,
    )
  })

  test('rows of roots cannot be changed by mistake', async () => {
    await expect(db().query('update daily_root set accounts = accounts')).rejects.toThrow(
      'what was sealed is never changed: UPDATE of daily_root',
    )
    await expect(db().query('delete from root_part')).rejects.toThrow('what was sealed is never changed')
  })

  test('whoever is killed in the middle leaves nothing, and the next one makes the day whole', async () => {
    await buys('cleo')
    await api.setClock(api.program.clock! + DAY_MS)
    const killed = {
      ...db(),
      transaction: (work: Parameters<ReturnType<typeof db>['transaction']>[0]) =>
        db().transaction((queries) =>
          work({
            query: (statement, values) =>
              String(statement).includes('insert into daily_root')
                ? Promise.reject(new Error('killed'))
                : queries.query(statement as string, values),
          }),
        ),
    }
    const sealing = { database: killed as never, stripes: api.services.stripes, signingKey: null }
    await expect(sealDays(sealing, api.program)).rejects.toThrow('killed')
    expect(await check()).toMatchObject({ different: 0, roots: 7 })
    expect(await seal()).toBe(1)
    expect(await check()).toMatchObject({ different: 0, roots: 8 })
  })

  test('a signing key of one’s own signs from then on, and a wrong one is refused without being told', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    await api.setClock(api.program.clock! + DAY_MS)
    await sealDays(
      { database: db(), stripes: api.services.stripes, signingKey: pem.replaceAll('\n', '\\n') },
      api.program,
    )
    const [latest] = (await api.call('GET', '/v1/roots?limit=1')).body.data
    expect(latest.public_key).toBe(readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }) as string))
    expect(await check()).toMatchObject({ different: 0 })
    const pinned = await verify(db(), api.ledger.programs, { pin: { publicKey: latest.public_key } })
    expect(pinned.differences[0]!.sentence).toBe('the root of 2026-03-03 names another key than the one given')
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string
    await expect(openSigningKey(db(), rsa)).rejects.toThrow(
      'SIGNING_KEY is of the kind rsa; roots are signed with Ed25519.',
    )
    await expect(openSigningKey(db(), '-----BEGIN secret')).rejects.toThrow(
      /^SIGNING_KEY holds no private key in PEM; make one with/,
    )
    await expect(openSigningKey(db(), '/nowhere')).rejects.toThrow(
      'The file /nowhere that SIGNING_KEY names is not there',
    )
  })
})
