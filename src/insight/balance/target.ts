/** Solves for a setting: at which value does a figure come to what is asked of it? */

import { roundTo } from './settings.ts'

/** A value that was tried and what the figure is there. */
export interface Tried {
  value: number
  figure: number
}

export interface Solution {
  /** The value that comes closest, as finely as the program allows or as four digits say. */
  exact: Tried
  /** The closest value of at most two digits: what people write. */
  written: Tried
  /** Whether the figure goes one way over the whole range, so that there is one answer. */
  monotone: boolean
}

/** The target lies outside what the range gives. */
export interface OutOfReach {
  least: Tried
  most: Tried
}

export interface Question {
  target: number
  /** The values to begin with, from one end of the range to the other. */
  values: readonly number[]
  /** Where the program stands now: of several answers the closest to it is taken. */
  now: number
  /** How many decimals the setting may have. */
  decimals: number
  /** The figure at each of these values; null where there is no such program. Each call reads the orders once. */
  figuresAt: (values: readonly number[]) => Promise<(number | null)[]>
}

/** Narrows the range to a fraction with each reading, by several variants at a time. Null without any program. */
export async function solve(question: Question): Promise<Solution | OutOfReach | null> {
  const { target, values, now, decimals } = question
  const tried = await tryAll(question, values)
  if (tried.length === 0) return null
  const [least, most] = [lowest(tried), highest(tried)]
  if (target < least.figure || target > most.figure) return { least, most }
  const monotone = goesOneWay(tried)
  let [low, high] = bracketOf(tried, target, now)
  while (high.value - low.value > finest(high.value, decimals) * 1.5) {
    const within = await tryAll(question, between(low, high, question))
    // What is no program leaves a gap in which nothing can be said.
    if (within.length === 0) break
    tried.push(...within)
    ;[low, high] = bracketOf([low, ...within, high], target, now)
  }
  const written = await tryAll(question, writtenAround(low.value, high.value, question))
  const all = [...tried, ...written]
  return { exact: closest(all, target), written: closest(written.length > 0 ? written : all, target), monotone }
}

async function tryAll({ figuresAt }: Question, values: readonly number[]): Promise<Tried[]> {
  const figures = await figuresAt(values)
  return values.flatMap((value, i) => (figures[i] === null ? [] : [{ value, figure: figures[i]! }]))
}

/**
 * Values within a bracket: the middle, which halves it whatever the figure does, and where a straight line between its
 * ends would meet the target, with values close by to catch it.
 */
function between(low: Tried, high: Tried, { target, decimals }: Question): number[] {
  const width = high.value - low.value
  const share = (target - low.figure) / (high.figure - low.figure)
  const straight = low.value + width * (Number.isFinite(share) ? share : 0.5)
  const spread = [-width / 8, -width / 64, 0, width / 64, width / 8].map((away) => straight + away)
  const values = [low.value + width / 2, ...spread].map((value) => roundTo(value, decimals))
  return [...new Set(values)].filter((value) => value > low.value && value < high.value).sort((a, b) => a - b)
}

/** Four digits, or what the program allows where that is coarser. */
function finest(value: number, decimals: number): number {
  return Math.max(10 ** -decimals, digitOf(value) / 1_000)
}

/** The power of ten of a value's first digit. */
function digitOf(value: number): number {
  return value === 0 ? 1 : 10 ** Math.floor(Math.log10(value) + 1e-9)
}

/** The values of at most two digits next to the answer, within the range. */
function writtenAround(low: number, high: number, { values: range, decimals }: Question): number[] {
  const step = Math.max(digitOf(high) / 10, 10 ** -decimals)
  const values: number[] = []
  for (let i = Math.floor(low / step + 1e-9); i <= Math.ceil(high / step - 1e-9); i++) values.push(roundTo(i * step, 6))
  return values.filter((value) => value >= range[0]! && value <= range.at(-1)!)
}

function goesOneWay(tried: readonly Tried[]): boolean {
  const steps = tried.slice(1).map(({ figure }, i) => Math.sign(figure - tried[i]!.figure))
  return !(steps.includes(1) && steps.includes(-1))
}

/** Neighbours between whose figures the target lies; of several the ones closest to where the program stands. */
function bracketOf(tried: readonly Tried[], target: number, now: number): [Tried, Tried] {
  const brackets = tried.slice(1).flatMap((high, i): [Tried, Tried][] => {
    const low = tried[i]!
    const [least, most] = [Math.min(low.figure, high.figure), Math.max(low.figure, high.figure)]
    return least <= target && target <= most ? [[low, high]] : []
  })
  const away = ([low, high]: [Tried, Tried]) => Math.max(low.value - now, now - high.value, 0)
  return brackets.reduce((best, bracket) => (away(bracket) < away(best) ? bracket : best))
}

function lowest(tried: readonly Tried[]): Tried {
  return tried.reduce((best, one) => (one.figure < best.figure ? one : best))
}

function highest(tried: readonly Tried[]): Tried {
  return tried.reduce((best, one) => (one.figure > best.figure ? one : best))
}

function closest(tried: readonly Tried[], target: number): Tried {
  return tried.reduce((best, one) => (Math.abs(one.figure - target) < Math.abs(best.figure - target) ? one : best))
}
