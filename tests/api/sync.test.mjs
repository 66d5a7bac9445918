// Syncs on demand, how they are followed, and the door for cron services.
import assert from 'node:assert/strict'
import { daysAgo, INSTANT, problem, succeeded, UUID } from '../lib/http.mjs'
import { CRON_TOKEN, onBothEngines, onEngine } from '../lib/world.mjs'

const states = ['pending', 'running', 'success', 'failed']

onBothEngines('sync', {}, (world, test) => {
  const run = (user, source = 'ga4') => user.call(`/v1/sync/${source}/run`, { method: 'POST' })

  test('is accepted, can be followed, and ends', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    const answer = await run(user)
    const { job_id: id } = succeeded(answer, 202)
    assert.match(id, UUID)
    assert.equal(answer.headers.get('location'), `/v1/sync/job/${id}`)
    let job,
      done = 0
    const seen = new Set()
    do {
      job = await user.get(`/v1/sync/job/${id}`)
      assert.ok(states.includes(job.status), job.status)
      assert.ok(job.progress.done >= done, 'progress went back')
      assert.ok(job.progress.total === 0 || job.progress.done <= job.progress.total)
      done = job.progress.done
      seen.add(job.status)
    } while (!['success', 'failed'].includes(job.status))
    assert.equal(job.status, 'success', job.message)
    assert.ok(job.message)
    assert.match(job.last_sync_at, INSTANT)
    assert.equal(job.progress.done, job.progress.total)
    assert.equal(job.steps.length, 1)
    assert.equal(job.steps[0].status, 'success')
    assert.deepEqual(await user.get(`/v1/sync/ga4/job/${id}`), job)
    const meta = await user.get('/v1/dashboard/meta')
    assert.ok(
      new Date(meta.last_sync_at) >= new Date(job.last_sync_at),
      `${meta.last_sync_at} is before ${job.last_sync_at}`,
    )
  })

  test('running it again changes nothing', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await user.sync()
    const rows = () =>
      ['ga4_daily', 'ga4_channel_daily', 'ga4_landing_daily', 'ga4_period_users'].map(table =>
        world.database.ask(`SELECT * FROM ${table} WHERE user_id = '${user.id}' ORDER BY 1, 2, 3, 4`),
      )
    const before = rows()
    assert.ok(before.every(table => table.length > 0))
    await user.sync('/v1/sync/all/run')
    const today = daysAgo(0),
      settled = tables => tables.map(table => table.filter(row => !row.includes(today)))
    assert.deepEqual(settled(rows()).slice(0, 3), settled(before).slice(0, 3))
  })

  test('a second call while the job is active gives that job', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await world.sim.set({ slow: 300 })
    try {
      const answers = await Promise.all(Array.from({ length: 10 }, () => run(user)))
      for (const answer of answers) succeeded(answer, 202)
      assert.equal(new Set(answers.map(answer => answer.json.job_id)).size, 1)
    } finally {
      await world.sim.set({ slow: 0 })
    }
    assert.equal((await user.finished(succeeded(await run(user), 202).job_id)).status, 'success')
  })

  test('a job belongs to the user who asked', async () => {
    const [alice, bob] = [world.user(), world.user()]
    succeeded(await alice.connect(), 201)
    const { job_id: id } = succeeded(await run(alice), 202)
    problem(await bob.call(`/v1/sync/job/${id}`), 404)
    problem(await bob.call(`/v1/sync/ga4/job/${id}`), 404)
    await alice.finished(id)
    for (const other of ['zzz', '00000000-0000-4000-8000-000000000000'])
      problem(await alice.call(`/v1/sync/job/${other}`), 404)
    problem(await run(alice, 'tiktok'), 404)
  })

  test('without connections there is nothing to do, and it says so', async () => {
    const user = world.user(),
      job = await user.finished(succeeded(await run(user, 'all'), 202).job_id)
    assert.ok(job.message.length > 5)
    assert.deepEqual(job.steps, [])
  })

  test('a dead credential ends as "reconnect", with a sentence for its owner', async () => {
    const user = world.user()
    const { id } = succeeded(
      await user.connect({ credential: { type: 'refresh_token', refresh_token: 'dead' }, verify: false }),
      201,
    )
    const job = await user.finished(succeeded(await run(user), 202).job_id)
    assert.equal(job.status, 'failed')
    const connection = await user.get(`/v1/connections/${id}`)
    assert.equal(connection.status, 'reconnect')
    assert.ok(connection.last_error.length > 10)
    assert.match(JSON.stringify(await user.get('/v1/dashboard/meta')), /reconnect/)
  })

  test('the next run is the next 00:15 in its zone', async () => {
    const user = world.user(),
      next = new Date((await user.get('/v1/dashboard/meta')).next_scheduled_at)
    for (const source of ['ga4', 'meta', 'instagram', 'all']) {
      const meta = await user.get(`/v1/sync/${source}/meta`)
      assert.equal(meta.timezone, 'America/Los_Angeles')
      assert.equal(+new Date(meta.next_scheduled_at), +next)
      assert.ok(meta.last_sync_at === null || INSTANT.test(meta.last_sync_at))
    }
    assert.ok(next > Date.now() && next - Date.now() <= 25 * 3600e3)
    assert.equal(
      new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Los_Angeles', hour: '2-digit', minute: '2-digit' }).format(
        next,
      ),
      '00:15',
    )
    problem(await user.call('/v1/sync/tiktok/meta'), 404)
  })

  test('the command does the same in the foreground', async t => {
    if (world.engine === 'sqlite') return t.skip('one process owns an SQLite file')
    const user = world.user()
    succeeded(await user.connect(), 201)
    const done = await world.command(['sync', '--source', 'ga4', '--user', user.id, '--days', '5'])
    assert.equal(done.code, 0, done.tail())
    assert.ok(Number(world.database.ask(`SELECT count(*) FROM ga4_daily WHERE user_id = '${user.id}'`)[0]) >= 5)
  })
})

