// /metrics, and what is made of it: alert rules for Prometheus and a board for Grafana, which ask for nothing that is not
// there. promtool is Prometheus's own.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually, succeeded } from '../lib/http.mjs'
import { DAYMARK, freePort, Program, root } from '../lib/programs.mjs'
import { askTls, makePair } from '../lib/tls.mjs'
import { onBothEngines, SECRET_KEY } from '../lib/world.mjs'

const RULES = join(root, 'packaging/prometheus/daymark.rules.yml')
const skip = !existsSync('/usr/bin/promtool') && 'the package prometheus is not installed'
const promtool = (args, input) => execFileSync('promtool', args, { input, encoding: 'utf8', stdio: 'pipe' })
const board = JSON.parse(readFileSync(join(root, 'packaging/grafana/daymark.json'), 'utf8'))
const panels = board.panels.filter(panel => panel.type !== 'row')
const alerts = readFileSync(RULES, 'utf8')
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map(text => ({ name: text.match(/^\w+/)[0], expr: text.match(/^ +expr: (.+)$/m)[1], text }))
const expressions = [
  ...panels.flatMap(panel => panel.targets.map(target => target.expr)),
  ...board.annotations.list.flatMap(one => one.expr ?? []),
  ...alerts.map(alert => alert.expr),
]

