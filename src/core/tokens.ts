/** The design's tokens: colours in light and dark, type, space and shape. Every page and screen is made of these. */

/** Warm paper and deep green; `accent` is the one colour that means "here one may do something". */
const LIGHT = {
  ground: '#f6f2ea',
  paper: '#fffdf8',
  raised: '#ffffff',
  ink: '#23201b',
  quiet: '#665f54',
  line: '#b9b09f',
  hair: '#e3dccf',
  wash: '#e4eee9',
  accent: '#1f5c4d',
  'accent-strong': '#17473b',
  'on-accent': '#ffffff',
  wrong: '#a3271b',
  'wrong-ground': '#fbeae6',
  warn: '#7a5200',
  'warn-ground': '#f8ebcf',
  blue: '#41668f',
  ochre: '#c58a2d',
  clay: '#b2553f',
  plum: '#7f5a7c',
  sand: '#bdb29e',
} as const

const DARK: Record<keyof typeof LIGHT, string> = {
  ground: '#171613',
  paper: '#211f1b',
  raised: '#2a2722',
  ink: '#f1ece2',
  quiet: '#b5ad9f',
  line: '#6f685c',
  hair: '#37332c',
  wash: '#22352f',
  accent: '#7fcdb6',
  'accent-strong': '#a3dfcd',
  'on-accent': '#10231d',
  wrong: '#ff9d90',
  'wrong-ground': '#3a1f1b',
  warn: '#e8c477',
  'warn-ground': '#38301d',
  blue: '#8db0d9',
  ochre: '#e0b25f',
  clay: '#e58e76',
  plum: '#c79ac1',
  sand: '#7a7262',
}

const SHAPE = {
  font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  mono: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  'text-small': '0.8125rem',
  text: '0.9375rem',
  'text-large': '1.125rem',
  title: '1.625rem',
  figure: '1.75rem',
  'space-1': '0.25rem',
  'space-2': '0.5rem',
  'space-3': '0.75rem',
  'space-4': '1rem',
  'space-6': '1.5rem',
  'space-8': '2rem',
  'space-12': '3rem',
  radius: '0.5rem',
  'radius-large': '1rem',
  shadow: '0 1px 2px rgb(35 32 27 / 6%), 0 8px 24px rgb(35 32 27 / 8%)',
} as const

/** The colours as variables of a style sheet, such as `--ink: #23201b;`. */
export const COLOURS = { light: variables(LIGHT), dark: variables(DARK) }

function variables(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ')
}

/**
 * The tokens as a style sheet. Dark is what the system asks for, unless the page itself says otherwise with
 * `data-mantine-color-scheme`.
 */
export const TOKENS = `:root { color-scheme: light; ${COLOURS.light} ${variables(SHAPE)} }
@media (prefers-color-scheme: dark) { :root:not([data-mantine-color-scheme="light"]) { color-scheme: dark; ${COLOURS.dark} } }
:root[data-mantine-color-scheme="dark"] { color-scheme: dark; ${COLOURS.dark} }
`
