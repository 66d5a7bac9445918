// The way out of a report or an alert, for somebody who has no account: the link in each mail.
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { everythingKept, noSecret } from '../lib/canary.mjs'
import { eventually, INSTANT, problem, succeeded } from '../lib/http.mjs'
import { Mailbox } from '../lib/mailbox.mjs'
import { onBothEngines } from '../lib/world.mjs'

const box = await new Mailbox().start()
after(() => box.stop())

const PUBLIC_URL = 'https://daymark.example.org'
const env = { ...box.environment(), PUBLIC_URL, TEST_RETRY: '1' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const weekly = { name: 'Weekly <b>', repeats: 'weekly', zone: 'UTC', insights: false }

onBothEngines('the way out of a mail', { sim: null, env }, (world, test) => {
  const links = []
  const address = name => `${name}-${world.engine}@example.org`
  const make = async (user, recipients, body = {}) =>
    succeeded(await user.post('/v1/reports', { ...weekly, recipients: recipients.map(address), ...body }), 201)
  const read = (user, { id }) => user.get(`/v1/reports/${id}`)
  const change = (user, { id }, body) => user.call(`/v1/reports/${id}`, { method: 'PATCH', body })
  const send = async (user, { id }) =>
    succeeded(await user.call(`/v1/reports/${id}/send`, { method: 'POST' }), 202).occurrence
  const mailsOf = async (user, { id }) => (await user.get(`/v1/reports/${id}/mails`)).mails
  const linkOf = mail => {
    const [, link] = mail.raw.match(/^List-Unsubscribe:\r\n <(\S+)>\r$/m)
    assert.ok(link.startsWith(`${PUBLIC_URL}/unsubscribe/`), link)
    links.push(link.split('/').at(-1))
    return link.slice(PUBLIC_URL.length)
  }
  const look = (link, options) => world.ask(link, options)
  const leave = (link, raw = 'List-Unsubscribe=One-Click', headers = FORM) =>
    world.ask(link, { method: 'POST', raw, headers })
  const count = async name => Number((await world.ask('/metrics')).text.match(new RegExp(`^daymark_${name} (\\d+)`, 'm'))[1])
  // One mail each, and the links in them.
  const sent = async (user, recipients, body) => {
    const report = await make(user, recipients, body)
    await send(user, report)
    const mails = []
    for (const one of recipients) mails.push((await box.for(address(one)))[0])
    return { report, mails, links: mails.map(linkOf) }
  }

  test('stands in each, for its recipient alone, though the letter is written once', async () => {
    const user = world.user()
    const before = [await count('mail_letters_total'), await count('mails_sent_total')]
    const { mails, links: ways, report } = await sent(user, ['ann', 'ben', 'cleo'])
    await eventually(async () => (await mailsOf(user, report)).every(mail => mail.status === 'sent'))
    assert.deepEqual([await count('mail_letters_total'), await count('mails_sent_total')], [before[0] + 1, before[1] + 3])
    assert.ok(Math.abs((await count('mail_last_sent_timestamp_seconds')) - Date.now() / 1000) < 600)
    assert.equal(await count('mails_waiting'), 0)
    assert.equal(new Set(ways).size, 3)
    assert.equal(new Set(mails.map(mail => mail.parsed.messageId)).size, 3)
    for (const [i, { raw, parsed }] of mails.entries()) {
      assert.match(raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m)
      assert.ok(parsed.text.includes(`Unsubscribe: ${PUBLIC_URL}${ways[i]}\n`), parsed.text)
      assert.ok(parsed.html.includes(`href="${PUBLIC_URL}${ways[i]}"`))
      for (const other of ways) if (other !== ways[i]) assert.ok(!(parsed.text + parsed.html).includes(other))
      for (const other of ['ann', 'ben', 'cleo'].map(address))
        assert.equal((raw + parsed.text + parsed.html).includes(other), parsed.to.text === other, other)
    }
  })

  test('a letter is for its own mailing alone, also among others', async () => {
    const [lea, max] = [world.user(), world.user()]
    const before = await count('mail_letters_total')
    const now = `'${new Date().toISOString().replace('Z', '000Z')}'`
    const rows = []
    for (const [user, name] of [[lea, 'One'], [max, 'Two']]) { // prettier-ignore
      const { id } = await make(user, ['own'], { name })
      for (const [i, who] of ['lea', 'max'].entries())
        for (const day of ['01', '09'])
          rows.push(
            `('${user.id}', '${id}', 'test ${day}', '${address(who + name)}', '${id.slice(0, -3)}${i}${day}', '2026-01-${day}', 'waiting', ${now}, ${now})`,
          )
    }
    // All are there before anybody looks, so that they have the same turn.
    const columns = 'user_id, origin, occurrence, recipient, id, date, status, not_before, created_at'
    world.database.load(`INSERT INTO mails (${columns}) VALUES ${rows.join(', ')};`)
    for (const name of ['One', 'Two'])
      for (const who of ['lea', 'max']) {
        const subjects = (await box.for(address(who + name), 2)).map(mail => mail.parsed.subject).sort()
        assert.match(subjects[0], new RegExp(`^${name}: .*2025`))
        assert.match(subjects[1], new RegExp(`^${name}: .*2026`))
      }
    assert.ok((await count('mail_letters_total')) >= before + 4)
  })

  test('asks first: looking at it changes nothing, saying so does, for that address and report alone', async () => {
    const user = world.user()
    const { report, links: [dora, emil] } = await sent(user, ['dora', 'emil']) // prettier-ignore
    const other = await make(user, ['dora'])
    const stranger = world.user()
    const theirs = await make(stranger, ['dora'])
    for (const method of ['GET', 'HEAD']) assert.equal((await look(dora, { method })).status, 200)
    const page = await look(dora)
    assert.match(page.text, /<form class="form" method="post">/)
    assert.ok(page.text.includes(address('dora')) && page.text.includes('Weekly &lt;b&gt;') && !page.text.includes('<b>”'))
    const header = name => page.headers.get(name) ?? ''
    for (const part of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
      assert.ok(header('content-security-policy').includes(part), part)
    assert.doesNotMatch(header('content-security-policy'), /unsafe|\*/)
    assert.deepEqual(
      ['referrer-policy', 'x-robots-tag', 'cache-control', 'x-content-type-options', 'set-cookie'].map(header),
      ['no-referrer', 'noindex, nofollow', 'no-store', 'nosniff', ''],
    )
    problem(await leave(dora, ''), 422, 'invalid')
    problem(await leave(dora, 'List-Unsubscribe=No'), 422, 'invalid')
    const { recipients, left } = await read(user, report)
    assert.deepEqual([recipients, left], [[address('dora'), address('emil')], []])

    assert.match((await leave(dora)).text, /off the list/)
    const after = await read(user, report)
    assert.deepEqual(after.recipients, [address('emil')])
    assert.equal(after.left[0].recipient, address('dora'))
    assert.match(after.left[0].left_at, INSTANT)
    assert.deepEqual((await user.get('/v1/reports')).reports.find(one => one.id === report.id), after)
    for (const [who, one] of [[user, other], [stranger, theirs]]) // prettier-ignore
      assert.deepEqual((await read(who, one)).recipients, [address('dora')])
    assert.match((await look(dora)).text, /left already/)
    assert.equal((await leave(dora)).status, 200)
    assert.deepEqual((await read(user, report)).left, after.left)

    const form = new FormData() // as some mail programs send it
    form.append('List-Unsubscribe', 'One-Click')
    const multipart = new Response(form)
    const raw = await multipart.text()
    assert.equal((await leave(emil, raw, { 'content-type': multipart.headers.get('content-type') })).status, 200)
    const empty = await read(user, report)
    assert.deepEqual([empty.recipients, empty.left.map(one => one.recipient)], [[], [address('dora'), address('emil')]])
    succeeded(await change(user, report, { active: false }))
  })

  test('what was to be sent is not, and coming back is on purpose', async () => {
    const user = world.user()
    const { report, links: [finn] } = await sent(user, ['finn', 'gwen']) // prettier-ignore
    await eventually(async () => (await mailsOf(user, report)).every(mail => mail.status === 'sent'))
    const tonight = new Date(Date.now() + 12 * 3600e3).toISOString().replace('Z', '000Z')
    world.database.load(`UPDATE mails SET not_before = '${tonight}', status = 'waiting' WHERE origin = '${report.id}';`)
    assert.equal((await leave(finn)).status, 200)
    assert.deepEqual((await mailsOf(user, report)).map(mail => mail.recipient), [address('gwen')]) // prettier-ignore
    // It was written while he left.
    const now = `'${new Date().toISOString().replace('Z', '000Z')}'`
    world.database.load(
      `INSERT INTO mails (user_id, origin, occurrence, recipient, id, date, status, not_before, created_at) ` +
        `VALUES ('${user.id}', '${report.id}', 'late', '${address('finn')}', '${report.id}', '2026-01-01', 'waiting', ${now}, ${now});`,
    )
    const occurrence = await send(user, report)
    const wanted = async () => (await mailsOf(user, report)).filter(mail => ['late', occurrence].includes(mail.occurrence))
    await eventually(async () => (await wanted()).every(mail => mail.status === 'sent'))
    assert.deepEqual((await wanted()).map(mail => mail.recipient), [address('gwen')]) // prettier-ignore
    assert.equal((await box.for(address('finn'))).length, 1)

    const both = [address('FINN'), address('gwen')]
    const { detail } = problem(await change(user, report, { recipients: both }), 409, 'recipient-left')
    assert.match(detail, /readmit/)
    problem(await change(user, report, { recipients: both, readmit: [address('gwen')] }), 409, 'recipient-left')
    problem(await change(user, report, { recipients: both, readmit: 'all' }), 422, 'invalid')
    problem(await user.post('/v1/reports', { ...weekly, recipients: both, readmit: both }), 422, 'invalid')
    assert.deepEqual((await read(user, report)).recipients, [address('gwen')])
    const back = succeeded(await change(user, report, { recipients: both, readmit: [address('finn')] }))
    assert.deepEqual([back.recipients, back.left], [both, []])
    await send(user, report)
    await box.for(address('FINN'))
    assert.equal((await leave(finn)).status, 200)
    assert.deepEqual((await read(user, report)).recipients, [address('gwen')])
  })

  test('leads out of an alert, too', async () => {
    const user = world.user()
    const wish = { name: 'Odd', kind: 'unusual_day', recipients: [address('hugo'), address('ida')] }
    const alert = succeeded(await user.post('/v1/alerts', wish), 201)
    const now = `'${new Date().toISOString().replace('Z', '000Z')}'`
    const event = JSON.stringify({ subject: 'Odd', sentences: ['Odd.'] })
    world.database.load(
      `INSERT INTO mails (user_id, origin, occurrence, recipient, id, date, event, status, not_before, created_at) ` +
        `VALUES ('${user.id}', '${alert.id}', 'odd', '${address('hugo')}', '${alert.id}', '2026-01-01', '${event}', 'waiting', ${now}, ${now});`,
    )
    const [mail] = await box.for(address('hugo'))
    assert.equal((await leave(linkOf(mail))).status, 200)
    const { alerts } = await user.get('/v1/alerts')
    assert.deepEqual([alerts[0].recipients, alerts[0].left.length], [[address('ida')], 1])
    const at = body => user.call(`/v1/alerts/${alert.id}`, { method: 'PATCH', body })
    problem(await at({ recipients: wish.recipients }), 409, 'recipient-left')
    succeeded(await at({ recipients: wish.recipients, readmit: [address('hugo')] }))
  })

  test('a link that is none, is changed, or whose report is gone is answered alike', async () => {
    const user = world.user()
    const { report, links: [jan, kim] } = await sent(user, ['jan', 'kim']) // prettier-ignore
    const token = jan.split('/').at(-1)
    const [version, key, nonce, cipher] = token.split('.')
    const other = kim.split('.')
    const tampered = [...cipher].map((c, i) => (i === 30 ? (c === 'A' ? 'B' : 'A') : c)).join('')
    const wrong = [
      ...['x', 'v1', '....', token.slice(0, -1), token + 'A', token + '.x', 'A'.repeat(2000)],
      ...[[version, key, nonce, tampered], [version, key, nonce, other.at(-1)], [version, key, other.at(-2), cipher]].map(
        parts => parts.join('.'),
      ),
      [version, 'A'.repeat(key.length), nonce, cipher].join('.'),
    ]
    const answers = []
    for (const one of wrong) answers.push(await look(`/unsubscribe/${one}`), await leave(`/unsubscribe/${one}`))
    assert.equal((await leave(kim)).status, 200)
    succeeded(await user.call(`/v1/reports/${report.id}`, { method: 'DELETE' }))
    answers.push(await look(jan), await leave(jan), await leave(kim))
    for (const { status, text, headers } of answers) {
      assert.deepEqual([status, text], [404, answers[0].text])
      assert.match(headers.get('content-type'), /^text\/html/)
      assert.match(headers.get('content-security-policy'), /default-src 'none'/)
    }
    assert.deepEqual(world.database.ask(`SELECT origin FROM mail_leavers WHERE origin = '${report.id}'`), [])
  })

  test('no link is in a log, a table or a file', async () => {
    await world.ask('/healthz', { headers: { 'x-request-id': 'after-the-links' } })
    await world.server.says(/after-the-links/, { from: 'log' })
    assert.ok(links.length >= 8)
    for (const [name, text] of everythingKept(world)) noSecret(links, name, text)
    assert.ok(!world.server.log.includes(address('dora')))
    assert.match(world.server.log, /"path":"\/unsubscribe\/\.\.\."/)
  })

  if (world.engine === 'sqlite')
    test('an address that asks too often is told to wait', async () => {
      const from = () => leave('/unsubscribe/guessed', undefined, { ...FORM, 'x-forwarded-for': '198.51.100.9' })
      assert.match((await from()).headers.get('ratelimit-policy'), /^"unsubscribe";q=300;w=60$/)
      let answer
      for (let n = 0; n < 1000 && answer?.status !== 429; n++) answer = await from()
      problem(answer, 429, 'too-often')
    })
})
