/** The first start: a link that makes the first owner and their program, for whoever sees what the server prints. */

import type { Compiled } from '../../core/program.ts'
import { type FieldError, Refusal, refuse } from '../../core/refusal.ts'
import type { Database, Queries } from '../db.ts'
import { normalEmail } from '../directory.ts'
import type { Programs } from '../programs.ts'
import { publish } from '../publish.ts'
import { hashOf, newSecret } from '../secrets.ts'
import { hashPassword, passwordProblem } from './passwords.ts'
import { addPerson, findPerson, giveRole, hasStaff, type Person } from './people.ts'

const SETTING = 'set_up'

export interface SetUp {
  token: string
  name: string
  email: string
  password: string
  business: string
  currency: string
  timezone: string
}

/** Whether nobody can sign in and nothing is there yet. */
export async function isUntouched(queries: Queries): Promise<boolean> {
  const { rowCount } = await queries.query('select from program limit 1')
  return rowCount === 0 && !(await hasStaff(queries))
}

/** The link below the server's address; the one of an earlier start is void. */
export async function newSetUpLink(queries: Queries): Promise<string> {
  const secret = newSecret('set')
  await queries.query(
    `insert into setting (name, value) values ('${SETTING}', $1) on conflict (name) do update set value = excluded.value`,
    [hashOf(secret).toString('hex')],
  )
  return `/console/set-up#${secret}`
}

const OVER = 'This is set up already, or the link is not the one that the last start printed.'

export async function setUp(
  database: Database,
  programs: Programs,
  compile: (text: string, revision: number) => Compiled,
  given: SetUp,
): Promise<Person | Refusal> {
  const { token, name, password, business } = given
  if (!(await isToken(database, token)) || !(await isUntouched(database)))
    return refuse('set_up_already', OVER, '/token')
  const email = normalEmail(given.email)
  if (email === null) return refuse('invalid', 'This can be no e-mail address.', '/email')
  const problem = passwordProblem(password, [email, name, business])
  if (problem !== null) return refuse('invalid', problem, '/password')
  const source = firstProgram(given)
  const { program, problems } = compile(source, 1)
  if (program === null) return notTaken(problems.map(({ pointer, message }) => ({ pointer, message })))
  const hashed = await hashPassword(password)
  // Of two who press the button at once, one has the token.
  const { rowCount } = await database.query(`delete from setting where name = '${SETTING}' and value = $1`, [
    hashOf(token).toString('hex'),
  ])
  if (rowCount !== 1) return refuse('set_up_already', OVER, '/token')
  const published = await publish(database, programs, source, program, { mode: 'live', by: email })
  if (published instanceof Refusal) return published
  return database.transaction(async (queries) => {
    const id = await addPerson(queries, { email, name, password: hashed })
    await giveRole(queries, id, published.program.number, 'owner')
    return (await findPerson(queries, 'id', id))!
  })
}

async function isToken(queries: Queries, token: string): Promise<boolean> {
  const sql = `select from setting where name = '${SETTING}' and value = $1`
  return (await queries.query(sql, [hashOf(token).toString('hex')])).rowCount === 1
}

/** A program that only says whose it is: the templates and the editor make something of it. JSON is YAML, too. */
function firstProgram({ business, currency, timezone }: SetUp): string {
  return `# The first revision: it names the business, and gives nothing yet.
program: ${programId(business)}
name: ${JSON.stringify(business)}
currency: ${currency}
timezone: ${JSON.stringify(timezone)}
wallets:
  points: {}
`
}

/** `cafe-cicek` for Café Çiçek. */
function programId(business: string): string {
  const plain = business.replaceAll('ı', 'i').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const id = plain.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '')
  return id.slice(0, 40).replace(/-+$/, '') || 'program'
}

/** What the program file says of them stands beside the fields of the form. */
function notTaken(problems: readonly { pointer: string; message: string }[]): Refusal {
  const errors = problems.map(({ pointer, message }): FieldError => {
    const field = pointer === '/name' || pointer === '/program' ? '/business' : pointer
    return { pointer: field, code: 'invalid', message }
  })
  return new Refusal('invalid', errors[0]!.message, errors)
}
