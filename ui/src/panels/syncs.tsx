// The sync under way by account, and those that were: what each changed, and what went wrong.
import { useEffect, useState } from 'preact/hooks'
import { asProblem, get } from '../api.ts'
import { exact, dayYear, timeText } from '../format.ts'
import type { Job, SourceName, Step } from '../model.ts'
import { Dialog } from '../popup.tsx'
import { meta, sync } from '../state.ts'
import { cancelSync, runSync } from '../sync.ts'
import { texts, word } from '../texts.ts'
import { showingSyncs } from '../ui-state.ts'
import { panelTexts as words } from './texts.ts'

interface Past extends Job {
  changed: { rows: number; restatements: number }
}
interface History {
  jobs: Past[]
  next_before: string | null
  missed?: { date: string; caught_up: boolean }[]
}

const count = (n: number) => exact(n, 'count')
const sourceTitle = (source: string) => word(texts.sources as Record<string, string>, source) ?? source

function StepLine({ step }: { step: Step }) {
  return (
    <li class="sync-step" data-status={step.status}>
      <span class="sync-step-name">
        <bdi>{step.name || texts.sources[step.source as SourceName]}</bdi>{' '}
        <span class="quiet">{sourceTitle(step.source)}</span>
      </span>
      <span class="sync-step-state">
        {word(words.stepStatus, step.status) ?? step.status}
        {step.rows > 0 && <span class="quiet">, {words.rows(step.rows, count(step.rows))}</span>}
      </span>
      {step.message && <p class="quiet">{step.message}</p>}
    </li>
  )
}

export function Now() {
  const { job, busy } = sync.value
  const next = meta.value?.next_scheduled_at
  if (!busy)
    return (
      <section class="sync-now">
        <p>{next ? words.nextNight(timeText(next)) : words.noNext}</p>
        <button type="button" class="button button-main" id="sync-start" onClick={() => void runSync()}>
          {words.syncNow}
        </button>
      </section>
    )
  const total = job?.progress?.total ?? 0,
    done = Math.min(job?.progress?.done ?? 0, total)
  return (
    <section class="sync-now sync-running" aria-label={texts.syncing}>
      <div class="sync-line">
        <p role="status">{job?.message || texts.syncStarting}</p>
        <button type="button" class="button" id="sync-cancel" onClick={() => void cancelSync()}>
          {words.stop}
        </button>
      </div>
      <progress aria-label={texts.syncing} {...(total > 0 ? { value: done, max: total } : {})} />
      {job?.steps && (
        <ul class="sync-steps">
          {job.steps.map(step => (
            <StepLine key={step.connection_id} step={step} />
          ))}
        </ul>
      )}
    </section>
  )
}

function tookText({ started_at, finished_at }: Job): string {
  if (!started_at || !finished_at) return ''
  return words.took(Math.max(1, Math.round((Date.parse(finished_at) - Date.parse(started_at)) / 1000)))
}

function changedText({ rows, restatements }: Past['changed']): string {
  if (!rows) return words.changedNothing
  return [
    words.rows(rows, count(rows)),
    restatements ? words.restated(restatements, count(restatements)) : words.restatedNone,
  ].join(', ')
}

function PastRun({ job }: { job: Past }) {
  const failed = job.steps?.filter(step => step.status === 'failed') ?? []
  return (
    <li class="sync-past" data-status={job.status}>
      <details>
        <summary>
          <span class="sync-when">
            <i class={`dot sync-dot-${job.status}`} aria-hidden="true" />
            <b>{timeText(job.created_at)}</b>
            <span class="quiet">
              {word(words.triggers, job.trigger) ?? job.trigger}
              {job.source !== 'all' && `, ${job.source.split('+').map(sourceTitle).join(', ')}`}
            </span>
          </span>
          <span class="sync-outcome">
            {word(words.jobStatus, job.status) ?? job.status}
            <span class="quiet"> {tookText(job)}</span>
          </span>
          <span class="quiet sync-changed">{changedText(job.changed)}</span>
          {job.status === 'failed' && (
            <span class="field-problem sync-changed">{failed[0]?.message ?? job.message}</span>
          )}
        </summary>
        <ul class="sync-steps">
          {job.steps?.map(step => (
            <StepLine key={step.connection_id} step={step} />
          ))}
        </ul>
      </details>
    </li>
  )
}

function useHistory() {
  const [pages, setPages] = useState<History[]>([]),
    [problem, setProblem] = useState('')
  const load = async (before: string | null) => {
    setProblem('')
    try {
      const page = await get<History>(`/v1/sync/jobs?limit=20${before ? `&before=${before}` : ''}`)
      setPages(known => (before ? [...known, page] : [page]))
    } catch (error) {
      setProblem(asProblem(error).message)
    }
  }
  const busy = sync.value.busy
  useEffect(() => void load(null), [busy])
  return { pages, problem, load }
}

function Missed({ dates }: { dates: { date: string; caught_up: boolean }[] }) {
  if (!dates.length) return null
  return (
    <details class="sync-missed">
      <summary>{words.missed(dates.length)}</summary>
      <ul>
        {dates.map(({ date, caught_up }) => (
          <li>
            {dayYear(date)} <span class="quiet">{caught_up ? words.caughtUp : words.notCaughtUp}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

export function Syncs() {
  const { pages, problem, load } = useHistory()
  const jobs = pages.flatMap(page => page.jobs).filter(job => job.finished_at),
    more = pages.at(-1)?.next_before
  return (
    <Dialog title={words.syncs} class="syncs-dialog" onClose={() => (showingSyncs.value = false)}>
      <div class="dialog-scroll panel-body">
        <Now />
        <section>
          <h3>{words.history}</h3>
          <Missed dates={pages[0]?.missed ?? []} />
          {problem && (
            <p class="field-problem" role="alert">
              {problem}{' '}
              <button type="button" class="button" onClick={() => void load(null)}>
                {words.retry}
              </button>
            </p>
          )}
          {!pages.length && !problem && <p class="quiet">{texts.loading}</p>}
          {pages.length > 0 && !jobs.length && <p class="quiet">{words.historyNone}</p>}
          <ul class="sync-history">
            {jobs.map(job => (
              <PastRun key={job.id} job={job} />
            ))}
          </ul>
          {more && (
            <button type="button" class="button" onClick={() => void load(more)}>
              {words.older}
            </button>
          )}
        </section>
      </div>
    </Dialog>
  )
}
