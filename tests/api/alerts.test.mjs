// Alerts by mail: what they tell is what the page says, and each event is told once.
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { eventually, problem, succeeded, UUID } from '../lib/http.mjs'
import { Mailbox } from '../lib/mailbox.mjs'
import { daysOf, plus, sqlOf, userData } from '../lib/rows.mjs'
import { onBothEngines } from '../lib/world.mjs'

const path = '/v1/alerts'
const box = await new Mailbox().start()
after(() => box.stop())

// The server's day, where the schedule is; its numbers reach to the day before.
const today = new Date().toLocaleDateString('sv', { timeZone: 'America/Los_Angeles' })
const through = plus(today, -1)
const spike = plus(today, -4)
const sunday = plus(today, -(new Date(today).getUTCDay() || 7)) // the end of the last whole week

// A steady property, but for a day with three times as many sessions.
function rows() {
  const data = { ...userData(1), connections: [] }
  for (const name of Object.keys(data)) data[name] = []
  const connection = { currency: 'EUR', time_zone: 'UTC', status: 'connected', complete_through: through }
  data.connections.push({
    source: 'ga4',
    external_id: '101',
    ...connection,
    last_success_at: `${today}T00:00:01.000000Z`,
  })
  for (const date of daysOf({ from: plus(today, -140), to: through })) {
    const sessions =
      (1000 + ((Date.parse(date) / 86400e3) % 7) * 10 + (new Date(date).getUTCDate() % 5)) * (date === spike ? 3 : 1)
    const sums = { users: 500, users_7d: 2000, users_28d: 6000, sessions, engaged_sessions: Math.round(sessions / 2) }
    data.ga4_daily.push({ account: '101', date, ...sums, conversions: 20, revenue_micros: 1e9 })
  }
  return data
}

