// Two servers on one PostgreSQL: what one changes the other knows, and what one leaves the other finishes.
import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { ask, eventually, lastDays, problem, succeeded } from '../lib/http.mjs'
import { DAYMARK, freePort, Program, sleep } from '../lib/programs.mjs'
import { onEngine } from '../lib/world.mjs'

const range = lastDays(20)

// Another server of the same world, by another name in PostgreSQL's list of connections.
async function another(world, { env = {}, database = world.database.url } = {}) {
  const port = await freePort(),
    url = new URL(database)
  url.searchParams.set('application_name', 'second')
  const server = new Program(DAYMARK, ['serve'], {
    env: { ...world.environment(), LISTEN: `127.0.0.1:${port}`, DATABASE_URL: url.href, ...env },
    cwd: world.folder,
  })
  await server.says(/Daymark is ready/)
  const base = `http://127.0.0.1:${port}`
  return {
    server,
    ask: (path, options) => ask(base, path, options),
    points: async user =>
      succeeded(await ask(base, `/v1/widgets/ga4.sessions?${range}`, { token: user.token })).series[0]?.points.length ??
      0,
    async stop() {
      assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.tail(60))
      assert.doesNotMatch(server.log, /Sanitizer|runtime error/, server.tail(60))
    },
  }
}

// How long until it holds, in ms.
async function time(what, { ms = 10000, why }) {
  const begun = Date.now()
  await eventually(what, { ms, every: 20, why })
  return Date.now() - begun
}

onEngine('postgresql', 'two instances', { env: { CACHE_TTL: '120' } }, (world, test) => {
  const ears = () =>
    world.database.ask(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'second' AND (query LIKE 'LISTEN%' OR query LIKE '%pg_notify%')",
    )

  test('a sync on one moves the kept answers of the other within a second', async t => {
    const b = await another(world),
      user = world.user()
    succeeded(await user.connect(), 201)
    await eventually(ears, { why: 'nobody listens' })
    assert.equal(await b.points(user), 0)
    assert.equal((await user.sync()).status, 'success')
    const took = await time(() => b.points(user), { ms: 3000, why: 'the kept answer is still given' })
    t.diagnostic(`after the end of the sync: ${took} ms`)
    assert.ok(took < 1000, `${took} ms`)
    const [connection] = (await user.get('/v1/connections')).connections
    assert.ok((await b.points(user)) > 0)
    succeeded(await user.call(`/v1/connections/${connection.id}`, { method: 'DELETE' }), 200)
    const gone = await time(async () => (await b.points(user)) === 0, {
      ms: 3000,
      why: 'a deleted account is still shown',
    })
    assert.ok(gone < 1000, `${gone} ms`)
    await b.stop()
  })

  test('also when the connection that listens is cut in the middle of it', async t => {
    const b = await another(world),
      user = world.user()
    succeeded(await user.connect(), 201)
    await eventually(() => ears().length === 1, { why: 'nobody listens' })
    assert.equal(await b.points(user), 0)
    await world.sim.set({ slow: 30 })
    const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
    let cuts = 0
    const cutting = (async () => {
      for (; cuts < 15; cuts++) {
        world.database.ask(
          "SELECT pg_terminate_backend (pid) FROM pg_stat_activity WHERE application_name = 'second' AND (query LIKE 'LISTEN%' OR query LIKE '%pg_notify%')",
        )
        await sleep(100)
      }
    })()
    const job = await user.finished(id)
    await world.sim.set({ slow: 0 })
    await cutting
    assert.equal(job.status, 'success', job.message)
    const whole = succeeded(await user.call(`/v1/widgets/ga4.sessions?${range}`)).series[0].points.length
    const took = await time(async () => (await b.points(user)) === whole, { ms: 3000, why: 'an old answer is kept' })
    t.diagnostic(`after ${cuts} cuts: ${took} ms`)
    assert.ok(took < 1000, `${took} ms`)
    assert.match(b.server.log, /news\.lost/)
    await eventually(() => ears().length === 1, { why: 'nobody listens any more' })
    await b.stop()
  })

  test('a token or a session that was revoked on one is refused by the other', async t => {
    const b = await another(world),
      user = world.user()
    await eventually(() => ears().length === 1, { why: 'nobody listens' })
    const { token, id } = succeeded(await user.post('/v1/auth/tokens', { name: 'two' }), 201)
    for (let i = 0; i < 3; i++) succeeded(await b.ask('/v1/dashboard/layout', { token }))
    succeeded(await user.call(`/v1/auth/tokens/${id}`, { method: 'DELETE' }))
    problem(await world.ask('/v1/dashboard/layout', { token }), 401)
    const took = await time(async () => (await b.ask('/v1/dashboard/layout', { token })).status === 401, {
      ms: 5000,
      why: 'it is accepted after five seconds',
    })
    t.diagnostic(`refused after ${took} ms`)
    await b.stop()
  })

  test('a command beside the servers is heard too', async t => {
    const b = await another(world),
      user = world.user()
    succeeded(await user.connect(), 201)
    await eventually(() => ears().length === 1, { why: 'nobody listens' })
    const { token, id } = succeeded(await user.post('/v1/auth/tokens', { name: 'command' }), 201)
    succeeded(await b.ask('/v1/dashboard/layout', { token }))
    const done = await world.command(['token', 'revoke', id, '--user', user.id])
    assert.equal(done.code, 0, done.tail())
    const took = await time(async () => (await b.ask('/v1/dashboard/layout', { token })).status === 401, {
      why: 'it is accepted',
    })
    t.diagnostic(`refused after ${took} ms`)
    assert.ok(took < 1000, `${took} ms`)
    await b.stop()
  })

  test('a job that was begun on one that dies is finished by the other', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await world.sim.set({ slow: 200 })
    const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
    await eventually(async () => (await user.get(`/v1/sync/job/${id}`)).status === 'running', {
      why: 'it does not start',
    })
    const b = await another(world)
    await world.server.stop('SIGKILL')
    await world.sim.set({ slow: 0 })
    // Ninety seconds later, as the database sees it.
    world.database.ask(
      `UPDATE sync_jobs SET lease_until = now() - interval '1 second' WHERE id = '${id}';
       UPDATE connections SET lease_until = now() - interval '1 second' WHERE user_id = '${user.id}'`,
    )
    let job
    await eventually(
      async () => {
        job = succeeded(await b.ask(`/v1/sync/job/${id}`, { token: user.token }))
        return ['success', 'failed'].includes(job.status)
      },
      { ms: 30000, why: () => `it is not finished: ${JSON.stringify(job)}` },
    )
    assert.equal(job.status, 'success', job.message)
    assert.ok(job.attempt >= 2, 'the other had nothing to finish')
    await b.stop()
    await world.startServer()
  })
})

