// Layouts: what is saved is what comes back, for each user his own; what is wrong is refused and changes nothing.
import assert from 'node:assert/strict'
import { problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const path = '/v1/dashboard/layout'
const layout = {
  version: 1,
  widgets: [
    { id: 'ga4.users', size: 'sm', x: 0, y: 0, w: 3, h: 2, note: 'é ☃ <b> "q" \\ \u0001' },
    { id: 'b', key: 'ga4.sessions', size: 'lg', deep: { a: [1, 2.5, null, true, 1e21, 9007199254740991] } },
  ],
}

onBothEngines('layout', { sim: null }, (world, test) => {
  test('is empty at first', async () => {
    assert.deepEqual((await world.user().get(path)).widgets, [])
  })

  test('comes back as it was saved', async () => {
    const user = world.user()
    assert.equal(succeeded(await user.post(path, layout)).ok, true)
    const saved = await user.get(path)
    assert.deepEqual(saved.widgets, layout.widgets)
    assert.equal(saved.version, 1)
  })

  test('is replaced by the next one, also by an empty one', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    succeeded(await user.post(path, { version: 2, widgets: [{ id: 'ga4.sessions' }] }))
    assert.deepEqual((await user.get(path)).widgets, [{ id: 'ga4.sessions' }])
    succeeded(await user.post(path, { version: 3, widgets: [] }))
    assert.deepEqual((await user.get(path)).widgets, [])
  })

  test('belongs to one user', async () => {
    const [alice, bob] = [world.user(), world.user()]
    succeeded(await alice.post(path, layout))
    succeeded(await bob.post(path, { version: 1, widgets: [{ id: 'ga4.conv_rate' }] }))
    assert.deepEqual((await alice.get(path)).widgets, layout.widgets)
    assert.deepEqual((await bob.get(path)).widgets, [{ id: 'ga4.conv_rate' }])
  })

  // The board takes the layout of the last time as a guess: a wrong one must not show.
  test('is what the board shows, whoever changed it', async () => {
    const user = world.user()
    const shown = async () =>
      Object.keys((await user.get('/v1/dashboard/data?startDate=2026-01-01&endDate=2026-01-31')).widgets)
    const replace = text =>
      world.database.load(`UPDATE user_dashboard_layouts SET layout = '${text}' WHERE user_id = '${user.id}';`)
    assert.deepEqual(await shown(), [])
    succeeded(await user.post(path, layout))
    assert.deepEqual([await shown(), await shown()], Array(2).fill(['ga4.users', 'b']))
    replace('{"widgets":[{"id":"c","key":"meta.spend"}]}')
    assert.deepEqual([await shown(), await shown()], Array(2).fill(['c']))
    replace('{"widgets":[]}')
    assert.deepEqual([await shown(), await shown()], [[], []])
    world.database.load(`DELETE FROM user_dashboard_layouts WHERE user_id = '${user.id}';`)
    assert.deepEqual(await shown(), [])
    succeeded(await user.post(path, layout))
    assert.deepEqual(await shown(), ['ga4.users', 'b'])
  })

  test('outlives a restart', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    await world.stopServer()
    await world.startServer()
    assert.deepEqual((await user.get(path)).widgets, layout.widgets)
  })

  const refusals = [
    ['an unknown widget', { body: { widgets: [{ id: 'ga4.nonsense' }] } }, 422, /ga4\.nonsense/],
    [
      'two unknown widgets, both named',
      { body: { widgets: [{ id: 'ga4.users' }, { id: 'no.one' }, { id: 'x', key: 'no.two' }] } },
      422,
      /no\.one[\s\S]*no\.two/,
    ],
    ['an unknown key beside a known id', { body: { widgets: [{ id: 'ga4.users', key: 'no.key' }] } }, 422, /no\.key/],
    ['widgets that are a text', { body: { widgets: 'x' } }, 422],
    ['no widgets at all', { body: { version: 1 } }, 422],
    ['a widget that is a number', { body: { widgets: [7] } }, 422],
    ['a widget without a name', { body: { widgets: [{ size: 'sm' }] } }, 422],
    ['a widget whose id is a number', { body: { widgets: [{ id: 7 }] } }, 422],
    ['an array', { body: [] }, 422],
    ['null', { raw: 'null' }, 422],
    ['half a JSON text', { raw: '{"widgets":[' }, 400],
    ['two JSON texts', { raw: '{"widgets":[]}{}' }, 400],
    ['nothing', { raw: '' }, 400],
    ['bytes that are not UTF-8', { raw: Buffer.from('7b2277696467657473223a5b5d2c2278223a22ff227d', 'hex') }, 400],
    ['a nest of 10,000 arrays', { raw: '['.repeat(10000) + ']'.repeat(10000) }, 400],
    ['another content type', { raw: 'x=1', headers: { 'content-type': 'text/plain' } }, 415],
    ['a form', { raw: 'widgets=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['more than 64 KB', { body: { widgets: [], pad: 'x'.repeat(70e3) } }, 413],
    ['more than 256 KB', { body: { widgets: [], pad: 'x'.repeat(300e3) } }, 413],
    ['101 widgets', { body: { widgets: Array.from({ length: 101 }, (_, n) => ({ id: 'ga4.users', n })) } }, 422],
  ]
  for (const [name, request, status, says] of refusals) {
    test(`refuses ${name}`, async () => {
      const user = world.user()
      succeeded(await user.post(path, layout))
      const answer = await user.call(path, { method: 'POST', ...request })
      problem(answer, status)
      if (says) assert.match(answer.text, says)
      assert.deepEqual((await user.get(path)).widgets, layout.widgets, 'a refused layout changed the saved one')
    })
  }

  test('takes 100 widgets', async () => {
    const user = world.user(),
      many = { version: 1, widgets: Array.from({ length: 100 }, (_, n) => ({ id: 'ga4.users', n })) }
    succeeded(await user.post(path, many))
    assert.equal((await user.get(path)).widgets.length, 100)
  })

  test('takes a JSON content type with a parameter', async () => {
    succeeded(
      await world
        .user()
        .call(path, {
          method: 'POST',
          raw: '{"widgets":[],"version":1}',
          headers: { 'content-type': 'application/json; charset=utf-8' },
        }),
    )
  })

  test('If-Match guards against two tabs', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    const tag = (await user.call(path)).headers.get('etag')
    assert.match(tag ?? '', /^"[^"]+"$/)
    problem(await user.post(path, layout, { headers: { 'if-match': '"stale"' } }), 412)
    succeeded(await user.post(path, { version: 2, widgets: [] }, { headers: { 'if-match': tag } }))
    problem(await user.post(path, layout, { headers: { 'if-match': tag } }), 412)
    assert.deepEqual((await user.get(path)).widgets, [])
    succeeded(await user.post(path, layout, { headers: { 'if-match': '*' } }))
  })

  test('two tabs that save at once: with If-Match only one wins', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    const tag = (await user.call(path)).headers.get('etag')
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        user.post(path, { version: n, widgets: [{ id: 'ga4.users', n }] }, { headers: { 'if-match': tag } }),
      ),
    )
    assert.equal(answers.filter(answer => answer.status === 200).length, 1, answers.map(answer => answer.status).join())
    assert.equal(answers.filter(answer => answer.status === 412).length, 7)
  })

  test('an unchanged layout is not sent twice', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    const tag = (await user.call(path)).headers.get('etag')
    const again = await user.call(path, { headers: { 'if-none-match': tag } })
    assert.equal(again.status, 304)
    assert.equal(again.text, '')
  })

  test('places on narrower screens are kept, and the board can be asked for by keys', async () => {
    const user = world.user()
    const places = { 6: { x: 0, y: 0, w: 3, h: 2 }, 1: { x: 0, y: 4, w: 1, h: 2 } }
    const widgets = [{ id: 'a', key: 'ga4.users', x: 0, y: 0, w: 3, h: 2, places }]
    succeeded(await user.post(path, { version: 1, widgets }))
    assert.deepEqual((await user.get(path)).widgets, widgets)
    const days = 'startDate=2026-01-01&endDate=2026-01-07'
    const data = async more => Object.keys((await user.get(`/v1/dashboard/data?${days}${more}`)).widgets)
    assert.deepEqual(await data(''), ['a'])
    assert.deepEqual(await data('&widgets=meta.spend,no.such,ga4.users,,meta.spend'), ['meta.spend', 'ga4.users'])
    assert.deepEqual(await data('&widgets='), [])
    const many = Array.from({ length: 101 }, () => 'ga4.users').join()
    problem(await user.call(`/v1/dashboard/data?${days}&widgets=${many}`), 422)
    const moved = [{ ...widgets[0], places: { ...places, 1: { x: 0, y: 0, w: 1, h: 2 } } }]
    const said = succeeded(await user.post(`${path}/import?dry=1`, { version: 1, widgets: moved }))
    assert.deepEqual(said.moved, [{ id: 'a', key: 'ga4.users', fields: ['places'] }])
    assert.deepEqual(said.changed, [])
  })
})
