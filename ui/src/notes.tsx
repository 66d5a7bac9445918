// Notes about days: what happened, so that a later look at the chart finds the reason.
import { useState } from 'preact/hooks'
import { asProblem, call } from './api.ts'
import { isDay } from './dates.ts'
import { EntryButtons, FormEnd } from './entries.tsx'
import { dayYear, rangeText } from './format.ts'
import { loadCards } from './load.ts'
import type { DayNote, WidgetKind } from './model.ts'
import { Dialog } from './popup.tsx'
import { kinds, range } from './state.ts'
import { texts } from './texts.ts'
import type { Opened } from './ui-state.ts'
import { useLoad } from './use-load.ts'

interface Note extends DayNote {
  widget: string | null
  source: string | null
}

const MOST_LETTERS = 200

interface FormProps {
  kind: WidgetKind | null
  note: Note | null // null: a new one
  day: string
  done: () => void
}

function Form({ kind, note, day, done }: FormProps) {
  const [date, setDate] = useState(note?.date ?? day)
  const [end, setEnd] = useState(note?.end ?? '')
  const [text, setText] = useState(note?.text ?? '')
  const [only, setOnly] = useState(Boolean(note?.widget))
  const [problem, setProblem] = useState('')
  const submit = async (event: Event) => {
    event.preventDefault()
    if (!text.trim()) return setProblem(texts.noteEmpty)
    if (!isDay(date) || (end && end < date)) return setProblem(texts.rangeOrder)
    const widget = only ? (note?.widget ?? kind?.key ?? null) : null
    const body = { date, text: text.trim(), end: end || null, widget }
    try {
      if (note) await call(`/v1/annotations/${note.id}`, { method: 'PATCH', body })
      else await call('/v1/annotations', { method: 'POST', body })
      done()
    } catch (error) {
      setProblem(asProblem(error).message)
    }
  }
  const about = kinds.value.get(note?.widget ?? '') ?? kind
  return (
    <form class="form form-line" onSubmit={submit}>
      <label class="form-wide">
        {texts.noteText}
        <input
          class="field"
          data-first
          maxLength={MOST_LETTERS}
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
      </label>
      <label>
        {texts.noteDay}
        <input class="field" type="date" value={date} onInput={event => setDate(event.currentTarget.value)} />
      </label>
      <label>
        {texts.noteEnd}
        <input class="field" type="date" value={end} min={date} onInput={event => setEnd(event.currentTarget.value)} />
      </label>
      {about && (
        <label class="tick form-wide">
          <input type="checkbox" checked={only} onChange={event => setOnly(event.currentTarget.checked)} />
          <bdi>{texts.noteOnly(about.title)}</bdi>
        </label>
      )}
      <FormEnd does={note ? texts.save : texts.noteAdd} cancel={note ? done : undefined} problem={problem} />
    </form>
  )
}

function Row({ note, edit, remove }: { note: Note; edit: () => void; remove: () => void }) {
  const days = note.end ? rangeText({ start: note.date, end: note.end }) : dayYear(note.date)
  const about = note.widget ? kinds.value.get(note.widget)?.title : undefined
  return (
    <li class="entry">
      <div class="entry-text">
        <bdi>{note.text}</bdi>
        <span class="quiet">
          {days}
          {about && (
            <>
              {' \u00b7 '}
              <bdi>{about}</bdi>
            </>
          )}
        </span>
      </div>
      <EntryButtons what={note.text} edit={edit} remove={remove} />
    </li>
  )
}

type Props = { of: Extract<Opened, { what: 'notes' }>; onClose: () => void }

export default function Notes({ of: { kind, day }, onClose }: Props) {
  const asked = range.peek()
  const query = new URLSearchParams({ startDate: asked.start, endDate: asked.end })
  const { data, problem, again } = useLoad<{ annotations: Note[] }>(`/v1/annotations?${query}`)
  const [editing, setEditing] = useState<Note | null>(null)
  const [turn, setTurn] = useState(0)
  const [failed, setFailed] = useState('')
  const changed = () => {
    setEditing(null)
    setTurn(turn + 1)
    setFailed('')
    again()
    void loadCards()
  }
  const remove = (note: Note) =>
    call(`/v1/annotations/${note.id}`, { method: 'DELETE' })
      .then(changed)
      .catch((error: unknown) => setFailed(asProblem(error).message))
  const list = (data?.annotations ?? []).filter(note => !note.widget || !kind || note.widget === kind.key)
  const said = failed || problem?.message
  return (
    <Dialog title={texts.notesTitle} onClose={onClose}>
      <Form key={editing?.id ?? `new-${turn}`} kind={kind} note={editing} day={day ?? asked.end} done={changed} />
      {said && (
        <p class="field-problem" role="alert">
          {said}
        </p>
      )}
      <h3>{texts.notesOf(rangeText(asked))}</h3>
      {data && list.length === 0 && <p class="quiet">{texts.notesNone}</p>}
      <ul class="entries">
        {list.map(note => (
          <Row key={note.id} note={note} edit={() => setEditing(note)} remove={() => void remove(note)} />
        ))}
      </ul>
    </Dialog>
  )
}
