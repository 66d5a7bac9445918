// Mail: reports of the board on a schedule, and alerts. Both are a name, recipients, and what else they are made of.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { call, get, post } from '../api.ts'
import { timeText } from '../format.ts'
import { registry, say } from '../state.ts'
import { mailTexts as words } from './mail-texts.ts'
import { Field, Sure, Trouble, useLoaded, useTask } from './parts.tsx'

interface Told {
  id: string
  name: string
  recipients: string[]
  left: { recipient: string; left_at: string }[]
  active: boolean
  last_sent_at: string | null
  last_error: string | null
}
interface Report extends Told {
  repeats: keyof typeof words.repeats
  day: number | null
  time: string
  days: keyof typeof words.days
  insights: boolean
  next_at: string | null
}
interface Alert extends Told {
  kind: 'target_missed' | 'unusual_day'
  when: 'missed' | 'projected' | null
  widget: string | null
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim()

interface SelectProps {
  label: string
  name: string
  value: string
  options: Record<string, string>
  onPick?: (value: string) => void
}
const Select = ({ label, name, value, options, onPick }: SelectProps) => (
  <Field label={label}>
    <select class="field" name={name} onChange={event => onPick?.(event.currentTarget.value)}>
      {Object.entries(options).map(([key, title]) => (
        <option value={key} selected={key === value}>
          {title}
        </option>
      ))}
    </select>
  </Field>
)

function ReportFields({ report }: { report: Partial<Report> }) {
  const [repeats, setRepeats] = useState<string>(report.repeats ?? 'weekly')
  const day = String(report.day ?? 1)
  return (
    <>
      <Select label={words.how} name="repeats" value={repeats} options={words.repeats} onPick={setRepeats} />
      {repeats === 'weekly' && <Select label={words.on} name="day" value={day} options={words.weekdays} />}
      {repeats === 'monthly' && (
        <Field label={words.on}>
          <input class="field" type="number" name="day" min="1" max="31" required value={day} />
        </Field>
      )}
      <Field label={words.at}>
        <input class="field" type="time" name="time" required value={report.time ?? '08:00'} />
      </Field>
      <Select label={words.about} name="days" value={report.days ?? '7days'} options={words.days} />
      <label>
        <input type="checkbox" name="insights" checked={report.insights ?? true} /> {words.insights}
      </label>
    </>
  )
}
const reportOf = (form: FormData) => ({
  repeats: text(form, 'repeats'),
  ...(form.has('day') && { day: Number(form.get('day')) }),
  time: text(form, 'time'),
  days: text(form, 'days'),
  insights: form.has('insights'),
})

const tells = (alert: Partial<Alert>) => alert.when ?? 'unusual'
function AlertFields({ report: alert }: { report: Partial<Alert> }) {
  const widgets = Object.fromEntries(registry.value.map(({ key, title }) => [key, title]))
  return (
    <>
      <Select label={words.tellMe} name="tells" value={tells(alert)} options={words.tells} />
      <Select label={words.about} name="widget" value={alert.widget ?? ''} options={{ '': words.any, ...widgets }} />
    </>
  )
}
const alertOf = (form: FormData) => {
  const when = text(form, 'tells')
  return {
    ...(when === 'unusual' ? { kind: 'unusual_day' } : { kind: 'target_missed', when }),
    widget: text(form, 'widget') || null,
  }
}

interface FormProps {
  id?: string
  told: Partial<Told>
  read: (form: FormData) => object
  send: (body: object) => Promise<unknown>
  children: ComponentChildren
}
function Form({ id, told, read, send, children }: FormProps) {
  const { problem, busy, run } = useTask()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    void run(async () => {
      const to = text(form, 'recipients')
      await send({ name: text(form, 'name'), ...(to && { recipients: to.split(/[\s,;]+/) }), ...read(form) })
    })
  }
  return (
    <form class="form form-line row-form" id={id} onSubmit={submit}>
      <Field label={words.name}>
        <input class="field" name="name" required maxLength={100} autocomplete="off" value={told.name} />
      </Field>
      <Field label={words.to}>
        <input
          class="field"
          name="recipients"
          required={told.recipients?.length !== 0}
          value={told.recipients?.join(', ')}
          placeholder={words.toHint}
        />
      </Field>
      {children}
      <button type="submit" class="button button-main" disabled={busy}>
        {told.id ? words.keep : words.add}
      </button>
      <Trouble text={problem} />
    </form>
  )
}

interface Kind<T> {
  path: string
  Fields: (props: { report: Partial<T> }) => ComponentChildren
  read: (form: FormData) => object
  about: (told: T) => string
}
const REPORTS: Kind<Report> = {
  path: '/v1/reports',
  Fields: ReportFields,
  read: reportOf,
  about: ({ repeats, next_at }) =>
    [words.repeats[repeats], next_at && words.next(timeText(next_at))].filter(Boolean).join(', '),
}
const ALERTS: Kind<Alert> = {
  path: '/v1/alerts',
  Fields: AlertFields,
  read: alertOf,
  about: alert => words.tells[tells(alert)],
}

