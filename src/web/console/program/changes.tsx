/** What one text of a program changes of another, in the words that members read. */

import type { ProgramChange } from '../../../client/index.ts'
import { useWords } from '../language.tsx'
import { programWords } from './program-words.ts'

export function Changes({ changes, settings }: { changes: readonly ProgramChange[]; settings: readonly string[] }) {
  const say = useWords(programWords)
  return (
    <>
      {changes.length === 0 && <p className="field-note">{say('nothing_changed')}</p>}
      <ul className="changes">
        {changes.map(({ about, kind, before, after, who, note }) => (
          <li key={about} data-kind={kind}>
            <p className="change-after">
              {kind !== 'changed' && <b className="change-kind">{say(kind)}</b>} {after ?? before}
            </p>
            {kind === 'changed' && <p className="change-before">{say('was', { text: before ?? '' })}</p>}
            {who !== null && <p className="field-note">{say('for_some', { who: who.join(', ') })}</p>}
            {note !== null && <p className="field-note">{note}</p>}
          </li>
        ))}
      </ul>
      {settings.length > 0 && <p className="field-note">{say('other_settings', { settings: settings.join(', ') })}</p>}
    </>
  )
}