// What was seen live: { metric: { label: Set of values } }
const seen = {}
function note(text) {
  for (const [, name, labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const of = (seen[name] ??= {})
    for (const [, label, value] of labels.matchAll(/(\w+)="([^"]*)"/g)) (of[label] ??= new Set()).add(value)
  }
}

const env = {
  ...{ REDIS_URL: 'redis://127.0.0.1:1', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_MODEL: 'any' },
  ...{ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'daymark@example.org' },
}
onBothEngines('the numbers of a server', { env }, (world, test) => {
  const user = world.user()
  const metrics = async () => (await world.ask('/metrics')).text
  const value = (text, line) =>
    Number(
      text
        .split('\n')
        .find(one => one.startsWith(`${line} `))
        ?.split(' ')[1],
    )

  test('are what Prometheus wants to read', async () => {
    await user.connectAll()
    assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
    const text = await metrics()
    if (!skip) promtool(['check', 'metrics'], text)
    note(text)
  })

  test('tell how the accounts do', async () => {
    world.database.load("UPDATE connections SET status = 'reconnect' WHERE source = 'ga4';")
    world.database.load("UPDATE connections SET expires_at = '2099-01-01T00:00:00.000000Z' WHERE source = 'meta';")
    const text = await metrics()
    note(text)
    assert.equal(value(text, 'daymark_connections{source="ga4",status="reconnect"}'), 1)
    assert.equal(value(text, 'daymark_connections{source="meta",status="connected"}'), 1)
    assert.ok(value(text, 'daymark_source_stalest_success_seconds{source="meta"}') < 300, text)
    assert.doesNotMatch(text, /stalest_success_seconds\{source="ga4"\}/) // nobody waits for it but its owner
    assert.ok(
      value(text, 'daymark_source_soonest_end_timestamp_seconds{source="meta"}') === Date.UTC(2099, 0, 1) / 1000,
      text,
    )
    assert.equal(value(text, 'daymark_jobs_finished_last_day{status="success"}'), 1)
    assert.equal(value(text, 'daymark_jobs_finished_last_day{status="failed"}'), 0)
  })

  test('count requests by class and time', async () => {
    const before = await metrics()
    await world.ask('/nowhere')
    await world.ask('/healthz')
    let after
    const more = line => value(after, line) - value(before, line)
    // A request is counted when its answer has left, which may be a moment later.
    const counted = async () => {
      after = await metrics()
      return (
        more('daymark_http_replies_total{class="4xx"}') === 1 && more('daymark_http_replies_total{class="2xx"}') >= 2
      )
    }
    await eventually(counted, { why: () => after })
    assert.ok(more('daymark_http_request_seconds_count') >= 3)
    assert.equal(
      value(after, 'daymark_http_request_seconds_count'),
      value(after, 'daymark_http_request_seconds_bucket{le="+Inf"}'),
    )
    assert.ok(more('daymark_http_request_seconds_sum') > 0)
  })

  test('tell of the process', async () => {
    const text = await metrics()
    const open = Number(execFileSync('sh', ['-c', `ls /proc/${world.server.pid}/fd | wc -l`], { encoding: 'utf8' }))
    assert.ok(Math.abs(value(text, 'process_open_fds') - open) < 10, `${open} are open\n${text}`)
    assert.ok(value(text, 'process_resident_memory_bytes') > 1e6)
    assert.ok(Math.abs(value(text, 'process_start_time_seconds') - Date.now() / 1000) < 600)
    if (world.engine === 'sqlite') assert.ok(value(text, 'daymark_disk_free_bytes') > 0)
  })

  test('tell of mails that cannot be sent', async () => {
    const report = { name: 'Weekly', recipients: ['a@example.org'], insights: false }
    const { id } = succeeded(await user.post('/v1/reports', report), 201)
    succeeded(await user.call(`/v1/reports/${id}/send`, { method: 'POST' }), 202)
    const failed = 'daymark_mail_failures_total{kind="unreachable"}'
    let text
    await eventually(async () => value((text = await metrics()), failed) > 0, { why: () => text })
    assert.deepEqual(
      ['mails_waiting', 'mails_sent_total', 'mails_given_up_total'].map(name => value(text, `daymark_${name}`)),
      [1, 0, 0],
    )
    assert.doesNotMatch(text, /mail_last_sent/)
    const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString().replace('Z', '000Z')
    await eventually(() => world.database.ask('SELECT status FROM mails').join() === 'waiting')
    world.database.load(`UPDATE mails SET created_at = '${ago(2000)}', ended_at = '${ago(60)}';`)
    const age = value(await metrics(), 'daymark_mail_failing_seconds')
    assert.ok(age >= 2000 && age < 2300, String(age))
    world.database.load(`UPDATE mails SET status = 'sent';`)
    text = await metrics()
    note(text)
    assert.deepEqual(['mails_waiting', 'mail_failing_seconds'].map(name => value(text, `daymark_${name}`)), [0, 0])
    const last = Date.now() / 1000 - value(text, 'daymark_mail_last_sent_timestamp_seconds')
    assert.ok(last >= 59 && last < 360, String(last))
  })

  test('tell when a backup was made', async () => {
    assert.doesNotMatch(await metrics(), /backup_age/)
    assert.equal((await world.command(['backup', join(world.folder, 'backup.db')])).code, 0)
    const text = await metrics()
    note(text)
    const age = value(text, 'daymark_backup_age_seconds')
    assert.ok(age >= 0 && age < 300, String(age))
  })
})

describe('what is made of the numbers', () => {
  let folder
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daymark-monitoring-'))
    const port = await freePort()
    const { key, cert } = makePair(folder, 'localhost')
    const env = {
      DATABASE_URL: `sqlite:${folder}/x.db`,
      LISTEN: `127.0.0.1:${port}`,
      TLS_CERT: cert,
      TLS_KEY: key,
      SECRET_KEY,
    }
    const server = new Program(DAYMARK, ['serve'], { env, cwd: folder })
    await server.says(/Daymark is ready/)
    note((await askTls(port, '/metrics')).text)
    assert.deepEqual(await server.stop(), { code: 0, signal: null })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('the alert rules are in order, and each alert comes when it has to', { skip }, () => {
    promtool(['check', 'rules', RULES])
    promtool(['test', 'rules', join(root, 'tests/prometheus/daymark.test.yml')])
    const tried = readFileSync(join(root, 'tests/prometheus/daymark.test.yml'), 'utf8')
    for (const { name } of alerts) assert.match(tried, new RegExp(`- eval_time: \\d+m\\n +alertname: ${name}\\n`))
  })

  it('each alert says how bad it is, and its name is a chapter of the manual', () => {
    const manual = readFileSync(join(root, 'docs/operating.md'), 'utf8')
    assert.ok(alerts.length > 20)
    for (const { name, text } of alerts) {
      assert.match(text, /severity: (critical|warning|info)\n/)
      assert.match(text, /^ +for: \d+[mh]$/m)
      assert.ok(text.includes(`runbook: "docs/operating.md#${name.toLowerCase()}"`), text)
      assert.match(manual, new RegExp(`^### ${name}$`, 'm'))
    }
  })

  it('the board is one that Grafana can import', () => {
    assert.ok(board.schemaVersion >= 36 && board.uid && board.title)
    assert.equal(new Set(board.panels.map(panel => panel.id)).size, board.panels.length)
    const taken = new Set()
    for (const { title, type, gridPos, datasource, description, fieldConfig, targets } of board.panels) {
      const { x, y, w, h } = gridPos
      assert.ok(x >= 0 && x + w <= 24, title)
      for (let at = 0; at < w * h; at++) {
        const cell = `${x + (at % w)},${y + Math.floor(at / w)}`
        assert.ok(!taken.has(cell), `${title} lies upon another`)
        taken.add(cell)
      }
      if (type === 'row') continue
      assert.ok(['stat', 'timeseries'].includes(type), type)
      assert.ok(
        description && fieldConfig.defaults.unit && fieldConfig.defaults.thresholds.steps[0].value === null,
        title,
      )
      assert.equal(datasource.uid, '${datasource}')
      assert.equal(new Set(targets.map(target => target.refId)).size, targets.length)
    }
    const variables = board.templating.list.map(one => one.name)
    for (const [, name] of JSON.stringify(panels).matchAll(/\$\{?(\w+)/g))
      assert.ok(['__rate_interval', ...variables].includes(name), name)
  })

  it('what it asks is PromQL', { skip }, () => {
    const rules = expressions.map((expr, n) => ({ record: `x:${n}`, expr: expr.replaceAll('$__rate_interval', '5m') }))
    const file = join(folder, 'board.yml')
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'board', rules }] }))
    promtool(['check', 'rules', '--lint=none', file])
  })

  it('all that is asked for is there, with its labels', () => {
    assert.ok(expressions.length > 60)
    for (const expr of expressions) {
      const labels = new Set(['instance', 'le'])
      for (const [, name, matchers = ''] of expr.matchAll(/\b((?:daymark|process)_\w+)(?:\{([^}]*)\})?/g)) {
        assert.ok(seen[name], `${name} is nowhere: ${expr}`)
        for (const label of Object.keys(seen[name])) labels.add(label)
        for (const [, label, value] of matchers.matchAll(/(\w+)="([^"$]+)"/g))
          if (label !== 'job') assert.ok(seen[name][label]?.has(value), `${name} has no ${label} ${value}`)
      }
      for (const [, list] of expr.matchAll(/\bby \(([^)]*)\)/g))
        for (const label of list.split(', ')) assert.ok(labels.has(label), `there is no ${label}: ${expr}`)
    }
  })
})
