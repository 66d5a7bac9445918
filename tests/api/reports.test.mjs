// Reports by mail: what is kept of them, what the mail says, and that each goes out once, whatever happens.
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { eventually, problem, succeeded, UUID } from '../lib/http.mjs'
import { Mailbox, MAIL_PASSWORD } from '../lib/mailbox.mjs'
import { daysOf, plus, sqlOf, userData } from '../lib/rows.mjs'
import { onBothEngines, onEngine, World } from '../lib/world.mjs'

const path = '/v1/reports'
const box = await new Mailbox().start()
after(() => box.stop())

const HOSTILE = '</td><script>alert(1)</script>\r\nBcc: x@example.org'
const today = new Date().toISOString().slice(0, 10)
const through = plus(today, -1)
const weekly = { name: 'Weekly', recipients: ['a@example.org'], repeats: 'weekly', zone: 'UTC' }
const limits = { TEST_RETRY: '1' }

// A user with a property whose days reach to yesterday, and a campaign with an ugly name.
function rows() {
  const data = { ...userData(1), connections: [] }
  for (const name of Object.keys(data)) data[name] = []
  const connection = { currency: 'EUR', time_zone: 'UTC', status: 'connected', complete_through: through }
  const last_success_at = `${today}T00:00:01.000000Z`
  data.connections.push({ source: 'ga4', external_id: '101', ...connection, last_success_at })
  data.connections.push({ source: 'meta', external_id: 'act_1', ...connection, last_success_at })
  const account = '101'
  for (const date of daysOf({ from: plus(today, -70), to: through })) {
    const n = new Date(date).getUTCDate()
    const sums = { users: 100 + n, users_7d: 500, users_28d: 1500, sessions: 1200 + n, engaged_sessions: 600 }
    data.ga4_daily.push({ account, date, ...sums, conversions: 20, revenue_micros: 1234560000 + n })
    data.meta_daily.push({
      ...{ account: 'act_1', date, campaign_id: 'c', campaign: HOSTILE, currency: 'EUR', spend_micros: 10500000 },
      ...{ impressions: 100, clicks: 10, conversions: 1, revenue_micros: 31500000 },
    })
  }
  return data
}

