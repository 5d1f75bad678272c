/** Starts the embedded server of a folder in a process of its own, which a test then kills. */
import { openDatabase } from '../dist/src/engine/db.js'
import { startEmbedded } from '../dist/src/engine/embedded.js'

const { url } = await startEmbedded(process.argv[2], { log: console, settings: { shared_buffers: '32MB' } })
const database = await openDatabase(url, { max: 1 })
await database.query('create table kept as select 1 as one')
process.send('ready')
