// The quiet lines under the header (demo, no server), and what floats at the foot of the page:
// a sync under way, its outcome, the toast. What comes and goes must not push the board about.
import { dismissSync, runSync } from './sync.ts'
import { undo } from './edit.ts'
import { Icon } from './icons.tsx'
import { me, offline, sync, toast } from './state.ts'
import { texts } from './texts.ts'

function Progress() {
  const { job } = sync.value
  const total = job?.progress?.total ?? 0,
    done = Math.min(job?.progress?.done ?? 0, total)
  const step =
    job?.steps?.find(one => one.status === 'running')?.message ?? (job?.status === 'running' ? job.message : null)
  return (
    <div class="note" role="status" id="sync-progress">
      <p>{total > 0 ? texts.syncRunning(done, total) : texts.syncStarting}</p>
      {step && <p class="quiet note-step">{step}</p>}
      <progress aria-label={texts.syncing} {...(total > 0 ? { value: done, max: total } : {})} />
    </div>
  )
}

function SyncNote({ kind, text }: { kind: 'good' | 'bad' | 'info'; text: string }) {
  return (
    <div class={`note note-line note-${kind}`} role={kind === 'bad' ? 'alert' : 'status'} id="sync-note">
      <p>{text}</p>
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

export function Strips() {
  return (
    <div class="strips">
      {offline.value && (
        <div class="strip strip-bad" role="alert">
          <p>
            {texts.offline} <span class="quiet">{texts.offlineHint}</span>
          </p>
        </div>
      )}
      {me.value?.demo && (
        <div class="strip strip-demo">
          <p>{texts.demo}</p>
        </div>
      )}
    </div>
  )
}

export function Notes() {
  const now = toast.value,
    { busy, note } = sync.value
  return (
    <div class="notes" data-sync={busy ? 'busy' : 'ready'}>
      {busy ? <Progress /> : note && <SyncNote {...note} />}
      <div role="status">
        {now && (
          <p class="toast">
            {now.text}
            {now.undo && (
              <button type="button" onClick={undo}>
                {texts.undo}
              </button>
            )}
          </p>
        )}
      </div>
    </div>
  )
}
