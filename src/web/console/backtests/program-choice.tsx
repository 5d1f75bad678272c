/** Choosing a program for a question: what decides now, a draft, a template, or a file of one's own. */

import { FileInput, Select } from '@mantine/core'
import { useState } from 'react'
import type { ProgramChoice } from '../../../client/index.ts'
import { api, useAsk } from '../api.ts'
import { useWords } from '../language.tsx'
import { useProgram } from '../session.tsx'
import { backtestWords } from './backtest-words.ts'
import { choiceOf } from './told.ts'

const UPLOAD = 'upload'
export const NOTHING = 'nothing'

export function ProgramSelect({
  label,
  value,
  onChange,
  mayBeNothing = false,
  onFile,
  error,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  mayBeNothing?: boolean
  onFile: (choice: ProgramChoice | null) => void
  error?: string | undefined
}) {
  const say = useWords(backtestWords)
  const { id } = useProgram()
  const program = useAsk(['program', id], () => api.getProgram(id))
  const drafts = useAsk(['drafts', id], () => api.listDrafts(id))
  const templates = useAsk(['templates'], () => api.listTemplates())
  const data = [
    ...(mayBeNothing ? [{ value: NOTHING, label: say('nothing') }] : []),
    { value: 'current', label: say('current', { number: program.data?.revision ?? 1 }) },
    ...(drafts.data?.data ?? []).map((one) => ({
      value: `draft:${one.id}`,
      label: say('from_draft', { name: one.title, title: '' }),
    })),
    ...(templates.data?.data ?? []).map(({ name }) => ({
      value: `template:${name}`,
      label: say('from_template', { name: name.replaceAll('-', ' '), title: '' }),
    })),
    { value: UPLOAD, label: say('upload') },
  ]
  return (
    <div>
      <Select
        label={label}
        value={value}
        allowDeselect={false}
        searchable
        data={data}
        onChange={(next) => next !== null && onChange(next)}
        error={error}
      />
      {value === UPLOAD && (
        <FileInput
          mt="xs"
          aria-label={say('upload_program')}
          placeholder={say('upload_program')}
          accept=".yaml,.yml,.json"
          onChange={(file) => {
            if (file === null) onFile(null)
            else void file.text().then((source) => onFile({ source, name: file.name }))
          }}
        />
      )}
    </div>
  )
}

/** What was chosen: null where a file is still missing. */
export function useChoice(): {
  file: ProgramChoice | null
  setFile(file: ProgramChoice | null): void
  of(value: string): ProgramChoice | null
} {
  const [file, setFile] = useState<ProgramChoice | null>(null)
  return { file, setFile, of: (value) => (value === UPLOAD ? file : choiceOf(value)) }
}
