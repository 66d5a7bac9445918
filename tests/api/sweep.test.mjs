// Every widget against a second implementation of the same formulas (lib/model.mjs): users made by chance, asked about
// dates, comparisons and sources made by chance. SEED=n repeats one run, SWEEP=n asks more.
import assert from 'node:assert/strict'
import { succeeded } from '../lib/http.mjs'
import { comparedWith, expected, KEYS } from '../lib/model.mjs'
import { definitionOf, OWN, ownModel } from '../lib/model-own.mjs'
import { chance, daysOf, plus, sqlOf, userData } from '../lib/rows.mjs'
import { onBothEngines } from '../lib/world.mjs'

const SEED = Number(process.env.SEED ?? 20261121)
const USERS = 6
const QUESTIONS = Number(process.env.SWEEP ?? 12) // a user and widget

// An answer without what only people read, and in an order that does not matter.
function plain(answer) {
  const byName = list => [...list].sort((a, b) => (a.name < b.name ? -1 : 1))
  const { columns, quality, compare, ...rest } = answer
  return {
    ...rest,
    series: byName(rest.series),
    ...(rest.breakdown && { breakdown: byName(rest.breakdown) }),
    ...(compare && { compare: { ...compare, series: byName(compare.series) } }),
    quality: { ...quality, notices: [...new Set(quality.notices.map(one => one.code ?? one))].sort() },
  }
}

/** The paths in which two values differ; numbers may by 1e-9 of their size. */
function differences(want, got, path = 'answer') {
  if (typeof want === 'number' && typeof got === 'number')
    return Math.abs(want - got) <= 1e-9 * Math.max(1, Math.abs(want)) ? [] : [`${path}: want ${want}, got ${got}`]
  if (want === undefined && got === undefined) return []
  if (want && got && typeof want === 'object' && typeof got === 'object') {
    const names = new Set([...Object.keys(want), ...Object.keys(got)])
    return [...names].flatMap(name => differences(want[name], got[name], `${path}.${name}`))
  }
  return want === got ? [] : [`${path}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}`]
}

// Days that matter: leap days, the last complete ones, and what is beyond them.
const EDGES = [
  '2024-02-28',
  '2024-02-29',
  '2024-03-01',
  '2025-02-28',
  '2025-12-31',
  '2026-01-01',
  '2026-01-19',
  '2026-01-20',
]

function somePeriod(random) {
  const end = random.often(0.6) ? plus('2026-01-20', random.whole(-12, 3)) : random.pick(EDGES)
  const days = random.pick([1, 2, 3, 7, 7, 10, 28, 28, 30, 31, 90, 366, 400, 1100])
  if (random.often(0.05)) return { from: '2019-01-01', to: '2019-01-31' }
  return { from: plus(end, 1 - days), to: end }
}

function someQuestion(random) {
  const period = somePeriod(random)
  const compare = random.pick(['off', 'previous_period', 'previous_period', 'previous_year', 'custom'])
  const sources = random.often(0.85)
    ? ['ga4', 'meta', 'instagram']
    : ['ga4', 'meta', 'instagram'].filter(() => random.often(0.6))
  return {
    period,
    compare: compare === 'custom' ? somePeriod(random) : compare,
    sources: sources.length ? sources : ['ga4'],
  }
}

function queryOf({ period, compare, sources }) {
  const custom = typeof compare === 'object' ? `custom&compareStart=${compare.from}&compareEnd=${compare.to}` : compare
  return `startDate=${period.from}&endDate=${period.to}&compare=${custom}&sources=${sources}`
}

