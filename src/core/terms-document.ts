/** The members' terms, written from the program itself: chapters of sentences in a language. */

import type { Sentence, Statement } from './feature.ts'
import type { Program } from './program.ts'
import { isCollected, walletStatements } from './wallet-terms.ts'
import type { Wording } from './wording.ts'

/** The chapters in the order in which people want to read them; others come before the returns. */
const CHAPTERS = [
  'program',
  'choices',
  'earning',
  'points',
  'stamps',
  'challenges',
  'tiers',
  'perks',
  'memberships',
  'discounts',
  'rewards',
  'gifts',
  'vouchers',
  'exchange',
  'checkout',
  'referrals',
  'leaderboards',
  'draws',
  'budgets',
]
const LAST_CHAPTERS = ['returns', 'transfers', 'pools', 'adjustments', 'closing', 'data', 'terms']

export interface TermsDocument {
  revision: number
  language: string
  title: string
  /** What kind of document it is. */
  kind: string
  /** Which revision it tells of, and since when that holds; null where it is not published. */
  since: string | null
  /** From when on other terms hold; null where none are announced. */
  next: string | null
  chapters: Chapter[]
}

export interface Chapter {
  id: string
  title: string
  statements: TermsStatement[]
}

export interface TermsStatement {
  about: string
  /** What the program calls it; null where it has no name. */
  title: string | null
  text: string
  /** The levels or plans whose members it concerns; null for everybody. */
  who: readonly string[] | null
}

/** When terms hold, in local days. */
export interface InForce {
  /** The first day; null where nobody knows of one. */
  since: number | null
  /** Whether that day is yet to come. */
  isComing: boolean
  /** The first day of the terms that follow; null where none are announced. */
  next: number | null
}

const NOT_PUBLISHED: InForce = { since: null, isComing: false, next: null }

export function termsDocument(
  program: Program,
  wording: Wording,
  { since, isComing, next }: InForce = NOT_PUBLISHED,
): TermsDocument {
  const chapters = new Map<string, Chapter>()
  for (const id of [...CHAPTERS, ...LAST_CHAPTERS]) chapters.set(id, { id, title: '', statements: [] })
  for (const { feature, statement } of statementsOf(program)) {
    const id = statement.chapter ?? feature
    const chapter = chapters.get(id) ?? { id, title: '', statements: [] }
    chapters.set(id, chapter)
    chapter.title ||= titleOf(id, feature, wording)
    chapter.statements.push(told(feature, statement, wording))
  }
  const last = (id: string) => LAST_CHAPTERS.indexOf(id)
  return {
    revision: program.revision,
    language: wording.language,
    title: program.name,
    kind: wording.sentence('core', { message: 'terms', values: {} }),
    since:
      since === null
        ? null
        : wording.sentence('core', {
            message: isComing ? 'coming' : 'since',
            values: { since: { day: since }, revision: program.revision },
          }),
    next: next === null ? null : wording.sentence('core', { message: 'next', values: { next: { day: next } } }),
    chapters: [...chapters.values()]
      .filter(({ statements }) => statements.length > 0)
      // Those that stand in neither list keep their place between the two.
      .sort((a, b) => last(a.id) - last(b.id)),
  }
}

export function told(feature: string, statement: Statement, wording: Wording): TermsStatement {
  const { about, title, who = null, more = [] } = statement
  const text = [statement, ...more].map((one) => capital(wording.sentence(feature, one), wording.language)).join(' ')
  return { about, title: title === undefined ? null : capital(title, wording.language), text, who }
}

/** A sentence may begin with what the program calls its points. */
function capital(text: string, language: string): string {
  const [first = ''] = text
  return first.toLocaleUpperCase(language) + text.slice(first.length)
}

/** A chapter of a feature bears its title; one of the core the core's. */
function titleOf(chapter: string, feature: string, wording: Wording): string {
  const own = wording.has(chapter, 'title') ? chapter : feature
  return wording.has('core', `title.${chapter}`)
    ? wording.sentence('core', { message: `title.${chapter}`, values: {} })
    : wording.sentence(own, { message: 'title', values: {} })
}

/** All that the core and the features say, each with whose words they are. */
export function statementsOf(program: Program): { feature: string; statement: Statement }[] {
  const own = statementsOfTheCore(program).map((statement) => ({ feature: 'core', statement }))
  const others = program.features.flatMap((feature) =>
    (feature.statements?.(program) ?? []).map((statement) => ({ feature: feature.id, statement })),
  )
  return [...own, ...others]
}

function statementsOfTheCore(program: Program): Statement[] {
  const { name, currency, zone, returnWindow, settings } = program
  const wallets = program.wallets.filter((wallet) => isCollected(program, wallet))
  const statement = (chapter: string, about: string, message: string, values: Sentence['values'] = {}): Statement => ({
    about,
    chapter,
    message,
    values,
  })
  return [
    statement('program', 'program', 'program', { name }),
    statement('program', 'currency', 'money', { currency, zone: zone.name }),
    statement('program', 'late_limit', 'late', { late: { duration: String(settings['late_limit']) } }),
    ...wallets.flatMap((wallet) => walletStatements(program, wallet).map((one) => ({ ...one, chapter: 'points' }))),
    statement('returns', 'returns', 'returns_earned'),
    ...(returnWindow === null
      ? []
      : [statement('returns', 'returns.window', 'returns_window', { window: { duration: windowOf(settings) } })]),
    ...wallets.flatMap(({ id, name, negative, restore }) => [
      statement('returns', `wallets.${id}.negative`, `returns_${negative}`, { points: name }),
      statement('returns', `wallets.${id}.restore`, `restore_${restore}`, { points: name }),
    ]),
    statement('data', 'data', 'data_copy'),
    statement('data', 'data.erase', 'data_erase'),
  ]
}

function windowOf(settings: Program['settings']): string {
  return (settings['returns'] as { window: string }).window
}
