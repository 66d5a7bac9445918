// Starting a sync and following it to its end.
import { asProblem, get, post } from './api.ts'
import { pageFailure, refresh } from './load.ts'
import type { Job } from './model.ts'
import { meta, sync } from './state.ts'
import { texts } from './texts.ts'

const POLL = 700 // ms
const GOOD_NEWS = 6000 // ms that a success stays in sight
const MAX_MISSES = 20 // polls in a row without an answer

const final = (job: Job) => job.status === 'success' || job.status === 'failed'
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

export async function runSync(): Promise<void> {
  if (sync.peek().busy) return
  sync.value = { job: null, busy: true, note: null }
  try {
    const { job_id } = await post<{ job_id: string }>('/v1/sync/all/run')
    await follow(job_id)
  } catch (error) {
    const problem = asProblem(error)
    pageFailure(problem)
    sync.value = {
      job: null,
      busy: false,
      note: { kind: problem.status === 409 ? 'info' : 'bad', text: problem.message || texts.syncRefused },
    }
  }
}

/** A sync that somebody else started, or the nightly one: show it too. */
export function followActiveJob(): void {
  const id = meta.peek()?.active_job
  if (!id || sync.peek().busy) return
  sync.value = { job: null, busy: true, note: null }
  void follow(id)
}

async function follow(id: string): Promise<void> {
  const job = await watchJob(id)
  const note = !job
    ? { kind: 'bad' as const, text: texts.syncLost }
    : job.status === 'success'
      ? { kind: 'good' as const, text: job.message || texts.syncDone }
      : { kind: 'bad' as const, text: job.message || texts.syncFailed }
  if (job?.status === 'success') await refresh()
  sync.value = { job, busy: false, note }
  if (note.kind === 'good') setTimeout(() => sync.peek().note === note && dismissSync(), GOOD_NEWS)
}

/** Poll until the job is final; null if it can't be read any more. */
async function watchJob(id: string): Promise<Job | null> {
  for (let misses = 0; misses < MAX_MISSES; ) {
    try {
      const job = await get<Job>(`/v1/sync/job/${encodeURIComponent(id)}`)
      misses = 0
      sync.value = { ...sync.peek(), job }
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
