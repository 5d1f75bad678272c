/** A program read aloud: each sentence of the members' terms with the place of the file that it is about. */

import type { Program } from './program.ts'
import { pointerOf } from './source.ts'
import { statementsOf, told } from './terms-document.ts'
import type { Wording } from './wording.ts'

export interface SentenceInPlace {
  /** Where the part stands in the file: a JSON pointer (RFC 6901). */
  pointer: string
  about: string
  title: string | null
  text: string
}

export function readAloud(wording: Wording): SentenceInPlace[] {
  const { program } = wording
  return statementsOf(program).map(({ feature, statement }) => {
    const { about, title, text } = told(feature, statement, wording)
    return { pointer: placeOf(about, program), about, title, text }
  })
}

/** Parts of lists go by their ids, also within a section: levels, plans. What is not found is told as far as it is. */
function placeOf(about: string, { settings }: Program): string {
  const path: (string | number)[] = []
  let here: unknown = settings
  for (const name of about.split('.')) {
    const steps = stepsTo(name, here)
    if (steps === null) break
    for (const step of steps) here = (here as Record<string | number, unknown>)[step]
    path.push(...steps)
  }
  return pointerOf(path)
}

function stepsTo(name: string, here: unknown): (string | number)[] | null {
  if (typeof here !== 'object' || here === null) return null
  if (Array.isArray(here)) return stepIn(here, name)
  if (name in here) return [name]
  for (const [key, list] of Object.entries(here)) {
    const step = Array.isArray(list) ? stepIn(list, name) : null
    if (step !== null) return [key, ...step]
  }
  return null
}

function stepIn(list: readonly unknown[], id: string): number[] | null {
  const place = list.findIndex((one) => (one as { id?: unknown } | null)?.id === id)
  return place === -1 ? null : [place]
}