onBothEngines('the cron door', {}, (world, test) => {
  const call = (path, headers, method = 'GET') => world.ask(path, { method, headers })
  const right = { 'x-cron-token': CRON_TOKEN }

  test('is closed to whoever has not the exact token', async () => {
    const user = world.user()
    for (const headers of [
      {},
      { 'x-cron-token': '' },
      { 'x-cron-token': CRON_TOKEN + 'x' },
      { 'x-cron-token': CRON_TOKEN.slice(1) },
      { 'x-cron-token': CRON_TOKEN.toUpperCase() },
      { authorization: `Bearer ${user.token}` },
      { authorization: 'Bearer' },
    ])
      for (const path of ['/v1/sync/ga4/daily', '/v1/sync/all/daily'])
        for (const method of ['GET', 'POST']) problem(await call(path, headers, method), 403)
  })

  test('starts one run a date, whoever asks and how often', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await world.sim.set({ slow: 100 })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        call('/v1/sync/ga4/daily', n % 2 ? right : { authorization: `Bearer ${CRON_TOKEN}` }, n % 3 ? 'GET' : 'POST'),
      ),
    )
    await world.sim.set({ slow: 0 })
    assert.equal(answers.filter(answer => answer.status === 202).length, 1, answers.map(answer => answer.status).join())
    assert.equal(new Set(answers.map(answer => answer.json.job_id)).size, 1)
    for (const answer of answers)
      assert.ok(
        answer.status === 202 ||
          (answer.status === 200 && ['already-running', 'already-done'].includes(answer.json.status)),
        answer.text,
      )
    const job = await user.finished(answers[0].json.job_id)
    assert.equal(job.status, 'success', job.message)
    const again = await call('/v1/sync/ga4/daily', right)
    assert.equal(succeeded(again).status, 'already-done')
    assert.equal(again.json.job_id, answers[0].json.job_id)
    assert.equal(
      Number(world.database.ask("SELECT count(*) FROM sync_jobs WHERE run_key IS NOT NULL AND source = 'ga4'")[0]),
      1,
    )
  })

  test('a source that does not exist has none', async () => problem(await call('/v1/sync/tiktok/daily', right), 404))
})

onEngine('sqlite', 'a manual run during the daily one', { sim: ['--days', '60'] }, (world, test) => {
  test('is a 409 with a sentence for people', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await world.sim.set({ slow: 400 })
    try {
      const { job_id: id } = succeeded(
        await world.ask('/v1/sync/ga4/daily', { headers: { 'x-cron-token': CRON_TOKEN } }),
        202,
      )
      for (const source of ['ga4', 'all'])
        assert.ok(problem(await user.call(`/v1/sync/${source}/run`, { method: 'POST' }), 409).detail.length > 20)
      await world.sim.set({ slow: 0 })
      assert.equal((await user.finished(id)).status, 'success')
    } finally {
      await world.sim.set({ slow: 0 })
    }
  })
})

onEngine('sqlite', 'without a cron token', { sim: null, env: { CRON_TOKEN: '' } }, (world, test) => {
  test('the cron door is shut for all', async () => {
    for (const token of ['', 'x', CRON_TOKEN])
      problem(await world.ask('/v1/sync/ga4/daily', { headers: { 'x-cron-token': token } }), 403)
  })
})
