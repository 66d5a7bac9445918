// Starting a sync, following it to its end, stopping it.
import { asProblem, get, post } from './api.ts'
import { loadCards, pageFailure, refresh } from './load.ts'
import type { Job } from './model.ts'
import { meta, say, sync } from './state.ts'
import { texts } from './texts.ts'

const POLL = 1000 // ms; an answer is kept for a second
const GOOD_NEWS = 6000 // ms that a success stays in sight
const MAX_MISSES = 20 // polls in a row without an answer
const LOST = 8000 // ms without a stream until polling takes over
const FRESH = 3000 // ms between looks at what has been written so far

const final = (job: Job) => job.status === 'success' || job.status === 'failed'
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const pathOf = (id: string) => `/v1/sync/job/${encodeURIComponent(id)}`

export async function runSync(): Promise<void> {
  if (sync.peek().busy) return
  sync.value = { id: null, job: null, busy: true, note: null }
  try {
    const { job_id } = await post<{ job_id: string }>('/v1/sync/all/run')
    await followJob(job_id)
  } catch (error) {
    const problem = asProblem(error)
    pageFailure(problem)
    const note = { kind: problem.status === 409 ? ('info' as const) : ('bad' as const), text: problem.message }
    sync.value = { id: null, job: null, busy: false, note: { ...note, text: note.text || texts.syncRefused } }
  }
}

/** A sync that somebody else started, or the nightly one: show it too. */
export function followActiveJob(): void {
  const id = meta.peek()?.active_job
  if (!id || sync.peek().busy) return
  void followJob(id)
}

export async function cancelSync(): Promise<void> {
  const { id, busy } = sync.peek()
  if (!id || !busy) return
  try {
    await post(`${pathOf(id)}/cancel`)
    say(texts.syncStopping)
  } catch (error) {
    say(asProblem(error).message)
  }
}

export async function followJob(id: string): Promise<void> {
  sync.value = { id, job: null, busy: true, note: null }
  const job = await watchJob(id)
  const note = !job
    ? { kind: 'bad' as const, text: texts.syncLost }
    : job.status === 'success'
      ? { kind: 'good' as const, text: job.message || texts.syncDone }
      : { kind: 'bad' as const, text: job.message || texts.syncFailed }
  if (job && (job.status === 'success' || job.rows_written)) await refresh()
  sync.value = { id, job, busy: false, note }
  if (note.kind === 'good') setTimeout(() => sync.peek().note === note && dismissSync(), GOOD_NEWS)
}

let written = 0,
  looked = 0

/** A board without numbers gets them while they come in, not at the end. */
function showWhatIsThere(job: Job): void {
  const rows = job.rows_written ?? 0,
    now = performance.now()
  if (meta.peek()?.last_sync_at || rows === 0 || rows === written || now - looked < FRESH) return
  written = rows
  looked = now
  void loadCards()
}

function heard(job: Job): void {
  sync.value = { ...sync.peek(), job }
  if (!final(job)) showWhatIsThere(job)
}

/** To the job's end, by a stream of events or, where that fails, by asking; null if it can't be read any more. */
async function watchJob(id: string): Promise<Job | null> {
  return (await streamJob(id)) ?? (await pollJob(id))
}

/** null: no stream, or one that was lost and does not come back (a proxy that keeps it to itself, too many of them). */
function streamJob(id: string): Promise<Job | null> {
  return new Promise(resolve => {
    const stream = new EventSource(`${pathOf(id)}/events`)
    let timer = setTimeout(() => end(null), LOST)
    const end = (job: Job | null) => {
      clearTimeout(timer)
      stream.close()
      resolve(job)
    }
    stream.onmessage = event => {
      clearTimeout(timer)
      const job = JSON.parse(event.data as string) as Job
      heard(job)
      if (final(job)) end(job)
    }
    // The browser comes back by itself, and says where it was; unless it was told to stay away.
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) return end(null)
      clearTimeout(timer)
      timer = setTimeout(() => end(null), LOST)
    }
  })
}

async function pollJob(id: string): Promise<Job | null> {
  for (let misses = 0; misses < MAX_MISSES; ) {
    try {
      const job = await get<Job>(pathOf(id))
      misses = 0
      heard(job)
      if (final(job)) return job
    } catch (error) {
      const problem = asProblem(error)
      pageFailure(problem)
      if (problem.status === 404 || problem.status === 401) return null
      misses++
    }
    await pause(POLL)
  }
  return null
}

export const dismissSync = (): void => void (sync.value = { ...sync.peek(), note: null })
