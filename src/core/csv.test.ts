import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('cells with separators, quotes and ends of lines are quoted, nothing is an empty cell', () => {
  expect(csvLine(['a', 1, null, true, 'x,y', 'say "so"', 'two\nlines'])).toBe(
    'a,1,,true,"x,y","say ""so""","two\nlines"\r\n',
  )
})

test('what begins as a formula stays a text; negative numbers and phone numbers are what they are', () => {
  expect(csvLine(['=HYPERLINK("x")', '@sum', '+1+2', '-cmd', '-12.50', '+12125550123', -3])).toBe(
    '"\'=HYPERLINK(""x"")",\'@sum,\'+1+2,\'-cmd,-12.50,+12125550123,-3\r\n',
  )
})
