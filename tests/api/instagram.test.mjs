// Instagram from the connection to the tables, through the simulator, on both engines.
import assert from 'node:assert/strict'
import { eventually, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const METRICS = 'reach views accounts_engaged total_interactions likes comments saves shares profile_views'.split(' ')
const MEDIA = 'reach views likes comments saves shares total_interactions'.split(' ')

onBothEngines('instagram', { env: { BACKFILL_DAYS: '395' } }, (world, test) => {
  const external_id = () => world.simulated.instagram_id
  const credential = token => ({ type: 'access_token', access_token: token ?? world.simulated.instagram_token })
  const connect = (user, changes = {}) =>
    user.connect({ source: 'instagram', external_id: external_id(), credential: credential(), ...changes })
  const sync = user => user.sync('/v1/sync/instagram/run')
  const truth = async (id = external_id()) => succeeded(await world.sim.ask(`/sim/truth?instagram=${id}`))
  const table = (columns, name, user, order) =>
    world.database
      .ask(
        `SELECT ${columns.map(column => `coalesce(cast(${column} AS text), 'none')`).join(` || '|' || `)}
         FROM ${name} WHERE user_id = '${user.id}' ORDER BY ${order}`,
      )
      .map(line => Object.fromEntries(line.split('|').map((text, i) => [columns[i], /^\d{1,15}$/.test(text) ? +text : text])))
  const days = user => table(['date', ...METRICS], 'ig_daily', user, 'date')
  const media = user => table(['media_id', 'product_type', ...MEDIA], 'ig_media', user, 'media_id')
  const listed = (user, isStory) =>
    media(user)
      .filter(post => (post.product_type === 'STORY') === isStory)
      .map(({ product_type, ...post }) => post)
  const posts = user => listed(user, false)
  const stories = user => listed(user, true)
  const followers = user => table(['date', 'followers'], 'ig_daily', user, 'date').filter(row => row.followers !== 'none')
  const byId = list => list.map(({ posted_at, ...post }) => post).sort((a, b) => (a.media_id < b.media_id ? -1 : 1))
  const switched = async (switches, body) => {
    await world.sim.set(switches)
    try {
      return await body()
    } finally {
      succeeded(await world.sim.ask('/sim/reset', { method: 'POST' }))
    }
  }

  test('the first sync stores what is true', async () => {
    const user = world.user()
    const connection = succeeded(await connect(user), 201)
    assert.equal(connection.name, 'Alpenglow Outdoor')
    assert.equal(connection.time_zone, 'America/Los_Angeles')
    assert.equal(connection.currency, null)
    const job = await sync(user)
    assert.equal(job.status, 'success', job.message)
    const real = await truth()
    const got = days(user)
    assert.equal(got.length, 89, 'Instagram keeps 90 days, of which 89 are whole')
    assert.deepEqual(got, real.days.slice(-89))
    assert.deepEqual(byId(posts(user)), byId(real.media))
    assert.equal(posts(user).length, 120)
    assert.deepEqual(followers(user), [{ date: real.last_day, followers: real.followers }])
    const after = await user.get(`/v1/connections/${connection.id}`)
    assert.equal(after.complete_through, real.last_day)
  })

  test('a second sync changes nothing, and followers of earlier days stay', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await sync(user)
    const real = await truth()
    const before = real.days.at(-2).date
    world.database.ask(`UPDATE ig_daily SET followers = 4711 WHERE user_id = '${user.id}' AND date = '${before}'`)
    // the count that was nearest to the end of a day stays, also if the day is read again
    world.database.ask(
      `UPDATE ig_daily SET followers = 4712 WHERE user_id = '${user.id}' AND date = '${real.last_day}'`,
    )
    const first = [days(user), posts(user)]
    assert.equal((await sync(user)).status, 'success')
    assert.deepEqual([days(user), posts(user)], first)
    assert.deepEqual(followers(user), [
      { date: before, followers: 4711 },
      { date: real.last_day, followers: 4712 },
    ])
    const notes = world.database.ask(`SELECT metric FROM restatements WHERE user_id = '${user.id}'`)
    assert.deepEqual(notes, [])
  })

  test('stories are kept when they have vanished', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await switched({ ig_story_gone: 1 }, () => sync(user))
    assert.deepEqual(stories(user), [])
    await sync(user)
    const want = (await truth()).stories
      .map(({ posted_at, ...story }) => ({ saves: 'none', ...story }))
      .sort((a, b) => (a.media_id < b.media_id ? -1 : 1))
    const got = stories(user)
    assert.deepEqual(
      got,
      want.map(story => Object.fromEntries(['media_id', ...MEDIA].map(name => [name, story[name]]))),
    )
    const job = await switched({ ig_story_gone: 1 }, () => sync(user))
    assert.equal(job.status, 'success', job.message)
    assert.deepEqual(stories(user), got)
  })

  test('a metric that spoils the calls is left out, and no other', async () => {
    for (const [poison, metric] of [
      ['profile_views', 'profile_views'],
      ['unknown', 'shares'],
      ['reach', 'reach'],
    ]) {
      const user = world.user()
      succeeded(await connect(user), 201)
      const job = await switched({ ig_poison: poison }, () => sync(user))
      assert.equal(job.status, 'success', job.message)
      assert.deepEqual(
        days(user),
        (await truth()).days.slice(-89).map(day => ({ ...day, [metric]: 'none' })),
      )
    }
  })

  test('what is empty is missing, not zero', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    const job = await switched({ ig_empty: 1 }, () => sync(user))
    assert.equal(job.status, 'success', job.message)
    const real = await truth()
    assert.deepEqual(
      days(user),
      [Object.fromEntries([['date', real.last_day], ...METRICS.map(metric => [metric, 'none'])])],
      'only the row of the followers',
    )
    assert.equal((await sync(user)).status, 'success')
  })

  test('numbers that come two days late fill in, and unknown ones wipe nothing out', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await switched({ ig_late: 48 }, () => sync(user))
    const real = await truth()
    const missing = days(user).filter(day => day.reach === 'none')
    assert.ok(missing.length >= 1)
    // as if the last runs had been on the days before: what came late is still read
    world.database.ask(
      `DELETE FROM ig_daily WHERE user_id = '${user.id}' AND date IN ('${real.days.at(-3).date}', '${real.days.at(-4).date}')`,
    )
    await sync(user)
    assert.deepEqual(days(user), real.days.slice(-89))
    await switched({ ig_empty: 1 }, () => sync(user))
    assert.deepEqual(days(user), real.days.slice(-89))
  })

  test('unpleasant posts', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    const job = await switched(
      { ig_deleted: 2, ig_few_viewers: 4, ig_refused: 6, ig_conversion: 90, ig_old_views: 60, ig_hidden_likes: 1 },
      () => sync(user),
    )
    assert.equal(job.status, 'success', job.message)
    const real = (await truth()).media
    const none = names => Object.fromEntries(names.map(name => [name, 'none']))
    const listed = { ...none(MEDIA) } // likes are hidden in the list
    const want = real
      .map((post, i) => {
        const number = i + 1
        if (number === 4 || number === 6 || number >= 90) return { ...post, ...listed, comments: post.comments }
        if (number >= 60) return { ...post, views: 'none' }
        return post
      })
      .filter((_, i) => i !== 1)
    assert.deepEqual(byId(posts(user)), byId(want))
  })

  test('numbers that the token may not see are named where they are missing', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await switched({ ig_refused: 6, ig_poison: 'saves' }, () => sync(user))
    const day = (await truth()).last_day
    const { quality } = await user.get(`/v1/widgets/ig.content_perf?startDate=${day}&endDate=${day}`)
    const codes = quality.notices.map(notice => notice.code)
    assert.ok(codes.includes('posts_refused') && codes.includes('metric_refused'), codes.join())
  })

  test('the accounts to choose from are found over many Pages', async () => {
    const answer = await switched({ ig_extra_pages: 130 }, () => world.accountsToChoose(world.user(), 'instagram'))
    assert.deepEqual(
      succeeded(answer).accounts.map(one => one.external_id),
      [world.simulated.instagram_id, world.simulated.small_instagram_id],
    )
  })

  test('passing failures are tried again', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    const job = await switched({ ig_fault: { value: 'unavailable', after: 40, times: 1 } }, () => sync(user))
    assert.equal(job.status, 'success', job.message)
    const real = await truth()
    assert.deepEqual(days(user), real.days.slice(-89))
    assert.deepEqual(byId(posts(user)), byId(real.media))
  })

  test('a limit keeps what was read and is waited for', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await world.sim.set({ ig_throttle: { value: 47, after: 40, times: 1 } })
    const { job_id: id } = succeeded(await user.call('/v1/sync/instagram/run', { method: 'POST' }), 202)
    let job
    await eventually(async () => /Waiting to try again/.test((job = await user.get(`/v1/sync/job/${id}`)).message ?? ''), {
      why: () => JSON.stringify(job),
    })
    assert.ok(['pending', 'running'].includes(job.status), job.status)
    assert.match(job.message, /too many calls/)
    const real = await truth()
    assert.deepEqual(days(user), real.days.slice(-89, -59), 'the first window, which was read before')
    assert.equal(posts(user).length, 0)
    succeeded(await world.sim.ask('/sim/reset', { method: 'POST' }))
  })

  test('a limit after a hundred posts is no failure', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    // profile, 3 windows, followers, 2 pages of the list, 104 posts
    const job = await switched({ ig_throttle: { value: 1, after: 1 + 3 + 89 + 1 + 2 + 104, times: 1 } }, () => sync(user))
    assert.equal(job.status, 'success', job.message)
    const newestFirst = (await truth()).media.map(post => post.media_id)
    const reach = Object.fromEntries(posts(user).map(post => [post.media_id, post.reach]))
    assert.equal(newestFirst.findIndex(id => reach[id] === 'none'), 104)
    assert.equal(newestFirst.length, Object.keys(reach).length)
    await sync(user)
    assert.deepEqual(byId(posts(user)), byId((await truth()).media))
  })

  test('a dead token asks for a new one and keeps the data', async () => {
    const user = world.user()
    const connection = succeeded(await connect(user), 201)
    await sync(user)
    const before = days(user)
    const job = await switched({ ig_token: 'expired' }, () => sync(user))
    assert.equal(job.status, 'failed')
    assert.equal((await user.get(`/v1/connections/${connection.id}`)).status, 'reconnect')
    assert.deepEqual(days(user), before)
    assert.doesNotMatch(world.server.log, new RegExp(world.simulated.instagram_token))
  })

  test('a connection that cannot work is refused in plain words', async () => {
    const user = world.user()
    const refused = async (changes, words) => assert.match((problem(await connect(user, changes), 422)).detail, words)
    await refused({ external_id: '@alpenglow' }, /number/)
    await refused({ external_id: 'act_123' }, /ad account/)
    await refused({ external_id: '104000000000001' }, /Page/)
    await refused({ external_id: '17841499999999999' }, /no such account/)
    await refused({ credential: credential('EAAwrong') }, /token/)
    await refused({ credential: credential('with a space') }, /access token/)
    await refused({ credential: { type: 'refresh_token', refresh_token: 'x' } }, /access_token/)
  })
})