onBothEngines('reports', { sim: null, env: { ...box.environment(), ...limits } }, (world, test) => {
  const fresh = () => {
    const user = world.user()
    world.database.load(sqlOf(user.id, rows()))
    return user
  }
  const make = async (user, body = {}) => succeeded(await user.post(path, { ...weekly, ...body }), 201)
  const address = name => `${name}-${world.engine}@example.org`
  const mailsOf = async (user, { id }) => (await user.get(`${path}/${id}/mails`)).mails
  const settled = async (user, report, status = 'sent') => {
    let mails
    await eventually(
      async () => (mails = await mailsOf(user, report)).length && mails.every(m => m.status === status),
      {
        why: () => `not all were ${status}: ${JSON.stringify(mails)}`,
      },
    )
    return mails
  }
  const sendNow = async (user, report) =>
    succeeded(await user.call(`${path}/${report.id}/send`, { method: 'POST' }), 202)
  // Its time has come, so many days ago.
  const makeDue = (report, days = 0, more = '') =>
    world.database.load(
      `UPDATE reports SET next_at = '${plus(today, -days)}T00:00:00.000000Z' ${more} WHERE id = '${report.id}';`,
    )
  // Something else to do, so that the thread looks now.
  const nudge = async () => sendNow(nobody, await (nobodys ??= make(nobody, { recipients: [address('nobody')] })))
  const nobody = world.user()
  let nobodys

  test('a report is made, read, changed and given up', async () => {
    const user = world.user()
    const answer = await user.post(path, { ...weekly, zone: undefined })
    const made = succeeded(answer, 201)
    assert.match(made.id, UUID)
    assert.equal(answer.headers.get('location'), `${path}/${made.id}`)
    const { name, repeats, day, time, zone, days, compare, insights, active, last_sent_at, last_error } = made
    assert.deepEqual(
      [name, repeats, day, time, days, compare],
      ['Weekly', 'weekly', 1, '08:00', '7days', 'previous_period'],
    )
    assert.deepEqual(
      [zone, insights, active, last_sent_at, last_error],
      ['America/Los_Angeles', true, true, null, null],
    )
    const next = new Date(made.next_at)
    assert.equal(next.toLocaleString('en-GB', { timeZone: zone, weekday: 'long', timeStyle: undefined }), 'Monday')
    assert.equal(next.toLocaleTimeString('en-GB', { timeZone: zone }), '08:00:00')
    assert.ok(next > Date.now() && next < Date.now() + 8 * 86400e3)

    const at = `${path}/${made.id}`
    const change = async body => succeeded(await user.call(at, { method: 'PATCH', body }))
    const monthly = await change({ repeats: 'monthly', day: 31, days: 'month', time: '23:59', zone: 'Asia/Kolkata' })
    assert.deepEqual([monthly.day, monthly.time, monthly.days], [31, '23:59', 'month'])
    assert.match(monthly.next_at, /T18:29:00Z$/)
    assert.equal((await change({ repeats: 'daily' })).day, null)
    assert.equal((await change({ active: false })).next_at, null)
    assert.deepEqual((await user.get(path)).reports, [await user.get(at)])
    succeeded(await user.call(at, { method: 'DELETE' }))
    assert.deepEqual((await user.get(path)).reports, [])
    problem(await user.call(at), 404, 'unknown-report')
  })

  test('what is wrong is refused, and no address brings a header or another recipient', async () => {
    const user = world.user()
    for (const recipients of [
      ...[undefined, null, [], 'a@example.org', [7], ['a@example.org', 'A@example.org']],
      ...[['a@b\r\nBcc: x@example.org'], ['a@example.org\nTo: b@example.org'], ['a@example.org,b@example.org']],
      ...[['<a@example.org>'], ['"a b"@example.org'], ['a@example.org '], ['\u00fc@example.org']],
      Array.from({ length: 11 }, (_, i) => `a${i}@example.org`),
    ])
      problem(await user.post(path, { ...weekly, recipients }), 422, 'invalid')
    for (const wrong of [
      ...[
        { name: '' },
        { name: 'x'.repeat(101) },
        { name: HOSTILE },
        { name: 7 },
        { repeats: 'hourly' },
        { day: 0 },
        { day: 8 },
        { day: 1.5 },
      ],
      ...[{ repeats: 'monthly', day: 32 }, { repeats: 'daily', day: 1 }, { time: '8:00' }, { time: '24:00' }],
      ...[{ zone: 'Mars/Olympus' }, { days: '30days' }, { compare: 'custom' }, { insights: 'yes' }, { active: 1 }],
      { bcc: ['x@example.org'] },
    ])
      problem(await user.post(path, { ...weekly, ...wrong }), 422, 'invalid')
    assert.deepEqual((await user.get(path)).reports, [])
  })

  test('the mail says what the page says, as text, as HTML and as pictures', async () => {
    const user = fresh()
    succeeded(await user.call('/v1/settings', { method: 'PUT', body: { numbers: 'de-DE' } }))
    const layout = ['meta.campaigns', 'ga4.revenue', 'ga4.sessions', 'corr.spend_vs_sessions', 'ga4.funnel']
    const widgets = layout.map((id, i) => ({ id, key: id, x: 0, y: 10 - i, w: 4, h: 2 }))
    succeeded(await user.post('/v1/dashboard/layout', { widgets, version: 1 }))
    const report = await make(user, { name: HOSTILE.split('\r')[0] + ' für', recipients: [address('page')] })
    await sendNow(user, report)
    const [mail] = await box.for(address('page'))
    await settled(user, report)

    assert.deepEqual([mail.secure, mail.from, mail.to], [true, 'reports@daymark.example.org', [address('page')]])
    assert.equal(mail.user, box.environment().SMTP_USER)
    const { headers, text, html, subject, attachments, messageId } = mail.parsed
    assert.equal(headers.get('content-type').value, 'multipart/alternative')
    assert.equal(headers.get('to').text, address('page'))
    assert.equal(headers.get('bcc'), undefined)
    assert.doesNotMatch(mail.raw + text + html, /unsubscribe/i) // PUBLIC_URL leads nowhere from elsewhere
    assert.match(text, /To end it, ask/)
    assert.ok(subject.startsWith(report.name), subject)
    assert.match(messageId, /^<[-0-9a-f]{36}@daymark\.example\.org>$/)
    assert.ok(mail.raw.split('\r\n').every(line => line.length <= 78 && !/[\r\n\x80-\xff]/.test(line)))

    const range = `startDate=${plus(today, -7)}&endDate=${through}&compare=previous_period`
    const sessions = (await user.get(`/v1/widgets/ga4.sessions?${range}`)).stats.value
    const revenue = (await user.get(`/v1/widgets/ga4.revenue?${range}`)).stats.value
    const german = value => value.toLocaleString('de-DE', { maximumFractionDigits: 0 })
    for (const part of [text, html]) {
      assert.ok(part.includes(german(sessions)), `no ${german(sessions)} in ${part.slice(0, 1500)}`)
      assert.ok(part.includes(`${german(revenue)}\u00a0€`), `no ${german(revenue)} € in it`)
    }
    for (const { name, value } of (await user.get(`/v1/widgets/ga4.funnel?${range}`)).steps)
      assert.ok(text.includes(`  “${name}”: Number ${german(value)}; Of the step before `), text)
    for (const { bullets } of (await user.get(`/v1/insights?${range}`)).items)
      for (const bullet of bullets) assert.ok(text.includes(bullet), bullet)
    assert.ok(html.indexOf('Revenue') > html.indexOf('Sessions'), 'from top to bottom')

    assert.ok(!html.includes('<script') && html.includes('&lt;script&gt;'), 'a campaign is text')
    assert.ok(!/https?:\/\/(?!127\.0\.0\.1)/.test(html), 'nothing is loaded from elsewhere')
    const shown = [...html.matchAll(/<img src="cid:([^"]+)"[^>]* alt="([^"]+)"/g)]
    assert.equal(shown.length, 3)
    assert.deepEqual(
      shown.map(match => `<${match[1]}>`),
      attachments.map(image => image.contentId),
    )
    for (const { content, contentType } of attachments)
      assert.deepEqual([contentType, content.subarray(1, 4).toString()], ['image/png', 'PNG'])
    assert.match(shown.find(match => match[2].startsWith('Sessions'))[2], /highest 1\.2\d\d on/)

    const preview = await user.call(`${path}/${report.id}/preview`)
    assert.match(preview.headers.get('content-security-policy'), /default-src 'none'.*sandbox/)
    assert.match(preview.headers.get('content-type'), /^text\/html/)
    const plain = page => page.replaceAll('\r\n', '\n').replace(/"(data:image\/png|cid:)[^"]*"/g, 'PNG')
    assert.equal(plain(preview.text), plain(html))
  })

  test('what the mail server refuses for now is tried again, as the same mail', async () => {
    const user = fresh()
    const to = { later: address('later'), cut: address('cut'), never: address('never') }
    const said = { [to.later]: [450, 'Mailbox busy'], [to.never]: [550, '5.1.1 No such person'] }
    const seen = []
    const cut = new Set([to.cut])
    box.recipient = one => {
      seen.push(one)
      const verdict = said[one]
      if (one !== to.never) delete said[one]
      return verdict
    }
    box.message = ({ envelope }) => (cut.delete(envelope.rcptTo[0].address) ? 'cut' : undefined)
    const report = await make(user, { recipients: Object.values(to) })
    await sendNow(user, report)
    for (const one of [to.later, to.cut]) assert.equal((await box.for(one)).length, 1)
    let mails
    await eventually(async () =>
      (mails = await mailsOf(user, report)).every(m => ['sent', 'failed'].includes(m.status)),
    )
    const of = one => mails.find(mail => mail.recipient === one)
    assert.deepEqual([of(to.never).status, of(to.never).attempts], ['failed', 1])
    assert.match(of(to.never).error, /5\.1\.1 No such person/)
    for (const one of [to.later, to.cut]) assert.deepEqual([of(one).status, of(one).attempts], ['sent', 2])
    assert.equal(seen.filter(one => one === to.never).length, 1, 'a 5xx is not tried again')
    const { last_error, last_sent_at } = await user.get(`${path}/${report.id}`)
    assert.match(last_error, /No such person/)
    assert.ok(Date.parse(last_sent_at) <= Date.now())
  })

  test('a report goes out when its time has come: once, late if need be, and then the next one', async () => {
    const user = fresh()
    const report = await make(user, { recipients: [address('due'), address('due2')], repeats: 'daily', time: '00:00' })
    makeDue(report, 5)
    await nudge()
    const mails = await settled(user, report)
    assert.deepEqual(
      mails.map(mail => [mail.occurrence, mail.recipient]),
      [
        [today, address('due')],
        [today, address('due2')],
      ],
    )
    assert.equal((await user.get(`${path}/${report.id}`)).next_at, `${plus(today, 1)}T00:00:00Z`)
    makeDue(report) // as if a clock had gone back
    await nudge()
    await eventually(async () => (await user.get(`${path}/${report.id}`)).next_at > new Date().toISOString())
    assert.equal((await mailsOf(user, report)).length, 2)
    assert.equal((await box.for(address('due'))).length, 1)
  })

  test('it waits for the numbers of its last day', async () => {
    const user = fresh()
    const behind = days =>
      world.database.load(
        `UPDATE connections SET complete_through = '${plus(through, -days)}' WHERE user_id = '${user.id}' AND source = 'ga4';`,
      )
    behind(1)
    const report = await make(user, { recipients: [address('wait')], repeats: 'daily', time: '00:00' })
    makeDue(report)
    await nudge()
    let mail
    await eventually(
      async () =>
        ([mail] = await mailsOf(user, report))[0] && mail.status === 'waiting' && Date.parse(mail.next_at) > Date.now(),
    )
    assert.deepEqual([mail.attempts, mail.error], [0, null])
    behind(0)
    world.database.load(`UPDATE mails SET not_before = created_at WHERE origin = '${report.id}';`)
    await nudge()
    await settled(user, report)
    assert.equal((await box.for(address('wait'))).length, 1)
  })

  test('killed while it sends, it sends that mail again, and no other', async () => {
    const user = fresh()
    const recipients = [1, 2, 3].map(n => address(`killed${n}`))
    const report = await make(user, { recipients })
    const begun = new Promise(done => {
      box.message = ({ envelope }) => {
        if (!recipients.includes(envelope.rcptTo[0].address)) return
        box.message = () => undefined
        done()
        return 'hang'
      }
    })
    await sendNow(user, report)
    await begun
    await world.server.stop('SIGKILL')
    // The lease runs out; an SQLite file has one owner, who knows at once that nobody sends any more.
    if (world.engine === 'postgresql')
      world.database.load(`UPDATE mails SET lease_until = created_at WHERE status = 'sending';`)
    await world.startServer()
    await settled(user, report)
    for (const one of recipients) assert.equal((await box.for(one)).length, 1, one)
    assert.equal((await mailsOf(user, report)).filter(mail => mail.attempts === 2).length, 1)
  })

  if (world.engine === 'postgresql')
    test('two instances send each mail once', async () => {
      const other = new World(world.engine, { env: world.env })
      Object.assign(other, { folder: world.folder, database: world.database })
      await other.startServer()
      try {
        const user = fresh()
        succeeded(await user.post('/v1/dashboard/layout', { widgets: [{ id: 'ga4.sessions' }], version: 1 }))
        const recipients = n => [0, 1, 2, 3].map(i => address(`two${n}${i}`))
        const reports = []
        for (const n of [0, 1, 2]) reports.push(await make(user, { recipients: recipients(n), insights: false }))
        for (const report of reports) makeDue(report)
        await nudge()
        const his = await make(nobody)
        succeeded(await other.user(nobody.id).call(`${path}/${his.id}/send`, { method: 'POST' }), 202)
        for (const report of reports) await settled(user, report)
        for (const n of [0, 1, 2]) for (const one of recipients(n)) assert.equal((await box.for(one)).length, 1, one)
      } finally {
        await other.stopServer()
      }
    })

  test('nobody reads the password, and a log-in that fails says so', async () => {
    assert.ok(!world.server.log.includes(MAIL_PASSWORD))
    const other = new World(world.engine, { sim: null, env: { ...box.environment(), SMTP_USER: 'wrong' } })
    await other.start()
    try {
      const user = other.user()
      const report = succeeded(await user.post(path, weekly), 201)
      succeeded(await user.call(`${path}/${report.id}/send`, { method: 'POST' }), 202)
      let mail
      await eventually(async () => ([mail] = (await user.get(`${path}/${report.id}/mails`)).mails) && mail.error)
      assert.match(mail.error, /does not take SMTP_USER and SMTP_PASSWORD/)
      assert.ok(![other.server.log, other.server.out, JSON.stringify(mail)].join().includes(MAIL_PASSWORD))
    } finally {
      await other.stop()
    }
  })
})

