/** What screens say, in each language: every message can be read, and is told the same as its English. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namedIn } from '../src/core/wording.ts'
import { LANGUAGES } from '../src/web/ui/words.ts'

type Texts = Record<string, Record<string, string>>

const SOURCES = join(import.meta.dirname, '..', 'src')
const SCREENS = /^(web|features)\/.*(\.tsx|words\.ts)$/

/** Every `words({ … })` of the screens, with the file that it stands in. */
function allWords(): { file: string; texts: Texts }[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
  return files
    .filter((file) => SCREENS.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(SOURCES, file), 'utf8')
      return [...source.matchAll(/\bwords\((?=\{)/g)].map(({ index, 0: call }) => ({
        file,
        // Messages are plain texts, so the literal means the same wherever it is read.
        texts: new Function(`return ${literalAt(source, index + call.length)}`)() as Texts,
      }))
    })
}

/** From the brace at this place to the one that closes it; braces within texts are the messages' own. */
function literalAt(source: string, start: number): string {
  let depth = 0
  for (const found of source.slice(start).matchAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[{}]/g)) {
    if (found[0] === '{') depth++
    if (found[0] === '}') depth--
    if (depth === 0) return source.slice(start, start + found.index + 1)
  }
  throw new Error('a literal ends')
}

const found = allWords()

test('the screens have words', () => {
  expect(found.length).toBeGreaterThan(5)
})

test.each(found)('$file says the same in each language', ({ texts }) => {
  const english = texts['en']!
  expect(Object.keys(texts).sort()).toEqual([...LANGUAGES].sort())
  for (const language of LANGUAGES)
    for (const [name, text] of Object.entries(english)) {
      const said = texts[language]![name]
      expect(said, `${language}.${name}`).toMatch(/\S/)
      // A message may leave out what its language does not need, and names nothing that it is not told.
      const known = namedIn(text)
      for (const named of namedIn(said!)) expect(known, `${language}.${name}`).toContain(named)
    }
})
