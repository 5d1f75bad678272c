/** A door: what goes on behind the decisions in a process of its own, beside any number of servers. */

import { once } from 'node:events'
import { readConfig } from './engine/config.ts'
import { othersAtWork } from './engine/db.ts'
import { Inbox } from './engine/inbox.ts'
import { startJobs } from './engine/jobs.ts'
import { createLog } from './engine/log.ts'
import { openMeans } from './means.ts'

/** Works until it is told to stop: Ctrl-C or SIGTERM. */
export async function work(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog({ level: config.logLevel })
  const means = await openMeans(config, log, { join: true })
  const { url, database, programs, recorder } = means
  const inbox = new Inbox(recorder, { othersAtWork: () => othersAtWork(database) })
  try {
    const services = { database, programs, inbox, stripes: recorder.stripes }
    const { privateWebhooks, signingKey } = config
    const jobs = await startJobs(services, { url, log, privateWebhooks, signingKey })
    log.info('the worker is at work')
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    log.info('the worker finishes what it has begun')
    await jobs.stop()
    await inbox.close()
  } finally {
    await means.close()
  }
}
