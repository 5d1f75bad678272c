/** The design's tokens as Mantine takes them; what they do not say, such as spacing inside controls, is Mantine's. */

import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core'

const GREEN: MantineColorsTuple = [
  '#eef6f3',
  '#dcece6',
  '#b9d9cd',
  '#94c6b3',
  '#7fcdb6',
  '#4f9e88',
  '#34806c',
  '#1f5c4d',
  '#17473b',
  '#103229',
]
/** Warm greys, since cold ones beside paper look blue. */
const GRAY: MantineColorsTuple = [
  '#fbf8f1',
  '#f6f2ea',
  '#ece6da',
  '#e3dccf',
  '#d2c9b8',
  '#b9b09f',
  '#8d8475',
  '#665f54',
  '#433e36',
  '#23201b',
]
const NIGHT: MantineColorsTuple = [
  '#f1ece2',
  '#d6cfc2',
  '#b5ad9f',
  '#8a8274',
  '#6f685c',
  '#4b463d',
  '#37332c',
  '#2a2722',
  '#211f1b',
  '#171613',
]

/** The red of what is wrong; white can be read on it in light (7) and in dark (4). */
const RED: MantineColorsTuple = [
  '#fdf3f0',
  '#fbeae6',
  '#f3c9c1',
  '#e39b8f',
  '#b5392b',
  '#b93a2c',
  '#ae3023',
  '#a3271b',
  '#7f1d14',
  '#5c140d',
]

export const theme = createTheme({
  primaryColor: 'green',
  primaryShade: { light: 7, dark: 4 },
  colors: { green: GREEN, gray: GRAY, red: RED, dark: NIGHT },
  autoContrast: true,
  // What stands on the accent is reckoned for light alone, and the accent of the dark is a light one.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input)
    const isAccent = input.variant === 'filled' && (input.color ?? 'green') === 'green'
    return isAccent ? { ...colors, color: 'var(--on-accent)' } : colors
  },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '650' },
})

export const variables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--quiet)',
    '--mantine-color-placeholder': 'var(--quiet)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-green-filled': 'var(--accent)',
    '--mantine-color-green-filled-hover': 'var(--accent-strong)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-color-error': 'var(--wrong)',
    '--mantine-color-red-text': 'var(--wrong)',
    '--mantine-color-default': 'var(--raised)',
    '--mantine-color-default-hover': 'var(--ground)',
    '--mantine-color-default-border': 'var(--line)',
  }
  return { variables: {}, light: both, dark: both }
}
