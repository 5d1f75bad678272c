/** The frame around every page: where one is, where one can go, who one is. */

import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Menu,
  NavLink,
  ScrollArea,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure, useNetwork } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { LANGUAGES, type Language } from '../ui/words.ts'
import { api, queries } from './api.ts'
import { useLanguage, useWords } from './language.tsx'
import { type ConsolePage, type Group, pages } from './pages.ts'
import { useFormats } from './parts/values.tsx'
import { OPEN_SEARCH, Search } from './search.tsx'
import { useSession } from './session.tsx'
import { pageNames, shellWords } from './shell-words.ts'
import './shell.css'

const GROUPS: readonly Group[] = ['top', 'people', 'program', 'shop', 'settings']

export function Shell() {
  const say = useWords(shellWords)
  const [opened, { toggle, close }] = useDisclosure()
  const { online } = useNetwork()
  return (
    <AppShell
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 248, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={0}
      withBorder={false}
    >
      <a className="skip" href="#content">
        {say('skip')}
      </a>
      <AppShell.Header hiddenFrom="sm" className="shell-head">
        <Burger opened={opened} onClick={toggle} size="sm" aria-label={say('menu')} />
        <ProgramName />
        <SearchButton compact />
      </AppShell.Header>
      <AppShell.Navbar className="shell-nav" onClick={close}>
        <div className="shell-brand">
          <ProgramName />
        </div>
        <SearchButton />
        <AppShell.Section grow component={ScrollArea} type="never">
          {GROUPS.map((group) => (
            <NavGroup key={group} group={group} />
          ))}
        </AppShell.Section>
        <Me />
      </AppShell.Navbar>
      <AppShell.Main id="content" className="shell-main" tabIndex={-1}>
        <TestMode />
        {!online && (
          <p className="shell-bar" role="status">
            {say('offline')}
          </p>
        )}
        <Outlet />
        <Search />
      </AppShell.Main>
    </AppShell>
  )
}

function ProgramName() {
  const { program, programs } = useSession()
  const navigate = useNavigate()
  const switchTo = async (id: string) => {
    await api.switchProgram({ program: id })
    queries.clear()
    await navigate({ to: '/' })
    window.location.reload()
  }
  if (programs.length < 2) return <span className="shell-program">{program.name}</span>
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <UnstyledButton className="shell-program">
          {program.name} <span aria-hidden="true">▾</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {programs.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => void switchTo(id)} disabled={id === program.id}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function SearchButton({ compact = false }: { compact?: boolean }) {
  const say = useWords(shellWords)
  const open = () => window.dispatchEvent(new Event(OPEN_SEARCH))
  if (compact)
    return (
      <ActionIcon variant="subtle" size="lg" aria-label={say('search')} onClick={open}>
        <IconSearch size={20} aria-hidden="true" />
      </ActionIcon>
    )
  return (
    <Button
      variant="default"
      className="shell-search"
      justify="space-between"
      rightSection={<kbd>{SHORTCUT}</kbd>}
      onClick={open}
    >
      {say('search')}
    </Button>
  )
}

const SHORTCUT = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘K' : 'Ctrl K'

function NavGroup({ group }: { group: Group }) {
  const say = useWords(shellWords)
  const { may } = useSession()
  const shown = pages.filter((page) => page.group === group && (page.right === undefined || may(page.right)))
  if (shown.length === 0) return null
  return (
    <nav className="shell-group" aria-label={group === 'top' ? undefined : say(`group_${group}`)}>
      {group !== 'top' && <p>{say(`group_${group}`)}</p>}
      {shown.map((page) => (
        <NavItem key={page.path} page={page} />
      ))}
    </nav>
  )
}

function NavItem({ page }: { page: ConsolePage }) {
  const name = useWords(pageNames)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const active = page.path === '/' ? path === '/' : path === page.path || path.startsWith(`${page.path}/`)
  return (
    <NavLink
      renderRoot={(props) => <Link {...props} to={page.path as never} />}
      label={name(page.name)}
      active={active}
      aria-current={active ? 'page' : undefined}
      className="shell-link"
    />
  )
}

function Me() {
  const say = useWords(shellWords)
  const { staff, role } = useSession()
  const { language, choose } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const navigate = useNavigate()
  const signOut = async () => {
    await api.signOut()
    queries.clear()
    window.location.assign('/console')
  }
  return (
    <Menu position="top-start" width={232}>
      <Menu.Target>
        <UnstyledButton className="shell-me" onClick={(event) => event.stopPropagation()}>
          <b>{staff.name}</b>
          <span>{say('role', { role })}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void navigate({ to: '/account' as never })}>{say('my_account')}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{say('language')}</Menu.Label>
        {LANGUAGES.map((one) => (
          <Menu.Item key={one} onClick={() => choose(one)} rightSection={one === language ? '✓' : undefined} lang={one}>
            {LANGUAGE_NAMES[one]}
          </Menu.Item>
        ))}
        <Menu.Label>{say('appearance')}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? '✓' : undefined}
          >
            {say(scheme === 'auto' ? 'system' : scheme)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{say('sign_out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Languages are named in themselves, so that whoever looks for theirs can read it. */
const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', tr: 'Türkçe' }

function TestMode() {
  const say = useWords(shellWords)
  const { program } = useSession()
  const { time } = useFormats()
  if (program.mode !== 'test') return null
  return (
    <p className="shell-bar" data-kind="test">
      {say('test_mode', { now: time(program.now) })}
    </p>
  )
}
