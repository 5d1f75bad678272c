/** Somebody's endpoint for webhooks, for tests: it remembers what came and answers as it is told. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event } from '../src/engine/outbox.ts'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
  event: Event
}

export interface Receiver {
  port: number
  received: Received[]
  /** The statuses of the next answers; 200 when none is left, and no answer at all for 0. */
  answers: number[]
  /** Waits until so many messages are here. */
  until(count: number): Promise<Received[]>
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString()
      received.push({ path: request.url!, headers: request.headers, body, event: JSON.parse(body) })
      const status = answers.shift() ?? 200
      if (status === 0) return
      if (status >= 300 && status < 400) response.setHeader('location', '/elsewhere')
      response.statusCode = status
      response.end('thank you')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    received,
    answers,
    async until(count) {
      await until(() => received.length >= count)
      return received
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}
