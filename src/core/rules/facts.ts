/** The facts that conditions may read, each with a type and a slot in a flat array. */
import { assert } from '../assert.ts'

/**
 * What a fact holds: `money` in integer minor units, `strings` a list of strings, `data` a JSON object of free form
 * that came with an action.
 */
export type FactType = 'bool' | 'int' | 'string' | 'money' | 'strings' | 'data'

/** The value in a slot; null only where the fact is declared nullable. Integers are safe integers. */
export type FactValue = boolean | number | string | readonly string[] | Readonly<Record<string, unknown>> | null

export interface FactDeclaration {
  readonly type: FactType
  /** One sentence for the documentation and for completion in the console. */
  readonly describe: string
  /** Every value there can be (of the elements, for `strings`); another literal beside this fact is a mistake. */
  readonly values?: readonly string[]
  /** The fact may be absent: then its slot holds null, and a condition can ask `fact == null`. */
  readonly nullable?: boolean
}

export interface Fact extends FactDeclaration {
  readonly name: string
  /** Where the caller of a condition puts the value. */
  readonly slot: number
}

/** Words that lead into the prototype of an object in a careless host; no fact, variable or field may bear them. */
const REFUSED_NAMES: ReadonlySet<string> = new Set(['constructor', '__proto__', 'prototype'])

export function isRefusedName(name: string): boolean {
  return REFUSED_NAMES.has(name)
}

/** All facts of one program revision, in the order in which they were declared. */
export class FactTable {
  readonly facts: readonly Fact[]
  readonly #byName: ReadonlyMap<string, Fact>

  constructor(declarations: Readonly<Record<string, FactDeclaration>>) {
    this.facts = Object.entries(declarations).map(([name, declaration], slot) => ({ ...declaration, name, slot }))
    this.#byName = new Map(this.facts.map((fact) => [fact.name, fact]))
    for (const { name } of this.facts) this.#assertName(name)
  }

  get names(): string[] {
    return this.facts.map((fact) => fact.name)
  }

  find(name: string): Fact | undefined {
    return this.#byName.get(name)
  }

  /** The slot of a fact that the caller knows to exist. */
  slot(name: string): number {
    const fact = this.#byName.get(name)
    assert(fact, `there is no fact ${name}`)
    return fact.slot
  }

  /** A fact that is also the beginning of another's name could not be told from a field of the first. */
  #assertName(name: string): void {
    assert(/^[a-z][a-zA-Z0-9_]*(\.[a-z][a-zA-Z0-9_]*)+$/.test(name), `a fact is named group.fact, not ${name}`)
    const parts = name.split('.')
    assert(!parts.some(isRefusedName), `${name} has a part that no fact may bear`)
    for (let length = 1; length < parts.length; length++) {
      const group = parts.slice(0, length).join('.')
      assert(!this.#byName.has(group), `${group} is a fact, so ${name} would be its field`)
    }
  }
}
