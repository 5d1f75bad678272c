/** The balance of a program: its variants run on the same history, judged, and the best of them recommended. */

import type { Figures } from './figures.ts'
import { kneeOf, onFrontier, type Point } from './frontier.ts'
import type { BalanceReport, Gets, Target, VariantReport } from './report.ts'
import { roundTo } from './settings.ts'
import { type Extent, type Run, type Search, sweep } from './sweep.ts'
import { type OutOfReach, type Solution, solve, type Tried } from './target.ts'
import type { Asked } from './target-text.ts'
import type { Place, Refused, Variants } from './variants.ts'
import { judge, type Thresholds } from './verdict.ts'

export interface BalanceOptions {
  run: Run<Figures>
  thresholds: Thresholds
  history: Extent
  /** Which share of members is the one to raise. */
  gets: Gets
}

/** What was found: the part of the report that is not about where the orders came from. */
export type Balance = Pick<BalanceReport, 'axes' | 'search' | 'variants' | 'refused' | 'target'>

interface Measured {
  place: Place
  figures: Figures
}

/** Runs every variant, or looks for those worth it where they are many. */
export async function findBalance(variants: Variants, options: BalanceOptions): Promise<Balance> {
  const { run, history, gets } = options
  const sweeping = { run, history, pointOf: (figures: Figures) => pointOf(figures, gets) }
  const { variants: measured, refused, search } = await sweep(variants, sweeping)
  return balanceOf(variants, measured, refused, options, { search, target: null, recommended: null })
}

/** Solves for the only setting that is varied; null where no value of its range makes a program. */
export async function findTarget(
  variants: Variants,
  { figure, asked }: Asked,
  options: BalanceOptions,
): Promise<Balance> {
  const [axis] = variants.axes
  const measured = new Map<number, Measured>()
  const refused: Refused[] = []
  const figuresAt = async (values: readonly number[]) => {
    const found = values.map((value) => variants.at([value]))
    const right = found.flatMap((variant) => ('program' in variant ? [variant] : []))
    for (const variant of found) if ('problem' in variant) refused.push(variant)
    const figures = right.length === 0 ? [] : await options.run(right, 1)
    for (const [i, { place }] of right.entries()) measured.set(place[0]!, { place, figures: figures[i]! })
    return values.map((value) => {
      const own = measured.get(value)
      return own === undefined ? null : (own.figures[figure] ?? Number.POSITIVE_INFINITY)
    })
  }
  const now = axis!.setting.value
  const { values, decimals } = axis!
  const solution = await solve({ target: asked, values, now, decimals, figuresAt })
  if (!measured.has(now)) await figuresAt([now])
  const target = targetOf(solution, { figure, asked }, axis!.name)
  // What was tried to narrow the range stands too close together to tell more.
  const told = new Set([now, ...values, target.exact?.value, target.written?.value])
  const shown = [...measured.values()].filter(({ place }) => told.has(place[0]!))
  return balanceOf(variants, shown, refused, options, {
    search: null,
    target,
    recommended: target.written?.value ?? null,
  })
}

function targetOf(solution: Solution | OutOfReach | null, { figure, asked }: Asked, setting: string): Target {
  const none = { exact: null, written: null, least: null, most: null, monotone: null }
  const told = { figure, asked, setting, reached: false, ...none }
  if (solution === null) return told
  if ('least' in solution) return { ...told, least: solvedOf(solution.least), most: solvedOf(solution.most) }
  const { exact, written, monotone } = solution
  return { ...told, exact: solvedOf(exact), written: solvedOf(written), monotone, reached: true }
}

/** A lift that no growth reaches is endless while it is solved for, and none where it is told. */
function solvedOf({ value, figure }: Tried): { value: number; figure: number | null } {
  return { value, figure: Number.isFinite(figure) ? figure : null }
}

interface Found {
  search: Search | null
  target: Target | null
  /** The value that a target asks for. */
  recommended: number | null
}

function balanceOf(
  variants: Variants,
  measured: readonly Measured[],
  refused: readonly Refused[],
  { thresholds, gets }: BalanceOptions,
  { search, target, recommended }: Found,
): Balance {
  // Of variants that come to the same, the one closest to the program as it is stands first.
  const ordered = [...measured].sort(
    (a, b) =>
      pointOf(a.figures, gets).costs - pointOf(b.figures, gets).costs || changeOf(variants, a) - changeOf(variants, b),
  )
  const frontier = onFrontier(ordered.map(({ figures }) => pointOf(figures, gets)))
  const judged = ordered.map(({ figures }) => judge(figures, thresholds))
  const best =
    target === null
      ? bestOf(
          variants,
          ordered.filter((_, i) => judged[i]!.verdict === 'balanced'),
          gets,
        )
      : null
  const current = variants.current.join()
  return {
    axes: variants.axes.map(({ name, setting, values }, i) => ({
      setting: name,
      written: setting.written,
      current: setting.value,
      values: [...values],
      hardly_matters: hardlyMatters(measured, i),
    })),
    search,
    variants: ordered.map((one, i): VariantReport => {
      const { place, figures } = one
      const isBest = target === null ? one === best : place[0] === recommended
      const settings = settingsOf(variants, place)
      const is = { current: place.join() === current, frontier: frontier[i]!, recommended: isBest }
      return { settings, figures, ...judged[i]!, ...is }
    }),
    refused: refused.map(({ place, problem }) => ({ settings: settingsOf(variants, place), problem })),
    target,
  }
}

/** Of those between too stingy and too generous the one beyond which more for members begins to cost more. */
function bestOf(variants: Variants, balanced: readonly Measured[], gets: Gets): Measured | null {
  // Of those that are nearly alike the first is taken: the one closest to the program as it is.
  const ordered = [...balanced].sort((a, b) => changeOf(variants, a) - changeOf(variants, b))
  const knee = kneeOf(ordered.map(({ figures }) => pointOf(figures, gets)))
  return knee === null ? null : ordered[knee]!
}

/** As finely as the figures are shown: what nobody sees makes no variant better than another. */
function pointOf(figures: Figures, gets: Gets): Point {
  return { gets: roundTo(figures[gets] ?? 0, 3), costs: roundTo(figures.expected_rate ?? 0, 4) }
}

/** How far a variant is from the program as it is: the share by which its settings change, summed. */
function changeOf({ axes }: Variants, { place }: Measured): number {
  return axes.reduce((sum, { setting: { value } }, i) => sum + Math.abs(place[i]! - value) / Math.max(value, 1e-6), 0)
}

/** Whether along this axis, whatever the others are, neither what members get nor what it costs changes by a hundredth. */
function hardlyMatters(measured: readonly Measured[], axis: number): boolean {
  const alike = new Map<string, Measured[]>()
  for (const one of measured) {
    const others = one.place.filter((_, i) => i !== axis).join()
    alike.set(others, [...(alike.get(others) ?? []), one])
  }
  const compared = [...alike.values()].filter((group) => group.length > 1)
  return compared.length > 0 && compared.every((group) => MATTERING.every((figure) => isAlike(group, figure)))
}

const MATTERING = ['reached_share', 'redeeming_share', 'days_to_first', 'expected_cost', 'liability_gross'] as const

function isAlike(group: readonly Measured[], figure: (typeof MATTERING)[number]): boolean {
  const values = group.map(({ figures }) => figures[figure] ?? -1)
  const most = Math.max(...values)
  return most - Math.min(...values) <= Math.abs(most) / 100
}

function settingsOf({ axes }: Variants, place: Place): Record<string, number> {
  return Object.fromEntries(axes.map(({ name }, i) => [name, place[i]!]))
}
