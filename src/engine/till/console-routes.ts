/** The HTTP by which the console looks after tills: devices, the cashiers' numbers, and what tills leave behind. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { signed } from '../by-hand.ts'
import { MAY } from '../http/roles.ts'
import { type Route, route, type Services } from '../http/route.ts'
import type { LiveProgram } from '../programs.ts'
import { text } from '../shapes.ts'
import { changeDevice, listDevices, makeDevice, newPairingCode, noDevice, revokeDevice } from './devices.ts'
import { listDifferences, settle } from './differences.ts'
import { listFlags } from './flags.ts'
import {
  Device,
  DeviceChange,
  DeviceInput,
  DeviceList,
  Difference,
  DifferenceList,
  DifferenceQuery,
  FlagList,
  ListQuery,
  PairingCode,
  PinInput,
  SettleInput,
} from './shapes.ts'
import { listCashiers, setPin } from './shifts.ts'

const TAG = 'Tills'
const ById = z.strictObject({ id: text(64) })

const make = route({
  method: 'POST',
  path: '/v1/devices',
  id: 'createDevice',
  tag: TAG,
  summary: 'Create a till',
  description: 'Answers the code that is typed on it; after 15 minutes, or once it was used, another has to be made.',
  body: DeviceInput,
  answers: { 201: { description: 'The till and its pairing code', schema: PairingCode } },
  roles: MAY.devices,
  async handle({ body, caller, services }) {
    const id = await makeDevice(services.database, caller.program, body)
    const paired = await pairingOf(services, caller.program, id)
    if (paired instanceof Refusal) return paired
    return { status: 201, body: paired, audit: { about: id, before: null, after: body } }
  },
})

const list = route({
  method: 'GET',
  path: '/v1/devices',
  id: 'listDevices',
  tag: TAG,
  summary: 'List tills',
  answers: { 200: { description: 'All of them', schema: DeviceList } },
  roles: MAY.devices,
  async handle({ caller, services }) {
    return { status: 200, body: await listDevices(services.database, caller.program) }
  },
})

const change = route({
  method: 'PUT',
  path: '/v1/devices/{id}',
  id: 'updateDevice',
  tag: TAG,
  summary: 'Update a till',
  description: 'A new limit is in the allowance that the till gets next.',
  params: ById,
  body: DeviceChange,
  answers: { 200: { description: 'The till', schema: Device } },
  refusals: ['not_found'],
  roles: MAY.devices,
  async handle({ params, body, caller, services }) {
    const before = await oneDevice(services, caller.program, params.id)
    if (before instanceof Refusal) return before
    await changeDevice(services.database, caller.program, params.id, body)
    const after = await oneDevice(services, caller.program, params.id)
    return after instanceof Refusal ? after : { status: 200, body: after, audit: { about: params.id, before, after } }
  },
})

const pairAgain = route({
  method: 'POST',
  path: '/v1/devices/{id}/pairing-code',
  id: 'createPairingCode',
  tag: TAG,
  summary: 'Make a new pairing code',
  description: 'The till that has been paired with this one until now is let in no more.',
  params: ById,
  answers: { 201: { description: 'The code', schema: PairingCode } },
  refusals: ['not_found'],
  roles: MAY.devices,
  async handle({ params, caller, services }) {
    const paired = await pairingOf(services, caller.program, params.id)
    if (paired instanceof Refusal) return paired
    return { status: 201, body: paired, audit: { about: params.id, before: null, after: { pairing: 'anew' } } }
  },
})

const revoke = route({
  method: 'DELETE',
  path: '/v1/devices/{id}',
  id: 'revokeDevice',
  tag: TAG,
  summary: 'Revoke a till',
  description: 'It is let in no more, from this moment. What it did stays.',
  params: ById,
  answers: { 200: { description: 'The till', schema: Device } },
  refusals: ['not_found'],
  roles: MAY.devices,
  async handle({ params, caller, services }) {
    const before = await oneDevice(services, caller.program, params.id)
    if (before instanceof Refusal) return before
    await revokeDevice(services.database, caller.program, params.id)
    const after = await oneDevice(services, caller.program, params.id)
    return after instanceof Refusal ? after : { status: 200, body: after, audit: { about: params.id, before, after } }
  },
})

const Cashiers = z
  .object({ data: z.array(z.object({ id: z.string(), name: z.string() })) })
  .meta({ id: 'Cashiers', description: 'Who has a number and may begin shifts' })

const cashiers = route({
  method: 'GET',
  path: '/v1/till/cashiers',
  id: 'listCashiers',
  tag: TAG,
  summary: 'List who may work at tills',
  answers: { 200: { description: 'Those who have a number', schema: Cashiers } },
  roles: MAY.devices,
  async handle({ caller, services }) {
    const found = await listCashiers(services.database, caller.program)
    return { status: 200, body: { data: found.map(({ id, name }) => ({ id, name })) } }
  },
})

const pin = route({
  method: 'PUT',
  path: '/v1/till/cashiers/{id}',
  id: 'setPin',
  tag: TAG,
  summary: 'Set the number by which somebody begins shifts',
  description: 'Their own, or with the right to look after tills anybody’s.',
  params: ById,
  body: PinInput,
  answers: { 204: { description: 'It is set', schema: z.null() } },
  refusals: ['not_found', 'forbidden'],
  roles: [...new Set([...MAY.devices, ...MAY.sell])],
  async handle({ params, body, caller, services }) {
    const isOwn = caller.session !== null && caller.staff === params.id
    if (!isOwn && !MAY.devices.includes(caller.role))
      return refuse('forbidden', 'You may only set a number of your own.')
    if (!(await setPin(services.database, caller.program, params.id, body.pin)))
      return refuse('not_found', `There is nobody ${params.id} in this program.`)
    return { status: 204, body: null, audit: { about: params.id, before: null, after: { number: 'set' } } }
  },
})

const differences = route({
  method: 'GET',
  path: '/v1/till/differences',
  id: 'listDifferences',
  tag: TAG,
  summary: 'List differences',
  description: 'What tills did and the ledger did not take, the latest first.',
  query: DifferenceQuery,
  answers: { 200: { description: 'A page of differences', schema: DifferenceList } },
  roles: MAY.read,
  async handle({ query, caller, services }) {
    const page = await listDifferences(services, caller.program, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const settling = route({
  method: 'POST',
  path: '/v1/till/differences/{id}/settle',
  id: 'settleDifference',
  tag: TAG,
  summary: 'Settle a difference',
  description:
    '`book` a sale that could not be, perhaps to a member who is named; `take` the points of a reward that was handed ' +
    'out, now that they are there; or `waive` it, which leaves every balance as it is.',
  params: ById,
  body: SettleInput,
  answers: { 200: { description: 'The difference, settled', schema: Difference } },
  refusals: ['not_found', 'reason_required', 'insufficient_points', 'adjustment_closed', 'too_late'],
  roles: MAY.approve,
  async handle({ params, body, caller, services }) {
    const by = signed(caller, body.reason)
    if (by instanceof Refusal) return by
    const settled = await settle(services, caller.program, params.id, body, by)
    if (settled instanceof Refusal) return settled
    const { deed, how } = settled
    return {
      status: 200,
      body: settled,
      audit: { about: deed, before: { how: null }, after: { how, reason: by.reason } },
    }
  },
})

const flags = route({
  method: 'GET',
  path: '/v1/till/flags',
  id: 'listTillFlags',
  tag: TAG,
  summary: 'List sales of cashiers to themselves',
  description: 'The latest first: whoever worked at the till is the member of the sale.',
  query: ListQuery,
  answers: { 200: { description: 'A page of them', schema: FlagList } },
  roles: MAY.approve,
  async handle({ query, caller, services }) {
    const page = await listFlags(services.database, caller.program, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

async function pairingOf(services: Services, live: LiveProgram, id: string) {
  const made = await newPairingCode(services.database, live, id)
  if (made instanceof Refusal) return made
  const device = await oneDevice(services, live, id)
  if (device instanceof Refusal) return device
  return { device, code: made.code, expires_at: formatInstant(made.expiresMs) }
}

async function oneDevice({ database }: Services, live: LiveProgram, id: string): Promise<Device | Refusal> {
  return (await listDevices(database, live, id)).data[0] ?? noDevice(id)
}

export const routes: Route[] = [make, list, change, pairAgain, revoke, cashiers, pin, differences, settling, flags]
