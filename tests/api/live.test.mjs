// Jobs as they go: streams of events, polling, stopping, the history.
import assert from 'node:assert/strict'
import { Events } from '../lib/events.mjs'
import { assertWithin, eventually, mint, problem, succeeded } from '../lib/http.mjs'
import { plant } from '../lib/jobs.mjs'
import { sleep } from '../lib/programs.mjs'
import { onBothEngines } from '../lib/world.mjs'

const NOBODY = '00000000-0000-4000-8000-000000000000'
const watch = (user, path, options) => Events.open(user.world.url, path, { token: user.token, ...options })

onBothEngines('a stream of a job', { together: true, sim: ['--days', '60'] }, (world, test) => {
  test('is the job itself, again and again, and then the end', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await world.sim.set({ slow: 150 })
    const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
    const stream = await watch(user, `/v1/sync/job/${id}/events`)
    assert.equal(stream.status, 200)
    assert.equal(stream.headers['content-type'], 'text/event-stream')
    assert.equal(stream.headers['cache-control'], 'no-store')
    await stream.until(s => s.list.length > 1, 'nothing came')
    await world.sim.set({ slow: 0 })
    await stream.until(s => s.ended, 'it did not end', 60000)
    assert.equal(stream.ended, 'end')
    assert.ok(stream.retry >= 500)
    const last = stream.list.at(-1)
    assert.equal(last.event, 'done')
    assert.equal(last.json.status, 'success')
    assert.deepEqual(stream.states.at(-1), await user.get(`/v1/sync/job/${id}`))
    const done = stream.states.map(job => job.progress.done)
    assert.deepEqual(
      done,
      done.slice().sort((a, b) => a - b),
      'progress went back',
    )
    assert.equal(new Set(stream.list.map(one => one.id)).size, stream.list.length, 'a state came twice')
  })

  test('tells of a change within a second and a bit, and of nothing else', async () => {
    const user = world.user(),
      job = plant(world, user.id),
      stream = await watch(user, `/v1/sync/all/job/${job.id}/events`)
    await stream.until(s => s.list.length === 1, 'no state at once', 1000)
    const changed = Date.now()
    job.move('progress_done = 3')
    await stream.until(s => s.last.json.progress?.done === 3, 'the change was not told')
    assert.ok(stream.last.at - changed < 2500, `it took ${stream.last.at - changed} ms`)
    await sleep(2500)
    assert.equal(stream.list.length, 2)
    job.end()
    await stream.until(s => s.ended, 'it did not end')
    assert.equal(stream.states.at(-1).status, 'success')
    assert.equal(stream.last.event, 'done')
  })

  test('goes on where a client left: what it knows is not said again', async () => {
    const user = world.user(),
      job = plant(world, user.id),
      first = await watch(user, job.path + '/events')
    await first.until(s => s.list.length === 1, 'no state')
    first.leave()
    const resume = id => watch(user, job.path + '/events', { headers: { 'last-event-id': id } })
    const same = await resume(first.last.id)
    await sleep(1500)
    assert.deepEqual(same.list, [])
    job.move('progress_done = 5')
    await same.until(s => s.list.length === 1, 'no change')
    const begun = Date.now(),
      late = await resume(first.last.id)
    await late.until(s => s.list.length === 1, 'no state')
    assert.equal(late.last.json.progress.done, 5)
    assert.ok(late.last.at - begun < 900, 'the present state did not come at once')
    job.end()
    await late.until(s => s.ended, 'no end')
    const after = await resume(late.states.length ? late.list.at(-2).id : '')
    await after.until(s => s.ended, 'no end')
    assert.deepEqual(
      after.list.map(one => one.event),
      ['done'],
    )
    const whole = await resume('something else')
    await whole.until(s => s.ended, 'no end')
    assert.deepEqual(
      whole.list.map(one => one.event),
      ['message', 'done'],
    )
    assert.equal((await resume(whole.last.id)).status, 204, 'a browser would come back for ever')
  })

  test("is nobody else's, and of a run of all accounts each sees his own", async () => {
    const [alice, bob] = [world.user(), world.user()],
      job = plant(world, alice.id),
      all = plant(world, 'all')
    for (const path of [job.path, `/v1/sync/job/${NOBODY}`, '/v1/sync/job/zzz', `/v1/sync/tiktok/job/${job.id}`])
      for (const method of ['GET', 'HEAD']) {
        const stream = await watch(bob, path + '/events', { method })
        assert.equal(stream.status, 404, `${method} ${path}`)
        stream.leave()
      }
    problem(await world.ask(job.path + '/events'), 401)
    const stream = await watch(bob, all.path + '/events')
    await stream.until(s => s.list.length === 1, 'no state')
    assert.equal(stream.last.json.rows_written, undefined)
    assert.deepEqual(stream.last.json.steps, [])
    stream.leave()
    for (const one of [job, all]) one.end()
  })

  test('takes GET and HEAD', async () => {
    const user = world.user(),
      job = plant(world, user.id),
      wrong = await user.call(job.path + '/events', { method: 'POST' })
    problem(wrong, 405)
    assert.equal(wrong.headers.get('allow'), 'GET, HEAD, OPTIONS')
    const head = await watch(user, job.path + '/events', { method: 'HEAD' })
    await head.until(s => s.ended, 'HEAD did not end')
    assert.equal(head.status, 200)
    assert.equal(head.headers['content-type'], 'text/event-stream')
    assert.deepEqual(head.list, [])
    job.end()
    const { paths } = succeeded(await world.ask('/openapi.json'))
    assert.ok(paths['/v1/sync/job/{id}/events'].get.responses[200].content['text/event-stream'])
  })

  test('has a limit for each user; who leaves makes room at once', async () => {
    const user = world.user(),
      job = plant(world, user.id),
      streams = await Promise.all(Array.from({ length: 32 }, () => watch(user, job.path + '/events')))
    assert.ok(streams.every(stream => stream.status === 200))
    const answer = await user.call(job.path + '/events')
    problem(answer, 429, 'too-many-streams')
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
    const other = world.user(),
      his = plant(world, other.id),
      stream = await watch(other, his.path + '/events')
    assert.equal(stream.status, 200)
    streams[0].leave()
    await eventually(
      async () => {
        const again = await watch(user, job.path + '/events')
        streams.push(again)
        return again.status === 200
      },
      { ms: 2000, why: 'no room was made' },
    )
    for (const one of [...streams, stream]) one.leave()
    for (const one of [job, his]) one.end()
  })

  test('ends when its token has expired, or is revoked', async () => {
    const user = world.user(),
      job = plant(world, user.id)
    user.token = mint({ sub: user.id, exp: Math.floor(Date.now() / 1000) + 2 })
    const short = await watch(user, job.path + '/events')
    user.token = mint({ sub: user.id })
    const { token, id } = succeeded(await user.post('/v1/auth/tokens', { name: 'stream' }), 201)
    const stream = await Events.open(world.url, job.path + '/events', { token })
    assert.equal(stream.status, 200)
    await stream.until(s => s.list.length === 1, 'no state')
    succeeded(await user.call(`/v1/auth/tokens/${id}`, { method: 'DELETE' }), 200)
    await stream.until(s => s.ended, 'a revoked token still listens', 2500)
    assert.equal(stream.ended, 'end')
    await short.until(s => s.ended, 'an expired token still listens', 70000)
    job.end()
  })

  test('beats while nothing happens', async () => {
    const user = world.user(),
      job = plant(world, user.id),
      stream = await watch(user, job.path + '/events')
    await stream.until(s => s.beats > 0, 'no beat in 17 s', 17000)
    stream.leave()
    job.end()
  })
})

