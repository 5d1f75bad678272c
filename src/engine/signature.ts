/** How a receiver knows that a message is ours and fresh: the manner of Stripe's webhooks. */

import { createHmac } from 'node:crypto'

export const SIGNATURE_HEADER = 'regulars-signature'

/**
 * `t=<Unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>` under the endpoint's secret. The time is signed too, so that
 * a message that somebody overheard cannot be sent again later.
 */
export function sign(secret: string, body: string, atMs: number): string {
  const t = Math.floor(atMs / 1000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}
