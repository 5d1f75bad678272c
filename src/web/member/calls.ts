/** The calls of the card: few enough that the whole client would be too much for a slow phone. */

import type { Card, CardLine, Page } from '../../client/index.ts'
import type { Seen } from './kept.ts'

/** The link opens nothing any more. */
export class LinkEnded extends Error {}
/** The server refused what was sent, and says which part of it. */
export class Refused extends Error {}

export async function readCard(secret: string): Promise<Seen> {
  const [card, lines] = await Promise.all([
    call<Card>(secret, 'GET', '/v1/card'),
    call<Page<CardLine>>(secret, 'GET', '/v1/card/activities?limit=20'),
  ])
  return { card, lines }
}

export function readLines(secret: string, cursor: string): Promise<Page<CardLine>> {
  return call(secret, 'GET', `/v1/card/activities?limit=20&cursor=${encodeURIComponent(cursor)}`)
}

export async function exportCard(secret: string): Promise<Blob> {
  return (await ask(secret, 'GET', '/v1/card/export')).blob()
}

export async function eraseCard(secret: string, card_number: string): Promise<void> {
  await call(secret, 'POST', '/v1/card/erase', { card_number })
}

async function call<Answer>(secret: string, method: string, path: string, body?: object): Promise<Answer> {
  return (await ask(secret, method, path, body)).json() as Promise<Answer>
}

async function ask(secret: string, method: string, path: string, body?: object): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${secret}` }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
  if (answer.ok) return answer
  if (answer.status === 401) throw new LinkEnded()
  throw answer.status < 500 ? new Refused() : new Error(`${answer.status}`)
}
