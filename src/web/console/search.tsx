/** The one search, over any page: pages by their names, and whatever the server finds. */

import { Loader, Modal, TextInput } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import type { FoundThing } from '../../client/index.ts'
import { words } from '../ui/words.ts'
import { api, useAsk } from './api.ts'
import { useWords } from './language.tsx'
import { pages } from './pages.ts'
import { Problem } from './parts/problem.tsx'
import './search.css'
import { useSession } from './session.tsx'
import { pageNames } from './shell-words.ts'

const searchWords = words({
  en: {
    label: 'Search for anything',
    hint: 'Phone, e-mail, card, order, code, name or page',
    nothing: 'Nothing found for “{text}”.',
    teach: 'A phone in any spelling, the beginning of a name, an order, a voucher’s code.',
    kind: '{kind, select, member {Member} order {Order} activity {Activity} redemption {Redemption} voucher {Voucher} reward {Reward} rule {Rule} budget {Budget} shop {Shop} staff {Colleague} other {Page}}',
    found: '{count, plural, one {# result} other {# results}}',
  },
  tr: {
    label: 'Her şeyi arayın',
    hint: 'Telefon, e-posta, kart, sipariş, kod, ad veya sayfa',
    nothing: '“{text}” için bir şey bulunamadı.',
    teach: 'Herhangi bir yazımla telefon, bir adın başı, bir sipariş, bir çekin kodu.',
    kind: '{kind, select, member {Üye} order {Sipariş} activity {Hareket} redemption {Kullanım} voucher {Çek} reward {Ödül} rule {Kural} budget {Bütçe} shop {Mağaza} staff {Çalışan} other {Sayfa}}',
    found: '{count, number} sonuç',
  },
})

/** What the search listens for, wherever it is asked for. */
export const OPEN_SEARCH = 'regulars:search'

interface Hit {
  kind: FoundThing['kind'] | 'page'
  id: string
  title: string
  detail: string
  href: string
}

const FEWEST = 2
const PAUSE_MS = 150

export function Search() {
  const say = useWords(searchWords)
  const [opened, setOpened] = useState(false)
  useHotkeys([['mod+K', () => setOpened(true)]], [])
  useEffect(() => {
    const open = () => setOpened(true)
    window.addEventListener(OPEN_SEARCH, open)
    return () => window.removeEventListener(OPEN_SEARCH, open)
  }, [])
  const close = () => setOpened(false)
  return (
    <Modal
      opened={opened}
      onClose={close}
      withCloseButton={false}
      padding={0}
      size="lg"
      yOffset="12vh"
      attributes={{ content: { 'aria-label': say('label') } }}
    >
      <Finding onDone={close} />
    </Modal>
  )
}

/** What is typed is forgotten when the dialog closes: it may be somebody's telephone number. */
function Finding({ onDone }: { onDone: () => void }) {
  const say = useWords(searchWords)
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MS)
  const { may } = useSession()
  const isLong = asked.length >= FEWEST
  const found = useAsk(['search', asked], () => api.search({ q: asked }), { when: isLong && may('search') })
  const ownPages = usePages(text.trim())
  const things = isLong && text.trim().length >= FEWEST ? (found.data?.data ?? []) : []
  const hits: Hit[] = [...ownPages, ...things]
  const chosen = Math.min(place, hits.length - 1)
  const list = useId()
  const navigate = useNavigate()
  const go = (hit: Hit) => {
    onDone()
    void navigate({ href: hit.href })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const hit = hits[chosen]
    if (event.key === 'Enter' && hit !== undefined) go(hit)
    else if (event.key === 'ArrowDown') setPlace(Math.min(chosen + 1, hits.length - 1))
    else if (event.key === 'ArrowUp') setPlace(Math.max(chosen - 1, 0))
    else return
    event.preventDefault()
  }
  return (
    <div className="search">
      <TextInput
        data-autofocus
        size="lg"
        variant="unstyled"
        role="combobox"
        aria-label={say('label')}
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={hits.length > 0 ? `${list}-${chosen}` : undefined}
        aria-autocomplete="list"
        placeholder={say('hint')}
        leftSection={found.isFetching && isLong ? <Loader size="xs" /> : <IconSearch size={18} aria-hidden="true" />}
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setPlace(0)
        }}
      />
      <div className="search-found">
        <Problem error={isLong ? found.error : null} />
        <p className="search-count" role="status">
          {isLong && !found.isFetching && found.data !== undefined ? say('found', { count: hits.length }) : ''}
        </p>
        <div role="listbox" id={list} aria-label={say('label')} tabIndex={-1}>
          {hits.map((hit, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field that has the focus hears the keys.
            <div
              key={`${hit.kind} ${hit.id}`}
              id={`${list}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === chosen}
              className="search-hit"
              onMouseMove={() => setPlace(at)}
              onClick={() => go(hit)}
            >
              <span className="search-kind">{say('kind', { kind: hit.kind })}</span>
              <span className="search-title">{hit.title}</span>
              <span className="search-detail">{hit.detail}</span>
            </div>
          ))}
        </div>
        {hits.length === 0 && (
          <p className="search-teach">
            {isLong && found.data !== undefined && !found.isFetching ? say('nothing', { text: asked }) : say('teach')}
          </p>
        )}
      </div>
    </div>
  )
}

/** Pages that one may open and that have no part of their address to be filled in. */
function usePages(text: string): Hit[] {
  const name = useWords(pageNames)
  const { may } = useSession()
  const wanted = text.toLocaleLowerCase()
  if (wanted === '') return []
  return pages
    .filter(({ path, right, outside }) => !path.includes('$') && !outside && (right === undefined || may(right)))
    .map(
      (page): Hit => ({
        kind: 'page',
        id: page.path,
        title: name(page.name),
        detail: '',
        href: `/console${page.path}`,
      }),
    )
    .filter(({ title }) => ` ${title.toLocaleLowerCase()}`.includes(` ${wanted}`))
}
