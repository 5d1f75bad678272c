/** Writes the generated files: the HTTP interface, its client's calls, the form of program files and of reports, the tables. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const built = (path) => import(join(project, 'dist', 'src', path))
const write = (name, text) => writeFileSync(join(project, 'docs', name), text)

const { openapi } = await built('engine/http/openapi.js')
const { clientCode } = await built('engine/http/client-code.js')
const { routes } = await built('server.js')
const { programJsonSchema } = await built('core/program.js')
const { backtestJsonSchema } = await built('insight/backtest/report.js')
const { balanceJsonSchema } = await built('insight/balance/report.js')
const { features } = await built('features/index.js')

const sql = join(project, 'src', 'engine', 'sql')
const steps = readdirSync(sql).sort()

const document = openapi(routes)
write('openapi.json', `${JSON.stringify(document, null, 2)}\n`)
writeFileSync(join(project, 'src', 'client', 'calls.ts'), clientCode(document))
write('program.schema.json', `${JSON.stringify(programJsonSchema(features), null, 2)}\n`)
write('backtest.schema.json', `${JSON.stringify(backtestJsonSchema(), null, 2)}\n`)
write('balance.schema.json', `${JSON.stringify(balanceJsonSchema(), null, 2)}\n`)
write('schema.sql', steps.map((step) => `-- ${step}\n\n${readFileSync(join(sql, step), 'utf8')}`).join('\n'))