onBothEngines('alerts', { sim: null, env: { ...box.environment() } }, (world, test) => {
  const address = name => `${name}-${world.engine}@example.org`
  const fresh = () => {
    const user = world.user()
    world.database.load(sqlOf(user.id, rows()))
    return user
  }
  const make = async (user, body) =>
    succeeded(await user.post(path, { name: 'Alert', recipients: [address('nobody')], ...body }), 201)
  const change = async (user, { id }, body) => succeeded(await user.call(`${path}/${id}`, { method: 'PATCH', body }))
  const mailsOf = async (user, { id }) => (await user.get(`${path}/${id}/mails`)).mails
  const told = async (user, alert, n) => {
    let mails
    await eventually(
      async () => (mails = await mailsOf(user, alert)).length >= n && mails.every(m => m.status === 'sent'),
      {
        why: () => `${JSON.stringify(mails)} are not ${n}`,
      },
    )
    assert.equal(mails.length, n)
    return mails
  }
  // It has looked at all that there is.
  const looked = ({ id }) =>
    eventually(() => world.database.ask(`SELECT id FROM alerts WHERE id = '${id}' AND looked_at IS NOT NULL`).length, {
      why: 'the alert did not look',
    })

  test('an alert is made, read, changed and given up; what is wrong is refused', async () => {
    const user = world.user()
    const answer = await user.post(path, { name: 'Odd days', recipients: ['a@example.org'], kind: 'unusual_day' })
    const made = succeeded(answer, 201)
    assert.match(made.id, UUID)
    assert.equal(answer.headers.get('location'), `${path}/${made.id}`)
    const { kind, when, sensitivity, widget, active } = made
    assert.deepEqual([kind, when, sensitivity, widget, active], ['unusual_day', null, 'normal', null, true])
    assert.equal((await change(user, made, { sensitivity: 'high', widget: 'ga4.sessions' })).widget, 'ga4.sessions')
    const target = await change(user, made, { kind: 'target_missed', widget: null })
    assert.deepEqual([target.when, target.sensitivity, target.widget], ['missed', null, null])
    for (const [body, status, code] of [
      [{ kind: 'other' }, 422, 'invalid'],
      [{ when: 'later' }, 422, 'invalid'],
      [{ sensitivity: 'low' }, 422, 'invalid'],
      [{ widget: 'ga4.nothing' }, 422, 'unknown-widget'],
      [{ recipients: ['a@example.org\r\nBcc: b@example.org'] }, 422, 'invalid'],
      [{ subject: 'x' }, 422, 'invalid'],
    ])
      problem(await user.call(`${path}/${made.id}`, { method: 'PATCH', body }), status, code)
    assert.deepEqual((await user.get(path)).alerts, [await user.get(`${path}/${made.id}`)])
    succeeded(await user.call(`${path}/${made.id}`, { method: 'DELETE' }))
    problem(await user.call(`${path}/${made.id}`), 404, 'unknown-alert')
  })

  test('an unusual day is told once, as the insights see it', async () => {
    const user = fresh()
    const range = `startDate=${plus(today, -28)}&endDate=${through}&compare=previous_period`
    const { facts } = await user.get(`/v1/insights?${range}`)
    const fact = facts.find(one => one.metric === 'sessions.unusual' && one.window.start === spike)
    assert.ok(fact, `nothing unusual in ${facts.map(one => one.metric)}`)

    const recipients = [address('odd'), address('odd2')]
    const alert = await make(user, { kind: 'unusual_day', widget: 'ga4.sessions', recipients })
    const mails = await told(user, alert, 2)
    assert.deepEqual(
      mails.map(mail => [mail.recipient, mail.date]),
      recipients.map(one => [one, spike]),
    )
    const [mail] = await box.for(address('odd'))
    assert.match(mail.parsed.subject, /^Unusual: Sessions, /)
    assert.ok(mail.parsed.text.includes(fact.text), mail.parsed.text)
    assert.deepEqual(mail.to, [address('odd')])

    // New numbers, the same event; another alert knows nothing of the first one's.
    world.database.load(`UPDATE alerts SET looked_at = NULL WHERE id = '${alert.id}';`)
    const other = await make(user, { kind: 'unusual_day', widget: 'meta.spend' })
    await looked(alert)
    await looked(other)
    assert.equal((await mailsOf(user, alert)).length, 2)
    assert.deepEqual(await mailsOf(user, other), [])
    assert.equal((await box.for(address('odd'))).length, 1)
  })

  test('a target is told when it was missed, and not when it was reached', async () => {
    const user = fresh()
    const target = (widget, value, range) => user.post('/v1/targets', { widget, period: 'range', ...range, value })
    const week = { start: plus(sunday, -6), end: sunday }
    succeeded(await target('ga4.sessions', 50000, week), 201)
    succeeded(await target('ga4.users', 10, week), 201)
    const alert = await make(user, { kind: 'target_missed', recipients: [address('missed')] })
    const [mail] = await told(user, alert, 1)
    assert.deepEqual([mail.date, mail.status], [sunday, 'sent'])
    assert.match(mail.subject, /^Target missed: Sessions, /)
    const sessions = (await user.get(`/v1/widgets/ga4.sessions?startDate=${week.start}&endDate=${week.end}`)).stats
      .value
    const [{ parsed }] = await box.for(address('missed'))
    assert.ok(parsed.text.includes(`it came to ${sessions.toLocaleString('en')}; the target is 50,000.`), parsed.text)
    await change(user, alert, { name: 'Looks again' })
    await looked(alert)
    assert.equal((await mailsOf(user, alert)).length, 1)
  })

  test('a target that will be missed at its pace is told while it runs', async () => {
    const user = fresh()
    const range = { period: 'range', start: plus(today, -9), end: plus(today, 10) }
    succeeded(await user.post('/v1/targets', { widget: 'ga4.sessions', value: 1000000, ...range }), 201)
    succeeded(await user.post('/v1/targets', { widget: 'ga4.revenue', value: 10, currency: 'EUR', ...range }), 201)
    const alert = await make(user, { kind: 'target_missed', when: 'projected', recipients: [address('pace')] })
    const [mail] = await told(user, alert, 1)
    assert.match(mail.subject, /^Target at risk: Sessions, /)
    const [{ parsed }] = await box.for(address('pace'))
    assert.match(
      parsed.text,
      /so far it is at [\d,]+; the target is 1,000,000\. At this pace it will come to about [\d,]+\./,
    )
  })
})
