// What happens while a request is under way: two set-ups at once, a connection that is deleted while its new
// credential is tried. Google here is a server of our own, which can be made to wait.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after } from 'node:test'
import { assertWithin, problem, succeeded } from '../lib/http.mjs'
import { run, sleep } from '../lib/programs.mjs'
import { onBothEngines } from '../lib/world.mjs'

let hold = false
const waiting = []
const release = () => {
  hold = false
  for (const go of waiting.splice(0)) go()
}
const google = createServer((request, response) => {
  const answer = () => {
    response.setHeader('content-type', 'application/json')
    response.end(
      request.method === 'POST'
        ? '{"access_token":"at","expires_in":3599,"token_type":"Bearer"}'
        : '{"name":"properties/7","displayName":"Shop","currencyCode":"EUR","timeZone":"Europe/Paris"}',
    )
  }
  request.resume()
  if (hold) waiting.push(answer)
  else answer()
})
await new Promise(done => google.listen(0, '127.0.0.1', done))
after(() => google.close())
const url = `http://127.0.0.1:${google.address().port}`

const options = {
  sim: null,
  env: {
    GA4_ADMIN_URL: url,
    GA4_DATA_URL: url,
    GOOGLE_TOKEN_URL: `${url}/token`,
    GOOGLE_CLIENT_ID: 'c',
    GOOGLE_CLIENT_SECRET: 's',
  },
}
const credential = (token = 'first') => ({ type: 'refresh_token', refresh_token: token })

onBothEngines('meanwhile', options, (world, test) => {
  const connect = async user =>
    succeeded(await user.post('/v1/connections', { source: 'ga4', external_id: '7', credential: credential() }), 201)
  const stored = id => world.database.ask(`SELECT credential FROM connections WHERE id = '${id}'`)[0]

  test('of several set-ups at once, one makes the account', async () => {
    const code = (await world.server.says(/#setup=(\S+)/))[1]
    // Nobody can write an account for a moment, so that all of them have looked before the first has written.
    const lock = 'BEGIN; LOCK TABLE users IN EXCLUSIVE MODE; SELECT pg_sleep(1.5); COMMIT'
    const held = world.engine === 'postgresql' && run('psql', ['-X', '-q', '-d', world.database.url, '-c', lock])
    await sleep(300)
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(n =>
        world.ask('/v1/auth/setup', {
          method: 'POST',
          body: { code, email: `anna${n}@example.org`, password: 'correct horse battery' },
        }),
      ),
    )
    await held
    assert.deepEqual(answers.map(answer => answer.status).sort(), [200, 409, 409, 409, 409, 409])
    assert.deepEqual(world.database.ask('SELECT count(*) FROM users'), ['1'])
  })

  test('a connection is deleted while its new credential is tried', async () => {
    const user = world.user()
    const { id } = await connect(user)
    hold = true
    const change = user.call(`/v1/connections/${id}`, { method: 'PATCH', body: { credential: credential('second') } })
    while (!waiting.length) await sleep(10)
    succeeded(await user.call(`/v1/connections/${id}`, { method: 'DELETE' }))
    release()
    problem(await change, 404, 'unknown-connection')
    succeeded(await world.ask('/healthz'))
  })

  test('a change that is wrong in part changes nothing', async () => {
    const user = world.user()
    const { id } = await connect(user)
    const before = stored(id)
    problem(
      await user.call(`/v1/connections/${id}`, {
        method: 'PATCH',
        body: { credential: credential('second'), status: 'asleep' },
      }),
      422,
    )
    assert.equal(stored(id), before)
  })

  test('an account of a platform that is not there yet can be tried, changed and deleted', async () => {
    const user = world.user()
    const { id } = await connect(user)
    world.database.ask(`UPDATE connections SET source = 'instagram' WHERE id = '${id}'`)
    assert.ok((await user.call(`/v1/connections/${id}/test`, { method: 'POST' })).status < 500)
    problem(await user.call(`/v1/connections/${id}`, { method: 'PATCH', body: { credential: credential() } }), 422)
    succeeded(await user.call(`/v1/connections/${id}`, { method: 'DELETE' }))
  })

  test('a version of the layout that is yet to come is no version', async () => {
    const user = world.user()
    for (const match of ['"253402300800000000"', '"9223372036854775807"', '"0"', '"-1"'])
      problem(await user.post('/v1/dashboard/layout', { widgets: [] }, { headers: { 'if-match': match } }), 412)
  })

  // The last one: the server ends.
  test('a server that stops does not wait for a platform', async () => {
    const user = world.user()
    hold = true
    const creation = user.post('/v1/connections', { source: 'ga4', external_id: '7', credential: credential() })
    while (!waiting.length) await sleep(10)
    const begun = Date.now()
    const stopped = world.stopServer()
    problem(await creation, 503, 'stopping')
    await stopped
    assertWithin(begun, 5000)
    release()
  })
})
