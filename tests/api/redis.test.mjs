// Redis as the second level of the cache: it may do whatever it likes, and no answer changes.
import assert from 'node:assert/strict'
import { ask, assertWithin, eventually, lastDays, succeeded } from '../lib/http.mjs'
import { DAYMARK, freePort, Program, run, sleep } from '../lib/programs.mjs'
import { Redis } from '../lib/redis.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

const widgets = ['ga4.sessions', 'ga4.users', 'ga4.conv_rate', 'ga4.traffic_channels', 'ga4.landing_pages']
const paths = widgets.flatMap(key => [7, 14, 20].map(n => `/v1/widgets/${key}?${lastDays(n)}`))
const sessions = paths[2]
const PAUSE = 3500 // until a broken connection is tried again
const env = { CACHE_TTL: '1', LOOPS: '1', WORKERS: '4' }

async function metrics(server) {
  const text = (await server.ask('/metrics')).text
  return Object.fromEntries([...text.matchAll(/^daymark_cache_(\w+) (\d+)/gm)].map(match => [match[1], +match[2]]))
}

// What the server says without Redis: the truth.
async function answers(server, user, list = paths) {
  return Promise.all(
    list.map(async path => {
      const answer = await server.ask(path, { token: user.token })
      succeeded(answer)
      return { text: answer.text, etag: answer.headers.get('etag') }
    }),
  )
}

async function another(world, changes = {}) {
  const port = await freePort(),
    server = new Program(DAYMARK, ['serve'], {
      env: { ...world.environment(), LISTEN: `127.0.0.1:${port}`, ...changes },
      cwd: world.folder,
    })
  await server.says(/Daymark is ready/)
  return {
    server,
    ask: (path, options) => ask(`http://127.0.0.1:${port}`, path, options),
    async stop() {
      assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.tail(60))
      assert.doesNotMatch(server.log, /Sanitizer|runtime error/, server.tail(60))
    },
  }
}

// The world's server anew, with this Redis.
async function restart(world, redis, changes = {}) {
  await world.stopServer()
  world.env = { ...env, ...(redis ? { REDIS_URL: redis.url } : {}), ...changes }
  await world.startServer()
}

