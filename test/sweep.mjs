/** Sweeps the only program of a database in a process of its own, which a test then kills. */
import { compileProgram } from '../dist/src/core/program.js'
import { openDatabase } from '../dist/src/engine/db.js'
import { Inbox } from '../dist/src/engine/inbox.js'
import { Programs } from '../dist/src/engine/programs.js'
import { openRecorder } from '../dist/src/engine/record.js'
import { sweep } from '../dist/src/engine/sweep.js'
import { features } from '../dist/src/features/index.js'

const [url, until] = process.argv.slice(2)
const database = await openDatabase(url)
const programs = new Programs(database, (source, revision) => compileProgram(source, features, revision).program)
const [program] = await programs.all()
const recorder = await openRecorder(database, { release: 'swept', tzdata: 'test' })
const inbox = new Inbox(recorder)
await sweep({ database, inbox, stripes: recorder.stripes }, program, Number(until))
