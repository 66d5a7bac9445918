// The board as a file: taken out, compared with what is there, taken in.
import { useRef, useState } from 'preact/hooks'
import { post } from '../api.ts'
import { loadLayout } from '../load.ts'
import { kinds, say } from '../state.ts'
import { Trouble, useTask } from './parts.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Entry {
  id: string
  key?: string
  fields?: string[]
}
interface Difference {
  added: Entry[]
  removed: Entry[]
  moved: Entry[]
  changed: Entry[]
  members: string[]
  same: boolean
}

const KINDS = ['added', 'removed', 'moved', 'changed'] as const
const titleOf = ({ id, key }: Entry) => kinds.value.get(key ?? id)?.title ?? key ?? id

function Compared({ what }: { what: Difference }) {
  return (
    <dl class="difference">
      {KINDS.filter(kind => what[kind].length).map(kind => (
        <>
          <dt>{words.difference[kind]}</dt>
          <dd>
            {what[kind].map(entry => (
              <bdi>{titleOf(entry)}</bdi>
            ))}
          </dd>
        </>
      ))}
    </dl>
  )
}

export function LayoutFile() {
  const { problem, busy, run } = useTask()
  const [file, setFile] = useState<{ name: string; layout: unknown; difference: Difference } | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const read = (chosen: File | undefined) =>
    chosen &&
    run(async () => {
      setFile(null)
      const layout = JSON.parse(await chosen.text().catch(() => '')) as unknown
      setFile({
        name: chosen.name,
        layout,
        difference: await post<Difference>('/v1/dashboard/layout/import?dry=1', layout),
      })
    })
  const end = () => {
    setFile(null)
    if (input.current) input.current.value = ''
  }
  const take = () =>
    run(async () => {
      await post('/v1/dashboard/layout/import', file!.layout)
      await loadLayout()
      say(words.layoutTaken)
      end()
    })
  return (
    <>
      <p class="quiet">{words.layoutHint}</p>
      <p>
        <a
          class="button button-link"
          id="layout-export"
          href="/v1/dashboard/layout/export"
          download="daymark-layout.json"
        >
          {words.layoutSave}
        </a>
      </p>
      <h4>{words.layoutLoad}</h4>
      <input
        ref={input}
        type="file"
        id="layout-file"
        aria-label={words.layoutLoad}
        accept=".json,application/json"
        disabled={busy}
        onChange={event => void read(event.currentTarget.files?.[0])}
      />
      <Trouble text={problem && (problem.includes('JSON') ? words.layoutBroken : problem)} />
      {file && (
        <div class="once" role="group" aria-label={file.name}>
          <p role="status">{file.difference.same ? words.layoutSame : words.layoutDiffers(file.name)}</p>
          <Compared what={file.difference} />
          <div class="row-do">
            {!file.difference.same && (
              <button type="button" class="button button-main" disabled={busy} onClick={() => void take()}>
                {words.layoutTake}
              </button>
            )}
            <button type="button" class="button" onClick={end}>
              {words.cancel}
            </button>
          </div>
        </div>
      )}
    </>
  )
}
