/** How a receiver of webhooks knows that a message comes from Regulars and is not an old one sent again. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** The header is `Regulars-Signature`, and the body is the text as it came, before it is parsed. */
export function isFromRegulars(header: string, body: string, secret: string, now_s = Date.now() / 1000): boolean {
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (t === undefined || v1 === undefined || Math.abs(now_s - Number(t)) > 300) return false
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest()
  return timingSafeEqual(expected, Buffer.from(v1, 'hex'))
}
