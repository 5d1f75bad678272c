/** What shows two texts in one, line by line: CodeMirror with its merge view, loaded only where there is one. */

import { yaml } from '@codemirror/lang-yaml'
import { unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { colours } from './colours.ts'

/** Answers what ends it. */
export function differ(place: HTMLElement, label: string, before: string, after: string): () => void {
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: after,
      extensions: [
        basicSetup,
        yaml(),
        colours,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
      ],
    }),
  })
  return () => view.destroy()
}
