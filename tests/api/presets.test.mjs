// The periods that people look at most, as the page asks for them: unique visitors are Google's own, never a sum of days.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { succeeded } from '../lib/http.mjs'
import { root } from '../lib/programs.mjs'
import { onBothEngines } from '../lib/world.mjs'

// The page's own dates, and what they are made of.
const { buildSync } = createRequire(join(root, 'ui/package.json'))('esbuild')
const [{ text }] = buildSync({ entryPoints: [join(root, 'ui/src/dates.ts')], bundle: true, format: 'esm', write: false })
  .outputFiles
const { PRESETS, addDays, daysBetween, presetRange } = await import(
  `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
)

onBothEngines('unique visitors', { sim: ['--days', '200'], env: { BACKFILL_DAYS: '95' } }, (world, test) => {
  const ranges = last => [
    ...PRESETS.map(preset => [preset, presetRange(preset, last)]),
    ...[7, 14, 28, 30, 90].map(n => [`${n} days`, { start: addDays(last, 1 - n), end: last }]),
  ]

  test('of every preset and the one before it', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    const last = (await user.get('/v1/dashboard/meta')).sources.ga4.complete_through
    const users = async ({ start, end }) =>
      (await world.sim.truth(world.simulated.property_id, start, end)).period.users
    for (const [name, range] of ranges(last)) {
      const { stats, quality } = await user.get(
        `/v1/widgets/ga4.users?startDate=${range.start}&endDate=${range.end}&compare=previous_period`,
      )
      const n = daysBetween(range.start, range.end) + 1
      const now = await users(range),
        before = await users({ start: addDays(range.start, -n), end: addDays(range.start, -1) })
      assert.equal(stats.value, now, name)
      if (before) assert.ok(Math.abs(stats.delta - (now - before) / before) < 1e-9, `${name}: ${stats.delta}`)
      else assert.equal(stats.delta, null, name)
      assert.match(quality.basis, /unique/, name)
    }
  })

  test('of any other period they are a sum of days, and it says so', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    const last = (await user.get('/v1/dashboard/meta')).sources.ga4.complete_through
    const [start, end] = [addDays(last, -10), addDays(last, -1)]
    const { stats, quality } = await user.get(`/v1/widgets/ga4.users?startDate=${start}&endDate=${end}`)
    const { days } = await world.sim.truth(world.simulated.property_id, start, end)
    assert.equal(
      stats.value,
      days.reduce((sum, day) => sum + day.users, 0),
    )
    assert.doesNotMatch(quality.basis, /unique/)
  })
})
