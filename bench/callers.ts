/**
 * Those who call the server, in a process of their own: it is told what to send, sends it for so many seconds over
 * connections that stay open, and tells how many orders were answered and how long the answers took.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Latencies, summarise } from './latencies.ts'
import { benchOrders, type LoadLine, type LoadOrder } from './load.ts'
import { MOST_ORDERS, NOW, take } from './place.ts'

export interface Calls {
  kind: 'batch' | 'single'
  address: string
  secret: string
  members: number
  seed: number
  seconds: number
  connections: number
  /** Orders in a call. */
  lines: number
}

export interface Answered {
  orders: number
  seconds: number
  latencies: Latencies
}

async function callAll(calls: Calls): Promise<Answered> {
  const orders = benchOrders(calls.members, MOST_ORDERS, calls.seed, NOW)
  const times: number[] = []
  let answered = 0
  const began = performance.now()
  const until = began + calls.seconds * 1_000
  const call = async () => {
    const line = await Line.open(calls)
    while (performance.now() < until) {
      const batch = take(orders, calls.lines)
      const sent = performance.now()
      if (calls.kind === 'batch') await sendBatch(line, batch)
      else await sendOrder(line, batch[0]!)
      times.push(performance.now() - sent)
      answered += batch.length
    }
    line.close()
  }
  await Promise.all(Array.from({ length: calls.connections }, call))
  const seconds = (performance.now() - began) / 1_000
  return { orders: answered, seconds, latencies: summarise(times) }
}

async function sendBatch(line: Line, orders: readonly LoadOrder[]): Promise<void> {
  const lines = orders.map((order) => {
    const { external_id: id } = order
    return `{"type":"order","key":"${id}","body":{"external_id":"${id}",${fieldsOf(order)}}}`
  })
  const answer = await line.send('POST', '/v1/batch', 'application/x-ndjson', lines.join('\n'))
  // Each line is answered with 200 or 201, which is looked for without reading the whole of it.
  const good = answer.split('"status":20').length - 1
  if (good !== orders.length) throw new Error(`${orders.length - good} lines were refused: ${answer.slice(0, 1_000)}`)
}

async function sendOrder(line: Line, order: LoadOrder): Promise<void> {
  await line.send('PUT', `/v1/orders/${order.external_id}`, 'application/json', `{${fieldsOf(order)}}`)
}

/** The fields of an order but its id as JSON. Nothing in this load needs escaping, and its lines are made but once. */
function fieldsOf({ member, occurred_at, currency, prices, lines }: LoadOrder): string {
  const texts = lines.map(textOf).join(',')
  return `"member":"${member}","occurred_at":"${occurred_at}","currency":"${currency}","prices":"${prices}","lines":[${texts}]`
}

const texts = new Map<LoadLine, string>()

function textOf(line: LoadLine): string {
  let text = texts.get(line)
  if (text === undefined) {
    text = JSON.stringify(line)
    texts.set(line, text)
  }
  return text
}

/**
 * A connection that stays open, with one call at a time. It knows no more of HTTP than our own server's answers need, since
 * what is measured shares the machine with it: Node's own client would take as much of it as the server does.
 */
class Line {
  readonly #socket: Socket
  readonly #head: string
  #received: string[] = []
  #isWhole: ((text: string) => boolean) | null = null
  #waiting: { resolve: (answer: string) => void; reject: (error: Error) => void } | null = null

  static async open({ address, secret }: Calls): Promise<Line> {
    const { hostname, port } = new URL(address)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    return new Line(socket, `host: ${hostname}:${port}\r\nauthorization: Bearer ${secret}\r\n`)
  }

  private constructor(socket: Socket, head: string) {
    this.#socket = socket
    this.#head = head
    // The bodies of this load are ASCII, so that characters can be counted for bytes.
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed a connection')))
  }

  send(method: string, path: string, type: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      const head = `${method} ${path} HTTP/1.1\r\n${this.#head}content-type: ${type}\r\ncontent-length: ${body.length}`
      this.#socket.write(`${head}\r\n\r\n${body}`, 'latin1')
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.end()
  }

  #take(text: string): void {
    this.#received.push(text)
    this.#isWhole ??= untilWhole(text)
    if (!this.#isWhole(text)) return
    const answer = this.#received.join('')
    this.#received = []
    this.#isWhole = null
    if (answer.startsWith('HTTP/1.1 20')) this.#waiting?.resolve(answer)
    else this.#waiting?.reject(new Error(`A call was answered: ${answer.slice(0, 1_000)}`))
  }
}

const LAST_CHUNK = '\r\n0\r\n\r\n'

/**
 * Told each piece of an answer, says whether it was the last. An answer ends with its last chunk, or after as many bytes
 * as its head says; heads come in one piece.
 */
function untilWhole(first: string): (piece: string) => boolean {
  const head = first.indexOf('\r\n\r\n') + 4
  const length = /\r\ncontent-length: (\d+)/i.exec(first.slice(0, head))
  if (length === null) {
    let tail = ''
    return (piece) => {
      tail = (tail + piece).slice(-LAST_CHUNK.length)
      return tail === LAST_CHUNK
    }
  }
  let missing = head + Number(length[1])
  return (piece) => {
    missing -= piece.length
    return missing <= 0
  }
}

if (process.argv[1] === import.meta.filename)
  process.once('message', (calls: Calls) => {
    callAll(calls).then(
      (answered) => process.send!({ answered }, () => process.disconnect()),
      (error: Error) => process.send!({ error: error.message }, () => process.disconnect()),
    )
  })
