/** Writes the generated files of docs/: the HTTP interface, the form of program files, the tables. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const built = (path) => import(join(project, 'dist', 'src', path))
const write = (name, text) => writeFileSync(join(project, 'docs', name), text)

const { openapi } = await built('engine/http/openapi.js')
const { routes } = await built('server.js')
const { programJsonSchema } = await built('core/program.js')
const { features } = await built('features/index.js')

const sql = join(project, 'src', 'engine', 'sql')
const steps = readdirSync(sql).sort()

write('openapi.json', `${JSON.stringify(openapi(routes), null, 2)}\n`)
write('program.schema.json', `${JSON.stringify(programJsonSchema(features), null, 2)}\n`)
write('schema.sql', steps.map((step) => `-- ${step}\n\n${readFileSync(join(sql, step), 'utf8')}`).join('\n'))
