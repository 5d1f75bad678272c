/** What edits program files: CodeMirror with the parts that the console uses. */

import { yaml } from '@codemirror/lang-yaml'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { colours } from './colours.ts'

/** A mistake where it stands: line and column from 1, as the interface tells them. */
export interface Mark {
  line: number
  column: number
  message: string
}

/** A word that may be written here: `order.total`, with what it is. */
export interface Completion {
  label: string
  detail: string
  info: string
}

export interface Editing {
  /** Shows a text unless it is the one that is there, so that whoever types keeps their place. */
  show(text: string, marks: readonly Mark[]): void
  end(): void
}

export interface EditingOptions {
  label: string
  language: 'yaml' | 'condition'
  mayType: boolean
  onChange(text: string): void
  /** What may be written, in the order in which it is offered. */
  complete(): readonly Completion[]
}

export function edit(place: HTMLElement, { label, language, mayType, onChange, complete }: EditingOptions): Editing {
  let told = false
  const offer = (context: { pos: number; explicit: boolean; state: EditorState }) => {
    const before = /[\w."]*$/.exec(context.state.doc.sliceString(0, context.pos))![0]
    if (before === '' && !context.explicit) return null
    return { from: context.pos - before.length, options: complete(), validFor: /^[\w."]*$/ }
  }
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      extensions: [
        basicSetup,
        lintGutter(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorState.readOnly.of(!mayType),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !told) onChange(update.state.doc.toString())
        }),
        ...(language === 'yaml' ? [yaml(), colours] : [EditorState.languageData.of(() => [{ autocomplete: offer }])]),
      ],
    }),
  })
  return {
    show(text, marks) {
      if (text !== view.state.doc.toString()) {
        told = true
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
        told = false
      }
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnosticOf(view.state, mark)),
        ),
      )
    },
    end: () => view.destroy(),
  }
}

/** From the mark to the end of the word that begins there. */
function diagnosticOf({ doc }: EditorState, { line, column, message }: Mark): Diagnostic {
  const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines))
  const start = Math.min(from + Math.max(column - 1, 0), to)
  const word = /^[\w.-]+/.exec(text.slice(start - from))?.[0].length ?? 1
  return { from: start, to: Math.min(start + word, to), severity: 'error', message }
}
