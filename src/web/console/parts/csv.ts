/** A list of the interface as a file for a spreadsheet: all that the filters let through, and not only the page. */

import { saveAs } from '../../ui/save.ts'

import { fetchHere } from '../api.ts'

export async function downloadCsv(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  fileName: string,
): Promise<void> {
  const asked = Object.entries(query).filter(([name, value]) => value !== undefined && name !== 'cursor')
  const address = `${path}?${new URLSearchParams(asked as [string, string][])}`
  const answer = await fetchHere(address, { headers: { accept: 'text/csv' } })
  if (!answer.ok) throw new Error(`${answer.status}`)
  saveAs(await answer.blob(), fileName)
}
