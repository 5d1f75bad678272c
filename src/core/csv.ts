/** Tables for spreadsheets (RFC 4180). */

/** A line of a table, with its end. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/**
 * A text that begins as a formula would be reckoned by the spreadsheet that opens it, whoever wrote it: an apostrophe
 * keeps it a text. Numbers may begin with a sign, and so may phone numbers, which look like one.
 */
function csvCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && /^(?:[=@\t\r]|[+-](?![\d.]+$))/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
