/** The frontier of variants: those that no other beats in what members get and in what it costs (Pareto, 1896). */

export interface Point {
  /** What members get of it: more is better. */
  gets: number
  /** What it costs: less is better. */
  costs: number
}

/** For each point whether it lies on the frontier. Of equal points all do. */
export function onFrontier(points: readonly Point[]): boolean[] {
  const order = points.map((_, i) => i)
  order.sort((a, b) => points[a]!.costs - points[b]!.costs || points[b]!.gets - points[a]!.gets)
  const on = points.map(() => false)
  let best: Point | null = null
  for (const i of order) {
    const point = points[i]!
    const isBetter = best === null || point.gets > best.gets
    if (!isBetter && !(point.gets === best!.gets && point.costs === best!.costs)) continue
    on[i] = true
    best = point
  }
  return on
}

/** How deep each point lies: 0 on the frontier, 1 on the frontier of what is left without it, and so on. */
export function depths(points: readonly Point[]): number[] {
  const depth = points.map(() => -1)
  for (let level = 0; depth.includes(-1); level++) {
    const left = points.map((_, i) => i).filter((i) => depth[i] === -1)
    const on = onFrontier(left.map((i) => points[i]!))
    for (const [place, i] of left.entries()) if (on[place]) depth[i] = level
  }
  return depth
}

/**
 * The point where more for members begins to cost more than before: the one farthest above the straight line between
 * the ends of the frontier, both measured from end to end. Of those that stand out nearly as far the first that was
 * given; null without points.
 */
export function kneeOf(points: readonly Point[]): number | null {
  const on = onFrontier(points)
  const frontier = points.map((_, i) => i).filter((i) => on[i])
  if (frontier.length === 0) return null
  const byCosts = [...frontier].sort((a, b) => points[a]!.costs - points[b]!.costs)
  const [first, last] = [points[byCosts[0]!]!, points[byCosts.at(-1)!]!]
  const share = (value: number, from: number, to: number) => (to === from ? 0 : (value - from) / (to - from))
  const height = ({ gets, costs }: Point) => share(gets, first.gets, last.gets) - share(costs, first.costs, last.costs)
  const top = Math.max(...frontier.map((i) => height(points[i]!)))
  return frontier.find((i) => height(points[i]!) >= top - NEARLY)!
}

/** A tenth of the way from end to end is less than a history can tell apart. */
const NEARLY = 0.1
