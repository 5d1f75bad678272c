/** Rows of text in columns that stand below each other, for terminals and logs. */

/** How a column's cells stand: numbers at the right, so that their digits meet. */
export type Side = 'left' | 'right'

/** The rows with each column as wide as its widest cell. A column without a side of its own stands at the right. */
export function alignColumns(rows: readonly (readonly string[])[], sides: readonly Side[] = ['left']): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, [...cell].length)
  const lines = rows.map((row) =>
    row
      .map((cell, i) => {
        const gap = ' '.repeat(widths[i]! - [...cell].length)
        return (sides[i] ?? 'right') === 'left' ? cell + gap : gap + cell
      })
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}

/** `1,234,567`: the same on every machine, whatever its language. */
export function groupDigits(text: string): string {
  const [whole, fraction] = text.split('.') as [string, string?]
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** `1 order`, `2 orders`, `1,234 orders`. */
export function countOf(count: number, what: string, many = `${what}s`): string {
  return `${groupDigits(String(count))} ${count === 1 ? what : many}`
}
