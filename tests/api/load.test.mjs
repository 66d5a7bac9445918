// Many at once: nobody waits for ever, nobody gets another's answer, and exactly 128 or 256 are no special numbers.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { dayOf, dense, invent, store } from '../lib/explained.mjs'
import { Events } from '../lib/events.mjs'
import { eventually, lastDays, succeeded } from '../lib/http.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

const range = lastDays(30)

// n sockets, all open before the first request is sent; each sends `each` requests, one after the other's answer.
async function crowd(port, n, each, head) {
  const sockets = await Promise.all(
    Array.from(
      { length: n },
      () =>
        new Promise((done, failed) => {
          const socket = connect(port, '127.0.0.1', () => done(socket))
          socket.setNoDelay(true)
          socket.once('error', failed)
        }),
    ),
  )
  const talk = (socket, who) =>
    new Promise((done, failed) => {
      const times = [],
        bodies = new Set()
      let text = '',
        begun
      const send = () => {
        begun = performance.now()
        socket.write(head(who))
      }
      const timer = setTimeout(
        () => failed(new Error(`connection ${who} got ${times.length} of ${each} answers in 30 s`)),
        30000,
      )
      const end = result => {
        clearTimeout(timer)
        socket.destroy()
        done(result)
      }
      socket.on('error', failed)
      socket.on('close', () => failed(new Error(`connection ${who} was closed after ${times.length} answers`)))
      socket.on('data', data => {
        text += data.toString('latin1')
        for (;;) {
          const split = text.indexOf('\r\n\r\n'),
            length = Number(text.slice(0, split).match(/content-length: (\d+)/i)?.[1] ?? 0)
          if (split < 0 || text.length < split + 4 + length) return
          times.push(performance.now() - begun)
          bodies.add(text.slice(9, 12) + text.slice(split + 4, split + 4 + length))
          text = text.slice(split + 4 + length)
          if (times.length === each) return end({ times, bodies })
          send()
        }
      })
      send()
    })
  const results = await Promise.all(sockets.map(talk))
  return { times: results.flatMap(one => one.times).sort((a, b) => a - b), bodies: results.map(one => one.bodies) }
}

const slow = /[at]san/.test(process.env.DAYMARK ?? '') ? 10 : 1

