/** What a page shows, kept in its address: going back goes back, and a link shows others the same. */

import { useNavigate, useSearch } from '@tanstack/react-router'

export type Filters = Readonly<Record<string, string | undefined>>

/**
 * The filters in the address and a way to change some of them; undefined or an empty text takes one out. Changing any
 * begins a table again at its first page.
 */
export function useFilters(): [filters: Filters, change: (filters: Filters, how?: 'push' | 'replace') => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const filters = Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]))
  const change = (changes: Filters, how: 'push' | 'replace' = 'push') => {
    const next = { ...filters, cursor: undefined, ...changes }
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ''))
    void navigate({ to: '.', search: kept as never, replace: how === 'replace' })
  }
  return [filters, change]
}
