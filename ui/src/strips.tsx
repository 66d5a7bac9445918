// The quiet lines under the header (demo), and what floats at the foot of the page: no server,
// a sync under way, its outcome, the toast. What comes and goes must not push the board about.
import { dismissSync, runSync } from './sync.ts'
import { stopEditing } from './arrange.ts'
import { canRedo, canUndo, redo, undo } from './edit.ts'
import { Icon } from './icons.tsx'
import { asProblem } from './api.ts'
import { removeDemo } from './connect.ts'
import { me, meta, offline, say, sync, toast } from './state.ts'
import { texts } from './texts.ts'
import { editing, firstSync, picking, showingSyncs, spoken } from './ui-state.ts'

const DetailsButton = () => (
  <button type="button" class="button" onClick={() => (showingSyncs.value = true)}>
    {texts.syncDetails}
  </button>
)

function Progress() {
  const { job } = sync.value
  const total = job?.progress?.total ?? 0,
    done = Math.min(job?.progress?.done ?? 0, total)
  const steps = job?.steps ?? [],
    accounts = steps.length,
    ready = steps.filter(one => one.status === 'success' || one.status === 'failed').length
  const now = steps.find(one => one.status === 'running')
  const step = now?.message ?? now?.name ?? (job?.status === 'running' ? job.message : null)
  return (
    <div class="note" role="status" id="sync-progress">
      <div class="note-row">
        <p>{accounts > 0 ? texts.syncRunning(ready, accounts) : texts.syncStarting}</p>
        <DetailsButton />
      </div>
      {step && <p class="quiet note-step">{step}</p>}
      <progress aria-label={texts.syncing} {...(total > 0 ? { value: done, max: total } : {})} />
    </div>
  )
}

function SyncNote({ kind, text }: { kind: 'good' | 'bad' | 'info'; text: string }) {
  return (
    <div class={`note note-line note-${kind}`} role={kind === 'bad' ? 'alert' : 'status'} id="sync-note">
      <p>{text}</p>
      {kind === 'bad' && <DetailsButton />}
      {kind === 'bad' && (
        <button type="button" class="button" onClick={() => void runSync()}>
          {texts.retry}
        </button>
      )}
      <button type="button" class="icon-button" aria-label={texts.dismiss} onClick={dismissSync}>
        <Icon name="close" />
      </button>
    </div>
  )
}

/** Made-up numbers on a real server: said all the time, and away with one press. */
function DemoData() {
  const away = () =>
    removeDemo().then(
      () => say(texts.demoGone),
      error => say(asProblem(error).message),
    )
  return (
    <div class="strip strip-demo">
      <p>{texts.demoData}</p>
      <button type="button" class="button" id="remove-demo" onClick={() => void away()}>
        {texts.demoRemove}
      </button>
    </div>
  )
}

const Offline = () => (
  <div class="note note-line note-bad" role="alert" id="offline">
    <p>
      {texts.offline} <span class="quiet">{texts.offlineHint}</span>
    </p>
  </div>
)

export function Strips() {
  return (
    <div class="strips">
      {meta.value?.demo_data && <DemoData />}
      {me.value?.demo && (
        <div class="strip strip-demo">
          <p>{texts.demo}</p>
        </div>
      )}
    </div>
  )
}

/** While the board is edited: what was just done, and the way out. Its words are said by the board itself. */
function EditBar() {
  return (
    <div class="note edit-bar" role="toolbar" aria-label={texts.edit}>
      <p aria-hidden="true">{spoken.value}</p>
      <button type="button" class="button" disabled={!canUndo.value} onClick={undo}>
        {texts.undo}
      </button>
      <button type="button" class="button" disabled={!canRedo.value} onClick={redo}>
        {texts.redo}
      </button>
      <button type="button" class="button" onClick={() => (picking.value = true)}>
        {texts.add}
      </button>
      <button type="button" id="edit-done" class="button button-main" onClick={stopEditing}>
        {texts.done}
      </button>
    </div>
  )
}

export function Notes() {
  const now = toast.value,
    { busy, note } = sync.value
  return (
    <section class="notes" aria-label={texts.messages} data-sync={busy ? 'busy' : 'ready'}>
      {offline.value && <Offline />}
      {busy ? !firstSync.value && <Progress /> : note && <SyncNote {...note} />}
      <div role="status">
        {now && (
          <p class="toast">
            {now.text}
            {now.offer && (
              <button type="button" onClick={now.offer.run}>
                {now.offer.words}
              </button>
            )}
          </p>
        )}
      </div>
      {editing.value && <EditBar />}
    </section>
  )
}