// What the sweep must have met, or it proves less than it says.
const met = new Set()
function note(answer, { period, compare }) {
  if (answer.compare?.basis_window) met.add('cut windows')
  if (answer.compare?.basis_window === null) met.add('no complete day to compare')
  if (answer.compare && !('basis_window' in answer.compare) && answer.stats.delta !== null) met.add('whole windows')
  if (compare === 'previous_year' && daysOf(period).some(day => day.endsWith('02-29')))
    met.add('a leap day a year back')
  const days = daysOf(period)
  for (const length of [1, 400, 1100]) if (days.length === length) met.add(`${length} days`)
  if (days.some(day => day.endsWith('12-31')) && days.some(day => day.endsWith('01-01'))) met.add('a turn of the year')
  if (answer.series.every(one => !one.points.length) && answer.stats.value === null) met.add('nothing')
  if (answer.breakdown?.some(part => part.name === 'Other')) met.add('small parts put together')
  if (answer.breakdown?.some(part => part.name.includes('(act_'))) met.add('parts of one name')
  if (answer.quality.provisional_from > period.from && answer.quality.provisional_from <= period.to)
    met.add('a provisional end')
  if (answer.quality.missing_days.length) met.add('missing days')
  if (answer.quality.basis === 'unique' && answer.compare) met.add('unique people compared')
  for (const { code } of answer.quality.notices) met.add(code)
}

onBothEngines('the sweep', { sim: null, env: { CACHE_TTL: '0' } }, (world, test) => {
  const users = []

  test('rows go in', () => {
    for (let n = 0; n < USERS; n++) {
      const user = world.user()
      const data = userData(SEED + n, n === 1)
      world.database.load(sqlOf(user.id, data))
      users.push({ user, data })
    }
  })

  async function sweep(key, seed, model) {
    const random = chance(seed)
    for (const { user, data } of users)
      for (let n = 0; n < QUESTIONS; n++) {
        const question = someQuestion(random)
        const answer = await user.get(`/v1/widgets/${key}?${queryOf(question)}`)
        const wrong = differences(plain(expected(model(data, question), data, question)), plain(answer))
        note(answer, question)
        assert.deepEqual(wrong, [], `seed ${SEED}, ${key}?${queryOf(question)}`)
      }
  }

  test('the model knows every widget', async () => {
    const { widgets } = await users[0].user.get('/v1/widgets')
    assert.deepEqual(new Set(widgets.map(one => one.key)), new Set(KEYS))
  })

  for (const key of KEYS) test(key, () => sweep(key, SEED * 31 + key.length * 7 + key.charCodeAt(4), () => key))

  for (const name of Object.keys(OWN))
    test(`of one's own: ${OWN[name].formula}${OWN[name].dimension ? ` by ${OWN[name].dimension}` : ''}`, async () => {
      for (const { user } of users)
        succeeded(await user.call(`/v1/widgets/custom.${name}`, { method: 'PUT', body: definitionOf(name) }))
      await sweep(`custom.${name}`, SEED * 17 + name.length * 5 + name.charCodeAt(1), (data, { period, compare }) =>
        ownModel(name, data, { period, before: comparedWith(period, compare) }),
      )
    })

  test('the whole board is as its parts, whatever their sources', async () => {
    const random = chance(SEED + 1)
    for (const { user } of users) {
      const widgets = KEYS.map(id => ({ id }))
      await user.post('/v1/dashboard/layout', { version: 1, widgets })
      for (const compare of ['previous_period', 'previous_year']) {
        const query = queryOf({ ...someQuestion(random), compare, sources: ['ga4', 'meta', 'instagram'] })
        const board = await user.get(`/v1/dashboard/data?${query}`)
        for (const key of KEYS) assert.deepEqual(board.widgets[key], await user.get(`/v1/widgets/${key}?${query}`), key)
      }
    }
  })

  test('it has met what it is for', () => {
    const wanted = [
      'cut windows',
      'no complete day to compare',
      'whole windows',
      'a leap day a year back',
      'a turn of the year',
      'small parts put together',
      'parts of one name',
      'a provisional end',
    ]
    wanted.push(
      '1 days',
      '400 days',
      '1100 days',
      'nothing',
      'missing days',
      'unique people compared',
      'complete_days_only',
      'currency_mixed',
    )
    wanted.push('breakdown_differs', 'rows_left_out', 'zone_differs', 'source_off', 'not_connected', 'sampled')
    wanted.push('loose_step', 'step_exceeds_previous', 'reconnect', 'paused', 'sync_failed')
    assert.deepEqual(
      wanted.filter(one => !met.has(one)),
      [],
    )
  })
})
