/** Choosing a file of past orders: dropped here or handed in before, shown as it was understood, and mended by hand. */

import { Button, Loader, Select } from '@mantine/core'
import { useState } from 'react'
import type { OrderFileRead } from '../../../client/index.ts'
import { api, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { useFilters } from '../parts/filters.ts'
import { Answered, Problem } from '../parts/problem.tsx'
import { useFormats } from '../parts/values.tsx'
import { backtestWords } from './backtest-words.ts'
import { FigureTable } from './report-tables.tsx'

/** Mended columns stand in the address, each after this. */
const MAP = 'map_'
const BY_ROW = '@row'

/** The file of the address, how its columns are read, and whether it can be used. */
export function useOrderFile() {
  const [filters, change] = useFilters()
  const file = filters['file']
  const map = Object.fromEntries(
    Object.entries(filters).flatMap(([name, value]) =>
      name.startsWith(MAP) ? [[name.slice(MAP.length), value === NONE ? '' : value!]] : [],
    ),
  )
  const read = useAsk(['order-file', file, map], () => api.readFile(file!, { map }), { when: file !== undefined })
  const usable = file !== undefined && read.data?.id === file && read.data.reading.problems.length === 0
  const forget = () =>
    change({ file: undefined, ...Object.fromEntries(Object.keys(map).map((field) => [`${MAP}${field}`, undefined])) })
  return {
    read,
    usable,
    orders: file === undefined ? null : { file, map },
    take: (id: string) => change({ file: id }),
    mend: (field: string, column: string) => change({ [`${MAP}${field}`]: column }, 'replace'),
    forget,
  }
}

export function OrderFile({ chosen }: { chosen: ReturnType<typeof useOrderFile> }) {
  const say = useWords(backtestWords)
  if (chosen.orders === null) return <Drop onTaken={chosen.take} />
  return (
    <>
      <Answered ask={chosen.read}>{(file) => <Understood file={file} onMend={chosen.mend} />}</Answered>
      <Button variant="default" size="xs" mt="lg" onClick={chosen.forget}>
        {say('other_file')}
      </Button>
    </>
  )
}

function Drop({ onTaken }: { onTaken: (id: string) => void }) {
  const say = useWords(backtestWords)
  const [over, setOver] = useState(false)
  const earlier = useAsk(['order-files'], () => api.listFiles())
  const upload = useTell(
    ({ file, name }: { file: File; name: string; size: number }, idempotencyKey) =>
      api.uploadFile(file, { name }, { idempotencyKey }),
    { renews: [['order-files']], onDone: ({ id }) => onTaken(id) },
  )
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file !== undefined) upload.mutate({ file, name: file.name, size: file.size })
  }
  if (upload.isPending)
    return (
      <p role="status">
        <Loader size="xs" /> {say('reading', { name: upload.variables.name })}
      </p>
    )
  return (
    <>
      <label
        className="backtest-drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take(event.dataTransfer.files)
        }}
      >
        <b>{say('drop')}</b>
        <span>{say('drop_more')}</span>
        <input type="file" aria-label={say('drop')} onChange={(event) => take(event.currentTarget.files)} />
      </label>
      <Problem error={upload.error} />
      {(earlier.data?.data.length ?? 0) > 0 && (
        <Select
          mt="md"
          maw={360}
          label={say('earlier')}
          data={earlier.data!.data.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => id !== null && onTaken(id)}
        />
      )}
    </>
  )
}

function Understood({ file, onMend }: { file: OrderFileRead; onMend: (field: string, column: string) => void }) {
  const say = useWords(backtestWords)
  const { time } = useFormats()
  const { reading, name } = file
  const { holds } = reading
  const columns = reading.columns.map((column, i) => ({ value: column.name, label: labelOf(column, i) }))
  return (
    <>
      <p>
        <b>{name}</b>
        {holds !== null && holds.from !== null && (
          <>
            {' '}
            {say('holds', {
              orders: holds.orders,
              rows: holds.rows,
              from: time(holds.from, 'day'),
              until: time(holds.until!, 'day'),
            })}
            {holds.returns > 0 && ` ${say('holds_returns', { returns: holds.returns })}`}
            {holds.anonymous > 0 && ` ${say('anonymous', { count: holds.anonymous })}`}
          </>
        )}
      </p>
      {reading.problems.map(({ code, message }) => (
        <div className="problem" role="alert" key={code + message}>
          <p>{message}</p>
        </div>
      ))}
      {reading.odd.length > 0 && (
        <ul className="backtest-aside">
          {reading.odd.map(({ code, rows, taken, first }) => (
            <li key={code}>{say('odd', { rows, taken: String(taken), first })}</li>
          ))}
        </ul>
      )}
      {reading.understood.length > 0 && (
        <>
          <h3 className="backtest-part">{say('understood')}</h3>
          <p className="section-lead">{say('understood_lead')}</p>
          <div className="backtest-columns">
            {reading.understood.map(({ field, column, needed }) => (
              <Select
                key={field}
                size="xs"
                label={field}
                withAsterisk={needed}
                value={column ?? NONE}
                allowDeselect={false}
                data={[
                  { value: NONE, label: say('not_there') },
                  ...(field === 'order' ? [{ value: BY_ROW, label: say('by_row') }] : []),
                  ...columns,
                ]}
                onChange={(value) => value !== null && onMend(field, value)}
              />
            ))}
          </div>
        </>
      )}
      {reading.sample.length > 0 && (
        <FigureTable
          title={say('first_rows')}
          head={reading.columns.map(labelOf)}
          rows={reading.sample.map((cells, i) => [String(i), ...cells.slice(1)])}
          names={reading.sample.map(([first]) => first ?? '')}
          isText
        />
      )}
    </>
  )
}

/** An address keeps no empty text, which a map takes for a column that is left out. */
const NONE = '-'

function labelOf({ name, sample }: OrderFileRead['reading']['columns'][number], index: number): string {
  return sample === null ? name : `${index + 1}: ${sample}`
}
