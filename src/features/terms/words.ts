/** What the members' terms say of who runs the program, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Also',
    run_by: 'It is run by {run_by}.',
    contact: 'Whoever has a question asks here: {contact}.',
    also: '{text}',
  },
  tr: {
    title: 'Ayrıca',
    run_by: 'Programı yürüten: {run_by}.',
    contact: 'Sorularınız için: {contact}.',
    also: '{text}',
  },
}
