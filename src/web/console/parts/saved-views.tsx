/** What somebody looks at often, by a name of their own: the filters in the address, kept and shown again. */

import { ActionIcon, Button, Group, Popover, Stack, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { words } from '../../ui/words.ts'
import { api, fieldErrors, useAsk, useTell } from '../api.ts'
import { useWords } from '../language.tsx'
import { useFilters } from './filters.ts'
import { Problem } from './problem.tsx'

const viewWords = words({
  en: {
    views: 'Views',
    mine: 'My views',
    none: 'Set the filters as you often need them, and keep them under a name.',
    name: 'Name of this view',
    keep: 'Keep',
    replace: 'Replace “{name}”',
    remove: 'Remove {name}',
  },
  tr: {
    views: 'Görünümler',
    mine: 'Görünümlerim',
    none: 'Filtreleri sık kullandığınız gibi ayarlayın ve bir adla saklayın.',
    name: 'Bu görünümün adı',
    keep: 'Sakla',
    replace: '“{name}” yerine koy',
    remove: '{name} görünümünü kaldır',
  },
})

export function SavedViews({ page }: { page: string }) {
  const say = useWords(viewWords)
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" size="xs" onClick={() => setOpened(!opened)} aria-expanded={opened}>
          {say('views')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Mine page={page} onDone={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Mine({ page, onDone }: { page: string; onDone: () => void }) {
  const say = useWords(viewWords)
  const [{ cursor: _, ...filters }] = useFilters()
  const { pathname } = useLocation()
  const [name, setName] = useState('')
  const key = ['views', page]
  const views = useAsk(key, () => api.listViews({ page }))
  const all = views.data?.data ?? []
  const remove = useTell((view: string) => api.deleteView(page, view), { renews: [key] })
  const keep = useTell((view: string) => api.putView(page, view, { query: queryOf(filters) }), {
    renews: [key],
    onDone,
  })
  const isThere = all.some((view) => view.name === name.trim())
  return (
    <Stack gap="sm">
      {all.length === 0 && <p className="table-views-none">{say('none')}</p>}
      {all.length > 0 && (
        <ul className="table-views" aria-label={say('mine')}>
          {all.map((view) => (
            <li key={view.name}>
              <Link
                to={pathname as never}
                search={Object.fromEntries(new URLSearchParams(view.query)) as never}
                onClick={onDone}
              >
                {view.name}
              </Link>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={say('remove', { name: view.name })}
                onClick={() => remove.mutate(view.name)}
              >
                <IconX size={14} aria-hidden="true" />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '') keep.mutate(name.trim())
        }}
      >
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <TextInput
            size="xs"
            label={say('name')}
            maxLength={80}
            value={name}
            error={fieldErrors(keep.error)['/name']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" loading={keep.isPending} disabled={name.trim() === ''}>
            {isThere ? say('replace', { name: name.trim() }) : say('keep')}
          </Button>
        </Group>
      </form>
      <Problem error={keep.error ?? remove.error} fields={['/name']} />
    </Stack>
  )
}

function queryOf(filters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(filters).filter((filter): filter is [string, string] => filter[1] !== undefined)
  return new URLSearchParams(given).toString()
}
