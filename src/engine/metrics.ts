/** What machines watch: counts and durations in the text format of Prometheus. Nothing in them names a person. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from './db.ts'

export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram
  /** The series of `#requests` that were written to, by their labels: looking one up there costs more than the rest. */
  readonly #series = new Map<string, Histogram.Internal<string>>()
  readonly #batches: Histogram
  readonly #batchDurations: Histogram
  readonly #activities: Counter
  readonly #guesses: Counter

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'regulars_http_request_duration_seconds',
      help: 'How long calls took, by route and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    })
    this.#batches = new Histogram({
      name: 'regulars_inbox_batch_size',
      help: 'How many activities were decided in one transaction.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
      registers,
    })
    this.#batchDurations = new Histogram({
      name: 'regulars_inbox_batch_duration_seconds',
      help: 'How long it took to load, decide and keep a batch.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    })
    this.#guesses = new Counter({
      name: 'regulars_voucher_guesses_total',
      help: 'Codes that were tried and that there are not.',
      registers,
    })
    this.#activities = new Counter({
      name: 'regulars_activities_total',
      help: 'Activities that went through the inbox.',
      registers,
    })
  }

  /** To be given to the inbox as its `onBatch`. */
  readonly onBatch = (size: number, ms: number): void => {
    this.#batches.observe(size)
    this.#batchDurations.observe(ms / 1000)
    this.#activities.inc(size)
  }

  guess(): void {
    this.#guesses.inc()
  }

  request(method: string, route: string, status: number, seconds: number): void {
    const name = `${method} ${status} ${route}`
    let series = this.#series.get(name)
    if (series === undefined) {
      series = this.#requests.labels({ method, route, status })
      this.#series.set(name, series)
    }
    series.observe(seconds)
  }

  /** What is looked at whenever somebody asks. */
  watch({ database, inbox }: { database: Database; inbox: { readonly length: number } }): void {
    this.#gauge('regulars_inbox_queue_length', 'Activities that wait for their batch.', () => inbox.length)
    const { pool } = database
    this.#gauge('regulars_pg_pool_connections', 'Connections to the database.', () => pool.totalCount)
    this.#gauge('regulars_pg_pool_idle', 'Connections that nobody uses now.', () => pool.idleCount)
    this.#gauge('regulars_pg_pool_waiting', 'Those who wait for a connection.', () => pool.waitingCount)
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
