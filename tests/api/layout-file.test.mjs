// The layout as a file: written the same way each time, compared before it is taken.
import assert from 'node:assert/strict'
import { problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const [path, out, into] = ['', '/export', '/import'].map(end => `/v1/dashboard/layout${end}`)
const layout = {
  version: 1,
  widgets: [
    { w: 3, id: 'users', key: 'ga4.users', x: 0, y: 0, h: 2 },
    {
      id: 'ga4.sessions',
      size: 'lg',
      note: '\u00e9 \u2603 "q" \\ \u0001',
      deep: { b: [1, 2.5, null, true, 1e21], a: 0.1 },
    },
    { id: 'roas', key: 'meta.roas', x: 3, y: 0, w: 3, h: 2 },
  ],
}

onBothEngines('the layout as a file', { sim: null }, (world, test) => {
  const take = (user, raw, { dry = '', ...headers } = {}) =>
    user.call(into + dry, { method: 'POST', raw: typeof raw === 'string' ? raw : JSON.stringify(raw), headers })
  const names = list => list.map(one => one.id)

  test('a round trip is equal, byte by byte', async () => {
    const [alice, bob] = [world.user(), world.user()]
    succeeded(await alice.post(path, layout))
    const file = await alice.call(out)
    assert.equal(file.headers.get('content-disposition'), 'attachment; filename="daymark-layout.json"')
    assert.equal(file.headers.get('etag'), (await alice.call(path)).headers.get('etag'))
    assert.doesNotMatch(file.text, new RegExp(alice.id))
    assert.ok(file.text.endsWith('}\n') && file.text.includes('\n    {\n      "'), file.text)
    for (const match of file.text.matchAll(/\{([^{}]*)\}/g)) {
      const keys = [...match[1].matchAll(/^ *"(\w+)":/gm)].map(one => one[1])
      assert.deepEqual(keys, [...keys].sort())
    }
    succeeded(await take(bob, file.text))
    assert.equal((await bob.call(out)).text, file.text)
    const again = succeeded(await take(alice, file.text))
    assert.equal(again.same, true)
    assert.equal((await alice.call(out)).text, file.text)
    assert.deepEqual((await bob.get(path)).widgets[0], layout.widgets[0])
  })

  test('of nothing, too', async () => {
    const user = world.user()
    assert.equal((await user.call(out)).text, '{\n  "widgets": []\n}\n')
    const first = succeeded(await take(user, layout, { 'if-match': '"none"' }))
    assert.deepEqual(names(first.added), ['users', 'ga4.sessions', 'roas'])
    assert.equal((await user.get(path)).widgets.length, 3)
  })

  test('a dry import says what would change, and changes nothing', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    const [users, sessions, roas] = layout.widgets
    const wanted = {
      version: 2,
      theme: 'dark',
      widgets: [
        { ...users, x: 6, h: 3 },
        { id: 'new', key: 'ig.reach' },
        { ...roas, key: 'meta.spend', w: 6 },
      ],
    }
    const before = (await user.call(out)).text
    for (const dry of ['?dry=1', '?dry=true']) {
      const said = succeeded(await take(user, wanted, { dry }))
      assert.deepEqual(said, {
        ok: true,
        dry: true,
        added: [{ id: 'new', key: 'ig.reach' }],
        removed: [{ id: 'ga4.sessions', key: 'ga4.sessions' }],
        moved: [{ id: 'users', key: 'ga4.users', fields: ['h', 'x'] }],
        changed: [{ id: 'roas', key: 'meta.spend', fields: ['key', 'w'] }],
        members: ['theme', 'version'],
        custom: { changed: [], added: [] },
        same: false,
      })
      assert.equal((await user.call(out)).text, before)
    }
    const done = succeeded(await take(user, wanted))
    assert.equal(done.dry, false)
    assert.deepEqual((await user.get(path)).widgets, wanted.widgets)
    const swapped = { ...wanted, widgets: [wanted.widgets[1], wanted.widgets[0], wanted.widgets[2]] }
    const order = succeeded(await take(user, swapped, { dry: '?dry=1' }))
    assert.deepEqual(
      order.moved.map(one => [one.id, one.fields]),
      [
        ['new', ['order']],
        ['users', ['order']],
      ],
    )
    const twice = { ...wanted, widgets: [...wanted.widgets, wanted.widgets[0]] }
    assert.deepEqual(names(succeeded(await take(user, twice, { dry: '?dry=1' })).added), ['users'])
    assert.ok(sessions)
  })

  test('If-Match guards it, dry or not', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    const tag = (await user.call(out)).headers.get('etag')
    problem(await take(user, layout, { dry: '?dry=1', 'if-match': '"stale"' }), 412)
    problem(await take(user, layout, { 'if-match': '"stale"' }), 412)
    succeeded(await take(user, layout, { dry: '?dry=1', 'if-match': tag }))
    const answer = await take(user, { version: 3, widgets: [] }, { 'if-match': tag })
    succeeded(answer)
    assert.notEqual(answer.headers.get('etag'), tag)
    assert.equal((await user.call(out)).headers.get('etag'), answer.headers.get('etag'))
    problem(await take(user, layout, { 'if-match': tag }), 412)
    assert.deepEqual((await user.get(path)).widgets, [])
  })

  const refusals = [
    [
      'unknown widgets, all named',
      { widgets: [{ id: 'no.one' }, { id: 'x', key: 'no.two' }] },
      422,
      /no\.one[\s\S]*no\.two/,
    ],
    ['no widgets', { version: 1 }, 422],
    ['a widget without an id', { widgets: [{ key: 'ga4.users' }] }, 422],
    ['half a file', '{"widgets":[', 400],
    ['more than 64 KB', { widgets: [], pad: 'x'.repeat(70e3) }, 413],
    ['101 widgets', { widgets: Array.from({ length: 101 }, (_, n) => ({ id: 'ga4.users', n })) }, 422],
  ]
  for (const [name, body, status, says] of refusals)
    test(`refuses ${name}, dry or not`, async () => {
      const user = world.user()
      succeeded(await user.post(path, layout))
      const before = (await user.call(out)).text
      for (const dry of ['', '?dry=1']) {
        const answer = await take(user, body, { dry })
        problem(answer, status)
        if (says) assert.match(answer.text, says)
      }
      assert.equal((await user.call(out)).text, before)
    })

  test('dry is 1 or 0', async () => {
    problem(await take(world.user(), layout, { dry: '?dry=maybe' }), 422)
  })

  const own = (user, name, definition) =>
    user.call(`/v1/widgets/custom.${name}`, { method: 'PUT', body: { title: name, ...definition } })
  const mine = async user => (await user.get('/v1/widgets')).widgets.filter(one => one.key.startsWith('custom.'))

  test("it carries the widgets of one's own that it names", async () => {
    const [alice, bob] = [world.user(), world.user()]
    succeeded(await own(alice, 'cac', { formula: 'meta.spend / ga4.conversions', description: 'what one costs' }))
    succeeded(await own(alice, 'unnamed', { formula: 'ga4.sessions' }))
    succeeded(await alice.post(path, { widgets: [{ id: 'a', key: 'custom.cac' }, { id: 'ga4.users' }] }))
    const file = (await alice.call(out)).text
    assert.deepEqual(JSON.parse(file).custom, {
      'custom.cac': { title: 'cac', formula: 'meta.spend / ga4.conversions', description: 'what one costs' },
    })
    const dry = succeeded(await take(bob, file, { dry: '?dry=1' }))
    assert.deepEqual(dry.custom, { added: ['custom.cac'], changed: [] })
    assert.deepEqual(dry.members, [])
    assert.deepEqual(await mine(bob), [])
    const done = succeeded(await take(bob, file))
    assert.deepEqual({ ...done, dry: true }, dry)
    assert.deepEqual(
      (await mine(bob)).map(one => [one.key, one.formula]),
      [['custom.cac', 'meta.spend / ga4.conversions']],
    )
    assert.equal((await bob.call(out)).text, file)
    assert.equal(succeeded(await take(alice, file)).same, true)
    assert.ok(!('custom' in (await bob.get(path))))
  })

  test('a definition that differs is replaced, and shown before; others stay', async () => {
    const user = world.user()
    succeeded(await own(user, 'cac', { formula: 'meta.spend / ga4.conversions' }))
    succeeded(await own(user, 'other', { formula: 'ga4.sessions' }))
    const file = {
      widgets: [{ id: 'custom.cac' }],
      custom: { 'custom.cac': { title: 'Cost', formula: 'meta.spend / meta.conversions' } },
    }
    const dry = succeeded(await take(user, file, { dry: '?dry=1' }))
    assert.deepEqual(dry.custom, { added: [], changed: [{ key: 'custom.cac', fields: ['formula', 'title'] }] })
    assert.equal((await mine(user)).find(one => one.key === 'custom.cac').title, 'cac')
    // Kept answers are of the old formula.
    const range = '?startDate=2026-01-01&endDate=2026-01-31'
    assert.equal((await user.get(`/v1/widgets/custom.cac${range}`)).series.length, 0)
    succeeded(await take(user, file))
    assert.deepEqual(
      (await mine(user)).map(one => [one.key, one.title, one.formula]),
      [
        ['custom.cac', 'Cost', 'meta.spend / meta.conversions'],
        ['custom.other', 'other', 'ga4.sessions'],
      ],
    )
    assert.equal(succeeded(await take(user, file)).same, true)
  })

  test('what makes no sense is refused whole, dry or not', async () => {
    const user = world.user()
    const good = { title: 'x', formula: 'ga4.sessions' }
    for (const [custom, says] of [
      [{ 'custom.a': { title: 'x', formula: 'ga4.sessions * 2 +' } }, /custom\.a.*character/],
      [{ 'custom.b': good }, /custom\.b.*no widget of the layout/],
      [{ 'ga4.users': good }, /ga4\.users.*custom\.<name>/],
      [[good], /object of definitions/],
      [{ 'custom.a': good, 'custom.b': good }, /custom\.b/],
    ])
      for (const dry of ['', '?dry=1']) {
        const file = { widgets: [{ id: 'custom.a' }, { id: 'ga4.users' }], custom }
        assert.match(problem(await take(user, file, { dry }), 422).detail, says)
        assert.deepEqual(await mine(user), [])
      }
    problem(await take(user, { widgets: [{ id: 'custom.a' }] }), 422, 'unknown-widget')
  })

  test('fifty of them, and not one more, by a file either', async () => {
    const user = world.user()
    for (let i = 0; i < 50; i++) succeeded(await own(user, `w${i}`, { formula: 'ga4.sessions' }))
    const file = key => ({ widgets: [{ id: key }], custom: { [key]: { title: 'new', formula: 'ga4.users' } } })
    for (const dry of ['?dry=1', '']) problem(await take(user, file('custom.w50'), { dry }), 422, 'too-many-widgets')
    succeeded(await take(user, file('custom.w49')))
    assert.equal((await mine(user)).length, 50)
  })

  test('an If-Match that no longer holds keeps no definition', async () => {
    const user = world.user()
    const file = { widgets: [{ id: 'custom.a' }], custom: { 'custom.a': { title: 'x', formula: 'ga4.sessions' } } }
    problem(await take(user, file, { 'if-match': '"1"' }), 412)
    assert.deepEqual(await mine(user), [])
  })

  test('what may be saved may be taken back, though the file is larger', async () => {
    const user = world.user(),
      wide = {
        widgets: Array.from({ length: 100 }, (_, n) => ({ id: `w${n}`, key: 'ga4.users', list: Array(130).fill(1) })),
      }
    succeeded(await user.post(path, wide))
    const file = (await user.call(out)).text
    assert.ok(file.length > 64 * 1024)
    assert.equal(succeeded(await take(user, file)).same, true)
  })

  test('a page shows a layout that the database wrote in its own way', async () => {
    const user = world.user()
    succeeded(await user.post(path, layout))
    const board = await user.get('/v1/dashboard/data?startDate=2026-01-01&endDate=2026-01-31')
    assert.deepEqual(Object.keys(board.widgets).sort(), ['ga4.sessions', 'roas', 'users'])
  })
})
