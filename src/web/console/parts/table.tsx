/** A table of what the interface lists: filters and page in the address, rows that can be chosen, and all of it as CSV. */

import { Button, Checkbox, Group, Loader, SegmentedControl } from '@mantine/core'
import {
  type CellData,
  type ColumnDef,
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useState } from 'react'
import { words } from '../../ui/words.ts'
import { useAsk } from '../api.ts'
import { useWords } from '../language.tsx'
import { downloadCsv } from './csv.ts'
import { type Filters, useFilters } from './filters.ts'
import { Problem } from './problem.tsx'
import { SavedViews } from './saved-views.tsx'
import './table.css'

const features = tableFeatures({ rowSelectionFeature, columnVisibilityFeature })

export type Column<Row extends RowData> = ColumnDef<typeof features, Row, CellData>

/** Makes columns of rows of a type; `meta: { numeric: true }` sets figures below one another. */
export function columnsOf<Row extends RowData>() {
  return createColumnHelper<typeof features, Row>()
}

const tableWords = words({
  en: {
    next: 'Next',
    first: 'From the beginning',
    csv: 'Download as CSV',
    all: 'Choose all on this page',
    one: 'Choose this row',
    chosen: '{count, plural, one {# chosen} other {# chosen}}',
    none: 'Choose none',
    density: 'Row height',
    close: 'Dense',
    roomy: 'Roomy',
  },
  tr: {
    next: 'Sonraki',
    first: 'Baştan',
    csv: 'CSV olarak indir',
    all: 'Bu sayfadakilerin tümünü seç',
    one: 'Bu satırı seç',
    chosen: '{count} seçildi',
    none: 'Seçimi kaldır',
    density: 'Satır yüksekliği',
    close: 'Sık',
    roomy: 'Ferah',
  },
})

interface Listed<Row> {
  data: Row[]
  has_more: boolean
  next_cursor: string | null
}

export interface TableProps<Row extends RowData> {
  /** Names the question and the file of its CSV: `members`. */
  name: string
  label: string
  columns: readonly Column<Row>[]
  idOf(row: Row): string
  /** Reads a page; what it is told stands in the address. */
  ask(query: Readonly<Record<string, string | undefined>>): PromiseLike<Listed<Row>>
  /** The call's address, where the same list comes as CSV. */
  csv?: string
  /** What the call is asked for a file, where the address says it in other words. */
  csvQuery?: (filters: Filters) => Filters
  /** Controls above the table that change `useFilters`. */
  filters?: ReactNode
  /** What can be done with the rows that were chosen. */
  bulk?: (ids: readonly string[], rows: readonly Row[], clear: () => void) => ReactNode
  /** Shown when nothing is listed. */
  empty: ReactNode
  /** What opens a row: its link stands in one of the columns, and a click anywhere on the row follows it. */
  onOpen?: (row: Row) => void
}

const DENSITY = 'regulars-density'
const PAGE_ROWS = '50'

