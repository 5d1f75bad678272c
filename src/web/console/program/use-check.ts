/** What the server finds in a text while it is typed: mistakes with their places, and what it says, read aloud. */

import { useDebouncedValue } from '@mantine/hooks'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ProgramCheck } from '../../../client/index.ts'
import { api, useAsk } from '../api.ts'
import { useLanguage } from '../language.tsx'
import type { Completion } from '../parts/editing.ts'
import { useProgram } from '../session.tsx'

const PAUSE_MS = 300

export function useCheck(text: string): UseQueryResult<ProgramCheck, Error> {
  const program = useProgram()
  const { language } = useLanguage()
  const [settled] = useDebouncedValue(text, PAUSE_MS)
  return useAsk(['check', program.id, language, settled], () =>
    api.checkProgram(program.id, { source: settled, language }),
  )
}

export function useProgramForm() {
  return useAsk(['program-form'], () => api.getProgramForm())
}

/** What conditions may be made of: facts, the values that they can have, and calls. */
export function completionsOf(
  facts: ProgramCheck['facts'],
  functions: readonly { name: string; example: string; describe: string }[],
): Completion[] {
  // Facts may share values, such as the days of the week.
  const values = new Map(facts.flatMap(({ name, values: known }) => (known ?? []).map((value) => [value, name])))
  return [
    ...facts.map(({ name, type, describe }) => ({ label: name, detail: type, info: describe })),
    ...[...values].map(([value, name]) => ({ label: JSON.stringify(value), detail: name, info: '' })),
    ...functions.map(({ name, example, describe }) => ({ label: name, detail: example, info: describe })),
  ]
}