onBothEngines('reports without a mail server', { sim: null }, (world, test) => {
  test('say so', async () => {
    const user = world.user()
    problem(await user.post(path, weekly), 409, 'no-mail-server')
    problem(await user.post('/v1/alerts', {}), 409, 'no-mail-server')
    assert.deepEqual((await user.get(path)).reports, [])
  })
})

onEngine('sqlite', 'the way to the mail server', { sim: null }, (world, test) => {
  const nowhere = 'http://127.0.0.1:9'
  const sources = { GOOGLE_TOKEN_URL: nowhere, GA4_DATA_URL: nowhere, META_GRAPH_URL: nowhere }
  const doctor = async changes => {
    const env = { ...world.environment(), ...sources, ...box.environment(), ...changes }
    const { out, log } = await world.command(['doctor'], { env })
    assert.ok(!(out + log).includes(MAIL_PASSWORD))
    return out.split('\n').find(line => /^\S+ +mail /.test(line))
  }

  test('is TLS or nothing', async () => {
    assert.match(await doctor({}), /^ok +mail +the mail server answers, and lets us in$/)
    assert.match(await doctor({ SMTP_PASSWORD: 'wrong' }), /^WRONG +mail .*does not take SMTP_USER and SMTP_PASSWORD/)
    assert.match(await doctor({ SMTP_CA: '' }), /^WRONG +mail .*a certificate that cannot be verified/)
    assert.match(await doctor({ SMTP_URL: nowhere.replace('http', 'smtp') }), /^WRONG +mail .*cannot be reached/)
    const plain = await new Mailbox().start({ starttls: false })
    try {
      assert.match(await doctor({ SMTP_URL: plain.url }), /^WRONG +mail .*does not offer STARTTLS/)
      assert.equal(plain.logins, 0)
      assert.match(await doctor({ SMTP_URL: plain.url, SMTP_TLS: 'auto' }), /^ok +mail/)
      assert.equal(plain.logins, 1)
    } finally {
      await plain.stop()
    }
  })

  test('is told without a password in it', async () => {
    for (const env of [
      { SMTP_URL: 'smtp://me:secret@example.org' },
      { SMTP_URL: 'https://example.org' },
      { SMTP_URL: 'smtp://example.org/x' },
      { SMTP_URL: 'smtp://example.org', MAIL_FROM: 'Daymark <a@example.org>' },
      { SMTP_URL: 'smtp://example.org', MAIL_FROM: '' },
    ]) {
      const { code, log } = await world.command(['config'], { env: { ...world.environment(), ...env } })
      assert.equal(code, 1)
      assert.match(log, /SMTP_URL must be|MAIL_FROM must be/)
      assert.ok(!log.includes('secret@'))
    }
  })
})
