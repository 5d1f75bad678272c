import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { features } from '../features/index.ts'
import { compileProgram } from './program.ts'
import { readAloud } from './read-aloud.ts'
import { messagesOf, Wording } from './wording.ts'

const source = readFileSync(new URL('../../examples/corner-coffee.yaml', import.meta.url), 'utf8')
const program = compileProgram(source, features).program!
const inLanguage = (language: string) => readAloud(new Wording(language, program, messagesOf(features, language)!))

test('a program is read aloud, each sentence at the place of the file that it is about', () => {
  const sentences = inLanguage('en')
  expect(sentences.find(({ about }) => about === 'earning.double-tuesday')).toEqual({
    pointer: '/earning/1',
    about: 'earning.double-tuesday',
    title: null,
    text: expect.stringContaining('multiplied by 2'),
  })
  expect(sentences.find(({ about }) => about === 'rewards.lunch')).toMatchObject({ pointer: '/rewards/5' })
  expect(sentences.find(({ about }) => about === 'tiers.gold')).toMatchObject({ pointer: '/tiers/levels/1' })
  expect(sentences.find(({ about }) => about === 'wallets.stars.expiry')).toMatchObject({
    pointer: '/wallets/stars/expiry',
  })
})

test('in Turkish it is the same places', () => {
  expect(inLanguage('tr').map(({ pointer }) => pointer)).toEqual(inLanguage('en').map(({ pointer }) => pointer))
})
