// Connections: made with a credential that is tried first, listed without it, changed, tested and deleted.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem, succeeded, UUID } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const serviceAccount = token_uri => ({
  type: 'service_account',
  project_id: 'p',
  private_key_id: 'k1',
  client_email: 'daymark@p.iam.example.org',
  client_id: '1',
  token_uri,
  private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
})

onBothEngines('connections', { sim: ['--days', '20'] }, (world, test) => {
  test('there are none at first', async () => {
    assert.deepEqual((await world.user().get('/v1/connections')).connections, [])
  })

  test('a GA4 property is connected, and says what it is', async () => {
    const user = world.user()
    const answer = await user.connect()
    const made = succeeded(answer, 201)
    assert.match(made.id, UUID)
    assert.equal(answer.headers.get('location'), `/v1/connections/${made.id}`)
    assert.equal(made.source, 'ga4')
    assert.equal(made.external_id, world.simulated.property_id)
    assert.equal(made.status, 'connected')
    for (const name of ['name', 'currency', 'time_zone'])
      assert.ok(made[name], `${name} is not known after it was tried`)
    assert.deepEqual(succeeded(await user.call(`/v1/connections/${made.id}`)).id, made.id)
    assert.equal((await user.get('/v1/dashboard/meta')).connected_sources.ga4, true)
  })

  test('the credential is in no answer, not in the log, and sealed in the database', async () => {
    const user = world.user(),
      secret = world.simulated.refresh_token
    const made = await user.connect()
    const texts = [
      made.text,
      (await user.call('/v1/connections')).text,
      (await user.call(`/v1/connections/${made.json.id}`)).text,
      (await user.call('/v1/dashboard/meta')).text,
      world.server.log,
    ]
    for (const text of texts) assert.ok(!text.includes(secret), text.slice(0, 200))
    const [stored] = world.database.ask(`SELECT credential FROM connections WHERE id = '${made.json.id}'`)
    assert.match(stored, /^v1\|/)
    assert.ok(!stored.includes(secret))
  })

  test('"properties/…" is the same property', async () => {
    const user = world.user()
    assert.equal(
      succeeded(await user.connect({ external_id: `properties/${world.simulated.property_id}` }), 201).external_id,
      world.simulated.property_id,
    )
    problem(await user.connect(), 409)
  })

  test('two users may connect the same property', async () => {
    succeeded(await world.user().connect(), 201)
    succeeded(await world.user().connect(), 201)
  })

  test('a service account works too', async () => {
    const user = world.user()
    succeeded(
      await user.connect({ credential: { type: 'service_account', key: await world.sim.serviceAccount() } }),
      201,
    )
    assert.equal((await user.sync()).status, 'success')
  })

  const wrong = [
    ['a source that does not exist', { source: 'tiktok' }],
    ['no source', { source: undefined }],
    ['no credential', { credential: undefined }],
    ['a credential that is a text', { credential: 'x' }],
    ['a credential of no known kind', { credential: { type: 'magic' } }],
    ['an empty refresh token', { credential: { type: 'refresh_token', refresh_token: '' } }],
    ['a measurement id', { external_id: 'G-ABC123' }],
    ['an old Universal Analytics id', { external_id: 'UA-1234-1' }],
    ['no id', { external_id: '' }],
    ['an id that is no number', { external_id: '12; DROP TABLE users' }],
    ['a service account without a key', { credential: { type: 'service_account', key: {} } }],
    [
      'a service account with half a key',
      { credential: { type: 'service_account', key: { ...serviceAccount('http://127.0.0.1:1/'), private_key: 'x' } } },
    ],
    ['verify that is a text', { verify: 'no' }],
    ['a member nobody knows', { status: 'connected' }],
    ["another user's id", { user_id: '00000000-0000-4000-8000-000000000000' }],
  ]
  for (const [name, changes] of wrong) {
    test(`refuses ${name}`, async () => {
      const user = world.user()
      const detail = problem(await user.connect(changes), 422).detail
      assert.ok(detail.length > 10, detail)
      assert.deepEqual((await user.get('/v1/connections')).connections, [])
    })
  }

  // What is wrong, and the words in which it is said.
  const key = async changes => ({ type: 'service_account', key: { ...(await world.sim.serviceAccount()), ...changes } })
  const plain = [
    ['a measurement id', {}, () => ({ external_id: 'G-ABC123' }), /measurement ID of a data stream.*only digits/],
    ['one with spaces', {}, () => ({ external_id: ' G - ABC123' }), /measurement ID of a data stream/],
    ['an old id', {}, () => ({ external_id: 'UA-1234-1' }), /Universal Analytics ID, which ended in 2023/],
    ['a container', {}, () => ({ external_id: 'GTM-ABC' }), /Tag Manager ID/],
    [
      "the account's number",
      {},
      () => ({ external_id: '101' }),
      /^101 is the number of an Analytics account; .*\(\d+\)/,
    ],
    ["another's property", {}, () => ({ external_id: '999999999' }), /not among those that it can read \(.*as Viewer/],
    ['no permission', { denied: 'permission' }, () => ({}), /Property access management.*as Viewer/],
    ['no Data API', { denied: 'data_api' }, () => ({}), /Google Analytics Data API is switched off.*APIs & Services/],
    ['a dead sign-in', { invalid_grant: 1 }, () => ({}), /connect again .*"Testing" mode it ends after 7 days/],
    [
      'a deleted key',
      { invalid_grant: 1 },
      async () => ({ credential: await key() }),
      /no longer accepts .*key.*connect again with a new key/,
    ],
    [
      "somebody's own sign-in",
      {},
      async () => ({ credential: await key({ type: 'authorized_user' }) }),
      /a person's own sign-in.*Service accounts > Keys/,
    ],
    [
      'an OAuth client',
      {},
      () => ({ credential: { type: 'service_account', key: { web: { client_id: '1' } } } }),
      /OAuth client's, not a key.*GOOGLE_CLIENT_ID/,
    ],
    ['an API key', {}, () => ({ credential: { type: 'service_account', key: 'AIzaSyX' } }), /this is an API key/],
    [
      'a key that was cut off',
      {},
      async () => {
        const { private_key } = await world.sim.serviceAccount()
        return { credential: await key({ private_key: private_key.slice(0, 600) }) }
      },
      /damaged or cut off: paste the whole JSON file/,
    ],
  ]
  for (const [name, switches, changes, says] of plain)
    test(`says in plain words: ${name}`, async () => {
      const user = world.user(),
        wanted = await changes()
      await world.sim.set(switches)
      try {
        assert.match(problem(await user.connect(wanted), 422).detail, says)
      } finally {
        await world.sim.reset()
      }
    })

  test('a project without the Admin API is connected all the same', async () => {
    await world.sim.set({ denied: 'admin_api' })
    try {
      const made = succeeded(await world.user().connect(), 201)
      assert.equal(made.name, null)
      assert.ok(made.currency && made.time_zone, JSON.stringify(made)) // the Data API says these, too
    } finally {
      await world.sim.reset()
    }
  })

  test('a key whose line ends were damaged is mended, and the file itself is as good as {key}', async () => {
    const { private_key } = await world.sim.serviceAccount()
    const credential = await key({ private_key: private_key.replaceAll('\n', '\\n') })
    succeeded(await world.user().connect({ credential }), 201)
    succeeded(await world.user().connect({ credential: await world.sim.serviceAccount() }), 201)
  })

  test('the command says what it wants, and never quotes a key', async () => {
    const help = await world.command(['connect', '--help'])
    assert.match(help.out, /ga4 +the property's number.*not a measurement ID.*act_123.*instagram/s)
    const added = await world.command(['user', 'add', 'kim@example.org'], { input: 'a long password of kim\n' })
    assert.equal(added.code, 0, added.log)
    const file = join(world.folder, 'half.json')
    const text = JSON.stringify(await world.sim.serviceAccount())
    for (const part of [text.slice(0, text.indexOf('BEGIN') + 80), 'AIza-not-json', '']) {
      writeFileSync(file, part)
      const made = await world.command(['connect', 'ga4', '1', '--user', 'kim@example.org', '--key', file])
      assert.notEqual(made.code, 0)
      assert.match(made.log, /is no JSON, or it is cut off/)
      assert.doesNotMatch(made.log, /BEGIN|AIza/)
    }
  })

  test('a dead refresh token is a 422 that says what to do, and verify:false skips the trial', async () => {
    const user = world.user(),
      credential = { type: 'refresh_token', refresh_token: 'not-one-of-ours' }
    const { detail } = problem(await user.connect({ credential }), 422)
    assert.ok(detail.length > 20)
    assert.ok(!detail.includes('not-one-of-ours'))
    const made = succeeded(await user.connect({ credential, verify: false }), 201)
    problem(await user.post(`/v1/connections/${made.id}/test`, {}), 422)
  })

  test('a property that the token may not read is a 422', async () => {
    problem(await world.user().connect({ external_id: '999999999' }), 422)
  })

  test('a connection can be tested, paused, resumed and given a new credential', async () => {
    const user = world.user(),
      { id } = succeeded(await user.connect(), 201),
      path = `/v1/connections/${id}`
    const change = body => user.call(path, { method: 'PATCH', body })
    succeeded(await user.post(`${path}/test`, {}))
    assert.equal(succeeded(await change({ status: 'paused' })).status, 'paused')
    assert.equal(succeeded(await change({ status: 'connected' })).status, 'connected')
    succeeded(await change({ credential: world.credential() }))
    problem(await change({ status: 'error' }), 422)
    problem(await change({ external_id: '1' }), 422)
    problem(await change({ credential: { type: 'magic' } }), 422)
  })

  test('deleting it deletes its data', async () => {
    const user = world.user(),
      { id } = succeeded(await user.connect(), 201)
    const rows = () => Number(world.database.ask(`SELECT count(*) FROM ga4_daily WHERE user_id = '${user.id}'`)[0])
    assert.equal((await user.sync()).status, 'success')
    assert.ok(rows() > 0)
    succeeded(await user.call(`/v1/connections/${id}`, { method: 'DELETE' }))
    assert.equal(rows(), 0)
    assert.deepEqual((await user.get('/v1/connections')).connections, [])
    assert.equal((await user.get('/v1/dashboard/meta')).connected_sources.ga4, false)
    problem(await user.call(`/v1/connections/${id}`, { method: 'DELETE' }), 404)
  })

  test('an id that is none is a 404', async () => {
    const user = world.user()
    for (const id of ['zzz', '00000000-0000-4000-8000-000000000000', "' OR 1=1 --"])
      problem(await user.call(`/v1/connections/${encodeURIComponent(id)}`), 404)
  })

  // The last one: the old sign-in is dead from then on.
  test('a platform that gives a new sign-in each time it is asked does not lock us out', async () => {
    const who = world.user()
    await world.sim.set({ rotate: 'replace' })
    try {
      const { id } = succeeded(await who.connect(), 201)
      for (let i = 0; i < 3; i++) succeeded(await who.post(`/v1/connections/${id}/test`, {}))
      assert.equal((await who.sync()).status, 'success')
      succeeded(await who.post(`/v1/connections/${id}/test`, {}))
    } finally {
      await world.sim.set({ rotate: 'none' })
    }
  })
})
