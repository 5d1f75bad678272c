/** Choosing a role, each with what it is for. */

import { Radio, Stack } from '@mantine/core'
import { useWords } from '../language.tsx'
import { type RoleName, roleWords } from './access-words.ts'

export function ChooseRole<Role extends RoleName>({
  label,
  description,
  roles,
  value,
  error,
  onChange,
}: {
  label: string
  description?: string
  roles: readonly Role[]
  value: Role | null
  error: string | undefined
  onChange(role: Role): void
}) {
  const say = useWords(roleWords)
  return (
    <Radio.Group
      label={label}
      description={description}
      value={value}
      error={error}
      onChange={(role) => onChange(role as Role)}
    >
      <Stack gap="xs" mt="xs">
        {roles.map((role) => (
          <Radio key={role} value={role} label={say(role)} description={say(`${role}_is`)} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

export const STAFF_ROLES = ['owner', 'marketer', 'finance', 'support', 'cashier', 'developer', 'read_only'] as const
