/**
 * A form that is drawn from the JSON Schema and the text of a program file. A change in it is a change of the text at
 * that place: see core/source-edits.ts. What it has no control for is shown, and changed, as it is written.
 */

import { ActionIcon, Button, Menu, SegmentedControl, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import { createContext, type ReactNode, useContext, useId, useState } from 'react'
import { type Path, pointerOf, type Source } from '../../../core/source.ts'
import { insertIn, moveIn, removeIn, renameIn, setIn, Written } from '../../../core/source-edits.ts'
import { useWords } from '../language.tsx'
import { Code } from '../parts/code.tsx'
import type { Completion } from '../parts/editing.ts'
import { useFilters } from '../parts/filters.ts'
import { ALWAYS, beginningOf, beginningOfForm, controlOf, formOf, inWords, newEntry, type Schema } from './fields.ts'
import { draftWords } from './program-words.ts'

export interface Wrong {
  pointer: string
  line: number
  column: number
  message: string
  suggestion: string | null
}

export interface FormState {
  source: Source
  wrong: readonly Wrong[]
  /** What the program says, read aloud, by pointer. */
  sentences: ReadonlyMap<string, string>
  completions: readonly Completion[]
  mayType: boolean
  edit(change: (text: string) => string): void
}

export const Form = createContext<FormState | null>(null)

function useForm(): FormState {
  const form = useContext(Form)
  if (form === null) throw new Error('a field stands inside of a form')
  return form
}

interface FieldProps {
  schema: Schema
  path: Path
  value: unknown
}

/** A part of the program: all of it, by what its schema says it is. */
export function Part({ schema, path, value }: FieldProps) {
  const control = controlOf(schema, String(path.at(-1)))
  if (control.kind === 'rows') return <Rows of={control.of} path={path} value={value} />
  if (control.kind === 'named') return <NamedRows of={control.of} path={path} value={value} />
  if (control.kind === 'section') return <Settings schema={schema} path={path} value={value} />
  return <Field schema={schema} path={path} value={value} />
}

/** The settings of a section that the file has, those that it needs, and a way to the others. */
export function Settings({ schema, path, value, only }: FieldProps & { only?: readonly string[] }) {
  const say = useWords(draftWords)
  const { edit, mayType } = useForm()
  const { properties = {}, required = [] } = schema
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const always = only ?? [...required, ...(ALWAYS[String(path[0])] ?? [])]
  const names = Object.keys(properties).filter((name) => only === undefined || only.includes(name))
  const shown = names.filter((name) => name in given || always.includes(name)).filter((name) => name !== 'off')
  const others = names.filter((name) => !shown.includes(name) && name !== 'off')
  return (
    <div className="settings">
      {shown.map((name) => (
        <Field
          key={name}
          schema={properties[name]!}
          path={[...path, name]}
          value={given[name]}
          needed={required.includes(name)}
        />
      ))}
      {others.length > 0 && mayType && (
        <Menu position="bottom-start" width={340}>
          <Menu.Target>
            <Button variant="subtle" size="xs" className="add-setting" leftSection={<IconPlus size={14} />}>
              {say('add_setting')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
            {others.map((name) => (
              <Menu.Item
                key={name}
                onClick={() => edit((text) => setIn(text, [...path, name], beginningOf(properties[name]!, name)))}
              >
                <b>{inWords(name)}</b>
                <span className="menu-note">{properties[name]!.description}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  )
}

function Field({ schema, path, value, needed = false }: FieldProps & { needed?: boolean }) {
  const say = useWords(draftWords)
  const { edit, wrong, mayType } = useForm()
  const name = String(path.at(-1))
  const control = controlOf(schema, name)
  const pointer = pointerOf(path)
  const isGiven = value !== undefined
  const remove =
    isGiven && !needed && mayType && path.length > 1 ? (
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`${say('remove')}: ${inWords(name)}`}
        title={say('remove')}
        onClick={() => edit((text) => removeIn(text, path))}
      >
        <IconX size={14} aria-hidden="true" />
      </ActionIcon>
    ) : null
  // What is wrong within a section is said within it, and the rest where it stands.
  const own = wrong.filter((one) => one.pointer === pointer)
  const within = control.kind === 'section' || control.kind === 'rows' || control.kind === 'named'
  if (within)
    return (
      <fieldset className="field-group">
        <legend>
          {inWords(name)} {remove}
        </legend>
        {schema.description !== undefined && <p className="field-note">{schema.description}</p>}
        <Mistakes of={own} />
        {isGiven ? (
          <Part schema={schema} path={path} value={value} />
        ) : (
          <Button
            variant="default"
            size="xs"
            onClick={() => edit((text) => setIn(text, path, beginningOf(schema, name)))}
          >
            {say('add_entry')}
          </Button>
        )}
      </fieldset>
    )
  return (
    <div className="field">
      <div className="field-input">
        <Input schema={schema} path={path} value={value} needed={needed} mistakes={own} />
      </div>
      {remove}
    </div>
  )
}

function Mistakes({ of }: { of: readonly Wrong[] }) {
  return of.map(({ message, line, column }) => (
    <p key={`${line} ${column} ${message}`} className="field-wrong" role="alert">
      {message}
    </p>
  ))
}

function Input({
  schema,
  path,
  value,
  needed,
  mistakes,
}: FieldProps & { needed: boolean; mistakes: readonly Wrong[] }) {
  const say = useWords(draftWords)
  const { edit, mayType, source } = useForm()
  const name = String(path.at(-1))
  const control = controlOf(schema, name)
  const set = (next: unknown) => edit((text) => (next === undefined ? removeIn(text, path) : setIn(text, path, next)))
  const error = mistakes.length === 0 ? undefined : mistakes.map(({ message }) => message).join(' ')
  const common = { label: inWords(name), description: schema.description, error, disabled: !mayType }
  switch (control.kind) {
    case 'switch':
      return (
        <Switch
          {...common}
          checked={(value ?? schema.default) === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <Choice {...common} values={control.values} value={value ?? schema.default} needed={needed} onChange={set} />
      )
    case 'number':
      return (
        <TextInput
          {...common}
          inputMode="numeric"
          value={source.textAt(path) ?? ''}
          placeholder={placeholderOf(schema)}
          onChange={(event) => set(typed(event.currentTarget.value))}
        />
      )
    case 'list':
      return (
        <TagsInput
          {...common}
          value={Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]}
          onChange={(next) => set(next.length === 0 && !needed ? undefined : next)}
        />
      )
    case 'condition':
      return <Condition {...common} path={path} value={value} mistakes={mistakes} onChange={set} />
    case 'several':
      return <Several forms={control.forms} schema={schema} path={path} value={value} mistakes={mistakes} />
    case 'words':
      return (
        <TextInput
          {...common}
          value={typeof value === 'string' ? value : (source.textAt(path) ?? '')}
          placeholder={placeholderOf(schema)}
          onChange={(event) => set(typed(event.currentTarget.value))}
        />
      )
    default:
      return (
        <TextInput
          {...common}
          className="as-written"
          description={[schema.description, say('whole')].filter(Boolean).join('. ')}
          value={writtenAt(source, path, value)}
          onChange={(event) => set(new Written(event.currentTarget.value))}
        />
      )
  }
}

/** What people type into a field: 5.00 is a number and stays 5.00, everything else a text. */
function typed(text: string): unknown {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? new Written(text) : text
}

function placeholderOf({ default: unless }: Schema): string | undefined {
  return typeof unless === 'string' || typeof unless === 'number' ? String(unless) : undefined
}

function writtenAt(source: Source, path: Path, value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (source.textAt(path) ?? '')
}

function Choice({
  values,
  value,
  needed,
  label,
  description,
  error,
  disabled,
  onChange,
}: {
  values: readonly string[]
  value: unknown
  needed: boolean
  label: string
  description: string | undefined
  error: string | undefined
  disabled: boolean
  onChange(value: string | undefined): void
}) {
  const id = useId()
  const data = values.map((one) => ({ value: one, label: inWords(one) }))
  const isShort = values.length <= 5 && values.join('').length <= 34
  if (!isShort || value === undefined)
    return (
      <Select
        label={label}
        description={description}
        error={error}
        disabled={disabled}
        data={data}
        value={value === undefined ? null : String(value)}
        clearable={!needed}
        onChange={(next) => onChange(next ?? undefined)}
      />
    )
  return (
    <div>
      <div className="field-label" id={id}>
        {label}
      </div>
      {description !== undefined && <p className="field-note">{description}</p>}
      <SegmentedControl
        aria-labelledby={id}
        size="sm"
        disabled={disabled}
        data={data}
        value={String(value)}
        onChange={onChange}
      />
      {error !== undefined && (
        <p className="field-wrong" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

/** A condition in an editor of its own, with squiggles where it is wrong. */
function Condition({
  path,
  value,
  mistakes,
  label,
  description,
  disabled,
  onChange,
}: {
  path: Path
  value: unknown
  mistakes: readonly Wrong[]
  label: string
  description: string | undefined
  disabled: boolean
  onChange(value: string | undefined): void
}) {
  const say = useWords(draftWords)
  const { source, completions } = useForm()
  const text = typeof value === 'string' ? value : ''
  return (
    <div>
      <div className="field-label">{label}</div>
      <p className="field-note">
        {description}. {say('facts_hint')}
      </p>
      <Code
        label={label}
        language="condition"
        lines={1}
        text={text}
        complete={completions}
        marks={mistakes.map(({ line, column, message }) => ({
          ...placeWithin(source, path, text, line, column),
          message,
        }))}
        {...(disabled ? {} : { onChange: (next: string) => onChange(next.trim() === '' ? undefined : next) })}
      />
      <Mistakes of={mistakes} />
    </div>
  )
}

/** The place of the file as a place of the condition, which may be quoted and folded there. */
function placeWithin(source: Source, path: Path, text: string, line: number, column: number) {
  for (let at = 0; at <= text.length; at++) {
    const place = source.locateIn(path, at, at + 1)
    if (place.line > line || (place.line === line && place.column >= column)) {
      const before = text.slice(0, at).split('\n')
      return { line: before.length, column: before.at(-1)!.length + 1 }
    }
  }
  return { line: 1, column: 1 }
}

/** A setting that may be written in several forms: which one, and then that one. */
function Several({
  forms,
  schema,
  path,
  value,
  mistakes,
}: FieldProps & { forms: readonly Schema[]; mistakes: readonly Wrong[] }) {
  const say = useWords(draftWords)
  const { edit, mayType, source } = useForm()
  const id = useId()
  const name = String(path.at(-1))
  const options = forms.flatMap((form, i) =>
    (form.enum ?? [form.const ?? null]).map((only) => ({ form, i, only, value: `${i} ${only ?? ''}` })),
  )
  const found = value === undefined ? -1 : formOf(forms, value)
  const chosen = options.find(({ i, only }) => i === found && (only === null || only === value))
  const labelOf = ({ form, only }: (typeof options)[number]) => {
    if (only !== null) return only === 'never' ? say('kind_never') : inWords(only)
    if (form.properties === undefined) return say('kind_text')
    const [first] = form.required?.length ? form.required : Object.keys(form.properties)
    return forms.filter(({ properties }) => properties !== undefined).length > 1 ? inWords(first!) : say('kind_section')
  }
  const begin = (next: string | null) => {
    const option = options.find((one) => one.value === next)
    if (option === undefined) return edit((text) => removeIn(text, path))
    edit((text) => setIn(text, path, option.only ?? beginningOfForm(option.form, name)))
  }
  return (
    <div>
      <div className="field-label" id={id}>
        {inWords(name)}
      </div>
      {schema.description !== undefined && <p className="field-note">{schema.description}</p>}
      <Select
        aria-labelledby={id}
        disabled={!mayType}
        placeholder={say('no_value')}
        data={options.map((option) => ({ value: option.value, label: labelOf(option) }))}
        value={chosen?.value ?? null}
        onChange={begin}
      />
      {chosen?.form.properties !== undefined && (
        <div className="field-inner">
          <Settings schema={chosen.form} path={path} value={value} />
        </div>
      )}
      {chosen !== undefined && chosen.only === null && chosen.form.properties === undefined && (
        <TextInput
          mt="xs"
          aria-labelledby={id}
          disabled={!mayType}
          value={typeof value === 'string' ? value : (source.textAt(path) ?? '')}
          onChange={(event) => edit((text) => setIn(text, path, typed(event.currentTarget.value)))}
        />
      )}
      <Mistakes of={mistakes} />
    </div>
  )
}

/** A list of sections, such as rules: a row each, which opens. Which one is open stands in the address. */
function Rows({ of, path, value }: { of: Schema; path: Path; value: unknown }) {
  const say = useWords(draftWords)
  const { edit, mayType } = useForm()
  const [filters, change] = useFilters()
  const entries = Array.isArray(value) ? value : []
  const add = () => {
    const entry = newEntry(of, entries)
    edit((text) => insertIn(text, path, entries.length, entry))
    if (path.length === 1) change({ open: String(entries.length) }, 'replace')
  }
  return (
    <div className="rows">
      {entries.length === 0 && <p className="field-note">{say('empty_part')}</p>}
      <ol>
        {entries.map((entry: Record<string, unknown>, i) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: ids are what people are editing, so that places stay better.
            key={i}
            of={of}
            path={[...path, i]}
            entry={entry}
            count={entries.length}
            opened={path.length > 1 || filters['open'] === String(i)}
            toggle={
              path.length > 1 ? null : () => change({ open: filters['open'] === String(i) ? undefined : String(i) })
            }
          />
        ))}
      </ol>
      {mayType && (
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={add}>
          {say('add_entry')}
        </Button>
      )}
    </div>
  )
}

function Row({
  of,
  path,
  entry,
  count,
  opened,
  toggle,
}: {
  of: Schema
  path: Path
  entry: Record<string, unknown>
  count: number
  opened: boolean
  toggle: (() => void) | null
}) {
  const say = useWords(draftWords)
  const { edit, mayType, sentences, wrong } = useForm()
  const place = Number(path.at(-1))
  const list = path.slice(0, -1)
  const pointer = pointerOf(path)
  const called = entry?.['name'] ?? entry?.['id']
  const name = called === undefined ? say('entry', { number: place + 1 }) : inWords(String(called))
  const own = wrong.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`))
  const sentence = sentences.get(pointer)
  const isOff = entry?.['off'] === true
  const move = (to: number) => edit((text) => moveIn(text, list, place, to))
  return (
    <li className="row" data-open={opened || undefined} data-off={isOff || undefined}>
      <div className="row-head">
        <div className="row-words">
          {toggle === null ? (
            <b>{name}</b>
          ) : (
            <button type="button" className="row-name" aria-expanded={opened} onClick={toggle}>
              {name}
            </button>
          )}
          {isOff && <p className="row-sentence">{say('off')}</p>}
          {!isOff && sentence !== undefined && <p className="row-sentence">{sentence}</p>}
          {!opened && own.length > 0 && <p className="field-wrong">{own[0]!.message}</p>}
        </div>
        {mayType && (
          <div className="row-actions">
            {of.properties?.['off'] !== undefined && (
              <Switch
                size="sm"
                aria-label={say('on', { name })}
                checked={!isOff}
                onChange={(event) => {
                  const on = event.currentTarget.checked
                  edit((text) => (on ? removeIn(text, [...path, 'off']) : setIn(text, [...path, 'off'], true)))
                }}
              />
            )}
            <RowAction label={say('up', { name })} disabled={place === 0} onClick={() => move(place - 1)}>
              <IconArrowUp size={16} aria-hidden="true" />
            </RowAction>
            <RowAction label={say('down', { name })} disabled={place === count - 1} onClick={() => move(place + 1)}>
              <IconArrowDown size={16} aria-hidden="true" />
            </RowAction>
            <RowAction label={say('remove_entry', { name })} onClick={() => edit((text) => removeIn(text, path))}>
              <IconX size={16} aria-hidden="true" />
            </RowAction>
          </div>
        )}
      </div>
      {opened && (
        <div className="row-body">
          <Mistakes of={own.filter((one) => one.pointer === pointer)} />
          <Settings schema={of} path={path} value={entry} />
        </div>
      )}
    </li>
  )
}

function RowAction({
  label,
  disabled = false,
  onClick,
  children,
}: {
  label: string
  disabled?: boolean
  onClick(): void
  children: ReactNode
}) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="md"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  )
}

/** Sections by names of the file's own, such as wallets. */
function NamedRows({ of, path, value }: { of: Schema; path: Path; value: unknown }) {
  const say = useWords(draftWords)
  const { edit, mayType, sentences } = useForm()
  const [added, setAdded] = useState('')
  const entries = Object.entries((typeof value === 'object' && value !== null ? value : {}) as object)
  const isFree = /^[a-z][a-z0-9_-]{0,62}$/.test(added) && !entries.some(([name]) => name === added)
  return (
    <div className="rows">
      <ol>
        {entries.map(([name, entry]) => {
          const at = [...path, name]
          const pointer = pointerOf(at)
          const told = [...sentences].filter(([place]) => place.startsWith(`${pointer}/`)).map(([, text]) => text)
          return (
            <li key={name} className="row" data-open>
              <div className="row-head">
                <div className="row-words">
                  <NameField path={at} name={name} />
                  {told.length > 0 && <p className="row-sentence">{told.join(' ')}</p>}
                </div>
                {mayType && entries.length > 1 && (
                  <RowAction label={say('remove_entry', { name })} onClick={() => edit((text) => removeIn(text, at))}>
                    <IconX size={16} aria-hidden="true" />
                  </RowAction>
                )}
              </div>
              <div className="row-body">
                {of.properties === undefined ? (
                  <Field schema={of} path={at} value={entry} needed />
                ) : (
                  <Settings schema={of} path={at} value={entry} />
                )}
              </div>
            </li>
          )
        })}
      </ol>
      {mayType && (
        <form
          className="add-named"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isFree) return
            edit((text) => setIn(text, [...path, added], beginningOf(of, added)))
            setAdded('')
          }}
        >
          <TextInput
            size="xs"
            label={say('new_name')}
            value={added}
            onChange={(event) => setAdded(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" variant="default" disabled={!isFree} leftSection={<IconPlus size={14} />}>
            {say('add_entry')}
          </Button>
        </form>
      )}
    </div>
  )
}

/** A name in the file is changed at once and not letter by letter: others refer to it. */
function NameField({ path, name }: { path: Path; name: string }) {
  const say = useWords(draftWords)
  const { edit, mayType } = useForm()
  const [typedName, setTypedName] = useState(name)
  if (!mayType) return <b>{name}</b>
  const rename = () => {
    if (typedName !== name && /^[a-z][a-z0-9_-]{0,62}$/.test(typedName)) edit((text) => renameIn(text, path, typedName))
    else setTypedName(name)
  }
  return (
    <TextInput
      size="xs"
      label={say('new_name')}
      value={typedName}
      onChange={(event) => setTypedName(event.currentTarget.value)}
      onBlur={rename}
    />
  )
}
