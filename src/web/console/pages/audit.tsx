/** The records: who changed or looked up what, with what was before and what is after. */

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { AuditEntry } from '../../../client/index.ts'
import { api } from '../api.ts'
import { useWords } from '../language.tsx'
import { Empty } from '../parts/empty.tsx'
import { useFilters } from '../parts/filters.ts'
import { Page } from '../parts/page.tsx'
import { columnsOf, Table } from '../parts/table.tsx'
import { When } from '../parts/values.tsx'
import { actionWords, auditWords, roleWords } from './access-words.ts'
import './access.css'

const column = columnsOf<AuditEntry>()

export default function Audit() {
  const say = useWords(auditWords)
  const role = useWords(roleWords)
  const action = useWords(actionWords)
  return (
    <Page wide title={say('title')} lead={say('lead')}>
      <div className="records">
        <Table
          name="audit"
          label={say('title')}
          idOf={({ id }) => id}
          ask={(query) => api.listAudit(query as never)}
          csv="/v1/audit"
          filters={<AuditFilters />}
          empty={<Empty title={say('empty')}>{say('empty_more')}</Empty>}
          columns={[
            column.display({ id: 'at', header: say('when'), cell: ({ row }) => <When at={row.original.at} /> }),
            column.display({
              id: 'actor',
              header: say('who'),
              cell: ({ row: { original } }) => (
                <>
                  <span className="person-name">{original.actor}</span>
                  <span className="quiet">{role(original.role)}</span>
                </>
              ),
            }),
            column.display({
              id: 'action',
              header: say('did'),
              cell: ({ row: { original } }) =>
                isNamed(original.action) ? action(original.action) : sentenceOf(original.action),
            }),
            column.display({
              id: 'about',
              header: say('about'),
              cell: ({ row }) => <span className="mono">{row.original.about}</span>,
            }),
            column.display({
              id: 'change',
              header: say('change'),
              cell: ({ row: { original } }) => <Changes before={original.before} after={original.after} />,
            }),
          ]}
        />
      </div>
    </Page>
  )
}

const FIELDS = ['actor', 'action', 'about'] as const
const DAYS = ['from', 'until'] as const

/** What is typed is looked for when it is sent, so that the address says what is shown. */
function AuditFilters() {
  const say = useWords(auditWords)
  const [filters, change] = useFilters()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const shownIn = (name: string) => typed[name] ?? filters[name] ?? ''
  const set = (name: string) => (event: FormEvent<HTMLInputElement>) => {
    const { value } = event.currentTarget
    setTyped((before) => ({ ...before, [name]: value }))
  }
  const look = () => {
    change(typed)
    setTyped({})
  }
  const isFiltered = [...FIELDS, ...DAYS].some((name) => filters[name] !== undefined)
  return (
    <form
      className="audit-filters"
      onSubmit={(event) => {
        event.preventDefault()
        look()
      }}
    >
      {FIELDS.map((name) => (
        <TextInput key={name} size="xs" label={say(name)} value={shownIn(name)} onChange={set(name)} onBlur={look} />
      ))}
      {DAYS.map((name) => (
        <TextInput
          key={name}
          size="xs"
          type="date"
          label={say(name)}
          value={filters[name] === undefined ? '' : dayOf(filters[name])}
          onChange={(event) => change({ [name]: instantOf(event.currentTarget.value) })}
        />
      ))}
      <button type="submit" hidden />
      {isFiltered && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => change(Object.fromEntries([...FIELDS, ...DAYS].map((name) => [name, undefined])))}
        >
          {say('clear')}
        </Button>
      )}
    </form>
  )
}

/** A day as people choose it is an instant in the address, where their time zone begins it; empty for none. */
function instantOf(day: string): string {
  return day === '' ? '' : new Date(`${day}T00:00:00`).toISOString()
}

function dayOf(instant: string): string {
  const at = new Date(instant)
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

function isNamed(action: string): action is keyof typeof actionWords.en {
  return action in actionWords.en
}

/** `changeStaff` as `change staff`: the interface's own name of the call, as people read it. */
function sentenceOf(action: string): string {
  return action.replace(/([A-Z])/g, ' $1').toLowerCase()
}

/** Field by field, what was and what is; what stayed as it was is left out. */
function Changes({ before, after }: { before: unknown; after: unknown }) {
  const say = useWords(auditWords)
  const [was, is] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const changed = names.filter((name) => textOf(was[name]) !== textOf(is[name]))
  if (changed.length === 0) return null
  return (
    <dl className="changes">
      {changed.map((name) => (
        <div key={name} className="change">
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd>
            {was[name] !== undefined && (
              <>
                <del>{textOf(was[name]) || say('nothing')}</del>{' '}
              </>
            )}
            {is[name] !== undefined && <ins>{textOf(is[name]) || say('nothing')}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {}
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : { '': value }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
