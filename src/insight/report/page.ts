/**
 * The frame of a report: one file that holds all it shows, needs no script and asks nothing of anybody; for a screen,
 * a phone and A4, in light and dark.
 */

import { Html, html, htmlDocument, NOTHING } from '../../core/html.ts'
import { COLOURS } from '../../core/tokens.ts'

export interface Page {
  /** Above the title: what kind of report it is. */
  kind: string
  title: string
  /** What it is about, in a sentence. */
  lead: string
  sections: readonly Section[]
  /** At the end: by what it was made. */
  foot: string
}

export interface Section {
  /** The anchor that leads to it. */
  id: string
  title: string
  lead?: string
  body: Html
}

export function reportPage({ kind, title, lead, sections, foot }: Page): string {
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)
  return htmlDocument({
    language: 'en',
    title: `${title}: ${kind}`,
    style: STYLE,
    head: html`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
`,
    body: html`<header>
<p class="kind">${kind}</p>
<h1>${title}</h1>
<p class="lead">${lead}</p>
<nav aria-label="Parts of this report"><ul>${links}</ul></nav>
</header>
<main>
${sections.map(sectionOf)}</main>
<footer><p>${foot}</p></footer>
`,
  })
}

function sectionOf({ id, title, lead, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${lead === undefined ? NOTHING : html`<p class="lead">${lead}</p>`}
${body}</section>
`
}

export interface Headline {
  name: string
  figure: string
  /** Smaller, beside the figure: its unit. */
  unit?: string
  /** Below it: the range that it lies in. */
  range?: string
  /** What it means, in a few words. */
  meaning: string
}

/** The few figures that matter most, large. */
export function headlines(all: readonly Headline[]): Html {
  const tiles = all.map(
    ({ name, figure, unit, range, meaning }) => html`<div>
<dt>${name}</dt>
<dd class="value">${figure}${unit === undefined ? NOTHING : html` <small>${unit}</small>`}</dd>
${range === undefined ? NOTHING : html`<dd class="range">${range}</dd>`}
<dd>${meaning}</dd>
</div>
`,
  )
  return html`<dl class="headlines">
${tiles}</dl>
`
}

/** Pictures beside one another where there is room. */
export function gallery(pictures: readonly Html[]): Html {
  return html`<div class="gallery">
${pictures}</div>
`
}

const STYLE = new Html(`
:root { color-scheme: light dark; ${COLOURS.light} }
@media (prefers-color-scheme: dark) { :root { ${COLOURS.dark} } }
@media print { :root { color-scheme: light; ${COLOURS.light} --ground: #fff; --paper: #fff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; padding: 0 clamp(1rem, 4vw, 3rem); background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
header, main, footer { max-width: 71rem; margin: 0 auto; }
header { padding: clamp(2rem, 6vw, 4.5rem) 0 0; }
h1 { margin: 0; font-size: clamp(2rem, 5vw, 3.25rem); line-height: 1.08; letter-spacing: -0.025em; font-weight: 700;
  text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 0 0 1.25rem; font-size: clamp(1.4rem, 3vw, 1.85rem); line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
h3 { margin: 0; font-size: 1.0625rem; line-height: 1.3; }
p { margin: 0; max-width: 46rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.kind { margin-bottom: 0.75rem; color: var(--accent); font-weight: 600; }
.lead { color: var(--quiet); text-wrap: pretty; }
header .lead { margin-top: 1rem; font-size: 1.125rem; }
h2 + .lead { margin: -0.75rem 0 1.75rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.35rem 1.5rem; margin: 1.75rem 0 0; padding: 0; list-style: none; font-size: 0.9375rem; }
nav a { display: inline-block; padding: 0.15rem 0; }
section { margin-top: clamp(3rem, 7vw, 5rem); }
.verdict { display: inline-block; margin-bottom: 1.25rem; padding: 0.3rem 0.85rem; border-radius: 99rem;
  background: var(--wash); color: var(--accent); font-weight: 650; }
.verdict.poor { background: var(--wrong-ground); color: var(--wrong); }
.judgement { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.35rem 1rem; margin-bottom: 1.5rem; }
.judgement .verdict { margin: 0; }
.judgement p { color: var(--quiet); }
.judgement .verdict { color: var(--accent); }
.judgement .poor { color: var(--wrong); }
.answer { margin: 0; padding: 0; max-width: 52rem; list-style: none; counter-reset: answer; }
.answer li { position: relative; padding-left: 2.75rem; margin-bottom: 1.25rem; font-size: clamp(1.125rem, 2.2vw, 1.375rem);
  line-height: 1.45; letter-spacing: -0.005em; text-wrap: pretty; counter-increment: answer; }
.answer li::before { content: counter(answer); position: absolute; left: 0; top: 0.1em; width: 1.65rem; height: 1.65rem;
  border-radius: 50%; background: var(--wash); color: var(--accent); font-size: 0.9375rem; font-weight: 700; line-height: 1.65rem; text-align: center; }
.answer b { font-weight: 700; white-space: nowrap; }
.statement { margin: 0 0 1.75rem; max-width: 52rem; font-size: clamp(1.125rem, 2.2vw, 1.375rem); line-height: 1.45; }
.aside { margin-top: 1rem; color: var(--quiet); font-size: 0.9375rem; }
.headlines { display: flex; flex-wrap: wrap; gap: 1px; margin: 2.25rem 0 0;
  background: var(--hair); border: 1px solid var(--hair); border-radius: 1rem; overflow: hidden; }
.headlines div { flex: 1 1 11.5rem; padding: 1.15rem 1.25rem 1.3rem; background: var(--paper); }
.headlines dt { color: var(--quiet); font-size: 0.875rem; font-weight: 600; }
.headlines dd { margin: 0; color: var(--quiet); font-size: 0.875rem; line-height: 1.4; }
.headlines .value { margin: 0.3rem 0 0; color: var(--ink); font-size: 1.875rem; font-weight: 700; line-height: 1.15; letter-spacing: -0.02em; }
.headlines .value small { font-size: 0.9375rem; font-weight: 600; letter-spacing: 0; color: var(--quiet); }
.headlines .range { margin-bottom: 0.5rem; color: var(--ink); }
.gallery { columns: 27rem 2; column-gap: 1.25rem; }
.picture { container-type: inline-size; break-inside: avoid; margin: 0 0 1.25rem; padding: 1.35rem 1.35rem 0.85rem; background: var(--paper); border: 1px solid var(--hair); border-radius: 1rem; }
.picture figcaption p { margin-top: 0.25rem; color: var(--quiet); font-size: 0.9375rem; line-height: 1.45; text-wrap: pretty; }
.picture svg { display: block; width: 100%; height: auto; margin-top: 0.75rem; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; margin: 0.75rem 0 0; padding: 0; list-style: none; font-size: 0.8125rem; }
.key { display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.4rem; border-radius: 0.2rem; }
.narrow { display: none; }
@container (max-width: 27rem) { .wide { display: none; } .narrow { display: block; } }
.table { margin-top: 1.25rem; padding: 1.35rem 1.35rem 0.85rem; background: var(--paper); border: 1px solid var(--hair); border-radius: 1rem; }
.small.table { max-width: 46rem; }
.table p { margin-top: 0.25rem; color: var(--quiet); font-size: 0.9375rem; line-height: 1.45; text-wrap: pretty; }
.scroll { margin-top: 0.6rem; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
th, td { padding: 0.5rem 0.9rem 0.5rem 0; border-top: 1px solid var(--hair); text-align: left; vertical-align: baseline; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
td small { display: block; color: var(--quiet); font-size: 0.8125rem; }
thead th { border-top: 0; border-bottom: 1px solid var(--line); color: var(--quiet); font-size: 0.8125rem; font-weight: 600; line-height: 1.3; vertical-align: bottom; }
thead small { display: block; font-size: inherit; font-weight: 400; }
tbody th { min-width: 7.5rem; }
tbody tr:first-child > * { border-top: 0; }
.figure { text-align: right; }
td.figure { white-space: nowrap; }
.assumptions { margin: 0; display: grid; gap: 0; }
.assumptions div { display: grid; grid-template-columns: 14rem 11rem 1fr; gap: 0.25rem 1.5rem; padding: 0.8rem 0; border-top: 1px solid var(--hair); }
.assumptions dt { font-weight: 600; }
.assumptions dd { margin: 0; }
.assumptions .means { color: var(--quiet); }
footer { margin-top: clamp(3rem, 7vw, 5rem); padding: 1.5rem 0 3rem; border-top: 1px solid var(--hair); color: var(--quiet); font-size: 0.875rem; }
@media (max-width: 40rem) {
  .answer li { padding-left: 2.25rem; }
  .picture, .table { padding-left: 1rem; padding-right: 1rem; }
  .assumptions div { grid-template-columns: minmax(0, 1fr) auto; }
  .assumptions .means { grid-column: 1 / -1; }
  .headlines div { flex-basis: 9rem; padding: 0.9rem 1rem 1rem; }
  .headlines .value { font-size: 1.5rem; }
}
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
  html { font-size: 9.5pt; }
  body { padding: 0; }
  header { padding-top: 0; }
  nav { display: none; }
  h2, h3, figcaption, thead { break-after: avoid; }
  section { margin-top: 10mm; }
  .headlines { flex-wrap: nowrap; }
  .headlines div { flex: 1 1 0; padding: 3mm; }
  .headlines .value { font-size: 1.5rem; }
  .gallery { columns: 2; column-gap: 4mm; }
  .picture { margin-bottom: 4mm; padding: 3.5mm; border-radius: 2mm; }
  .table, .small.table { max-width: none; padding: 3.5mm 0; border: 0; }
  .scroll { overflow: visible; }
  table { font-size: 0.875rem; }
  th, td { padding: 1.2mm 2mm 1.2mm 0; }
  tr, .assumptions div { break-inside: avoid; }
  .key, .headlines, .verdict, .answer li::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`)
