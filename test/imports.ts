/**
 * Reads which modules a TypeScript file names, without a compiler: it takes texts and comments out of the way, then looks
 * for the few forms that name a module.
 */

export interface Import {
  /** What is written between the quotes; null when a dynamic import computes it. */
  specifier: string | null
  /** It names types alone and is gone when the code runs. */
  typesOnly: boolean
}

/** In the code that is left, a text is a number between these marks: its place in the list of texts. */
const TEXT = '§(\\d+)§'
const FORMS = new RegExp(
  [
    `\\bimport\\s*${TEXT}`,
    `\\b(?:import|export)\\b[^;§()=]*?\\bfrom\\s*${TEXT}`,
    `\\b(?:import|require)\\s*\\(\\s*(?:${TEXT}|[^\\s)])`,
  ].join('|'),
  'g',
)
const REEXPORT = new RegExp(`\\bexport\\b[^;§()=]*?\\bfrom\\s*${TEXT}`, 'g')

export function readImports(source: string): Import[] {
  const { code, texts } = separate(source)
  return [...code.matchAll(FORMS)].map((form) => {
    const index = form.slice(1).find((place) => place !== undefined)
    const typesOnly = /^(?:import|export)\s+type\s+[{*\w]/.test(form[0]) && !/^import\s+type\s+from\b/.test(form[0])
    return { specifier: index === undefined ? null : texts[Number(index)]!, typesOnly }
  })
}

/** Whether a file has re-exports and nothing else. */
export function readsOnlyReexports(source: string): boolean {
  const { code } = separate(source)
  const rest = code.replace(REEXPORT, '')
  return rest !== code && rest.replaceAll(';', '').trim() === ''
}

/** The code alone: no comments, and no contents of texts. */
export function withoutTexts(source: string): string {
  return separate(source).code
}

/** Comments, texts in quotes, templates without inserts, and regular expressions, in the order in which they begin. */
function separate(source: string): { code: string; texts: string[] } {
  const texts: string[] = []
  let code = ''
  let at = 0
  while (at < source.length) {
    const piece = pieceAt(source, at, code)
    if (piece === null) {
      code += source[at]
      at += 1
    } else {
      if (piece.text !== undefined) code += `§${texts.push(piece.text) - 1}§`
      else code += ' '
      at = piece.end
    }
  }
  return { code, texts }
}

interface Piece {
  end: number
  /** What stands between the quotes, for a text. */
  text?: string
}

function pieceAt(source: string, at: number, before: string): Piece | null {
  const character = source[at]
  if (source.startsWith('//', at)) return { end: endOfLine(source, at) }
  if (source.startsWith('/*', at)) return { end: after(source, '*/', at + 2) }
  if (character === '/' && mayBeginPattern(before)) return patternAt(source, at)
  if (character === "'" || character === '"') return quotedAt(source, at, character)
  if (character === '`') return templateAt(source, at)
  return null
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at)
  return end < 0 ? source.length : end
}

function after(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from)
  return found < 0 ? source.length : found + mark.length
}

/** After a value a slash divides; elsewhere it begins a regular expression. */
function mayBeginPattern(before: string): boolean {
  const code = before.trimEnd()
  return /(^|[(,=:[!&|?{};+\-*%~^>]|\b(return|typeof|case|in|of|await|yield))$/.test(code.slice(-10))
}

function patternAt(source: string, at: number): Piece | null {
  const pattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y
  pattern.lastIndex = at
  return pattern.test(source) ? { end: pattern.lastIndex, text: '' } : null
}

/** A text in quotes ends on its line; a lone quote, as in the text of markup, is no text. */
function quotedAt(source: string, at: number, quote: string): Piece | null {
  const quoted = quote === "'" ? /'((?:\\.|[^'\\\n])*)'/y : /"((?:\\.|[^"\\\n])*)"/y
  quoted.lastIndex = at
  const found = quoted.exec(source)
  return found ? { end: quoted.lastIndex, text: found[1]! } : null
}

/** A template with everything inserted into it, templates within included, is one text. */
function templateAt(source: string, at: number): Piece {
  let depth = 0
  let index = at + 1
  while (index < source.length) {
    const character = source[index]
    if (character === '\\') index += 1
    else if (depth === 0 && character === '`') break
    else if (source.startsWith('${', index)) depth += 1
    else if (depth > 0 && character === '}') depth -= 1
    else if (depth > 0 && character === '`') index = templateAt(source, index).end - 1
    index += 1
  }
  return { end: index + 1, text: source.slice(at + 1, index) }
}
