/** Choices: what a program leaves to each member, such as whether to earn by miles or by money; rules ask what was chosen. */

import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import { copyPlain } from '../../core/copy.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Compiling, Fact, Feature } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { Id, type Program } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { wordsOfId } from '../../core/terms.ts'
import { firstDayAfter, formatDay, formatInstant, localDay, periodOf, startOfDay, type Unit } from '../../core/time.ts'
import { words } from './words.ts'

const OptionRule = z.strictObject({
  id: Id.describe('What conditions and calls name it by'),
  name: z.string().min(1).max(200).optional().describe('What members read'),
})

const ChoiceRule = z.strictObject({
  id: Id.describe('What calls name it by; a condition asks for member.choice with this after it'),
  name: z.string().min(1).max(200).optional().describe('What members read'),
  options: z
    .array(OptionRule)
    .min(2)
    .max(12)
    .describe('What can be chosen; the first holds for whoever has not chosen'),
  per: z
    .enum(['month', 'quarter', 'year', 'lifetime'])
    .optional()
    .describe('How often it can be made: once a month, quarter, year, or ever; at any time unless said'),
})

const ChoicesSection = z.array(ChoiceRule).max(8).default([])
type Section = z.output<typeof ChoicesSection>

interface Choice {
  id: string
  name: string
  options: readonly { id: string; name: string }[]
  per: Unit | 'lifetime' | null
}

/** By choice, what was chosen and since when (ms), the latest last. */
type Slice = Record<string, [since: number, option: string][]>

/** Enough for whatever is told late. */
const KEPT = 4

export const choices: Feature = {
  id: 'choices',
  section: ChoicesSection,
  compile,
  facts,
  hears: { choose: { price: choose } },
  merge,
  details,
  statements: (program) =>
    [...choicesOf(program).values()].map(({ id, name, options, per }) => ({
      about: `choices.${id}`,
      title: name,
      message: 'choice',
      values: {
        options: { list: options.map((option) => option.name), or: true },
        first: options[0]!.name,
        per: per ?? 'any',
      },
    })),
  losses: (before, after) =>
    [...choicesOf(before).values()].flatMap(({ id, name, options }) => {
      const left =
        choicesOf(after)
          .get(id)
          ?.options.map((option) => option.id) ?? []
      const gone = options.filter((option) => !left.includes(option.id))
      if (gone.length === 0) return []
      const values = { choice: name, options: { list: gone.map((option) => option.name) } }
      return [{ about: `choices.${id}`, title: name, message: 'loss.options', values }]
    }),
  words,
}

function choicesOf(program: Program): ReadonlyMap<string, Choice> {
  return program.compiled['choices'] as Map<string, Choice>
}

/** Facts have no dashes in their names. */
function factOf(id: string): string {
  return `member.choice_${id.replaceAll('-', '_')}`
}

function facts(section: Section): Record<string, Fact> {
  return Object.fromEntries(
    section.map(({ id, name, options }): [string, Fact] => [
      factOf(id),
      {
        type: 'string',
        describe: `What the member had chosen of ${name ?? id} when it happened`,
        values: options.map((option) => option.id),
        asked: 'member.choice',
        told: (value) => options.find((option) => option.id === value)?.name ?? value,
        read: (c) => chosenAt(c.account, id, c.at) ?? options[0]!.id,
      },
    ]),
  )
}

function compile(section: Section, compiling: Compiling): Map<string, Choice> {
  const known = new Map<string, Choice>()
  for (const [i, { id, name, options, per }] of section.entries()) {
    const path = ['choices', i]
    const double = (at: readonly (string | number)[]) =>
      compiling.problem(at, 'duplicate_id', 'there is another one of this name')
    if ([...known.keys()].some((other) => factOf(other) === factOf(id))) double([...path, 'id'])
    const ids = options.map((option) => option.id)
    for (const [place, option] of ids.entries())
      if (ids.indexOf(option) < place) double([...path, 'options', place, 'id'])
    known.set(id, {
      id,
      name: name ?? wordsOfId(id),
      options: options.map((option) => ({ id: option.id, name: option.name ?? wordsOfId(option.id) })),
      per: per ?? null,
    })
  }
  return known
}

function slice(account: Account): Slice {
  return (account.slices['choices'] as Slice | undefined) ?? {}
}

function chosenAt(account: Account, choice: string, at: number): string | undefined {
  return slice(account)[choice]?.findLast(([since]) => since <= at)?.[1]
}

/** A choice that is made again is made once; another one has to wait for the next period. */
function choose(d: Deciding, { body }: ActivityOf<'choose'>): Refusal | undefined {
  const known = choicesOf(d.inForce)
  const choice = known.get(body.choice)
  if (choice === undefined) return refuse('not_found', `The program has no choice ${body.choice}.`)
  const option = choice.options.find(({ id }) => id === body.option)
  if (option === undefined) {
    const ids = choice.options.map(({ id }) => id)
    const meant = nearest(body.option, ids)
    return refuse(
      'invalid',
      `It can be ${ids.join(', ')}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
      '/option',
    )
  }
  const made = slice(d.account)[choice.id] ?? []
  const last = made.at(-1)
  if (last?.[1] !== option.id) {
    const next = nextChange(choice, last, d.inForce, d.at)
    if (next !== null && next > d.at)
      return refuse('limit_reached', `${choice.name} was chosen for now; ${nextWords(d.inForce, next)}.`)
    d.account.slices['choices'] = { ...slice(d.account), [choice.id]: [...made, [d.at, option.id]].slice(-KEPT) }
    d.addMessage('choice.made', { choice: choice.id, option: option.id })
  }
  d.answer = { choice: choiceView(choice, d.account, d.inForce, d.at) }
  return undefined
}

function nextWords(program: Program, next: number): string {
  return next === Number.MAX_SAFE_INTEGER
    ? 'it can be chosen once'
    : `again from ${formatDay(localDay(program.zone, next))}`
}

/** When another option can be chosen, in ms; null where one can at any time. */
function nextChange(
  { per }: Choice,
  last: readonly [since: number, option: string] | undefined,
  { zone }: Program,
  at: number,
): number | null {
  if (per === null || last === undefined) return null
  if (per === 'lifetime') return Number.MAX_SAFE_INTEGER
  const [day, today] = [localDay(zone, last[0]), localDay(zone, at)]
  return periodOf(per, day) < periodOf(per, today) ? null : startOfDay(zone, firstDayAfter(per, day))
}

/** Who was two members goes on with what was chosen last. */
function merge(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const both: Slice = { ...slice(d.account) }
  for (const [choice, made] of Object.entries(copyPlain(from)))
    both[choice] = [...(both[choice] ?? []), ...made].sort(([a], [b]) => a - b).slice(-KEPT)
  d.account.slices['choices'] = both
}

function details(account: Account, program: Program, at: number): Record<string, unknown> {
  const known = [...choicesOf(program).values()]
  return known.length === 0 ? {} : { choices: known.map((choice) => choiceView(choice, account, program, at)) }
}

function choiceView(choice: Choice, account: Account, program: Program, at: number) {
  const last = slice(account)[choice.id]?.at(-1)
  const next = nextChange(choice, last, program, at)
  return {
    choice: choice.id,
    name: choice.name,
    option: last?.[1] ?? choice.options[0]!.id,
    since: last === undefined ? null : formatInstant(last[0]),
    may_change: next === null,
    changes_from: next === null || next === Number.MAX_SAFE_INTEGER ? null : formatInstant(next),
    options: choice.options,
  }
}