// What the database was asked, in transactions; PostgreSQL counts them.
async function questions(world, during) {
  const count = () =>
    Number(
      world.database
        .ask(
          `SELECT pg_stat_clear_snapshot(), xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()`,
        )[0]
        .split('|')[1],
    )
  await sleep(10500) // an idle connection hands its counts in after ten seconds
  const before = count()
  await during()
  await sleep(10500)
  return count() - before - 1
}

onBothEngines('a crowd', { sim: null, env: { LOG_REQUESTS: 'off' } }, (world, test) => {
  test('of 500 streams, some of which leave or never read, costs one question a second', async t => {
    const users = Array.from({ length: 25 }, () => world.user()),
      job = plant(world, 'all'),
      open = () => Promise.all(Array.from({ length: 500 }, (_, n) => watch(users[n % 25], job.path + '/events')))
    let streams = await open()
    assert.ok(streams.every(stream => stream.status === 200))
    for (const stream of streams) stream.leave()
    await eventually(async () => (streams = await open()).every(stream => stream.status === 200), {
      every: 500,
      why: 'those who left still have their places',
    })
    const readers = streams.filter((_, n) => n % 10)
    streams.filter((_, n) => n % 10 === 0).forEach(stream => stream.answer.pause())
    const turn = async () => {
      for (let done = 1; done <= 4; done++) {
        job.move(`progress_done = ${done}`)
        const at = Date.now()
        await Promise.all(readers.map(s => s.until(() => s.last?.json.progress?.done === done, 'a change is missing')))
        await sleep(Math.max(0, 1000 - (Date.now() - at)))
      }
    }
    if (world.engine === 'postgresql') {
      const begun = Date.now(),
        n = await questions(world, turn),
        seconds = (Date.now() - begun) / 1000 - 10.5
      t.diagnostic(`500 streams: ${n} transactions in ${seconds.toFixed(1)} s`)
      // The engine's own polling is four or five a second, all threads together; a question a stream would be 500.
      assert.ok(n < seconds * 12, `${n} questions in ${seconds} s`)
    } else await turn()
    const begun = Date.now()
    job.end()
    await Promise.all(readers.map(s => s.until(() => s.ended, 'it did not end')))
    assert.ok(readers.every(s => s.last.event === 'done' && s.ended === 'end'))
    assertWithin(begun, 20000)
    for (const stream of streams) stream.leave()
  })

  test('of 200 who poll costs next to nothing, and sees the end within a second', async t => {
    const user = world.user(),
      job = plant(world, user.id)
    let over = false,
      answers = 0,
      unchanged = 0,
      late = 0,
      ended
    const poll = async () => {
      let tag
      while (!over) {
        const sent = Date.now(),
          answer = await user.call(job.path, { headers: tag ? { 'if-none-match': tag } : {} })
        answers++
        assert.ok([200, 304].includes(answer.status), answer.text)
        if (answer.status === 304) unchanged++
        else tag = answer.headers.get('etag')
        if (ended && answer.json?.status !== 'success' && answer.status === 200) late = Math.max(late, sent - ended)
        if (answer.json?.status === 'success') return
        await sleep(100)
      }
    }
    const crowd = Array.from({ length: 200 }, poll)
    const n =
      world.engine === 'postgresql' ? await questions(world, () => sleep(3000)) : await sleep(2000).then(() => 0)
    t.diagnostic(`200 pollers: ${answers} answers, ${unchanged} unchanged, ${n} transactions`)
    assert.ok(unchanged > answers / 2)
    assert.ok(n < answers / 20, `${n} questions for ${answers} answers`)
    job.end()
    ended = Date.now()
    await Promise.race([Promise.all(crowd), sleep(30000).then(() => (over = true))])
    assert.equal(over, false, 'the end was not seen')
    assert.ok(late <= 1100, `the end was seen ${late} ms late`)
  })

  test('does not keep the server from ending', async () => {
    const user = world.user(),
      job = plant(world, user.id),
      streams = await Promise.all(Array.from({ length: 30 }, () => watch(user, job.path + '/events')))
    streams[3].answer.pause()
    const begun = Date.now()
    await world.stopServer()
    assertWithin(begun, 4000)
    for (const stream of streams.filter((_, n) => n !== 3)) await stream.until(s => s.ended, 'still open')
    for (const stream of streams) stream.leave()
    await world.startServer()
    job.end()
  })
})
