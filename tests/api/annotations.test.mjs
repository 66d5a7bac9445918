// Notes about days: kept for each user, plain text, and shown by the widgets they are about.
import assert from 'node:assert/strict'
import { problem, succeeded, UUID } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const path = '/v1/annotations'
const range = 'startDate=2026-01-05&endDate=2026-01-08'

onBothEngines('annotations', { sim: null }, (world, test) => {
  const patch = (user, id, body) => user.call(`${path}/${id}`, { method: 'PATCH', body })

  test('a note is made, read, changed and deleted', async () => {
    const user = world.user()
    assert.deepEqual((await user.get(path)).annotations, [])
    const answer = await user.post(path, { date: '2026-01-06', text: 'Sale began' })
    const made = succeeded(answer, 201)
    assert.match(made.id, UUID)
    assert.equal(answer.headers.get('location'), `${path}/${made.id}`)
    assert.deepEqual(
      [made.date, made.end, made.text, made.widget, made.source],
      ['2026-01-06', null, 'Sale began', null, null],
    )
    assert.deepEqual(await user.get(`${path}/${made.id}`), made)
    const longer = succeeded(await patch(user, made.id, { end: '2026-01-09', widget: 'ga4.users' }))
    assert.deepEqual(
      [longer.date, longer.end, longer.text, longer.widget],
      ['2026-01-06', '2026-01-09', 'Sale began', 'ga4.users'],
    )
    const about = succeeded(await patch(user, made.id, { widget: null, source: 'ig', text: 'Other' }))
    assert.deepEqual([about.widget, about.source, about.text, about.end], [null, 'instagram', 'Other', '2026-01-09'])
    assert.equal(succeeded(await patch(user, made.id, { end: null })).end, null)
    assert.equal(succeeded(await patch(user, made.id, { date: '2026-01-07' })).date, '2026-01-07')
    succeeded(await user.call(`${path}/${made.id}`, { method: 'DELETE' }))
    for (const method of ['GET', 'DELETE', 'PATCH'])
      problem(await user.call(`${path}/${made.id}`, { method, ...(method === 'PATCH' && { body: {} }) }), 404)
  })

  test('a list is of a range, oldest first', async () => {
    const user = world.user()
    for (const [date, end] of [
      ['2026-01-08'],
      ['2026-01-01', '2026-01-05'],
      ['2026-01-09'],
      ['2026-01-04'],
      ['2025-12-01', '2026-02-01'],
    ])
      succeeded(await user.post(path, { date, end, text: date }), 201)
    const dates = async query => (await user.get(`${path}${query}`)).annotations.map(one => one.date)
    assert.deepEqual(await dates(`?${range}`), ['2025-12-01', '2026-01-01', '2026-01-08'])
    assert.equal((await dates('')).length, 5)
    problem(await user.call(`${path}?startDate=2026-01-05`), 422)
    problem(await user.call(`${path}?startDate=2026-01-05&endDate=2026-01-01`), 422)
  })

  const good = { date: '2026-01-06', text: 'Sale' }
  const refusals = [
    ['no date', { text: 'x' }],
    ['an impossible date', { ...good, date: '2026-02-30' }],
    ['an end before the date', { ...good, end: '2026-01-05' }],
    ['an end that is a number', { ...good, end: 7 }],
    ['no text', { date: '2026-01-06' }],
    ['an empty text', { ...good, text: '' }],
    ['a text of nothing that shows', { ...good, text: ' \n\t\u202e ' }],
    ['201 characters', { ...good, text: 'x'.repeat(201) }],
    ['a text that is a number', { ...good, text: 7 }],
    ['an unknown widget', { ...good, widget: 'ga4.nothing' }],
    ['a widget that is a number', { ...good, widget: 7 }],
    ['an unknown source', { ...good, source: 'tiktok' }],
    ['a widget and a source', { ...good, widget: 'ga4.users', source: 'ga4' }],
    ['a member that nobody knows', { ...good, html: '<b>' }],
  ]
  for (const [name, body] of refusals)
    test(`refuses ${name}`, async () => {
      const user = world.user()
      problem(await user.post(path, body), 422)
      assert.deepEqual((await user.get(path)).annotations, [])
      const { id } = succeeded(await user.post(path, good), 201)
      if (body.date && body.text) problem(await patch(user, id, body), 422)
      assert.equal((await user.get(`${path}/${id}`)).text, 'Sale')
    })

  test('a text is one line of what can be seen, and never more than text', async () => {
    const user = world.user()
    const kept = async text => succeeded(await user.post(path, { ...good, text }), 201).text
    assert.equal(await kept('<b>bold</b> & "quoted"'), '<b>bold</b> & "quoted"')
    assert.equal(await kept('two\nlines\tand \u0007 a bell'), 'two lines and a bell')
    assert.equal(await kept('turned \u202egpj.exe'), 'turned gpj.exe')
    assert.equal(await kept('\u{1f600}'.repeat(200)), '\u{1f600}'.repeat(200))
    assert.equal(await kept("'; DROP TABLE annotations; --"), "'; DROP TABLE annotations; --")
  })

  test('widgets show those that are about them, and move with them', async () => {
    const user = world.user(),
      other = world.user()
    const notes = async key => (await user.get(`/v1/widgets/${key}?${range}`)).annotations
    assert.equal(await notes('ga4.users'), undefined)
    const make = async body => succeeded(await user.post(path, body), 201).id
    const all = await make({ date: '2026-01-06', text: 'All' })
    const one = await make({ date: '2026-01-08', text: 'One', widget: 'ga4.users' })
    const meta = await make({ date: '2026-01-05', text: 'Meta', source: 'meta' })
    await make({ date: '2026-01-09', text: 'Later' })
    const ids = async key => (await notes(key)).map(note => note.id)
    assert.deepEqual(await ids('ga4.users'), [all, one])
    assert.deepEqual(await ids('ga4.sessions'), [all])
    assert.deepEqual(await ids('meta.spend'), [meta, all])
    assert.deepEqual(await ids('corr.mer'), [meta, all])
    assert.deepEqual(await notes('ga4.sessions'), [{ id: all, date: '2026-01-06', text: 'All' }])
    assert.equal((await other.get(`/v1/widgets/ga4.users?${range}`)).annotations, undefined)
    succeeded(await user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'a', key: 'meta.spend' }] }))
    assert.equal((await user.get(`/v1/dashboard/data?${range}`)).widgets.a.annotations.length, 2)
    succeeded(await patch(user, all, { end: '2026-01-07' }))
    assert.equal((await notes('ga4.sessions'))[0].end, '2026-01-07')
    succeeded(await user.call(`${path}/${all}`, { method: 'DELETE' }))
    assert.equal(await notes('ga4.sessions'), undefined)
  })

  test('an answer shows the newest hundred', async () => {
    const user = world.user()
    const rows = Array.from({ length: 1000 }, (_, n) => {
      const id = `f0000000-0000-4000-8000-${user.id.slice(-8)}${String(n).padStart(4, '0')}`
      const day = `2026-0${1 + (Math.floor(n / 28 / 4) % 9)}-${String(1 + (n % 28)).padStart(2, '0')}`
      return `('${user.id}', '${id}', '${day}', '${day}', 'n${n}', NULL, NULL, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`
    })
    world.database.load(
      `INSERT INTO annotations (user_id, id, date, end_date, text, widget, source, created_at, updated_at) VALUES ${rows};`,
    )
    const { annotations } = await user.get('/v1/widgets/ga4.users?startDate=2026-01-01&endDate=2026-12-31')
    assert.equal(annotations.length, 100)
    const dates = annotations.map(note => note.date)
    assert.deepEqual(dates, [...dates].sort())
    assert.equal((await user.get(path)).annotations.at(-1).date, dates.at(-1))
    problem(await user.post(path, good), 422)
  })
})
