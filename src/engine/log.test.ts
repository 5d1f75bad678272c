import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function logged(readable: boolean, use: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  use(createLog({ level: 'info', readable, write: (line) => lines.push(line) }))
  return lines.join('')
}

test('a line is one JSON object, with the fields of its request', () => {
  const text = logged(false, (log) => log.child({ request_id: 'req_1' }).info({ status: 200 }, 'answered'))
  expect(JSON.parse(text)).toMatchObject({ level: 30, request_id: 'req_1', status: 200, msg: 'answered' })
})

test('on a terminal a line is readable, with the error below it', () => {
  const text = logged(true, (log) => log.error({ err: new Error('no beans'), shop: 'Main St' }, 'The order failed.'))
  expect(text).toMatch(/^\d\d:\d\d:\d\d error The order failed\. {2}shop=Main St\nError: no beans\n {4}at /)
})

test.each([true, false])('secrets never reach a line, wherever they stand (readable: %s)', (readable) => {
  const text = logged(readable, (log) => {
    log.info({ req: { headers: { authorization: 'Bearer abcdef', cookie: 'session=abcdef' } } }, 'a request')
    log.info({ deep: { er: { password: 'abc"def' } }, list: ['Bearer abcdef'], api_key: 'abcdef' }, 'nested')
    log.warn('cannot reach postgres://shop:abcdef@db:5432/loyalty with sk_live_abcdef')
    log.error(new Error('redis://:abcdef@cache refused sk_test_abcdef'))
  })
  expect(text).not.toMatch(/abc|def/)
  expect(text).toContain('postgres://[hidden]@db:5432/loyalty')
})

test('what is no secret stays', () => {
  const text = logged(false, (log) =>
    log.info({ key: 'order-17', url: 'https://shop.example/v1/orders?at=10:30' }, 'kept'),
  )
  expect(JSON.parse(text)).toMatchObject({ key: 'order-17', url: 'https://shop.example/v1/orders?at=10:30' })
})
