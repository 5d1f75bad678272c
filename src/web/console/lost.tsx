/** What stands where no page is, or where one broke: a sentence, and the way on. */

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWords } from './language.tsx'
import { Empty } from './parts/empty.tsx'
import { Page } from './parts/page.tsx'
import { shellWords } from './shell-words.ts'

export function NotFound() {
  const say = useWords(shellWords)
  return (
    <Page title={say('not_found')} lead={say('not_found_more')}>
      <Button renderRoot={(props) => <Link {...props} to={'/' as never} />}>{say('to_home')}</Button>
    </Page>
  )
}

export function Broken() {
  const say = useWords(shellWords)
  return (
    <Page title={say('broken')}>
      <Empty title={say('broken')} action={<Button onClick={() => window.location.reload()}>{say('reload')}</Button>}>
        {say('broken_more')}
      </Empty>
    </Page>
  )
}
