/** How to begin: a template, a file of past orders, what the program would have done, and publishing it. */

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Template } from '../../../client/index.ts'
import { api, useAsk } from '../api.ts'
import { useWords } from '../language.tsx'
import { Page } from '../parts/page.tsx'
import { Answered } from '../parts/problem.tsx'
import { useProgram } from '../session.tsx'
import { guideWords } from './words.ts'

export function Guide() {
  const say = useWords(guideWords)
  const { id, name } = useProgram()
  const templates = useAsk(['templates'], () => api.listTemplates())
  const drafts = useAsk(['drafts', id], () => api.listDrafts(id))
  const count = drafts.data?.data.length ?? 0
  return (
    <Page
      title={say('heading', { name })}
      lead={say('lead')}
      actions={
        <Button
          variant="default"
          size="xs"
          renderRoot={(props) => <Link {...props} to="/" search={{ begin: 'no' } as never} />}
        >
          {say('hide')}
        </Button>
      }
    >
      <ol className="guide">
        <li data-done={count > 0 || undefined}>
          <h2>{say('step_template')}</h2>
          <p>{count > 0 ? say('drafts', { count }) : say('step_template_more')}</p>
          <Answered ask={templates}>
            {({ data }) => (
              <ul className="guide-templates" aria-label={say('templates')}>
                {data.map((template) => (
                  <TemplateLink key={template.name} {...template} />
                ))}
              </ul>
            )}
          </Answered>
        </li>
        <li>
          <h2>{say('step_file')}</h2>
          <p>{say('step_file_more')}</p>
          <Button renderRoot={(props) => <Link {...props} to={'/backtests/new' as never} />}>{say('drop')}</Button>
        </li>
        <li>
          <h2>{say('step_see')}</h2>
          <p>{say('step_see_more')}</p>
          <Link to={'/backtests' as never}>{say('runs')}</Link>
        </li>
        <li>
          <h2>{say('step_publish')}</h2>
          <p>{say('step_publish_more')}</p>
          <Link to={'/program' as never}>{say('to_program')}</Link>
        </li>
      </ol>
    </Page>
  )
}

/** What a template is called stands before the colon of its line, where there is one. */
function TemplateLink({ name, about }: Template) {
  const [, title = name.replaceAll('-', ' '), text = about] = /^([^:]{2,40}): (.*)$/.exec(about) ?? []
  return (
    <li>
      <Link to={'/program/new' as never} search={{ template: name } as never}>
        <b>{title}</b>
        <span>{text}</span>
      </Link>
    </li>
  )
}
