// Our totals beside the source's own: equal, explained by something that is true, or said to be neither.
import assert from 'node:assert/strict'
import { assertWithin, daysAgo, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const byName = answer => Object.fromEntries(answer.metrics.map(metric => [metric.metric, metric]))
const codes = metric => metric.why.map(why => why.code)
const PEOPLE = ['users', 'reach', 'accounts_engaged']
const SOURCES = {
  ga4: {
    connect: sim => ({ external_id: sim.property_id }),
    table: 'ga4_daily',
    entity: 'property_id',
    alter: 'sessions',
    metric: 'sessions',
    metrics: ['sessions', 'engaged_sessions', 'page_views', 'conversions', 'revenue', 'users'],
    fault: { fault: '503' },
    refused: { denied: 'permission' },
    dead: { invalid_grant: 1 },
  },
  meta: {
    connect: sim => ({
      source: 'meta',
      external_id: sim.ad_account_id,
      credential: { type: 'access_token', access_token: sim.meta_access_token },
    }),
    table: 'meta_daily',
    entity: 'account_id',
    alter: 'spend_micros',
    metric: 'spend',
    metrics: ['spend', 'impressions', 'clicks', 'link_clicks', 'conversions', 'revenue', 'reach'],
    fault: { meta_fault: '2' },
    refused: { meta_fault: '200' },
    dead: { meta_fault: '190/463' },
  },
  instagram: {
    connect: sim => ({
      source: 'instagram',
      external_id: sim.instagram_id,
      credential: { type: 'access_token', access_token: sim.instagram_token },
    }),
    table: 'ig_daily',
    entity: 'account_id',
    alter: 'likes',
    metric: 'likes',
    metrics: [
      'reach',
      'views',
      'accounts_engaged',
      'total_interactions',
      'likes',
      'comments',
      'saves',
      'shares',
      'profile_views',
    ],
    fault: { ig_fault: 'unavailable' },
    refused: { ig_denied: 1 },
    dead: { ig_token: 'expired' },
  },
}

onBothEngines('reconcile', { together: true, sim: ['--days', '120'] }, (world, test) => {
  const path = (id, from, to) => `/v1/connections/${id}/reconcile?startDate=${from}&endDate=${to}`
  const ask = (user, id, from, to) => user.get(path(id, from, to))
  async function switched(switches, body) {
    await world.sim.set(switches)
    try {
      return await body()
    } finally {
      await world.sim.reset()
    }
  }

  // An account that has been synced, all its purchases in.
  async function account(source, switches = { meta_drift: 0 }) {
    const user = world.user()
    const { id, external_id } = succeeded(await user.connect(SOURCES[source].connect(world.simulated)), 201)
    await switched(switches, async () => {
      const job = await user.sync(`/v1/sync/${source}/run`)
      assert.equal(job.status, 'success', job.message)
    })
    return { user, id, external_id, ...SOURCES[source] }
  }
  const change = (one, sql) =>
    world.database.ask(sql.replaceAll('$T', `${one.table}`) + ` AND user_id = '${one.user.id}'`)

  for (const source of Object.keys(SOURCES)) {
    test(`${source}: settled days are exact, and ours is the widgets' number`, async () => {
      const one = await account(source)
      for (const [from, to] of [
        [daysAgo(60), daysAgo(35)],
        [daysAgo(50), daysAgo(50)],
        [daysAgo(80), daysAgo(32)],
      ]) {
        const answer = await switched({ meta_drift: 0 }, () => ask(one.user, one.id, from, to))
        assert.equal(answer.source, source)
        assert.equal(answer.external_id, one.external_id)
        assert.deepEqual(answer.asked, { start: from, end: to })
        assert.deepEqual(answer.compared, { start: from, end: to })
        assert.deepEqual(
          answer.metrics.map(metric => metric.metric),
          one.metrics,
        )
        assert.notEqual(answer.verdict, 'unexplained')
        for (const metric of answer.metrics) {
          if (PEOPLE.includes(metric.metric)) continue
          assert.equal(metric.verdict, 'exact', `${metric.metric}: ${JSON.stringify(metric)}`)
          assert.equal(metric.ours, metric.theirs)
          assert.equal(metric.difference, 0)
          assert.deepEqual(metric.why, [])
        }
        const widget = { ga4: 'ga4.sessions', meta: 'meta.spend' }[source]
        if (widget)
          assert.equal(
            byName(answer)[one.metric].ours,
            (await one.user.get(`/v1/widgets/${widget}?startDate=${from}&endDate=${to}`)).stats.value,
          )
      }
    })

    test(`${source}: a settled day that was altered by hand is unexplained`, async () => {
      const one = await account(source)
      change(one, `UPDATE $T SET ${one.alter} = ${one.alter} + 1000000 WHERE date = '${daysAgo(40)}'`)
      await switched({ meta_drift: 0 }, async () => {
        const answer = await ask(one.user, one.id, daysAgo(60), daysAgo(35))
        const metric = byName(answer)[one.metric]
        assert.equal(answer.verdict, 'unexplained')
        assert.equal(metric.verdict, 'unexplained')
        assert.ok(metric.difference < 0)
        assert.deepEqual(codes(metric), ['settled_days_differ'])
        assert.ok(answer.metrics.every(each => each === metric || each.verdict !== 'unexplained'))
        // also beside days that may still move: these alone would not explain it
        const longer = await ask(one.user, one.id, daysAgo(60), daysAgo(1))
        assert.equal(byName(longer)[one.metric].verdict, 'unexplained')
        // and not where it is not
        assert.equal(byName(await ask(one.user, one.id, daysAgo(39), daysAgo(35)))[one.metric].verdict, 'exact')
      })
    })

    test(`${source}: a missing day explains what it lacks, and nothing else`, async () => {
      const one = await account(source)
      change(one, `DELETE FROM $T WHERE date IN ('${daysAgo(40)}', '${daysAgo(45)}')`)
      await switched({ meta_drift: 0 }, async () => {
        const metric = byName(await ask(one.user, one.id, daysAgo(60), daysAgo(35)))[one.metric]
        assert.equal(metric.verdict, 'explained')
        assert.ok(metric.difference > 0)
        assert.deepEqual(codes(metric), ['missing_days'])
        assert.ok(metric.why[0].text.includes(`${daysAgo(45)}, ${daysAgo(40)}`), metric.why[0].text)
        change(one, `UPDATE $T SET ${one.alter} = ${one.alter} + 1000000 WHERE date = '${daysAgo(42)}'`)
        assert.equal(byName(await ask(one.user, one.id, daysAgo(60), daysAgo(35)))[one.metric].verdict, 'unexplained')
      })
    })

    test(`${source}: what the source cannot do is said in words`, async () => {
      const one = await account(source)
      const call = () => one.user.call(path(one.id, daysAgo(60), daysAgo(35)))
      const failed = await switched(one.fault, call)
      assert.ok([502, 503].includes(failed.status), failed.text)
      assert.ok(problem(failed, failed.status).detail.length > 20)
      problem(await switched(one.refused, call), 502, 'source-refused')
      problem(await switched(one.dead, call), 409, 'reconnect')
      world.database.ask(`UPDATE connections SET status = 'reconnect' WHERE id = '${one.id}'`)
      problem(await call(), 409, 'reconnect')
    })
  }

  test('purchases that came in late are explained by the days that were still moving', async () => {
    const one = await account('meta', { meta_drift: 1 })
    await switched({ meta_drift: 0 }, async () => {
      const answer = await ask(one.user, one.id, daysAgo(60), daysAgo(2))
      const metrics = byName(answer)
      assert.equal(answer.verdict, 'explained')
      for (const name of ['conversions', 'revenue']) {
        assert.equal(metrics[name].verdict, 'explained')
        assert.ok(metrics[name].difference > 0)
        assert.deepEqual(codes(metrics[name]), ['provisional'])
        assert.ok(metrics[name].why[0].text.includes(answer.provisional_from), metrics[name].why[0].text)
      }
      assert.equal(metrics.spend.verdict, 'exact')
      // after they were read again there is nothing left to explain, but it is known that it happened
      assert.equal((await one.user.sync('/v1/sync/meta/run')).status, 'success')
      assert.equal(byName(await ask(one.user, one.id, daysAgo(60), daysAgo(2))).conversions.verdict, 'exact')
      change(one, `UPDATE $T SET conversions = conversions + 1 WHERE date = '${daysAgo(5)}' AND campaign_id <> ''`)
      assert.deepEqual(codes(byName(await ask(one.user, one.id, daysAgo(60), daysAgo(2))).conversions), [
        'provisional',
        'restated',
      ])
    })
  })

  test('a source that samples has said so itself', async () => {
    const one = await account('ga4')
    await switched({ sampled: 40 }, async () => {
      const answer = await ask(one.user, one.id, daysAgo(60), daysAgo(35))
      const metric = byName(answer).sessions
      assert.equal(metric.verdict, 'explained')
      assert.deepEqual(codes(metric), ['sampled'])
      assert.equal(answer.verdict, 'explained')
    })
    await switched({ no_revenue: 1 }, async () => {
      const metrics = byName(await ask(one.user, one.id, daysAgo(60), daysAgo(35)))
      assert.deepEqual(codes(metrics.revenue), ['restricted'])
      assert.equal(metrics.sessions.verdict, 'exact')
    })
    // What it said when the days were read explains those days, and no others.
    world.database.ask(
      `INSERT INTO source_notices SELECT user_id, source, external_id, 'sampled', '${daysAgo(60)}', '${daysAgo(50)}', ` +
        `'An estimate.', created_at FROM connections WHERE id = '${one.id}'`,
    )
    const sessionsAfter = async day => {
      change(one, `UPDATE $T SET sessions = sessions + 9 WHERE date = '${day}'`)
      return byName(await ask(one.user, one.id, daysAgo(60), daysAgo(35))).sessions
    }
    assert.deepEqual(codes(await sessionsAfter(daysAgo(55))), ['sampled'])
    assert.deepEqual(codes(await sessionsAfter(daysAgo(40))), ['settled_days_differ'])
  })

  test('people are not added up: unique ones are compared where they are known', async () => {
    const one = await account('ga4')
    const last = daysAgo(3)
    for (const n of [7, 28]) {
      const { users } = byName(await ask(one.user, one.id, daysAgo(n + 2), last))
      assert.equal(users.basis, 'unique')
      assert.equal(users.verdict, 'exact')
    }
    const { users } = byName(await ask(one.user, one.id, daysAgo(50), daysAgo(38)))
    assert.equal(users.basis, 'sum_of_days')
    assert.equal(users.difference, null)
    assert.equal(users.verdict, 'explained')
    assert.deepEqual(codes(users), ['unique_metric'])
    assert.ok(users.ours > users.theirs)
    // a sum of days that is less than the people of the period cannot be
    change(one, `UPDATE $T SET users = 1 WHERE date BETWEEN '${daysAgo(50)}' AND '${daysAgo(38)}'`)
    assert.equal(byName(await ask(one.user, one.id, daysAgo(50), daysAgo(38))).users.verdict, 'unexplained')
    const meta = await account('meta')
    const { reach } = byName(await ask(meta.user, meta.id, daysAgo(50), daysAgo(38)))
    assert.deepEqual([reach.ours, reach.verdict, codes(reach)], [null, 'explained', ['unique_metric']])
  })

  test('Instagram tells of the people of 30 days at most, and keeps 89 days', async () => {
    const one = await account('instagram')
    const metrics = byName(await ask(one.user, one.id, daysAgo(80), daysAgo(35)))
    assert.deepEqual([metrics.reach.theirs, codes(metrics.reach)], [null, ['not_told']])
    assert.equal(metrics.views.verdict, 'exact')
    const old = await ask(one.user, one.id, daysAgo(110), daysAgo(80))
    assert.ok(old.notices.some(notice => notice.code === 'not_kept_by_source'))
    assert.ok(old.compared.start > daysAgo(95))
    assert.equal(byName(old).views.verdict, 'exact')
  })

  test('the zone of an account that has moved', async () => {
    const one = await account('ga4')
    world.database.ask(`UPDATE connections SET time_zone = 'Asia/Tokyo' WHERE id = '${one.id}'`)
    change(one, `UPDATE $T SET sessions = sessions + 7 WHERE date = '${daysAgo(40)}'`)
    const { sessions, page_views } = byName(await ask(one.user, one.id, daysAgo(60), daysAgo(35)))
    assert.deepEqual(codes(sessions), ['zone_changed'])
    assert.equal(page_views.verdict, 'exact')
  })

  test('days that were not read yet are left out, and it says so', async () => {
    const one = await account('ga4')
    const answer = await ask(one.user, one.id, daysAgo(10), daysAgo(-5))
    assert.ok(answer.compared.end <= daysAgo(0))
    assert.ok(answer.notices.some(notice => notice.code === 'not_synced_yet'))
    assert.equal(byName(answer).sessions.verdict, 'exact')
    const later = await ask(one.user, one.id, daysAgo(-3), daysAgo(-5))
    assert.deepEqual([later.compared, later.verdict, later.metrics], [null, null, []])
    const user = world.user()
    const { id } = succeeded(await user.connect({ verify: false }), 201)
    const never = await ask(user, id, daysAgo(10), daysAgo(5))
    assert.deepEqual([never.compared, never.metrics, never.notices[0].code], [null, [], 'not_synced_yet'])
  })

  test('only its owner can ask, one at a time, and not for ever', async () => {
    const one = await account('ga4')
    problem(await world.user().call(path(one.id, daysAgo(60), daysAgo(35))), 404, 'unknown-connection')
    problem(await one.user.call(path('nonsense', daysAgo(60), daysAgo(35))), 404, 'unknown-connection')
    problem(await one.user.call(path(one.id, daysAgo(35), daysAgo(60))), 422)
    problem(await one.user.call(`/v1/connections/${one.id}/reconcile`), 422)
    await switched({ slow: { value: 60000, times: 1 } }, async () => {
      const began = Date.now()
      const answers = await Promise.all(
        [one.id, one.id.toUpperCase()].map(id => one.user.call(path(id, daysAgo(60), daysAgo(35)))),
      )
      const [busy, late] = answers.sort((a, b) => (a.json.code < b.json.code ? -1 : 1))
      problem(busy, 503, 'busy')
      assert.ok(Number(busy.headers.get('retry-after')) > 0)
      problem(late, 503, 'timeout')
      assert.ok(Date.now() - began > 15000)
      assertWithin(began, 25000)
    })
    assert.equal((await ask(one.user, one.id, daysAgo(60), daysAgo(35))).verdict, 'explained')
  })

  test('a refresh token that the platform replaced is kept', async () => {
    const one = await account('ga4')
    const sealed = () => world.database.ask(`SELECT credential FROM connections WHERE id = '${one.id}'`)[0]
    const before = sealed()
    await switched({ rotate: 'add' }, () => ask(one.user, one.id, daysAgo(60), daysAgo(35)))
    assert.notEqual(sealed(), before)
    assert.equal((await ask(one.user, one.id, daysAgo(60), daysAgo(35))).verdict, 'explained')
  })

  test('the command prints a table, and its status tells', async () => {
    world.database.ask('DELETE FROM connections')
    const none = await world.command(['reconcile'])
    assert.deepEqual([none.code, none.out], [0, 'Nothing is connected.\n'])
    const ga4 = await account('ga4')
    await account('meta')
    const run = (...args) => switched({ meta_drift: 0 }, () => world.command(['reconcile', ...args]))
    const all = await run()
    assert.equal(all.code, 0, all.out + all.log)
    for (const text of [
      /Google Analytics: /,
      /Meta Ads: /,
      /sessions +\d+ +\d+ +exact/,
      /spend +[\d.]+ +[\d.]+ +exact/,
      /reach +- +\d+ +explained/,
    ])
      assert.match(all.out, text)
    change(ga4, `UPDATE $T SET sessions = sessions + 5 WHERE date = '${daysAgo(12)}'`)
    const bad = await run()
    assert.equal(bad.code, 1)
    assert.match(bad.out, /sessions +\d+ +\d+ +unexplained/)
    assert.match(bad.out, /daymark sync --source ga4/)
    assert.equal((await run('--source', 'meta')).code, 0)
    const days = await run('--source', 'ga4', '--from', daysAgo(60), '--to', daysAgo(35))
    assert.equal(days.code, 0, days.out)
    assert.match(days.out, new RegExp(`${daysAgo(60)} to ${daysAgo(35)}`))
    for (const wrong of [['--source', 'moon'], ['--from', daysAgo(5)], ['--from', 'x', '--to', 'y'], ['moon']])
      assert.equal((await run(...wrong)).code, 1)
    const down = await switched({ fault: '503' }, () => world.command(['reconcile', '--source', 'ga4']))
    assert.equal(down.code, 1)
    assert.match(down.out, /could not be asked: /)
  })
})
