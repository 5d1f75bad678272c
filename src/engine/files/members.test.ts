import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FileMember, openMembers } from './members.ts'
import type { RowReport } from './reports.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'members-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function readAll(content: string, options: Parameters<typeof openMembers>[1] = {}) {
  const path = join(folder, 'members.csv')
  await writeFile(path, content)
  const file = await openMembers(path, options)
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  const members: FileMember[] = []
  for await (const batch of file.batches()) members.push(...batch)
  const reports: RowReport[] = []
  for await (const report of file.reports()) reports.push(report)
  await file.close()
  return { file, members, reports }
}

test('members come with what the file says of them, balances by wallet', async () => {
  const { members, reports, file } = await readAll(
    'Customer ID,Full Name,E-mail,Phone,Date of birth,Joined at,Points,points_stars\n' +
      '17850,Ann Lee,ann@example.com,020 7946 0000,1990-02-03,2011-07-01 09:00,"1,250",12.5\n',
    { timezone: 'Europe/London' },
  )
  expect(members).toEqual([
    {
      external_id: '17850',
      name: 'Ann Lee',
      email: 'ann@example.com',
      phone: '020 7946 0000',
      birthday: '1990-02-03',
      joined_at: Date.parse('2011-07-01T08:00:00Z'),
      balances: [
        { wallet: null, points: '1250' },
        { wallet: 'stars', points: '12.5' },
      ],
      row: 2,
    },
  ])
  expect(reports).toEqual([])
  expect(file).toMatchObject({ rows: 1, members: 1, reportCounts: {} })
})

test('what is odd is reported by its row, and a bad detail does not cost the member', async () => {
  const { members, reports, file } = await readAll(
    [
      'id,email,birthday,joined_at,points',
      'a,none,3/4/1990,soon,many',
      'a,a@example.com,,,',
      ',b@example.com,,,',
      'c',
      'd,d@example.com,,,7',
    ].join('\n'),
  )
  expect(members).toEqual([
    { external_id: 'a', balances: [], row: 2 },
    { external_id: 'd', email: 'd@example.com', balances: [{ wallet: null, points: '7' }], row: 6 },
  ])
  expect(reports.map(({ row, code, taken }) => [row, code, taken])).toEqual([
    [2, 'email_dropped', true],
    [2, 'joined_dropped', true],
    [2, 'birthday_dropped', true],
    [2, 'points_dropped', true],
    [3, 'duplicate_member', false],
    [4, 'member_missing', false],
    [5, 'malformed', false],
  ])
  expect(file).toMatchObject({ rows: 5, members: 2 })
})

test('columns of other names are mapped, and a file without ids is refused', async () => {
  const { members } = await readAll('who,kronen\nx,3\n', { map: { external_id: 'who', points_crowns: 'kronen' } })
  expect(members[0]).toEqual({ external_id: 'x', balances: [{ wallet: 'crowns', points: '3' }], row: 2 })
  await expect(readAll('who,kronen\nx,3\n')).rejects.toThrow('missing_column')
})
