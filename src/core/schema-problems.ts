/**
 * What a Zod schema has against a program file or the body of a request, in words for the person who wrote it.
 *
 * Zod says what it expected; the file says where it stands and what is there; the schema itself, walked along the path,
 * says which keys are known at that place, so that a misspelt one gets a suggestion.
 */
import type { core, ZodError, ZodType } from 'zod'
import { nearest } from './nearest.ts'
import type { FieldError } from './refusal.ts'
import { type Path, type Problem, type ProblemOptions, pointerOf, type Source } from './source.ts'

/** Every problem once, in the order of the file; at most a hundred of them. */
export function problemsFromZod(error: ZodError, source: Source, schema: ZodType): Problem[] {
  const file: File = { data: source.data, textAt: (path) => source.textAt(path), words: PROGRAM_WORDS }
  const problems = findAll(error, file, schema).map(({ path, code, message, ...options }) =>
    source.problem(path, code, message, options),
  )
  return problems.sort((a, b) => a.line - b.line || a.column - b.column)
}

/** The same for data that was sent: each mistake once, at its JSON pointer. */
export function fieldErrorsFromZod(error: ZodError, data: unknown, schema: ZodType): FieldError[] {
  const file: File = { data, textAt: () => undefined, words: BODY_WORDS }
  return findAll(error, file, schema).map(({ path, code, message, suggestion }) => ({
    pointer: pointerOf(path),
    code,
    message: `${message}${suggestion === undefined ? '' : ` (did you mean \`${suggestion}\`?)`}.`,
  }))
}

function findAll(error: ZodError, file: File, schema: ZodType): Finding[] {
  const found = error.issues
    .slice(0, MOST_PROBLEMS)
    .flatMap((issue) => describe(file, issue, issue.path as Path, [schema], []))
    .slice(0, MOST_PROBLEMS)
  const findings = new Map<string, Finding>()
  for (const finding of withoutConsequences(found)) {
    const { path, code, message } = finding
    // Two limits of one value are one problem, whereas checks of our own may each have something to say.
    findings.set(`${pointerOf(path)} ${code} ${code === 'invalid' ? message : ''}`, finding)
  }
  return [...findings.values()]
}

type Issue = core.$ZodIssue
type Schema = core.$ZodType
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>
type SizeIssue = Extract<Issue, { code: 'too_small' | 'too_big' }>

interface File {
  readonly data: unknown
  /** A number or text as it is written, where that is known. */
  textAt(path: Path): string | undefined
  readonly words: Words
}

/** What the whole is called, and what has keys: those who write a program file and those who send JSON say it apart. */
interface Words {
  readonly whole: string
  readonly object: string
  readonly anObject: string
  readonly emptyObject: string
}

const PROGRAM_WORDS: Words = {
  whole: 'The file',
  object: 'a section with keys of its own',
  anObject: 'a section',
  emptyObject: 'an empty section',
}
const BODY_WORDS: Words = {
  whole: 'The body',
  object: 'an object',
  anObject: 'an object',
  emptyObject: 'an empty object',
}

interface Finding extends ProblemOptions {
  readonly path: Path
  readonly code: string
  readonly message: string
}

const MOST_PROBLEMS = 100
/** How many known words a message lists before it says only that there are more. */
const MOST_LISTED = 12

/**
 * @param path where the issue is, from the root of the file
 * @param schemas what may stand at `base`
 * @param base how much of the path was already walked, since the branches of a union count from the union on
 */
function describe(file: File, issue: Issue, path: Path, schemas: readonly Schema[], base: Path): Finding[] {
  const value = valueAt(file.data, path)
  const isAboutPresence =
    issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
  if (value === undefined && isAboutPresence) return [missing(file, path)]
  if (issue.code === 'invalid_union') return describeUnion(file, issue, path, schemas, base)
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemasAt(file, schemas, base, path))
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => unknownKey(path, key, known, value))
  }
  if (issue.code === 'invalid_key') return [wrongName(file, path, issue.issues[0])]
  if (hasOwnWords(issue)) return [{ path, code: 'invalid', message: issue.message }]
  const got = describeValue(file, path)
  if (issue.code === 'invalid_value') return [notAmong(file, path, issue.values.map(String), value, got)]
  if (issue.code === 'invalid_type') {
    const expected = describeType(file, issue.expected, schemasAt(file, schemas, base, path))
    const but = value === null ? `is empty, but must be ${expected}` : `must be ${expected}, got ${got}`
    return [{ path, code: 'wrong_type', message: `${subject(file, path)} ${but}` }]
  }
  if (issue.code === 'too_small' || issue.code === 'too_big')
    return [{ path, code: issue.code, message: `${subject(file, path)} ${describeLimit(issue)}, got ${got}` }]
  if (issue.code === 'not_multiple_of')
    return [
      {
        path,
        code: 'wrong_form',
        message: `${subject(file, path)} must be a multiple of ${issue.divisor}, got ${got}`,
      },
    ]
  return [{ path, code: 'wrong_form', message: `${subject(file, path)} does not have the right form, got ${got}` }]
}

/** The branch that came closest speaks for the whole union, since a person meant one of them. */
function describeUnion(file: File, issue: UnionIssue, path: Path, schemas: readonly Schema[], base: Path): Finding[] {
  const value = valueAt(file.data, path)
  const here = schemasAt(file, schemas, base, path)
  if (issue.errors.length === 0) {
    // A discriminated union: the path already leads to the key whose value chooses the branch.
    const values = ('options' in issue ? (issue.options ?? []) : []).map(String)
    return [notAmong(file, path, values, value, describeValue(file, path))]
  }
  const union = here.map(unionOptions).find((options) => options?.length === issue.errors.length)
  const branches = issue.errors.map((errors, index) => {
    const option = union?.[index]
    const from = option ? [option] : here
    const findings = errors.flatMap((inner) => describe(file, inner, [...path, ...(inner.path as Path)], from, path))
    return { errors, findings, cost: costOf(errors, findings) }
  })
  const best = branches.reduce((a, b) => (b.cost < a.cost ? b : a))
  if (best.cost < WRONG_KIND) return [...best.findings]
  return [noneFits(file, path, value, branches, here)]
}

const WRONG_KIND = 1000

/** How far a branch is from what was written: another kind of value is farthest, a misspelt key is near. */
function costOf(errors: readonly Issue[], findings: readonly Finding[]): number {
  let cost = 0
  for (const error of errors) {
    const isKind = error.code === 'invalid_type' || error.code === 'invalid_value'
    if (isKind && error.path.length === 0) cost += WRONG_KIND
    // A literal in a key is how one branch is told from the other.
    else if (error.code === 'invalid_value' && error.values.length === 1 && error.path.length === 1) cost += 20
  }
  const kept = withoutConsequences(findings)
  for (const finding of kept) cost += finding.code === 'unknown_key' && !finding.suggestion ? 3 : 2
  return cost
}

/** `must be a whole number, or one of …`: when not even the kind of the value fits any branch. */
function noneFits(
  file: File,
  path: Path,
  value: unknown,
  branches: readonly { readonly errors: readonly Issue[] }[],
  here: readonly Schema[],
): Finding {
  const atRoot = branches.flatMap(({ errors }) => errors.filter((error) => error.path.length === 0))
  const values = atRoot.flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : []))
  const kinds = atRoot.flatMap((error) =>
    error.code === 'invalid_type' ? [describeType(file, error.expected, here)] : [],
  )
  const phrases = [...new Set(kinds), ...(values.length > 0 ? [listWords(values)] : [])]
  const message = `${subject(file, path)} must be ${phrases.join(' or ')}, got ${describeValue(file, path)}`
  return { path, code: values.length > 0 ? 'wrong_value' : 'wrong_type', message, suggestion: suggest(value, values) }
}

function missing(file: File, path: Path): Finding {
  return { path, code: 'missing', message: `${subject(file, path)} is missing`, part: 'key' }
}

function unknownKey(path: Path, key: string, known: readonly string[], value: unknown): Finding {
  // What stands there already is not what was meant.
  const free = known.filter((name) => !(isObject(value) && name in value))
  const suggestion = nearest(key, free)
  const list = suggestion === undefined && free.length > 0 ? `; there could be ${listWords(free, 'and')}` : ''
  const message = `\`${shorten(key)}\` is not known here${list}`
  return { path: [...path, key], code: 'unknown_key', message, part: 'key', suggestion }
}

function wrongName(file: File, path: Path, inner: Issue | undefined): Finding {
  const why = inner && hasOwnWords(inner) ? inner.message : `${subject(file, path)} cannot be used as a name here`
  return { path, code: 'key', message: why, part: 'key' }
}

function notAmong(file: File, path: Path, values: readonly string[], value: unknown, got: string): Finding {
  const message = `${subject(file, path)} must be ${listWords(values)}, got ${got}`
  return { path, code: 'wrong_value', message, suggestion: suggest(value, values) }
}

/** A key that is missing because it was misspelt is one mistake, not two. */
function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const place = (path: Path, last: string | number | undefined) => JSON.stringify([...path.slice(0, -1), last])
  const meant = new Set(
    findings.flatMap(({ path, code, suggestion }) => (code === 'unknown_key' ? [place(path, suggestion)] : [])),
  )
  return findings.filter(({ path, code }) => code !== 'missing' || !meant.has(place(path, path.at(-1))))
}

function suggest(value: unknown, values: readonly string[]): string | undefined {
  return typeof value === 'string' ? nearest(value, values) : undefined
}

/** Zod's own sentences begin like this; any other message was written by us for the place where it stands. */
function hasOwnWords(issue: Issue): boolean {
  return issue.code === 'custom' || !/^(?:Invalid|Too big|Too small|Unrecognized)/.test(issue.message)
}

function subject(file: File, path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return file.words.whole
  if (typeof last === 'string') return `\`${shorten(last)}\``
  const list = path.findLast((step) => typeof step === 'string')
  return list === undefined ? `Entry ${last + 1}` : `Entry ${last + 1} of \`${shorten(String(list))}\``
}

function describeType(file: File, expected: string, schemas: readonly Schema[]): string {
  const isInteger = (schema: Schema) => {
    const { def } = (schema as core.$ZodTypes)._zod
    return def.type === 'number' && 'format' in def && String(def.format).includes('int')
  }
  const numbers = schemas.filter((schema) => schema._zod.def.type === 'number')
  if (expected === 'number' && numbers.length > 0 && numbers.every(isInteger)) return TYPES.int!
  if (expected === 'object' || expected === 'record') return file.words.object
  return TYPES[expected] ?? expected
}

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  null: 'empty',
  never: 'left out',
}

function describeLimit(issue: SizeIssue): string {
  const isLeast = issue.code === 'too_small'
  const limit = String(isLeast ? issue.minimum : issue.maximum)
  const isCount = issue.origin !== 'number' && issue.origin !== 'int' && issue.origin !== 'bigint'
  if (!isCount && issue.inclusive === false) return `must be ${isLeast ? 'more' : 'less'} than ${limit}`
  const amount = `${issue.exact ? 'exactly' : isLeast ? 'at least' : 'at most'} ${limit}`
  if (!isCount) return `must be ${amount}`
  const one = issue.origin === 'string' ? 'character' : 'entry'
  const many = issue.origin === 'string' ? 'characters' : 'entries'
  return isLeast && limit === '1' ? 'must not be empty' : `must have ${amount} ${limit === '1' ? one : many}`
}

/** The value as a person would point at it: numbers as they are written, texts in quotes, the rest by its kind. */
function describeValue(file: File, path: Path): string {
  const value = valueAt(file.data, path)
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return `"${shorten(value)}"`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isObject(value)) return Object.keys(value).length === 0 ? file.words.emptyObject : file.words.anObject
  return shorten(file.textAt(path) ?? String(value))
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function listWords(words: readonly string[], joint: 'or' | 'and' = 'or'): string {
  const quoted = words.slice(0, MOST_LISTED).map((word) => `\`${word}\``)
  if (words.length > MOST_LISTED) return `${quoted.join(', ')} ${joint} ${words.length - MOST_LISTED} others`
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${joint} ${quoted.at(-1)}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Own values only; undefined where the path leads nowhere. */
function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** Every schema that may stand at `path`, when `schemas` may stand at `base`. */
function schemasAt(file: File, schemas: readonly Schema[], base: Path, path: Path): Schema[] {
  let value = valueAt(file.data, base)
  let here = schemas.flatMap((schema) => unfold(schema, value))
  for (const step of path.slice(base.length)) {
    value = valueAt(value, [step])
    here = here.flatMap((schema) => stepInto(schema, step)).flatMap((schema) => unfold(schema, value))
  }
  return here
}

/** The schema without its wrappers, with all the schemas that it leaves a choice of; itself first. */
function unfold(schema: Schema, value: unknown): Schema[] {
  const { def } = (schema as core.$ZodTypes)._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return unfold(def.innerType, value)
    case 'lazy':
      return unfold(def.getter(), value)
    case 'pipe':
      // What a person writes is the way in, unless that is a function that prepares the way out.
      return unfold(def.in._zod.def.type === 'transform' ? def.out : def.in, value)
    case 'intersection':
      return [...unfold(def.left, value), ...unfold(def.right, value)]
    case 'union':
      return [schema, ...likelyOptions(def, value).flatMap((option) => unfold(option, value))]
    default:
      return [schema]
  }
}

/** The branches whose literals (`on: visit`) are those that are written; all of them when that leaves none. */
function likelyOptions(def: core.$ZodUnionDef, value: unknown): readonly Schema[] {
  if (!isObject(value)) return def.options
  const telling = 'discriminator' in def ? [String(def.discriminator)] : Object.keys(value)
  const likely = def.options.filter((option) =>
    telling.every((key) => {
      const allowed = option._zod.propValues?.[key]
      return !allowed || allowed.has(value[key] as core.util.Primitive)
    }),
  )
  return likely.length > 0 ? likely : def.options
}

function unionOptions(schema: Schema): readonly Schema[] | undefined {
  const { def } = (schema as core.$ZodTypes)._zod
  return def.type === 'union' ? def.options : undefined
}

function stepInto(schema: Schema, step: string | number): readonly Schema[] {
  const { def } = (schema as core.$ZodTypes)._zod
  switch (def.type) {
    case 'object': {
      const inner = Object.hasOwn(def.shape, step) ? def.shape[step] : def.catchall
      return inner ? [inner] : []
    }
    case 'record':
      return [def.valueType]
    case 'array':
      return [def.element]
    case 'tuple': {
      const inner = def.items[Number(step)] ?? def.rest
      return inner ? [inner] : []
    }
    default:
      return []
  }
}

/** The keys that the schemas name: those of sections, and the names that a record is limited to. */
function knownKeys(schemas: readonly Schema[]): string[] {
  const keys = schemas.flatMap((schema) => {
    const { def } = (schema as core.$ZodTypes)._zod
    if (def.type === 'object') return Object.keys(def.shape)
    return def.type === 'record' ? [...(def.keyType._zod.values ?? [])].map(String) : []
  })
  return [...new Set(keys)]
}
