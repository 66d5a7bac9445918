// Thousands of requests that chance has made of real ones, against the running server: whatever comes, it answers in
// HTTP, never by a failure of its own, tells no secret, and is as well afterwards as it was before.
// MUTATIONS=100000 asks more, SEED=n others, MUTATION=n only that one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { everythingKept, noSecret } from '../lib/canary.mjs'
import { daysAgo, eventually, JWT_SECRET, succeeded } from '../lib/http.mjs'
import { answersIn, bytesOf, mutated } from '../lib/mutate.mjs'
import { idsOf, requestFor } from '../lib/requests.mjs'
import { routes } from '../lib/routes.mjs'
import { chance } from '../lib/rows.mjs'
import { CRON_TOKEN, onEngine, SECRET_KEY } from '../lib/world.mjs'

const SEED = Number(process.env.SEED ?? 20261121)
const COUNT = Number(process.env.MUTATIONS ?? 3000)
const ONLY = process.env.MUTATION && Number(process.env.MUTATION)
const AT_ONCE = 16
// Answers that say what the server can't do, and are no failure: unknown methods and versions, too many at once.
const DELIBERATE = [501, 503, 505]
const MORE_MB = /asan/.test(process.env.DAYMARK ?? '') ? 600 : 64 // the sanitizer keeps freed memory for a while

onEngine('sqlite', 'mutations', { env: { LOG_REQUESTS: 'off', BACKFILL_DAYS: '30' } }, (world, test) => {
  let user, ids, all
  const secrets = [SECRET_KEY, JWT_SECRET, CRON_TOKEN, 'CANARY-refresh', 'CANARY-other', 'CANARY-access']

  test('there is something to ask for', async () => {
    user = world.user(undefined, { role: 'admin' })
    await user.connectAll()
    assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
    ids = await idsOf(user)
    all = routes()
  })

  const real = random =>
    requestFor(random.pick(all), { ids, token: user.token, host: `127.0.0.1:${world.port}`, pick: random.pick })

  // What comes back: until it closes, or so many answers are there, or it waits for more, as it should of half a request.
  const talk = (bytes, wanted) =>
    new Promise(done => {
      let text = ''
      const socket = connect(world.port, '127.0.0.1', () => {
        socket.write(bytes)
        setTimeout(() => socket.end(), 10) // an end that arrives with the last bytes is not noticed before it is idle for too long
      })
      const timer = setTimeout(() => {
        waited++
        socket.destroy()
      }, 1000)
      const isThere = () => {
        try {
          return answersIn(text, isHead(bytes)).length >= wanted
        } catch {
          return false
        }
      }
      socket.on('data', data => {
        text += data.toString('latin1')
        if (isThere()) socket.destroy()
      })
      socket.on('error', () => {}) // it may close before all was sent
      socket.on('close', () => {
        clearTimeout(timer)
        done(text)
      })
    })

  let waited = 0
  const isHead = bytes => n => n === 0 && bytes.subarray(0, 5).toString() === 'HEAD '

  const seen = {}
  async function one(n) {
    const random = chance(SEED + n * 7919)
    const pipelined = random.often(0.1)
    const pieces = [mutated(random, real(random)), ...(pipelined ? [bytesOf(random, real(random))] : [])]
    const bytes = Buffer.concat(pieces)
    const text = await talk(bytes, pieces.length)
    const what = () => `SEED=${SEED} MUTATION=${n}: ${JSON.stringify(bytes.toString('latin1').slice(0, 1500))}`
    const answers = answersIn(text, isHead(bytes))
    seen[answers.length ? '' : 'none'] = (seen[answers.length ? '' : 'none'] ?? 0) + 1
    for (const { status, headers, body } of answers) {
      seen[status] = (seen[status] ?? 0) + 1
      assert.ok(status < 500 || DELIBERATE.includes(status), `${status} ${body}\n${what()}`)
      if (status >= 400 && headers['x-request-id'])
        assert.ok(body.length < 4000, `${body.length} bytes of refusal\n${what()}`)
      assert.doesNotMatch(body, /Sanitizer|SQLSTATE|sqlite3?_|\/src\/|\.c:\d/, what())
    }
    noSecret(secrets, what(), text)
  }

  const memory = () =>
    Number(readFileSync(`/proc/${world.server.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024

  test(`${ONLY ?? COUNT} of them`, async t => {
    if (ONLY !== undefined && ONLY !== '') return one(ONLY)
    const before = memory()
    let n = 0
    const worker = async () => {
      while (n < COUNT) {
        const mine = n++
        await one(mine).catch(error => {
          throw new Error(`SEED=${SEED} MUTATION=${mine}: ${error.message}`)
        })
        assert.ok(world.server.running, `it has ended after ${mine}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    t.diagnostic(`${JSON.stringify(seen)}, ${waited} waited; ${(memory() - before).toFixed(0)} MB more`)
    assert.ok(waited < COUNT * 0.1, `${waited} of ${COUNT} got no answer`)
    // Most of them came to a handler, or the test proves less than it says.
    const understood = [200, 201, 202, 204, 401, 403, 404, 409, 422].reduce(
      (sum, status) => sum + (seen[status] ?? 0),
      0,
    )
    assert.ok(understood > COUNT * 0.35, `${understood} of ${COUNT} were understood`)
    assert.ok((seen[200] ?? 0) > COUNT * 0.08, `${seen[200]} of ${COUNT} went well`)
    assert.ok(memory() - before < MORE_MB, `${before.toFixed(0)} MB became ${memory().toFixed(0)}`)
  })

  test('afterwards it is as well as before', async () => {
    assert.equal((await world.ask('/healthz')).status, 200)
    // Nobody waits any more, and this request is the only one that a worker has.
    const quiet = ['queued 0', 'working 1', 'held 0'].map(gauge => `\ndaymark_http_${gauge}\n`)
    await eventually(
      async () => {
        const { text } = await world.ask('/metrics')
        return quiet.every(line => text.includes(line))
      },
      { why: 'something hangs' },
    )
    const fresh = world.user()
    succeeded(await fresh.post('/v1/annotations', { date: daysAgo(10), text: 'still here' }), 201)
    assert.equal((await fresh.get('/v1/annotations')).annotations.length, 1)
    for (const [where, text] of everythingKept(world)) noSecret(secrets, where, text)
    assert.doesNotMatch(world.server.log, /"level":"error"/, world.server.log.match(/.*"level":"error".*/)?.[0])
  })
})
