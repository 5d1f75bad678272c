/** Variants of a program: its file with other values at some settings, each compiled and checked like any program. */

import type { Program } from '../../core/program.ts'
import { readSource, type Source } from '../../core/source.ts'
import { type Range, valuesOf } from './ranges.ts'
import { type Setting, settingAt, settingsIn, withValues } from './settings.ts'

/** Checks and compiles the text of a program file; its first mistake in a sentence where it has one. */
export type Compile = (text: string) => Program | string

/** One setting and the values that it is tried at. */
export interface Axis {
  /** As its path was written by whoever varies it. */
  name: string
  setting: Setting
  values: readonly number[]
  /** How many decimals the program allows it. */
  decimals: number
}

/** A value for each axis, in their order. */
export type Place = readonly number[]

export interface Variant {
  place: Place
  program: Program
}

/** A variant that is no program, and why. */
export interface Refused {
  place: Place
  problem: string
}

/** A setting that is asked to vary, as it was read. */
export interface Vary {
  path: string
  range: Range
}

/** A program file whose settings can be varied. */
export class Variants {
  readonly axes: readonly Axis[]
  readonly #text: string
  readonly #compile: Compile

  private constructor(text: string, compile: Compile, axes: readonly Axis[]) {
    this.#text = text
    this.#compile = compile
    this.axes = axes
  }

  /** The program of the text is right already; what cannot be varied so comes back as sentences. */
  static of(
    text: string,
    compile: Compile,
    varied: readonly Vary[],
    steps: number | null,
  ): Variants | { problems: string[] } {
    const source = readSource(text) as Source
    const settings = settingsIn(source, text)
    const problems: string[] = []
    const axes: Axis[] = []
    for (const { path, range } of varied) {
      const setting = settingAt(settings, path)
      if (typeof setting === 'string') problems.push(setting)
      else if (axes.some((axis) => axis.setting === setting)) problems.push(`${path} is varied twice: say it once.`)
      else {
        const decimals = decimalsAllowed(text, setting, compile)
        const most = MOST_BY_AXES[Math.min(varied.length, MOST_BY_AXES.length) - 1]!
        axes.push({
          name: path,
          setting,
          decimals,
          values: valuesOf(range, decimals, { steps, most, now: setting.value }),
        })
      }
    }
    return problems.length > 0 ? { problems } : new Variants(text, compile, axes)
  }

  /** Where the program stands as it is. */
  get current(): Place {
    return this.axes.map(({ setting }) => setting.value)
  }

  /** How many there are, if each value meets each of the other settings. */
  get size(): number {
    return this.axes.reduce((size, { values }) => size * values.length, 1)
  }

  /** The program at a place, or why there is none. */
  at(place: Place): Variant | Refused {
    const compiled = this.#compile(this.textAt(place))
    return typeof compiled === 'string' ? { place, problem: compiled } : { place, program: compiled }
  }

  textAt(place: Place): string {
    return withValues(
      this.#text,
      this.axes.map(({ setting }, i) => [setting, place[i]!] as const),
    )
  }
}

/** About how many round values a range is given, by how many settings vary: two make a grid that is run whole. */
const MOST_BY_AXES = [11, 6, 4]

/** Every place of a grid; the last axis goes through its values fastest. */
export function gridOf(values: readonly (readonly number[])[]): number[][] {
  return values.reduce<number[][]>(
    (places, axis) => places.flatMap((place) => axis.map((value) => [...place, value])),
    [[]],
  )
}

/** Whole points, cents, or finer: found out by asking the program itself, whatever the setting is of. */
function decimalsAllowed(text: string, setting: Setting, compile: Compile): number {
  const isRight = (value: number) => value >= 0 && typeof compile(withValues(text, [[setting, value]])) !== 'string'
  for (let decimals = FINEST; decimals > 0; decimals--) {
    const little = 10 ** -decimals
    if (isRight(setting.value + little) || isRight(setting.value - little)) return decimals
  }
  return 0
}

const FINEST = 4