// Between a server and PostgreSQL: it can be cut, and it can keep notifications to itself, as a pooler does that shares
// connections between transactions: it takes LISTEN and delivers nothing.
function between(url, { deliver }) {
  const { hostname, port } = new URL(url),
    open = new Set()
  const server = createServer(client => {
    if (server.isCut) return client.destroy()
    const upstream = connect(Number(port), hostname)
    let rest = Buffer.alloc(0),
      framed = false // the one byte that answers the question for TLS has no frame
    client.pipe(upstream)
    upstream.on('data', data => {
      if (deliver) return client.write(data)
      rest = Buffer.concat([rest, data])
      if (!framed && rest.length === 1 && 'NS'.includes(rest.toString())) {
        client.write(rest)
        rest = Buffer.alloc(0)
      }
      framed = true
      while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
        const n = 1 + rest.readUInt32BE(1)
        if (rest[0] !== 0x41) client.write(rest.subarray(0, n))
        rest = rest.subarray(n)
      }
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.cut = () => {
    server.isCut = true
    open.forEach(socket => socket.destroy())
  }
  server.heal = () => (server.isCut = false)
  return new Promise(done =>
    server.listen(0, '127.0.0.1', () => {
      const through = new URL(url)
      through.port = server.address().port
      server.url = through.href
      done(server)
    }),
  )
}

onEngine('postgresql', 'an instance that was away', { env: { CACHE_TTL: '120' } }, (world, test) => {
  test('takes everything for changed when it is back', async t => {
    const way = await between(world.database.url, { deliver: true }),
      b = await another(world, { database: way.url }),
      user = world.user()
    succeeded(await user.connect(), 201)
    await sleep(1000)
    assert.equal(await b.points(user), 0)
    way.cut()
    await b.server.says(/news\.lost/, { from: 'log' })
    assert.equal((await user.sync()).status, 'success')
    assert.equal(await b.points(user), 0, 'it cannot know yet')
    way.heal()
    const took = await time(() => b.points(user).catch(() => 0), { ms: 5000, why: 'the old answer is still given' })
    t.diagnostic(`after it was back: ${took} ms`)
    assert.ok(took < 2500, `${took} ms`)
    await b.stop()
    way.close()
  })
})

onEngine('postgresql', 'behind a pooler', { env: { CACHE_TTL: '120' } }, (world, test) => {
  test('notifications are lost, which is noticed, said once, and costs seconds', async t => {
    const way = await between(world.database.url, { deliver: false }),
      b = await another(world, { database: way.url }),
      user = world.user()
    await b.server.says(/news\.deaf/, { from: 'log', ms: 15000 })
    succeeded(await user.connect(), 201)
    assert.equal(await b.points(user), 0)
    assert.equal((await user.sync()).status, 'success')
    const took = await time(() => b.points(user), { ms: 12000, why: 'the kept answer is still given' })
    t.diagnostic(`without notifications: ${took} ms`)
    assert.ok(took < 8000, `${took} ms`)
    assert.equal(b.server.log.match(/news\.deaf/g).length, 1)
    await b.stop()
    way.close()
  })
})