onEngine('sqlite', 'many connections', { sim: ['--days', '40'], env: { LOG_REQUESTS: 'off' } }, (world, test) => {
  let user
  const request = (path, token) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`

  test('a widget with data is in the cache', async () => {
    user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    succeeded(await user.call(`/v1/widgets/ga4.sessions?${range}`))
  })

  for (const n of [1, 127, 128, 129, 255, 256, 257, 500, 512]) {
    test(`${n} at once on a cached widget: all are answered, none stalls`, async () => {
      const { times, bodies } = await crowd(world.port, n, 20, () =>
        request(`/v1/widgets/ga4.sessions?${range}`, user.token),
      )
      assert.equal(times.length, n * 20)
      assert.equal(new Set(bodies.flatMap(one => [...one])).size, 1, 'not all got the same answer')
      assert.ok(times.at(-1) < 2000 * slow, `the slowest took ${times.at(-1).toFixed(0)} ms`)
    })
  }

  for (const n of [128, 256]) {
    test(`${n} users at once, uncached: each gets his own`, async () => {
      const users = await Promise.all(
        Array.from({ length: n }, async (_, i) => {
          const one = world.user()
          succeeded(await one.post('/v1/dashboard/layout', { version: i, widgets: [] }))
          return one
        }),
      )
      const { bodies } = await crowd(world.port, n, 5, who => request('/v1/dashboard/layout', users[who].token))
      bodies.forEach((seen, i) => {
        assert.equal(seen.size, 1)
        const [answer] = seen
        assert.equal(answer.slice(0, 3), '200')
        assert.equal(JSON.parse(answer.slice(3)).version, i)
      })
    })
  }

  test('a thousand idle connections and slow talkers do not keep others waiting', async () => {
    const idle = await Promise.all(
      Array.from(
        { length: 1000 },
        (_, n) =>
          new Promise((done, failed) => {
            const socket = connect(world.port, '127.0.0.1', () => {
              if (n % 2) socket.write('GET /v1/wid')
              done(socket)
            })
            socket.on('error', failed)
          }),
      ),
    )
    const { times } = await crowd(world.port, 50, 20, () => request(`/v1/widgets/ga4.sessions?${range}`, user.token))
    assert.ok(times.at(-1) < 1000 * slow, `the slowest took ${times.at(-1).toFixed(0)} ms`)
    idle.forEach(socket =>
      socket
        .removeAllListeners('error')
        .on('error', () => {})
        .destroy(),
    )
  })
})

onBothEngines('one computation', { sim: ['--days', '40'], env: { LOG_REQUESTS: 'off' } }, (world, test) => {
  test('200 ask the same new question at once: all get the same answer', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    const { bodies } = await crowd(
      world.port,
      200,
      1,
      () =>
        `GET /v1/widgets/ga4.traffic_channels?${range}&compare=on HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`,
    )
    const all = new Set(bodies.flatMap(one => [...one]))
    assert.equal(all.size, 1)
    assert.equal([...all][0].slice(0, 3), '200')
  })
})

// What is answered by another thread than the one that took it: the narrator's, the one that follows jobs, and the one
// of whichever message of a batch comes last.
onEngine('sqlite', 'answers of other threads', { sim: ['--days', '40'], env: { CACHE_TTL: '0' } }, (world, test) => {
  const users = []
  const period = { startDate: dayOf(30), endDate: dayOf(59) }

  test('some users have numbers, and a model to word them', async () => {
    await world.stopServer()
    Object.assign(world.env, {
      OPENAI_BASE_URL: `${world.sim.url}/v1`,
      OPENAI_API_KEY: 'sk-0123456789',
      OPENAI_MODEL: 'words-1',
    })
    await world.startServer()
    for (let seed = 1; seed <= 6; seed++) {
      const user = world.user()
      store(world.database, user.id, { through: 200, ...dense(invent(seed, { days: 60 })) })
      users.push(user)
    }
  })

  test('batches for assistants, insights and followed jobs, all at once: each gets his own', async () => {
    const tool = (id, name, args) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })
    const batch = [
      tool('i', 'get_insights', period),
      tool('w', 'get_widget', { key: 'ga4.sessions', ...period }),
      tool('j', 'get_insights', { ...period, sensitivity: 'high' }),
      tool('l', 'list_widgets', {}),
    ]
    const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-03-26' }
    const query = new URLSearchParams(period)
    async function asked(user, n) {
      const answers = succeeded(await user.post('/mcp', batch, { headers }))
      assert.deepEqual(answers.map(one => one.id).sort(), ['i', 'j', 'l', 'w'])
      for (const one of answers) assert.ok(one.result && !one.result.isError, JSON.stringify(one).slice(0, 300))
      const insights = await user.get(`/v1/insights?${query}`)
      assert.ok(insights.items.length > 0)
      return [n, JSON.stringify(await user.get(`/v1/widgets/ga4.sessions?${query}`))]
    }
    async function followed(user) {
      const { job_id: id } = succeeded(await user.post('/v1/sync/ga4/run'), 202)
      const streams = await Promise.all(
        [1, 2, 3].map(() => Events.open(world.url, `/v1/sync/job/${id}/events`, { token: user.token })),
      )
      await eventually(() => streams.every(one => one.ended), { ms: 60000, why: 'a stream does not end' })
      for (const { list } of streams) assert.ok(['success', 'failed'].includes(list.at(-1).json.status))
    }
    const own = await Promise.all(
      users.flatMap((user, n) => [asked(user, n), asked(user, n)]).concat(users.map(followed)),
    )
    const texts = new Map(own.filter(Boolean))
    assert.equal(new Set(texts.values()).size, users.length, 'two users got the same')
  })
})
