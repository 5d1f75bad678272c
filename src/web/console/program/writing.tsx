/** Writing a draft: as a form and as text, which are the same file, with what is wrong and what it says beside it. */

import { Button, Menu, NativeSelect, SegmentedControl } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { ProgramCheck } from '../../../client/index.ts'
import { readSource, Source } from '../../../core/source.ts'
import { setIn } from '../../../core/source-edits.ts'
import { useWords } from '../language.tsx'
import { Code } from '../parts/code.tsx'
import { useFilters } from '../parts/filters.ts'
import { Answered } from '../parts/problem.tsx'
import { beginningOf, inWords, type Schema } from './fields.ts'
import { Form, Part, Settings } from './form.tsx'
import { draftWords, partWords } from './program-words.ts'
import { completionsOf, useProgramForm } from './use-check.ts'

/** The settings that stand outside of any part. */
const BASICS = ['program', 'name', 'currency', 'timezone', 'combine', 'late_limit', 'review', 'returns']

export function Writing({
  text,
  check,
  mayType,
  change,
}: {
  text: string
  check: ProgramCheck | undefined
  mayType: boolean
  change(text: string): void
}) {
  const say = useWords(draftWords)
  const [filters, filter] = useFilters()
  const form = useProgramForm()
  const view = filters['view'] === 'text' ? 'text' : 'form'
  const marks = useMemo(
    () =>
      (check?.problems ?? []).map(({ line, column, message, suggestion }) => ({
        line,
        column,
        message: suggestion === null ? message : `${message} ${say('did_you_mean', { suggestion })}`,
      })),
    [check, say],
  )
  return (
    <>
      <div className="writing-head">
        <SegmentedControl
          aria-label={say('both')}
          value={view}
          onChange={(next) => filter({ view: next === 'text' ? 'text' : undefined })}
          data={[
            { value: 'form', label: say('form') },
            { value: 'text', label: say('text') },
          ]}
        />
        <span className="field-note">{say('both')}</span>
      </div>
      <Wrongs check={check} text={text} {...(mayType ? { change } : {})} />
      {view === 'text' ? (
        <Code
          label={say('file')}
          language="yaml"
          lines={28}
          text={text}
          marks={marks}
          {...(mayType ? { onChange: change } : {})}
        />
      ) : (
        <Answered ask={form} lines={8}>
          {({ schema, functions }) => (
            <FormOfFile
              schema={schema as Schema}
              text={text}
              check={check}
              mayType={mayType}
              functions={functions}
              change={change}
            />
          )}
        </Answered>
      )}
    </>
  )
}

