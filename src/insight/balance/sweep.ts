/** The sweep: which variants are run, on how many members, until those worth looking at are known on all orders. */

import { depths, type Point } from './frontier.ts'
import { gridOf, type Place, type Refused, type Variant, type Variants } from './variants.ts'

/** Runs variants on a share of the members, all of them in one reading of the orders. */
export type Run<F> = (variants: readonly Variant[], share: number) => Promise<F[]>

export interface Swept<F> {
  variants: { place: Place; figures: F }[]
  refused: Refused[]
  /** How it was searched where the grid was too large to be run whole; null where it was run whole. */
  search: Search | null
}

export interface Search {
  /** All variants that there are. */
  grid: number
  /** How many were tried first, and on which share of the members. */
  tried: number
  share: number
  /** How many of these were then run on all orders. */
  finalists: number
}

export interface SweepOptions<F> {
  run: Run<F>
  pointOf: (figures: F) => Point
  history: Extent
}

/** How much there is to run on; members are null where they are too many to have been counted. */
export interface Extent {
  orders: number
  members: number | null
}

/** As many as are run on all orders, and as a coarse grid on some members. */
const MOST_AT_ONCE = 64
/** Where orders are many, fewer variants are run on all of them: minutes are worth waiting for, hours are not. */
const MOST_DECISIONS = 30_000_000
const FEWEST_AT_ONCE = 16
/** Members that a first look needs at least, and the least share of them. */
const LEAST_SAMPLE = 2_000
const LEAST_SHARE = 0.01
/** Members order at least that often, on the whole, where nobody has counted them. */
const ORDERS_A_MEMBER = 5

/** A small grid is run whole. In a large one a coarse grid shows where the frontier is, and the grid is fine there. */
export async function sweep<F>(variants: Variants, options: SweepOptions<F>): Promise<Swept<F>> {
  const refused: Refused[] = []
  const most = mostOnAll(options.history)
  if (variants.size <= most) {
    const places = withPlace(gridOf(variants.axes.map(({ values }) => values)), variants.current)
    return { variants: await runAt(variants, places, 1, options, refused), refused, search: null }
  }
  const share = shareOf(options.history)
  const coarse = await runAt(variants, gridOf(coarseValues(variants)), share, options, refused)
  const near = placesNear(variants, frontOf(coarse, options))
  const known = new Set(coarse.map(({ place }) => place.join()))
  const fine = await runAt(
    variants,
    near.filter((place) => !known.has(place.join())),
    share,
    options,
    refused,
  )
  const tried = [...coarse, ...fine]
  const finalists = withPlace(best(tried, most - 1, options), variants.current)
  const search = { grid: variants.size, tried: tried.length, share, finalists: finalists.length }
  return { variants: await runAt(variants, finalists, 1, options, refused), refused, search }
}

/** How many variants are run on all orders. */
function mostOnAll({ orders }: Extent): number {
  return Math.max(FEWEST_AT_ONCE, Math.min(MOST_AT_ONCE, Math.floor(MOST_DECISIONS / Math.max(1, orders))))
}

/** On which share of the members variants are tried first. */
function shareOf({ orders, members }: Extent): number {
  const expected = members ?? orders / ORDERS_A_MEMBER
  return Math.min(1, Math.max(LEAST_SHARE, LEAST_SAMPLE / Math.max(1, expected)))
}

async function runAt<F>(
  variants: Variants,
  places: readonly Place[],
  share: number,
  { run }: SweepOptions<F>,
  refused: Refused[],
): Promise<{ place: Place; figures: F }[]> {
  const compiled = places.map((place) => variants.at(place))
  const right = compiled.flatMap((variant) => ('program' in variant ? [variant] : []))
  for (const variant of compiled) if ('problem' in variant) refused.push(variant)
  const figures = right.length === 0 ? [] : await run(right, share)
  return right.map(({ place }, i) => ({ place, figures: figures[i]! }))
}

/** The program as it is runs beside its variants, so that it can be compared with them. */
function withPlace(places: readonly Place[], place: Place): Place[] {
  return places.some((one) => one.join() === place.join()) ? [...places] : [place, ...places]
}

/** Of each axis so many values, ends included, that all of them together are few. */
function coarseValues({ axes }: Variants): number[][] {
  const each = Math.max(2, Math.floor(MOST_AT_ONCE ** (1 / axes.length) + 1e-9))
  return axes.map(({ values }) => coarseIndexes(values.length, each).map((i) => values[i]!))
}

function coarseIndexes(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)))
}

/** The values around each of these places, half-way to the next coarse one, those closest to the frontier first. */
function placesNear(variants: Variants, front: readonly Place[]): number[][] {
  const { axes } = variants
  const each = Math.max(2, Math.floor(MOST_AT_ONCE ** (1 / axes.length) + 1e-9))
  const near = new Map<string, number[]>()
  for (const place of front) {
    const around = axes.map(({ values }, axis) => {
      const reach = Math.ceil((values.length - 1) / (each - 1) / 2)
      const at = values.indexOf(place[axis]!)
      return values.slice(Math.max(0, at - reach), at + reach + 1)
    })
    for (const one of gridOf(around)) {
      if (near.size >= MOST_TRIED) return [...near.values()]
      near.set(one.join(), one)
    }
  }
  return [...near.values()]
}

const MOST_TRIED = 256

function frontOf<F>(run: readonly { place: Place; figures: F }[], { pointOf }: SweepOptions<F>): Place[] {
  const depth = depths(run.map(({ figures }) => pointOf(figures)))
  return run.filter((_, i) => depth[i] === 0).map(({ place }) => place)
}

/** Those on the frontier, evenly by what they cost where they are many, and the ones just below it where they are few. */
function best<F>(
  run: readonly { place: Place; figures: F }[],
  most: number,
  { pointOf }: Pick<SweepOptions<F>, 'pointOf'>,
): Place[] {
  const points = run.map(({ figures }) => pointOf(figures))
  const depth = depths(points)
  const order = run.map((_, i) => i).sort((a, b) => depth[a]! - depth[b]! || points[a]!.costs - points[b]!.costs)
  const front = order.filter((i) => depth[i] === 0)
  const chosen = front.length > most ? coarseIndexes(front.length, most).map((i) => front[i]!) : order.slice(0, most)
  return chosen.map((i) => run[i]!.place)
}
