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

export interface HtmlDocument {
  language: string
  title: string
  style: Html
  /** What stands in the head besides. */
  head?: Html
  /** The classes of the body. */
  kind?: string
  body: Html
}

/** A page that needs nothing else: its style is in it. */
export function htmlDocument({ language, title, style, head = NOTHING, kind = '', body }: HtmlDocument): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}<title>${title}</title>
<style>${style}</style>
</head>
<body${kind === '' ? NOTHING : html` class="${kind}"`}>
${body}</body>
</html>
`.text
}
