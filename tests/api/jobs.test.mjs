// Stopping a job, the history of jobs, and every answer of the doors that start one.
import assert from 'node:assert/strict'
import { assertWithin, eventually, INSTANT, problem, succeeded } from '../lib/http.mjs'
import { plant } from '../lib/jobs.mjs'
import { CRON_TOKEN, onBothEngines } from '../lib/world.mjs'

const NOBODY = '00000000-0000-4000-8000-000000000000'
const post = (user, path) => user.call(path, { method: 'POST' })

// An account with a role in the database, and a token of it.
function administrator(world) {
  const user = world.user()
  world.database.ask(
    `INSERT INTO users (id, email, role, created_at) VALUES ('${user.id}', '${user.id}@example.org', 'admin', '2026-01-01T00:00:00.000000Z')`,
  )
  return user
}

onBothEngines('stopping a job', { sim: ['--days', '90'] }, (world, test) => {
  test('one that runs ends soon, and says so', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await world.sim.set({ slow: 500 })
    try {
      const { job_id: id } = succeeded(await post(user, '/v1/sync/ga4/run'), 202)
      await eventually(async () => (await user.get(`/v1/sync/job/${id}`)).status === 'running')
      const begun = Date.now()
      assert.equal(succeeded(await post(user, `/v1/sync/job/${id}/cancel`), 202).job_id, id)
      const job = await user.finished(id)
      assertWithin(begun, 5000)
      assert.equal(job.status, 'failed')
      assert.match(job.message, /cancel/i)
      problem(await post(user, `/v1/sync/job/${id}/cancel`), 409, 'job-ended')
    } finally {
      await world.sim.set({ slow: 0 })
    }
  })

  test('one that waits has ended at once', async () => {
    const user = world.user(),
      job = plant(world, user.id)
    assert.equal((await user.get(job.path)).status, 'pending')
    succeeded(await post(user, job.path + '/cancel'), 202)
    assert.equal((await user.get(job.path)).status, 'failed')
    problem(await post(user, job.path + '/cancel'), 409)
  })

  test("a user stops his own only, an admin any, and nobody learns of others'", async () => {
    const [alice, bob, admin] = [world.user(), world.user(), administrator(world)],
      job = plant(world, alice.id),
      daily = plant(world, 'all', { trigger: 'daily' }),
      over = plant(world, alice.id)
    over.end()
    for (const path of [job.path, over.path, `/v1/sync/job/${NOBODY}`, '/v1/sync/job/zzz'])
      problem(await post(bob, path + '/cancel'), 404)
    problem(await post(bob, daily.path + '/cancel'), 403)
    assert.equal((await alice.get(job.path)).status, 'pending')
    succeeded(await post(admin, job.path + '/cancel'), 202)
    succeeded(await post(admin, daily.path + '/cancel'), 202)
    assert.equal((await alice.get(job.path)).status, 'failed')
    problem(await world.ask(job.path + '/cancel', { method: 'POST' }), 401)
    const wrong = await alice.call(job.path + '/cancel')
    problem(wrong, 405)
    assert.equal(wrong.headers.get('allow'), 'POST, OPTIONS')
  })
})

onBothEngines('the history of jobs', { sim: ['--days', '60'] }, (world, test) => {
  const ids = page => page.jobs.map(job => job.id)

  test('is empty at first', async () => {
    assert.deepEqual(await world.user().get('/v1/sync/jobs'), { jobs: [], next_before: null, missed: [] })
  })

  test('names the nights that were missed, newest first', async () => {
    world.database.ask(`INSERT INTO sync_missed (run_date, caught_up_by, noted_at) VALUES
      ('2025-03-01', NULL, '2025-03-10 00:00:00Z'), ('2025-03-09', '2025-03-10', '2025-03-10 00:00:00Z')`)
    assert.deepEqual((await world.user().get('/v1/sync/jobs')).missed, [
      { date: '2025-03-09', caught_up: true },
      { date: '2025-03-01', caught_up: false },
    ])
  })

  test('has what each run changed', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    const first = await user.sync()
    world.database.ask(`UPDATE ga4_daily SET sessions = sessions + 1 WHERE user_id = '${user.id}'`)
    const second = await user.sync('/v1/sync/all/run')
    const page = await user.get('/v1/sync/jobs')
    assert.deepEqual(ids(page), [second.id, first.id])
    const [newer, older] = page.jobs
    assert.equal(older.status, 'success')
    for (const name of ['created_at', 'started_at', 'finished_at', 'last_sync_at']) assert.match(older[name], INSTANT)
    assert.deepEqual([older.trigger, older.source, newer.source], ['manual', 'ga4', 'all'])
    assert.ok(older.changed.rows > 30)
    assert.equal(older.changed.restatements, 0)
    const noted = Number(
      world.database.ask(`SELECT count(*) FROM restatements WHERE user_id = '${user.id}' AND metric = 'sessions'`)[0],
    )
    assert.ok(noted > 0)
    assert.ok(newer.changed.restatements >= noted, `${newer.changed.restatements} of ${noted}`)
    const { changed, ...job } = newer
    assert.deepEqual(job, second)
  })

  test('comes in pages, also when many were made in one instant', async () => {
    const user = world.user(),
      created = new Date(Date.now() - 3600e3)
    const made = Array.from({ length: 7 }, () => plant(world, user.id, { created })).map(job => job.id)
    const seen = []
    let before = ''
    for (let pages = 0; before !== null; pages++) {
      assert.ok(pages < 5)
      const page = await user.get(`/v1/sync/jobs?limit=3${before && `&before=${before}`}`)
      assert.ok(page.jobs.length <= 3)
      seen.push(...ids(page))
      before = page.next_before
    }
    assert.deepEqual(seen.slice().sort(), made.slice().sort())
    assert.equal(new Set(seen).size, 7)
  })

  test('is his own; of runs of all accounts without what others see', async () => {
    const [alice, bob] = [world.user(), world.user()],
      all = plant(world, 'all', { trigger: 'daily' }),
      hers = plant(world, alice.id)
    all.move("message = 'secret words', rows_written = 770317")
    const his = await bob.get('/v1/sync/jobs')
    assert.deepEqual(
      ids(his).filter(id => id === all.id || id === hers.id),
      [all.id],
    )
    const [run] = his.jobs.filter(job => job.id === all.id)
    assert.doesNotMatch(JSON.stringify(run), /secret words|770317/)
    assert.deepEqual([run.steps, run.changed], [[], { rows: 0, restatements: 0 }])
    assert.ok(ids(await alice.get('/v1/sync/jobs')).includes(hers.id))
    problem(await bob.call(`/v1/sync/jobs?before=${hers.id}`), 404)
  })

  test('refuses what makes no sense', async () => {
    const user = world.user()
    for (const limit of ['0', '101', '-1', 'x', '', '1.5', '9'.repeat(30)])
      problem(await user.call(`/v1/sync/jobs?limit=${limit}`), 422)
    for (const before of [NOBODY, 'zzz', "'; DROP TABLE users"])
      problem(await user.call(`/v1/sync/jobs?before=${encodeURIComponent(before)}`), 404)
    problem(await world.ask('/v1/sync/jobs'), 401)
  })
})

