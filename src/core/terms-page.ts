/** The members' terms as a page that holds all it shows, for a screen, a phone and paper, and as plain text. */

import { Html, html, htmlDocument, NOTHING } from './html.ts'
import type { Chapter, TermsDocument, TermsStatement } from './terms-document.ts'
import { COLOURS } from './tokens.ts'

/** Where the same terms are told in another language. */
export interface OtherLanguage {
  language: string
  href: string
}

export function termsPage(
  { language, title, kind, since, next, chapters }: TermsDocument,
  others: readonly OtherLanguage[],
): string {
  return htmlDocument({
    language,
    title: `${title}: ${kind}`,
    style: STYLE,
    body: html`<header>
<p class="kind">${kind}</p>
<h1>${title}</h1>
${since === null ? NOTHING : html`<p class="since">${since}</p>`}
${next === null ? NOTHING : html`<p class="next"><a href="?language=${language}&amp;announced=yes">${next}</a></p>`}
${others.length === 0 ? NOTHING : html`<nav>${others.map(linkTo)}</nav>`}
</header>
<main>
${chapters.map(section)}</main>
`,
  })
}

function linkTo({ language, href }: OtherLanguage): Html {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
  return html`<a href="${href}" lang="${language}" hreflang="${language}">${name}</a>`
}

function section({ id, title, statements }: Chapter): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<ul>
${statements.map(item)}</ul>
</section>
`
}

function item({ about, title, text }: TermsStatement): Html {
  return html`<li id="${about}">${title === null ? NOTHING : html`<b>${title}.</b> `}${text}</li>
`
}

export function termsText({ title, kind, since, chapters }: TermsDocument): string {
  const lines = [`${title}: ${kind}`, ...(since === null ? [] : [since])]
  for (const { title, statements } of chapters) {
    lines.push('', title, '-'.repeat(title.length))
    for (const { title, text } of statements) lines.push(...wrapped(`* ${title === null ? '' : `${title}. `}${text}`))
  }
  return lines.join('\n')
}

const WIDTH = 100

/** Lines of at most so many characters, where no word is longer; all but the first are indented. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = `  ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

const STYLE = new Html(`
:root { color-scheme: light dark; ${COLOURS.light} }
@media (prefers-color-scheme: dark) { :root { ${COLOURS.dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; padding: clamp(1.5rem, 6vw, 4rem) clamp(1.1rem, 5vw, 3rem); background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main { max-width: 42rem; margin: 0 auto; }
.kind { margin: 0 0 0.5rem; color: var(--accent); font-weight: 600; }
h1 { margin: 0; font-size: clamp(1.9rem, 5vw, 2.75rem); line-height: 1.1; letter-spacing: -0.02em; text-wrap: balance; overflow-wrap: anywhere; }
.since, .next { margin: 0.9rem 0 0; color: var(--quiet); }
.next { margin-top: 0.25rem; }
nav { margin-top: 0.9rem; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
section { margin-top: 2.75rem; }
h2 { margin: 0 0 0.4rem; font-size: 1.3rem; line-height: 1.25; letter-spacing: -0.01em; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: 0.7rem 0; border-top: 1px solid var(--hair); text-wrap: pretty; overflow-wrap: anywhere; }
li b { font-weight: 650; }
@page { margin: 18mm; }
@media print {
  :root { color-scheme: light; ${COLOURS.light} --ground: #fff; --hair: #ccc; }
  body { padding: 0; font-size: 10.5pt; }
  nav { display: none; }
  section { margin-top: 8mm; }
  h2 { break-after: avoid; }
  li { break-inside: avoid; padding: 2mm 0; }
}
`)
