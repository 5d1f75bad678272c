/** Text for pages: whatever is put into markup is escaped on its way in, so that no name becomes markup itself. */

/** Text that is markup already. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Part = string | number | Html | readonly Html[]

export const NOTHING = new Html('')

export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(texts.reduce((all, text, i) => `${all}${markup(parts[i - 1]!)}${text}`))
}

function markup(part: Part): string {
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map((one: Html) => one.text).join('')
  return String(part).replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign]!)
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** The colours of the pages that people read, light and dark, as variables of a style sheet. */
export const COLOURS = {
  light: `--ground: #f6f2ea; --paper: #fffdf8; --ink: #23201b; --quiet: #665f54; --line: #b9b09f;
  --accent: #1f5c4d; --on-accent: #fff; --wrong: #a3271b; --wrong-ground: #fbeae6;`,
  dark: `--ground: #171613; --paper: #211f1b; --ink: #f1ece2; --quiet: #b5ad9f; --line: #6f685c;
  --accent: #7fcdb6; --on-accent: #10231d; --wrong: #ff9d90; --wrong-ground: #3a1f1b;`,
} as const