export function Table<Row extends RowData>(props: TableProps<Row>) {
  const say = useWords(tableWords)
  const [filters, change] = useFilters()
  const [rowSelection, setRowSelection] = useState<Record<string, true>>({})
  const [density, setDensity] = useState(() => localStorage.getItem(DENSITY) ?? 'roomy')
  const page = useAsk([props.name, filters], () => props.ask({ limit: PAGE_ROWS, ...filters }))
  const rows = page.data?.data ?? NO_ROWS
  const table = useTable({
    features,
    columns: props.columns as Column<Row>[],
    data: rows as Row[],
    getRowId: (row: Row) => props.idOf(row),
    state: { rowSelection },
    onRowSelectionChange: setRowSelection as never,
  })
  const chosen = Object.keys(rowSelection)
  const clear = () => setRowSelection({})
  const choosesRows = props.bulk !== undefined
  return (
    <div className="table-frame" data-density={density}>
      <div className="table-tools">
        <Group gap="xs" className="table-filters">
          {props.filters}
        </Group>
        <Group gap="xs" visibleFrom="sm">
          <SavedViews page={props.name} />
          <SegmentedControl
            size="xs"
            role="radiogroup"
            aria-label={say('density')}
            value={density}
            onChange={(value) => {
              localStorage.setItem(DENSITY, value)
              setDensity(value)
            }}
            data={[
              { value: 'close', label: say('close') },
              { value: 'roomy', label: say('roomy') },
            ]}
          />
          {props.csv !== undefined && (
            <Button
              variant="default"
              size="xs"
              onClick={() => void downloadCsv(props.csv!, props.csvQuery?.(filters) ?? filters, `${props.name}.csv`)}
            >
              {say('csv')}
            </Button>
          )}
        </Group>
      </div>
      {choosesRows && chosen.length > 0 && (
        <div className="table-bulk">
          <b>{say('chosen', { count: chosen.length })}</b>
          {props.bulk!(
            chosen,
            (rows as Row[]).filter((row) => rowSelection[props.idOf(row)]),
            clear,
          )}
          <Button variant="subtle" size="xs" onClick={clear}>
            {say('none')}
          </Button>
        </div>
      )}
      {page.isError && <Problem error={page.error} again={() => void page.refetch()} />}
      {page.data === undefined && !page.isError && <Loader size="sm" />}
      {page.data !== undefined && rows.length === 0 && props.empty}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard.
        <section className="table-scroll" tabIndex={0} aria-label={props.label}>
          <table className="table" aria-busy={page.isFetching}>
            <thead>
              {table.getHeaderGroups().map((group) => (
                <tr key={group.id}>
                  {choosesRows && (
                    <th className="table-choose">
                      <Checkbox
                        size="xs"
                        aria-label={say('all')}
                        checked={table.getIsAllRowsSelected()}
                        indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                        onChange={table.getToggleAllRowsSelectedHandler()}
                      />
                    </th>
                  )}
                  {group.headers.map((header) => (
                    <th key={header.id} scope="col" data-numeric={isNumeric(header.column.columnDef) || undefined}>
                      {header.isPlaceholder ? null : <table.FlexRender header={header} />}
                    </th>
                  ))}
                </tr>
              ))}
            </thead>
            <tbody>
              {table.getRowModel().rows.map((row) => (
                <tr
                  key={row.id}
                  data-opens={props.onOpen !== undefined || undefined}
                  onClick={(event) => {
                    if (!isControl(event.target)) props.onOpen?.(row.original)
                  }}
                >
                  {choosesRows && (
                    <td className="table-choose">
                      <Checkbox
                        size="xs"
                        aria-label={say('one')}
                        checked={row.getIsSelected()}
                        onChange={row.getToggleSelectedHandler()}
                      />
                    </td>
                  )}
                  {row.getAllCells().map((cell) => (
                    <td key={cell.id} data-numeric={isNumeric(cell.column.columnDef) || undefined}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {(page.data?.has_more || filters['cursor'] !== undefined) && (
        <Group justify="space-between" mt="md">
          {filters['cursor'] === undefined ? (
            <span />
          ) : (
            <Button variant="subtle" size="xs" onClick={() => change({ cursor: undefined })}>
              {say('first')}
            </Button>
          )}
          {page.data?.has_more && (
            <Button variant="default" size="xs" onClick={() => change({ cursor: page.data.next_cursor! })}>
              {say('next')}
            </Button>
          )}
        </Group>
      )}
    </div>
  )
}

/** One list for all tables that have none, since a new one each time would be taken for new rows. */
const NO_ROWS: readonly never[] = []

function isNumeric({ meta }: { meta?: unknown }): boolean {
  return (meta as { numeric?: boolean } | undefined)?.numeric === true
}

/** A click on a link, a button or a box inside of a row is meant for that. */
function isControl(target: EventTarget): boolean {
  return (target as Element).closest('a, button, input, label') !== null
}
