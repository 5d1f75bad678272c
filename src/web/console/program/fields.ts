/** What the JSON Schema of program files means for a form: which control a setting gets, and what it begins as. */

/** As much of JSON Schema as the schema of program files uses. */
export interface Schema {
  type?: string | readonly string[]
  description?: string
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: Schema | boolean
  items?: Schema
  enum?: readonly string[]
  const?: string
  anyOf?: readonly Schema[]
  default?: unknown
}

export type Control =
  | { kind: 'section'; properties: Readonly<Record<string, Schema>>; required: readonly string[] }
  | { kind: 'named'; of: Schema }
  | { kind: 'rows'; of: Schema }
  | { kind: 'list' }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'switch' }
  | { kind: 'number' }
  | { kind: 'condition' }
  | { kind: 'words' }
  /** Several forms at once, of which one is written: the forms that there are. */
  | { kind: 'several'; forms: readonly Schema[] }
  /** What the form has no control for is shown as it is written. */
  | { kind: 'written' }

/** Settings that hold conditions, wherever they stand. */
const CONDITIONS = new Set(['when', 'lines'])

export function controlOf(schema: Schema, name: string): Control {
  if (schema.anyOf !== undefined) return controlOfSeveral(schema.anyOf)
  if (schema.enum !== undefined) return { kind: 'choice', values: schema.enum }
  if (schema.properties !== undefined)
    return { kind: 'section', properties: schema.properties, required: schema.required ?? [] }
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return { kind: 'named', of: schema.additionalProperties }
  if (schema.type === 'array') return controlOfList(schema.items ?? {})
  if (schema.type === 'boolean') return { kind: 'switch' }
  if (schema.type === 'integer') return { kind: 'number' }
  if (isWords(schema)) return { kind: CONDITIONS.has(name) ? 'condition' : 'words' }
  return { kind: 'written' }
}

function controlOfList(items: Schema): Control {
  if (items.properties !== undefined) return { kind: 'rows', of: items }
  return items.type === 'string' && items.enum === undefined ? { kind: 'list' } : { kind: 'written' }
}

/** A number or a text, both of which people type; a text or texts, which are a list of one; sections and words. */
function controlOfSeveral(forms: readonly Schema[]): Control {
  if (forms.every(isWords)) return { kind: 'words' }
  if (forms.some((form) => form.type === 'array') && forms.every((form) => isWords(form) || isTexts(form)))
    return { kind: 'list' }
  const isPlain = (form: Schema) => form.const !== undefined || form.enum !== undefined || isWords(form)
  if (forms.every((form) => isPlain(form) || form.properties !== undefined)) return { kind: 'several', forms }
  return { kind: 'written' }
}

function isWords({ type, enum: values, const: only, anyOf }: Schema): boolean {
  if (values !== undefined || only !== undefined || anyOf !== undefined) return false
  const types = typeof type === 'string' ? [type] : (type ?? [])
  return types.length > 0 && types.every((one) => one === 'string' || one === 'number')
}

function isTexts({ type, items }: Schema): boolean {
  return type === 'array' && items !== undefined && isWords(items)
}

/** Which of several forms is written; -1 where none fits. */
export function formOf(forms: readonly Schema[], value: unknown): number {
  const isSection = typeof value === 'object' && value !== null
  const fitting = forms.findIndex((form) =>
    isSection
      ? form.properties !== undefined && Object.keys(value).every((key) => key in form.properties!)
      : form.const === value || form.enum?.includes(String(value)) === true,
  )
  return fitting !== -1 || isSection ? fitting : forms.findIndex(isWords)
}

/** What a setting begins as when somebody adds it: as little as there can be. */
export function beginningOf(schema: Schema, name: string): unknown {
  if (schema.default !== undefined) return schema.default
  const control = controlOf(schema, name)
  switch (control.kind) {
    case 'section':
      return Object.fromEntries(control.required.map((key) => [key, beginningOf(control.properties[key]!, key)]))
    case 'rows':
    case 'list':
      return []
    case 'named':
      return {}
    case 'choice':
      return control.values[0]
    case 'switch':
      return true
    case 'number':
      return 1
    case 'several':
      return beginningOfForm(control.forms[0]!, name)
    default:
      return ''
  }
}

export function beginningOfForm(form: Schema, name: string): unknown {
  return form.const ?? form.enum?.[0] ?? beginningOf(form, name)
}

/** Another entry of a list of sections, under an id that is free. */
export function newEntry(of: Schema, taken: readonly unknown[]): Record<string, unknown> {
  const entry = beginningOf(of, '') as Record<string, unknown>
  if (of.properties?.['id'] === undefined) return entry
  const ids = new Set(taken.map((one) => (one as { id?: unknown } | null)?.id))
  let number = taken.length + 1
  while (ids.has(`new-${number}`)) number++
  return { ...entry, id: `new-${number}` }
}

/** `double-tuesday` and `late_limit` as people read them. */
export function inWords(name: string): string {
  const text = name.replaceAll(/[-_]+/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Settings that are always shown in entries of these parts, whether the file has them or not. */
export const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  earning: ['name', 'on', 'when', 'earn', 'times', 'limit'],
  rewards: ['name', 'cost', 'gives'],
  discounts: ['name', 'when', 'gives'],
  wallets: ['name', 'expiry'],
  stamps: ['name', 'stamps', 'reward'],
  gifts: ['on', 'reward'],
}
