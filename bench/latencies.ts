/** How long things took, in ms: the middle, and what one in a hundred exceeds. */

export interface Latencies {
  count: number
  p50_ms: number
  p99_ms: number
}

export function summarise(times: readonly number[]): Latencies {
  const sorted = Float64Array.from(times).sort()
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { count: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99) }
}
