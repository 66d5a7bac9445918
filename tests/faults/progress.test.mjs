// Whoever polls a job is told the truth: it goes on and never back, its states follow each other, and what has ended
// stays as it ended. Sampled as fast as the server answers, by several at once, through retries and a takeover.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { ask, succeeded } from '../lib/http.mjs'
import { begin, FINAL, onEachEngine, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const RANK = { pending: 0, running: 1, success: 2, failed: 2 }
const STEP = { pending: 0, running: 1, success: 2, failed: 2 }

function follows(now, last) {
  const told = JSON.stringify({ last, now })
  if (FINAL.includes(last.status)) return assert.deepEqual(now, last, 'what had ended has changed')
  assert.ok(now.attempt >= last.attempt - 1, `the attempts went back: ${told}`)
  if (now.attempt !== last.attempt) return // a new attempt may begin anew
  assert.ok(now.progress.done >= last.progress.done, `the progress went back: ${told}`)
  assert.ok(now.rows_written >= last.rows_written, `rows were unwritten: ${told}`)
  if (now.status !== 'pending') assert.ok(RANK[now.status] >= RANK[last.status], `the state went back: ${told}`)
  for (const step of last.steps) {
    const same = now.steps.find(one => one.connection_id === step.connection_id)
    assert.ok(same, `a step has gone: ${told}`)
    if (step.status === 'success') assert.equal(same.status, 'success', `a step that was done is not: ${told}`)
    if (now.status === last.status) assert.ok(STEP[same.status] >= STEP[step.status] || same.status === 'pending', told)
  }
}

function sane(job) {
  const { done, total } = job.progress
  assert.ok(job.status in RANK, job.status)
  assert.ok(done >= 0 && (total === 0 || done <= total), `${done} of ${total}`)
  assert.ok(job.message?.length > 3)
  if (job.status === 'success') assert.equal(done, total)
  assert.equal(FINAL.includes(job.status), job.finished_at !== null)
  if (job.status === 'running') assert.ok(job.started_at)
}

// Looks until the job has ended, and a second longer. How many looks there were.
async function sample(url, token, id) {
  let last,
    until,
    looks = 0
  const seen = new Set()
  for (;;) {
    const answer = await ask(url(), `/v1/sync/job/${id}`, { token }).catch(() => null)
    if (!answer) {
      await sleep(20) // the server is being replaced
      continue
    }
    const job = succeeded(answer)
    sane(job)
    if (last) follows(job, last)
    last = job
    looks++
    seen.add(`${job.status} ${job.progress.done}`)
    if (FINAL.includes(job.status)) until ??= Date.now() + 1000
    if (until && Date.now() > until) return { looks, seen, last }
    await sleep(5)
  }
}

onEachEngine('polling a job', { concurrency: true }, engine => {
  let sim, slow, from
  before(
    async () => {
      sim = await simulator()
      slow = await simulator()
      await slow.set({ slow: 80, meta_slow: 80, ig_slow: 80 })
      from = await new Seed(engine, { sim }).make()
    },
    { timeout: 240000 },
  )
  after(() => stopAll(from, sim, slow))

  const story = (title, body) =>
    it(title, { timeout: 480000 }, async t => {
      const world = await from.start({ sim: slow })
      try {
        await withLog(world, () => body(world, t))(t)
      } finally {
        await stopAll(world)
      }
    })

  story('three who look all the time see it go on', async (world, t) => {
    const id = await begin(world)
    const token = world.owner().token
    const all = await Promise.all([1, 2, 3].map(() => sample(() => world.url, token, id)))
    for (const { last, looks, seen } of all) {
      assert.equal(last.status, 'success')
      assert.equal(last.steps.length, 3)
      assert.ok(looks >= 20 && seen.size >= 4, `${looks} looks, ${seen.size} different`)
    }
    t.diagnostic(`${all.map(({ looks }) => looks).join(', ')} looks`)
  })

  story('also through a crash and the next attempt', async world => {
    const id = await begin(world)
    const token = world.owner().token
    const watching = sample(() => world.url, token, id)
    watching.catch(() => {})
    await sleep(1200)
    await world.crash()
    await world.restart()
    if (engine === 'postgresql') await world.leaseRunsOut()
    const { last } = await watching
    assert.equal(last.status, 'success')
    assert.equal(last.attempt, 2)
  })
})