const backAgain = ({ recipients }: Told, who: string) => ({ recipients: [...recipients, who], readmit: [who] })

interface LeaverProps {
  recipient: string
  left_at: string
  onBack: () => Promise<void>
}
// Who has left, and the way to have him back: on purpose.
function Leaver({ recipient, left_at, onBack }: LeaverProps) {
  const [sure, setSure] = useState(false)
  return (
    <div class="row-form quiet">
      {words.left(recipient, timeText(left_at))}{' '}
      <button type="button" class="link" aria-label={`${words.readmit}: ${recipient}`} onClick={() => setSure(true)}>
        {words.readmit}
      </button>
      {sure && (
        <Sure
          question={words.readmitSure(recipient)}
          answer={words.readmit}
          onEnd={() => setSure(false)}
          onYes={onBack}
        />
      )}
    </div>
  )
}

function Row<T extends Told>({ kind, told, onChange }: { kind: Kind<T>; told: T; onChange: () => void }) {
  const { problem, busy, run } = useTask()
  const [mode, setMode] = useState<'change' | 'sure' | null>(null)
  const { Fields } = kind
  const path = `${kind.path}/${told.id}`
  const change = async (body: object) => {
    await call(path, { method: 'PATCH', body })
    setMode(null)
    onChange()
  }
  const Do = ({ name, task }: { name: string; task: () => void }) => (
    <button type="button" class="button" disabled={busy} aria-label={`${name}: ${told.name}`} onClick={task}>
      {name}
    </button>
  )
  return (
    <li class="row-line" data-mail={told.id}>
      <span>
        <b>
          <bdi>{told.name}</bdi>
        </b>{' '}
        <span class="quiet">{told.recipients.join(', ') || words.nobody}</span>
        <span class="quiet row-about">
          {told.active ? kind.about(told) : words.paused}
          {told.last_sent_at && `, ${words.sent(timeText(told.last_sent_at))}`}
        </span>
      </span>
      <span class="row-do">
        {kind.path === REPORTS.path && (
          <>
            <Do name={words.look} task={() => void open(`${path}/preview`, '_blank', 'noopener')} />
            <Do
              name={words.send}
              task={() => void run(async () => (await post(`${path}/send`), say(words.onItsWay)))}
            />
          </>
        )}
        <Do
          name={told.active ? words.pause : words.resume}
          task={() => void run(() => change({ active: !told.active }))}
        />
        <Do name={words.change} task={() => setMode(mode === 'change' ? null : 'change')} />
        <Do name={words.giveUp} task={() => setMode('sure')} />
      </span>
      <Trouble text={problem || told.last_error || ''} />
      {told.left.map(one => (
        <Leaver key={one.recipient} {...one} onBack={() => change(backAgain(told, one.recipient))} />
      ))}
      {mode === 'change' && (
        <Form told={told} read={kind.read} send={change}>
          <Fields report={told} />
        </Form>
      )}
      {mode === 'sure' && (
        <Sure
          question={words.sure(told.name)}
          answer={words.giveUp}
          onEnd={() => setMode(null)}
          onYes={async () => {
            await call(path, { method: 'DELETE' })
            onChange()
          }}
        />
      )}
    </li>
  )
}

interface ListProps<T> {
  kind: Kind<T>
  id: string
  list: T[]
  onChange: () => void
}
function List<T extends Told>({ kind, id, list, onChange }: ListProps<T>) {
  const [turn, setTurn] = useState(0) // a new form for each
  const send = async (body: object) => {
    await post(kind.path, body)
    setTurn(turn + 1)
    onChange()
  }
  return (
    <>
      <Form key={turn} id={id} told={{}} read={kind.read} send={send}>
        <kind.Fields report={{}} />
      </Form>
      <ul class="rows">
        {list.map(told => (
          <Row key={told.id} kind={kind} told={told} onChange={onChange} />
        ))}
      </ul>
    </>
  )
}

export function Mail() {
  const { data, problem, again } = useLoaded(async () => ({
    ...(await get<{ reports: Report[]; mail: boolean }>('/v1/reports')),
    ...(await get<{ alerts: Alert[] }>('/v1/alerts')),
  }))
  const onChange = () => void again()
  return (
    <>
      <Trouble text={problem} again={again} />
      {data && !data.mail && <p class="quiet">{words.noServer}</p>}
      {data?.mail && (
        <>
          <p class="quiet">{words.reportsHint}</p>
          <List kind={REPORTS} id="add-report" list={data.reports} onChange={onChange} />
          <h4>{words.alerts}</h4>
          <p class="quiet">{words.alertsHint}</p>
          <List kind={ALERTS} id="add-alert" list={data.alerts} onChange={onChange} />
        </>
      )}
    </>
  )
}
