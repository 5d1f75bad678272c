/** What a new revision changes for members, in words, and what of that takes away what they have earned or were promised. */

import type { Statement } from './feature.ts'
import type { Program } from './program.ts'
import { statementsOf, type TermsStatement, told } from './terms-document.ts'
import { walletLosses } from './wallet-terms.ts'
import type { Wording } from './wording.ts'

export interface Changes {
  /** What members are told otherwise than before, in the order of the terms. */
  changes: Change[]
  /** Settings that are another and of which the terms say nothing: `rewards.mug.hold`. */
  settings: string[]
  losses: Loss[]
}

export interface Change {
  about: string
  kind: 'added' | 'changed' | 'gone'
  /** The levels or plans whose members it concerns; null for everybody. */
  who: readonly string[] | null
  before: string | null
  after: string | null
  /** What of it does not change for what members have already; null where nothing is to be said of that. */
  note: string | null
}

export interface Loss {
  about: string
  text: string
  who: readonly string[] | null
  /** Whether somebody has said that it is meant. */
  meant: boolean
}

/** `wordings` are of the two programs, in one language. `meant` is said beside what the new file says itself. */
export function changesBetween(before: Wording, after: Wording, meant: readonly string[] = []): Changes {
  const losses = lossesBetween(before.program, after, meant)
  const changes = changedStatements(before, after).map((change) => ({ ...change, note: noteOn(change, losses, after) }))
  const settings = changedSettings(before.program.settings, after.program.settings)
  return {
    changes,
    settings: settings.filter((path) => !changes.some(({ about }) => isWithin(path, about))),
    losses,
  }
}

type Told = Omit<Change, 'note'>

/** Lots are named by their end, so what is earned has it, whatever is said of what is yet to be. */
function noteOn({ about, kind }: Told, losses: readonly Loss[], wording: Wording): string | null {
  const isEnd = kind === 'changed' && /^wallets\.[^.]+\.expiry(\.|$)/.test(about)
  if (!isEnd || losses.some((loss) => loss.about === about)) return null
  return wording.sentence('core', { message: 'diff.keeps_end', values: {} })
}

function changedStatements(before: Wording, after: Wording): Told[] {
  const old = new Map(tellAll(before).map((statement) => [statement.about, statement]))
  const own = new Map(tellAll(after).map((statement) => [statement.about, statement]))
  const gone = [...old.values()].filter(({ about }) => !own.has(about))
  const there = [...own.values()].flatMap((statement): Told[] => {
    const was = old.get(statement.about)
    if (was === undefined) return [changeOf(statement.about, 'added', statement.who, null, statement)]
    if (was.text === statement.text && was.title === statement.title) return []
    const who = was.who === null || statement.who === null ? null : [...new Set([...was.who, ...statement.who])]
    return [changeOf(statement.about, 'changed', who, was, statement)]
  })
  return [...there, ...gone.map((was) => changeOf(was.about, 'gone', was.who, was, null))]
}

function changeOf(
  about: string,
  kind: Change['kind'],
  who: readonly string[] | null,
  before: TermsStatement | null,
  after: TermsStatement | null,
): Told {
  return { about, kind, who, before: before && inFull(before), after: after && inFull(after) }
}

function inFull({ title, text }: TermsStatement): string {
  return title === null ? text : `${title}. ${text}`
}

function tellAll(wording: Wording): TermsStatement[] {
  return statementsOf(wording.program).map(({ feature, statement }) => told(feature, statement, wording))
}

/** What `after` takes from members of `before`, worded as `after` is. */
export function lossesBetween(before: Program, after: Wording, meant: readonly string[] = []): Loss[] {
  const said = [...meantBy(after.program), ...meant]
  const lost: { feature: string; statement: Statement }[] = [
    ...walletLosses(before, after.program).map((statement) => ({ feature: 'core', statement })),
    ...after.program.features.flatMap((feature) =>
      (feature.losses?.(before, after.program) ?? []).map((statement) => ({ feature: feature.id, statement })),
    ),
  ]
  return lost.map(({ feature, statement }) => {
    const { about, text, who } = told(feature, statement, after)
    return { about, text, who, meant: said.some((one) => isWithin(about, one)) }
  })
}

/** What the file itself says is meant: see features/changes. */
function meantBy({ settings }: Program): readonly string[] {
  return (settings['changes'] as { meant?: string[] } | undefined)?.meant ?? []
}

/** `rewards.mug` speaks for `rewards.mug.cost`, but no word speaks for a whole section. */
function isWithin(about: string, part: string): boolean {
  return about === part || (part.includes('.') && about.startsWith(`${part}.`))
}

type Settings = Readonly<Record<string, unknown>>

/** The paths of what is another, down to single settings. Parts of a list go by their ids, levels by theirs alone. */
function changedSettings(before: Settings, after: Settings): string[] {
  const paths: string[] = []
  const compare = (path: readonly string[], was: unknown, is: unknown): void => {
    const [old, own] = [byName(was), byName(is)]
    if (old === null || own === null) {
      if (JSON.stringify(was) !== JSON.stringify(is)) paths.push(path.join('.'))
      return
    }
    for (const name of new Set([...Object.keys(old), ...Object.keys(own)]))
      compare(name === 'levels' ? path : [...path, name], old[name], own[name])
  }
  const { changes: _, ...old } = before
  const { changes: __, ...own } = after
  compare([], old, own)
  return paths
}

/** An object, or a list of things that have ids; null for anything else. */
function byName(value: unknown): Settings | null {
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return value as Settings
  const named = value.every((one) => typeof (one as { id?: unknown } | null)?.id === 'string')
  return named ? Object.fromEntries(value.map((one: { id: string }) => [one.id, one])) : null
}

/** The changes for a terminal, by whom they concern. */
export function changesText({ changes, settings, losses }: Changes, wording: Wording): string {
  const say = (message: string, values: Record<string, string> = {}) => wording.sentence('core', { message, values })
  if (changes.length + settings.length + losses.length === 0) return say('diff.none')
  const lines: string[] = []
  for (const [heading, own] of byWho(changes, wording)) {
    lines.push(heading)
    for (const { kind, about, before, after, note } of own) {
      lines.push(`  ${SIGNS[kind]} ${about}`)
      if (before !== null) lines.push(`      ${say('diff.before')} ${before}`)
      if (after !== null) lines.push(`      ${say('diff.after')} ${after}`)
      if (note !== null) lines.push(`      ${note}`)
    }
    lines.push('')
  }
  if (settings.length > 0) lines.push(say('diff.settings'), ...settings.map((path) => `  ~ ${path}`), '')
  if (losses.length > 0) {
    lines.push(say('diff.losses'))
    for (const { about, text, meant } of losses)
      lines.push(`  ! ${about}: ${text} ${say(meant ? 'diff.meant' : 'diff.not_meant')}`)
  }
  return lines.join('\n').trimEnd()
}

const SIGNS = { added: '+', changed: '~', gone: '-' } as const

function byWho(changes: readonly Change[], wording: Wording): Map<string, Change[]> {
  const groups = new Map<string, Change[]>([[wording.sentence('core', { message: 'for_all', values: {} }), []]])
  for (const change of changes) {
    const { who } = change
    const heading = wording.sentence(
      'core',
      who === null
        ? { message: 'for_all', values: {} }
        : { message: 'for_some', values: { who: { list: who, or: false } } },
    )
    groups.set(heading, [...(groups.get(heading) ?? []), change])
  }
  for (const [heading, own] of groups) if (own.length === 0) groups.delete(heading)
  return groups
}
