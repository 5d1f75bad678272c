/** Program files to begin with: the examples that come along, each told by the first line of its comment. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Template {
  name: string
  about: string
  text: string
}

export function readTemplates(): Template[] {
  const folder = join(packageFolder(), 'examples')
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    const about = /^#\s*(.+)$/m.exec(text)?.[1] ?? ''
    return { name: name.slice(0, -'.yaml'.length), about, text }
  })
}

/** Sources and compiled files lie at different depths below it. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'examples', 'corner-coffee.yaml'))) folder = dirname(folder)
  return folder
}