/** Everything that is wrong, with a way to it, and to what was probably meant. */
function Wrongs({
  check,
  text,
  change,
}: {
  check: ProgramCheck | undefined
  text: string
  change?: (text: string) => void
}) {
  const say = useWords(draftWords)
  const [, filter] = useFilters()
  if (check === undefined || check.problems.length === 0) return null
  const open = (pointer: string) => {
    const [, part, entry] = pointer.split('/')
    filter({
      view: undefined,
      part: part === undefined || BASICS.includes(part) ? undefined : part,
      open: entry !== undefined && /^\d+$/.test(entry) ? entry : undefined,
    })
  }
  return (
    <section className="wrongs" aria-label={say('mistakes', { count: check.problems.length })}>
      <h2>{say('mistakes', { count: check.problems.length })}</h2>
      <ul>
        {check.problems.slice(0, 8).map((one) => (
          <li key={`${one.line} ${one.column} ${one.code} ${one.message}`}>
            <button type="button" onClick={() => open(one.pointer)}>
              {say('line', { line: one.line })}
            </button>{' '}
            {one.message}{' '}
            {one.suggestion !== null && change !== undefined && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => change(withSuggestion(text, one.line, one.column, one.suggestion!))}
              >
                {say('put_right', { suggestion: one.suggestion })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The word at this place with what was probably meant in its stead. */
function withSuggestion(text: string, line: number, column: number, suggestion: string): string {
  const lines = text.split('\n')
  const own = lines[line - 1] ?? ''
  const rest = own.slice(column - 1)
  const word = /^"[^"]*"|^[\w./-]+/.exec(rest)?.[0] ?? ''
  lines[line - 1] = own.slice(0, column - 1) + suggestion + rest.slice(word.length)
  return lines.join('\n')
}

function FormOfFile({
  schema,
  text,
  check,
  mayType,
  functions,
  change,
}: {
  schema: Schema
  text: string
  check: ProgramCheck | undefined
  mayType: boolean
  functions: readonly { name: string; example: string; describe: string }[]
  change(text: string): void
}) {
  const say = useWords(draftWords)
  const partName = usePartName()
  const [filters, filter] = useFilters()
  const reading = useMemo(() => readSource(text), [text])
  const sentences = useMemo(() => sentencesOf(check), [check])
  const completions = useMemo(() => completionsOf(check?.facts ?? [], functions), [check, functions])
  if (!(reading instanceof Source)) {
    const [first] = reading.problems
    return (
      <div className="problem" role="alert">
        <p>{say('form_shut', { line: first!.line, message: first!.message })}</p>
        <Button className="again" size="xs" variant="default" onClick={() => filter({ view: 'text' })}>
          {say('to_text')}
        </Button>
      </div>
    )
  }
  const data = (typeof reading.data === 'object' && reading.data !== null ? reading.data : {}) as Record<
    string,
    unknown
  >
  const properties = schema.properties ?? {}
  const parts = Object.keys(properties).filter((name) => !BASICS.includes(name))
  const given = ['earning', 'rewards', ...parts].filter((name, i, all) => name in data && all.indexOf(name) === i)
  const wanted = filters['part']
  const part = wanted === 'basics' || (wanted !== undefined && wanted in data) ? wanted : (given[0] ?? 'basics')
  const choose = (name: string) => filter({ part: name, open: undefined })
  const shown = ['basics', ...given]
  const state = {
    source: reading,
    wrong: check?.problems ?? [],
    sentences,
    completions,
    mayType,
    edit: (how: (text: string) => string) => change(how(text)),
  }
  const wrongIn = (name: string) =>
    state.wrong.some(({ pointer }) => {
      const [, section = ''] = pointer.split('/')
      return name === 'basics' ? BASICS.includes(section) : section === name
    })
  return (
    <Form value={state}>
      <div className="form">
        <nav className="form-parts" aria-label={say('parts')}>
          <NativeSelect
            hiddenFrom="sm"
            aria-label={say('parts')}
            value={part}
            data={shown.map((name) => ({ value: name, label: partName(name) }))}
            onChange={(event) => choose(event.currentTarget.value)}
          />
          <ul className="form-part-list">
            {shown.map((name) => (
              <li key={name}>
                <button
                  type="button"
                  aria-current={name === part ? 'page' : undefined}
                  data-wrong={wrongIn(name) || undefined}
                  onClick={() => choose(name)}
                >
                  {partName(name)}
                </button>
              </li>
            ))}
          </ul>
          {mayType && (
            <Menu position="bottom-start" width={320}>
              <Menu.Target>
                <Button variant="subtle" size="xs" leftSection={<IconPlus size={14} />}>
                  {say('add_part')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
                {parts
                  .filter((name) => !(name in data))
                  .map((name) => (
                    <Menu.Item
                      key={name}
                      onClick={() => {
                        change(setIn(text, [name], beginningOf(properties[name]!, name)))
                        choose(name)
                      }}
                    >
                      {partName(name)}
                    </Menu.Item>
                  ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </nav>
        <section className="form-part" aria-label={partName(part)}>
          <h2>{partName(part)}</h2>
          {part === 'basics' ? (
            <Settings schema={schema} path={[]} value={data} only={BASICS} />
          ) : (
            <Part schema={properties[part]!} path={[part]} value={data[part]} />
          )}
        </section>
      </div>
    </Form>
  )
}

/** Several sentences may be about one place. */
function sentencesOf(check: ProgramCheck | undefined): ReadonlyMap<string, string> {
  const sentences = new Map<string, string>()
  for (const { pointer, text } of check?.sentences ?? [])
    sentences.set(pointer, sentences.has(pointer) ? `${sentences.get(pointer)} ${text}` : text)
  return sentences
}

function usePartName(): (name: string) => string {
  const say = useWords(draftWords)
  const sayPart = useWords(partWords)
  return (name) => {
    if (name === 'basics') return say('basics')
    return name in partWords.en ? sayPart(name as keyof typeof partWords.en) : inWords(name)
  }
}