onBothEngines('the doors', { sim: ['--days', '40'] }, (world, test) => {
  const cron = (path, method = 'POST') => world.ask(path, { method, headers: { 'x-cron-token': CRON_TOKEN } })
  let user

  test('a run of what is not connected is a job that says so', async () => {
    user = world.user()
    succeeded(await user.connect(), 201)
    for (const source of ['meta', 'instagram']) {
      const job = await user.finished(succeeded(await post(user, `/v1/sync/${source}/run`), 202).job_id)
      assert.match(job.message, /no account is connected/)
      assert.deepEqual([job.steps, job.progress], [[], { done: 0, total: 0 }])
    }
  })

  test('manual runs are for users, not for the cron token, and daily ones the other way', async () => {
    problem(await cron('/v1/sync/ga4/run'), 401)
    problem(await world.ask('/v1/sync/ga4/run', { method: 'POST', token: CRON_TOKEN }), 401)
    for (const source of ['all', 'ga4', 'meta', 'instagram'])
      problem(await user.call(`/v1/sync/${source}/daily`, { method: 'POST' }), 403)
  })

  test('a wrong method is a 405 with the right ones, to him who may use the address', async () => {
    for (const source of ['all', 'ga4']) {
      for (const [answer, allow] of [
        [await user.call(`/v1/sync/${source}/run`), 'POST, OPTIONS'],
        [await cron(`/v1/sync/${source}/daily`, 'DELETE'), 'GET, HEAD, POST, OPTIONS'],
        [await cron(`/v1/sync/${source}/daily`, 'PUT'), 'GET, HEAD, POST, OPTIONS'],
      ]) {
        problem(answer, 405)
        assert.equal(answer.headers.get('allow'), allow)
      }
      problem(await world.ask(`/v1/sync/${source}/daily`, { method: 'DELETE' }), 401)
    }
  })

  test('while the daily run of a source is active, that one and all are taken, and others are not', async () => {
    await world.sim.set({ slow: 400 })
    try {
      const started = await cron('/v1/sync/ga4/daily'),
        { job_id: id } = succeeded(started, 202)
      assert.equal(started.headers.get('location'), `/v1/sync/job/${id}`)
      assert.deepEqual(succeeded(await cron('/v1/sync/ga4/daily', 'GET')), { job_id: id, status: 'already-running' })
      for (const source of ['ga4', 'all']) {
        const refused = problem(await post(user, `/v1/sync/${source}/run`), 409, 'daily-run-active')
        assert.match(refused.detail, /^[A-Z].* .*\.$/)
      }
      succeeded(await post(user, '/v1/sync/meta/run'), 202)
      assert.equal((await user.get(`/v1/sync/job/${id}`)).id, id, 'a user can follow the daily run')
      await world.sim.set({ slow: 0 })
      assert.equal((await user.finished(id)).status, 'success')
      assert.deepEqual(succeeded(await cron('/v1/sync/ga4/daily')), { job_id: id, status: 'already-done' })
      assert.equal((await post(user, '/v1/sync/ga4/run')).status, 202)
    } finally {
      await world.sim.set({ slow: 0 })
    }
  })

  test('the run of all takes the sources that are left, once', async () => {
    const { job_id: id } = succeeded(await cron('/v1/sync/all/daily'), 202)
    const job = await user.finished(id)
    assert.equal(job.source, 'all')
    for (const source of ['all', 'meta', 'instagram']) {
      const answer = succeeded(await cron(`/v1/sync/${source}/daily`))
      assert.deepEqual([source, answer], [source, { job_id: answer.job_id, status: 'already-done' }])
    }
    assert.equal(succeeded(await cron('/v1/sync/meta/daily')).job_id, id)
  })
})
