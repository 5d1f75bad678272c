/** Tables of reports: names at the left, figures at the right with their digits below each other. */

import { type Html, html, NOTHING } from '../../core/html.ts'

export interface Table {
  title: string
  /** What one has to know to read it. */
  note?: string
  /** A column's heading, and under it the unit that all of its figures have. */
  columns: readonly (string | { name: string; unit: string })[]
  /** The first cell of a row names it. */
  rows: readonly (readonly (string | Html)[])[]
  /** How many columns from the left hold words; one unless said. */
  words?: number
}

/** A table of no more columns would only be torn apart by all the room that a page has. */
const FEW = 4

export function table({ title, note, columns, rows, words = 1 }: Table): Html {
  const side = (i: number) => (i < words ? NOTHING : html` class="figure"`)
  const heads = columns.map((column, i) => {
    const { name, unit } = typeof column === 'string' ? { name: column, unit: '' } : column
    return html`<th scope="col"${side(i)}>${name}${unit === '' ? NOTHING : html` <small>${unit}</small>`}</th>`
  })
  const body = rows.map((cells) => {
    const parts = cells.map((cell, i) =>
      i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${side(i)}>${cell}</td>`,
    )
    return html`<tr>${parts}</tr>
`
  })
  // What is wider than the window can be scrolled, by keyboard, too.
  return html`<div class="${columns.length <= FEW ? 'small table' : 'table'}">
<h3>${title}</h3>${note === undefined ? NOTHING : html`<p>${note}</p>`}
<div class="scroll" role="region" aria-label="${title}" tabindex="0">
<table>
<thead><tr>${heads}</tr></thead>
<tbody>
${body}</tbody></table>
</div>
</div>
`
}
