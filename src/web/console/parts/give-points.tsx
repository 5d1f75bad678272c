/** Points for everybody who was chosen, with one reason: how far it is is seen, and it can be stopped and gone on with. */

import { Button, Group, Modal, NumberInput, Progress, Select, Stack, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { BatchAnswer, BatchLine } from '../../../client/index.ts'
import { words } from '../../ui/words.ts'
import { useWords } from '../language.tsx'
import { useBulk } from './bulk.ts'
import { Problem } from './problem.tsx'
import { useFormats } from './values.tsx'

const giveWords = words({
  en: {
    give: 'Give points',
    title: '{count, plural, one {Points for # member} other {Points for # members}}',
    wallet: 'Points of',
    points: 'Points for each',
    points_missing: 'Say how many points each of them gets.',
    reason: 'Reason',
    reason_hint: 'Members and colleagues read it beside the points.',
    reason_missing: 'Please say why.',
    begin: 'Give {points} to {count, plural, one {# member} other {# members}}',
    progress: '{done} of {of}',
    stop: 'Stop',
    stopping: 'What is under way is finished first.',
    go_on: 'Go on with the rest',
    stopped: 'Stopped. Those who have the points keep them; the others can still get theirs.',
    given: '{count, plural, one {# member has the points.} other {# members have the points.}}',
    waiting: '{count, plural, one {# waits for a second person.} other {# wait for a second person.}}',
    refused: '{count, plural, one {# could not get them:} other {# could not get them:}}',
    close: 'Close',
    back: 'Back',
  },
  tr: {
    give: 'Puan ver',
    title: '{count, number} üyeye puan',
    wallet: 'Puan türü',
    points: 'Her birine puan',
    points_missing: 'Her birinin kaç puan alacağını yazın.',
    reason: 'Neden',
    reason_hint: 'Üyeler ve çalışanlar bunu puanların yanında okur.',
    reason_missing: 'Lütfen nedenini yazın.',
    begin: '{count, number} üyeye {points} puan ver',
    progress: '{done} / {of}',
    stop: 'Durdur',
    stopping: 'Önce süren işlem tamamlanır.',
    go_on: 'Kalanlarla devam et',
    stopped: 'Durduruldu. Puanı alanlarda kalır; diğerlerine hâlâ verilebilir.',
    given: '{count, number} üye puanları aldı.',
    waiting: '{count, number} tanesi ikinci bir kişiyi bekliyor.',
    refused: '{count, number} tanesi alamadı:',
    close: 'Kapat',
    back: 'Geri',
  },
})

export interface GivePointsProps {
  /** Ids of members. */
  members: readonly string[]
  /** What can be given, with the digits behind the point. */
  wallets: readonly { wallet: string; decimals: number }[]
  /** When it was begun and is over, or was stopped and left. */
  onDone(): void
}

/** The button, and what opens from it. */
export function GivePoints(props: GivePointsProps) {
  const say = useWords(giveWords)
  // Who was chosen when it began: choosing others meanwhile changes nothing about it.
  const [members, setMembers] = useState<readonly string[] | null>(null)
  return (
    <>
      <Button size="xs" onClick={() => setMembers(props.members)}>
        {say('give')}
      </Button>
      {members !== null && (
        <Giving
          {...props}
          members={members}
          onClose={(hasBegun) => {
            setMembers(null)
            if (hasBegun) props.onDone()
          }}
        />
      )}
    </>
  )
}

function Giving({ members, wallets, onClose }: GivePointsProps & { onClose(hasBegun: boolean): void }) {
  const say = useWords(giveWords)
  const { bulk, start, stop, goOn } = useBulk()
  const { count, points: written } = useFormats()
  const [wallet, setWallet] = useState(wallets[0]!.wallet)
  const [points, setPoints] = useState<number | string>('')
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const { decimals } = wallets.find((one) => one.wallet === wallet)!
  const units = Math.round(Number(points) * 10 ** decimals)
  const isRight = units > 0 && reason.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isRight)
      start(
        members.map(
          (member): BatchLine => ({
            type: 'adjustment',
            body: { member, wallet, points: units, reason: reason.trim() },
          }),
        ),
      )
  }
  const isUnderWay = bulk.status === 'running'
  const close = () => {
    // Who was stopped and begins anew means it again: nobody stays chosen who may have the points already.
    if (!isUnderWay) onClose(bulk.status !== 'before')
  }
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={!isUnderWay}
      title={say('title', { count: members.length })}
      centered
    >
      {bulk.status === 'before' ? (
        <form onSubmit={submit} noValidate>
          <Stack>
            {wallets.length > 1 && (
              <Select
                label={say('wallet')}
                data={wallets.map((one) => one.wallet)}
                value={wallet}
                allowDeselect={false}
                onChange={(chosen) => setWallet(chosen!)}
              />
            )}
            <NumberInput
              data-autofocus
              label={say('points')}
              min={0}
              decimalScale={decimals}
              hideControls
              value={points}
              error={tried && !(units > 0) ? say('points_missing') : undefined}
              onChange={setPoints}
            />
            <Textarea
              label={say('reason')}
              description={say('reason_hint')}
              maxLength={500}
              autosize
              minRows={2}
              value={reason}
              error={tried && reason.trim() === '' ? say('reason_missing') : undefined}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {say('back')}
              </Button>
              <Button type="submit">
                {units > 0 ? say('begin', { points: written(units, decimals), count: members.length }) : say('give')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Progress
            value={(100 * bulk.done) / bulk.of}
            aria-label={say('progress', { done: bulk.done, of: bulk.of })}
          />
          <div role="status">{say('progress', { done: count(bulk.done), of: count(bulk.of) })}</div>
          <Outcome answers={bulk.answers} members={members} />
          {bulk.status === 'stopped' && bulk.error === null && <div>{say('stopped')}</div>}
          <Problem error={bulk.error} />
          <Group justify="flex-end">
            {isUnderWay && (
              <Button variant="default" title={say('stopping')} onClick={stop}>
                {say('stop')}
              </Button>
            )}
            {bulk.status === 'stopped' && <Button onClick={goOn}>{say('go_on')}</Button>}
            {!isUnderWay && (
              <Button variant={bulk.status === 'done' ? 'filled' : 'default'} onClick={close}>
                {say('close')}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

/** What became of the lines so far. */
function Outcome({ answers, members }: { answers: readonly BatchAnswer[]; members: readonly string[] }) {
  const say = useWords(giveWords)
  const waiting = answers.filter(({ status }) => status === 202).length
  const refused = answers.flatMap((answer, place) =>
    answer.problem !== undefined ? [{ member: members[place]!, text: answer.problem.detail }] : [],
  )
  const given = answers.length - waiting - refused.length
  return (
    <div>
      {given > 0 && <p className="bulk-line">{say('given', { count: given })}</p>}
      {waiting > 0 && <p className="bulk-line">{say('waiting', { count: waiting })}</p>}
      {refused.length > 0 && (
        <>
          <p className="bulk-line">{say('refused', { count: refused.length })}</p>
          <ul className="bulk-refused">
            {refused.map(({ member, text }) => (
              <li key={member}>
                {member}: {text}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