onBothEngines('Redis as the second level', { env }, (world, test) => {
  const redis = new Redis()
  let user, truth

  // The same answers, whatever happens, and none late.
  async function same(why, most = 1500) {
    const begun = Date.now()
    assert.deepEqual(await answers(world, user), truth, why)
    assertWithin(begun, most, `${why}: ${paths.length} answers`)
  }

  const up = () =>
    eventually(
      async () => {
        await sleep(1100)
        await same('again')
        return (await metrics(world)).shared_up === 1
      },
      { ms: 20000, why: 'Redis is not used again' },
    )

  test('answers are the same with it, and come from it after a restart', async () => {
    user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    truth = await answers(world, user)
    await redis.start()
    await restart(world, redis, { CACHE_TTL: '60' })
    await same('computed')
    assert.equal((await metrics(world)).shared_hits_total, 0)
    // On a machine that is busy, Redis may be too late for some of them; then it is left alone for a while.
    for (let tries = 1; redis.keys('daymark:answer:*').length < paths.length; tries++) {
      assert.ok(tries < 5, `${redis.keys('daymark:answer:*').length} are kept`)
      await restart(world, redis, { CACHE_TTL: '60' })
      await same('computed, or from Redis')
    }
    assert.equal(redis.keys('daymark:answer:*').length, paths.length)
    for (const key of redis.keys('daymark:answer:*')) assert.ok(Number(redis.ask('PTTL', key)) <= 60000, key)
    for (let tries = 1, all = false; !all; tries++) {
      await restart(world, redis, { CACHE_TTL: '60' })
      await same('from Redis')
      const { shared_hits_total: hits, shared_misses_total: misses } = await metrics(world)
      all = hits === paths.length && misses === 0
      assert.ok(all || tries < 5, `${hits} found, ${misses} not`)
    }
    const again = await user.call(sessions, { headers: { 'If-None-Match': truth[2].etag } })
    assert.equal(again.status, 304)
  })

  test('what is in a key is believed only if it is an answer to that question', async () => {
    const [key, other] = redis.keys('daymark:answer:*')
    const spoil = [
      () => redis.ask('SET', key, 'garbage'),
      () => redis.ask('SET', key, ''),
      () => redis.ask('SETRANGE', key, '120', 'XX'),
      () => redis.ask('APPEND', key, ' '),
      () => redis.ask('COPY', other, key, 'REPLACE'),
      () => (redis.ask('DEL', key), redis.ask('LPUSH', key, 'a', 'b')),
      () => redis.ask('SET', `daymark:version:${user.id}`, 'garbage'),
      () => (redis.ask('DEL', `daymark:version:${user.id}`), redis.ask('LPUSH', `daymark:version:${user.id}`, 'a')),
      () => redis.ask('FLUSHALL'),
    ]
    for (const spoiling of spoil) {
      spoiling()
      for (const spoiled of redis.keys('daymark:answer:*')) redis.ask('EXPIRE', spoiled, '60')
      await restart(world, redis, { CACHE_TTL: '60' })
      await same(String(spoiling))
      await same(String(spoiling))
    }
    const moved = (await metrics(world)).shared_misses_total
    assert.ok(moved >= paths.length, 'an emptied Redis has no answers')
  })

  test('a sync that is written is seen at once, also with old answers in Redis', async () => {
    await restart(world, redis, { CACHE_TTL: '60' })
    const own = world.user()
    succeeded(await own.connect(), 201)
    const empty = succeeded(await own.call(sessions))
    assert.equal(empty.series[0]?.points.length ?? 0, 0)
    assert.equal((await own.sync()).status, 'success')
    assert.ok(succeeded(await own.call(sessions)).series[0].points.length > 0)
    // While Redis does not answer, what has changed is owed to it.
    const [connection] = (await own.get('/v1/connections')).connections
    redis.signal('SIGSTOP')
    succeeded(await own.call(`/v1/connections/${connection.id}`, { method: 'DELETE' }), 200)
    redis.signal('SIGCONT')
    await sleep(PAUSE)
    const after = succeeded(await own.call(sessions))
    assert.equal(after.series[0]?.points.length ?? 0, 0, 'an old answer came back')
  })

  test('killed in the middle of load, it costs nothing but time, and little of that', async t => {
    await restart(world, redis)
    let most = 0,
      n = 0,
      ended = false
    const load = Array.from({ length: 4 }, async (_, i) => {
      while (!ended) {
        const at = (i + n++) % paths.length,
          begun = Date.now(),
          answer = await user.call(paths[at])
        most = Math.max(most, Date.now() - begun)
        assert.equal(answer.status, 200)
        assert.equal(answer.text, truth[at].text)
      }
    })
    await sleep(1000)
    await redis.kill()
    await sleep(1500)
    succeeded(await world.ask('/readyz'))
    await redis.start()
    await sleep(PAUSE)
    redis.signal('SIGSTOP')
    await sleep(2000)
    redis.signal('SIGCONT')
    await sleep(PAUSE)
    ended = true
    await Promise.all(load)
    t.diagnostic(`${n} answers, the slowest took ${most} ms`)
    assert.ok(most < 1500, `${most} ms`)
    const said = [...world.server.log.matchAll(/"event":"redis\.(\w+)"/g)].map(match => match[1])
    assert.ok(said.length >= 4, said.join())
    said.forEach((word, i) => assert.equal(word, i % 2 ? 'back' : 'lost', 'each change is said once'))
    await up()
  })

  test('full, it keeps what it has', async () => {
    redis.ask('FLUSHALL')
    redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    redis.ask('CONFIG', 'SET', 'maxmemory', '1')
    await restart(world, redis)
    await same('full')
    await sleep(1100)
    await same('full')
    assert.equal(redis.keys('daymark:*').length, 0)
    redis.ask('CONFIG', 'SET', 'maxmemory', '0')
    await sleep(1100)
    await same('with room again')
    assert.ok(redis.keys('daymark:*').length > 0)
  })

  test('a wrong password is said once, without the password, and does no harm', async () => {
    redis.ask('CONFIG', 'SET', 'requirepass', 'right-one')
    await restart(world, { url: redis.url.replace('//', '//:wrong-one@') })
    await same('with a wrong password')
    await sleep(1100)
    await same('with a wrong password')
    succeeded(await world.ask('/readyz'))
    assert.equal(world.server.log.match(/redis\.lost/g)?.length, 1)
    assert.doesNotMatch(world.server.log, /wrong-one/)
    await restart(world, { url: redis.url.replace('//', '//:right-one@') })
    await same('with the right one')
    await up()
  })

  test('an address that makes no sense stops the start', async () => {
    for (const url of ['rediss://127.0.0.1', 'redis://:hidden@127.0.0.1/x', 'memcached://127.0.0.1']) {
      const refused = await run(DAYMARK, ['serve'], {
        env: { ...world.environment(), REDIS_URL: url },
        cwd: world.folder,
      })
      assert.notEqual(refused.code, 0)
      assert.match(refused.log, /REDIS_URL is not right/)
      assert.doesNotMatch(refused.log, /hidden/)
    }
    await redis.stop()
  })
})

onEngine('postgresql', 'two instances with one Redis', { env: { CACHE_TTL: '60' } }, (world, test) => {
  const redis = new Redis()
  let user, b

  test('the second has the answers of the first', async () => {
    await redis.start()
    await restart(world, redis, { CACHE_TTL: '60' })
    b = await another(world)
    user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    await sleep(1000) // what the sync told is heard
    const first = await answers(world, user)
    const misses = async () => (await metrics(b)).shared_misses_total
    for (let tries = 1, asked = true; asked; tries++) {
      const before = await misses()
      assert.deepEqual(await answers(b, user), first)
      asked = (await misses()) > before
      assert.ok(!asked || tries < 4, 'the database was asked')
      if (!asked) break
      await b.stop()
      b = await another(world)
    }
    assert.ok((await metrics(b)).shared_hits_total >= paths.length)
  })

  test('what one changes moves the other within a second', async t => {
    const [connection] = (await user.get('/v1/connections')).connections
    const points = async () => succeeded(await b.ask(sessions, { token: user.token })).series[0]?.points.length ?? 0
    assert.ok((await points()) > 0)
    succeeded(await user.call(`/v1/connections/${connection.id}`, { method: 'DELETE' }), 200)
    const begun = Date.now()
    await eventually(async () => (await points()) === 0, { ms: 3000, every: 20, why: 'the old answer is still given' })
    t.diagnostic(`${Date.now() - begun} ms`)
    assertWithin(begun, 1000)
    await b.stop()
    await redis.stop()
  })
})
