// A widget as CSV: opened with a real parser (Python's), the numbers are those of the JSON answer, and no text is a formula.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { problem, succeeded } from '../lib/http.mjs'
import { KEYS } from '../lib/model.mjs'
import { daysOf, sqlOf, userData } from '../lib/rows.mjs'
import { onBothEngines } from '../lib/world.mjs'

const period = { from: '2026-01-05', to: '2026-01-22' }
const range = `startDate=${period.from}&endDate=${period.to}`

/** The cells of each file as Python's csv module reads them, strictly. */
function parseAll(files) {
  const script = `
import base64, csv, io, json, sys
texts = [base64.b64decode(line).decode('utf-8-sig') for line in sys.stdin]
print(json.dumps([list(csv.reader(io.StringIO(text, newline=''), strict=True)) for text in texts]))`
  const input = files.map(bytes => bytes.toString('base64') + '\n').join('')
  return JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1 << 28 }))
}
const parse = bytes => parseAll([bytes])[0]

const DANGEROUS = /^[\s\u0000-\u001f\u200b-\u200f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
const same = (cell, value) =>
  value === null || value === undefined
    ? assert.equal(cell, '')
    : typeof value === 'number'
      ? assert.ok(/^-?[\d.]+(e[+-]?\d+)?$/.test(cell) && Number(cell) === value, `${cell} is not ${value}`)
      : assert.equal(cell, DANGEROUS.test(value) ? `'${value}` : value)

/** What the answer's list, parts or days must look like as rows of cells. */
function sameList(rows, names, list) {
  assert.deepEqual(rows[0], names)
  assert.equal(rows.length, list.length + 1)
  list.forEach((object, i) => names.forEach((name, k) => same(rows[i + 1][k], object[name])))
}

function sameDays(rows, answer, compared) {
  const sides = [{ series: answer.series, days: daysOf(period) }]
  if (answer.compare) sides.push({ series: answer.compare.series, days: daysOf(compared) })
  const [head, ...body] = rows
  assert.equal(body.length, Math.max(...sides.map(side => side.days.length)))
  let column = 0
  for (const { series, days } of sides) {
    assert.equal(head[column], column ? 'compare_date' : 'date')
    body.forEach((row, i) => same(row[column], days[i]))
    column++
    for (const { name, points } of series) {
      same(head[column].replace(/ \(compared\)$/, ''), name)
      const at = new Map(points.map(point => [point.t, point.v]))
      body.forEach((row, i) => same(row[column], at.get(days[i])))
      column++
    }
  }
  assert.equal(head.length, column)
}

onBothEngines('export', { sim: null }, (world, test) => {
  let user, raw
  const get = (key, query) => user.get(`/v1/widgets/${key}?${query}`)
  // fetch's text () would drop the byte order mark
  const file = async (key, query) => {
    const answer = await fetch(`${world.url}/v1/widgets/${key}/export?${query}`, {
      headers: { authorization: `Bearer ${user.token}` },
    })
    raw = Buffer.from(await answer.arrayBuffer())
    return answer
  }

  const HOSTILE = [
    '=HYPERLINK("http://evil.example","click")',
    '@SUM(A1:A9)',
    '\t=1',
    '-12.5',
    '+1',
    '\uff1d1+1',
    '\uff0b1',
    '\uff0d1',
    '\uff20x',
    '\r=1',
    ' \u00a0\ufeff=1',
    'a "quoted", thing; and\nlines\rhere',
    '\u{1f600} caf\u00e9',
    "it's",
    'DDE|x',
  ]

  const OWN = {
    'custom.by_day': { title: '=1+1', formula: 'ga4.engaged_sessions - ga4.sessions' },
    'custom.by_channel': { title: '@a', formula: 'ga4.conversions / ga4.sessions', dimension: 'channel' },
    'custom.by_campaign': { title: '\uff0bb', formula: 'meta.spend', dimension: 'campaign' },
  }
  const ALL = [...KEYS, ...Object.keys(OWN)]

  test('rows go in, hostile names among them', async () => {
    user = world.user()
    const data = userData(7, true)
    for (const day of ['2026-01-06', '2026-01-07'])
      HOSTILE.forEach((name, i) => {
        data.ga4_landing_daily.push({ account: '101', date: day, page: name, sessions: 1000 + i, conversions: i })
        data.ga4_channel_daily.push({ account: '101', date: day, channel: name, sessions: 10 + i })
        data.meta_daily.push({
          ...data.meta_daily[0],
          date: day,
          campaign_id: `h${i}`,
          campaign: name,
          spend_micros: i * 1e6 + 1,
        })
      })
    data.ig_media.forEach((post, i) => (post.caption = HOSTILE[i % HOSTILE.length]))
    // a refund: a real number below zero stays one
    data.ga4_daily.filter(row => row.date === '2026-01-08').forEach(row => (row.revenue_micros = -12500000))
    world.database.load(sqlOf(user.id, data))
    for (const [key, body] of Object.entries(OWN))
      succeeded(await user.call(`/v1/widgets/${key}`, { method: 'PUT', body }))
  })

  test('every widget of the registry can be exported, with the numbers of its answer', async () => {
    const { widgets } = await user.get('/v1/widgets')
    const files = [], // and what each of them must say
      checks = []
    const SHARES = ['key', 'name', 'value', 'share_of_previous', 'share_of_first']
    assert.deepEqual(new Set(widgets.map(one => one.key)), new Set(ALL))
    for (const { key, exportable } of widgets) {
      assert.equal(exportable, true)
      for (const [compare, compared] of [
        ['off', null],
        ['previous_period', { from: '2025-12-18', to: '2026-01-04' }],
        ['custom&compareStart=2025-12-01&compareEnd=2025-12-31', { from: '2025-12-01', to: '2025-12-31' }],
      ]) {
        const query = `${range}&compare=${compare}`
        const answer = await get(key, query)
        const delta = answer.compare ? ['delta'] : []
        const csv = await file(key, `${query}&format=csv`)
        assert.equal(csv.status, 200, key)
        assert.match(csv.headers.get('content-type'), /^text\/csv; charset=utf-8/)
        assert.equal(
          csv.headers.get('content-disposition'),
          `attachment; filename="daymark-${key}-${period.from}-${period.to}.csv"`,
        )
        assert.equal(csv.headers.get('cache-control'), 'no-store')
        files.push(raw)
        checks.push(rows => {
          if (answer.items) sameList(rows, [...answer.columns.map(one => one.key), ...delta], answer.items)
          else if (answer.breakdown) sameList(rows, ['name', 'value', 'share', ...delta], answer.breakdown)
          else if (answer.steps)
            sameList(rows, [...SHARES, ...delta, ...delta.map(one => `share_${one}`)], answer.steps)
          else sameDays(rows, answer, compared)
        })
        if (answer.series.length) {
          assert.equal((await file(key, `${query}&part=days`)).status, 200)
          files.push(raw)
          checks.push(rows => sameDays(rows, answer, compared))
        }
      }
    }
    parseAll(files).forEach((rows, i) => checks[i](rows))
  })

  test('it is RFC 4180 in UTF-8 with a byte order mark', async () => {
    await file('ga4.landing_pages', range)
    assert.deepEqual([...raw.subarray(0, 3)], [0xef, 0xbb, 0xbf])
    const text = raw.toString('utf8')
    assert.ok(text.endsWith('\r\n'))
    assert.doesNotMatch(text.replace(/"(?:[^"]|"")*"/g, ''), /[^\r]\n|\r[^\n]/, 'a line ends without CRLF')
  })

  test('no text can run as a formula; a number below zero is a number', async () => {
    const files = []
    for (const key of ALL) {
      await file(key, range)
      files.push(raw)
    }
    for (const cell of parseAll(files).flat(2))
      assert.ok(!DANGEROUS.test(cell) || /^-[\d.]+$/.test(cell), `there is the cell ${JSON.stringify(cell)}`)
    await file('ga4.landing_pages', range)
    const pages = parse(raw).map(row => row[0])
    for (const name of HOSTILE) assert.ok(pages.includes(DANGEROUS.test(name) ? `'${name}` : name), name)
    await file('ga4.revenue', range)
    const refund = parse(raw).find(row => row[0] === '2026-01-08')
    assert.ok(
      refund.slice(1).some(cell => Number(cell) < 0),
      refund.join(),
    )
    await file('ga4.traffic_channels', `${range}&part=days`)
    assert.ok(parse(raw)[0].includes("'@SUM(A1:A9)"))
    await file('custom.by_day', range)
    assert.deepEqual(parse(raw)[0], ['date', "'=1+1"])
    assert.ok(parse(raw).some(row => Number(row[1]) < 0))
    await file('custom.by_channel', range)
    assert.ok(parse(raw).some(row => row[0] === "'@SUM(A1:A9)"))
  })

  test('a source that is off leaves the header', async () => {
    await file('ga4.sessions', `${range}&sources=meta`)
    const rows = parse(raw)
    assert.deepEqual(rows[0], ['date'])
    assert.equal(rows.length, daysOf(period).length + 1)
    await file('meta.campaigns', `${range}&sources=ga4`)
    assert.equal(parse(raw).length, 1)
  })

  test('what cannot be is refused', async () => {
    const call = query => user.call(`/v1/widgets/ga4.sessions/export?${query}`)
    for (const query of [
      `${range}&format=xlsx`,
      `${range}&format=`,
      `${range}&format=CSV`,
      `${range}&part=table`,
      `${range}&part=nothing`,
      'format=csv',
      'startDate=2026-02-30&endDate=2026-03-01',
    ])
      problem(await call(query), 422)
    problem(await user.call(`/v1/widgets/ga4.nothing/export?${range}`), 404)
    problem(await world.ask(`/v1/widgets/ga4.sessions/export?${range}`), 401)
  })

  test('another user gets his own numbers, which are none', async () => {
    const other = world.user()
    const answer = await other.call(`/v1/widgets/ga4.landing_pages/export?${range}`)
    assert.equal(answer.text.replace('\ufeff', '').trim().split('\r\n').length, 1)
  })
})
