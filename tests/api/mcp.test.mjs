// The door for assistants: a public client asks the user's own numbers, and gets what the HTTP routes give.
import assert from 'node:assert/strict'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { dense, invent, dayOf, store } from '../lib/explained.mjs'
import { problem, succeeded, UUID } from '../lib/http.mjs'
import { onBothEngines, ORIGIN } from '../lib/world.mjs'

const ACCEPT = { accept: 'application/json, text/event-stream' }
const TOOLS = ['list_widgets', 'get_widget', 'explain_change', 'get_insights', 'sync_now']
const rpc = (method, params, id = 1) => ({ jsonrpc: '2.0', id, method, params })
const tool = (name, args, id) => rpc('tools/call', { name, arguments: args }, id)

onBothEngines('mcp', { sim: null }, (world, test) => {
  const period = { startDate: dayOf(60), endDate: dayOf(89) }
  const query = more => new URLSearchParams({ ...period, ...more })

  function keep(seed) {
    const user = world.user()
    store(world.database, user.id, dense(invent(seed, { days: 130 })))
    return user
  }
  async function connected(token, body) {
    const transport = new StreamableHTTPClientTransport(new URL(`${world.url}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    })
    const client = new Client({ name: 'a test', version: '1.0.0' })
    await client.connect(transport)
    try {
      return await body(client)
    } finally {
      await client.close()
    }
  }
  const post = (user, body, headers = {}) => user.post('/mcp', body, { headers: { ...ACCEPT, ...headers } })
  const raw = (user, text, headers = {}) =>
    user.call('/mcp', { method: 'POST', raw: text, headers: { ...ACCEPT, ...headers } })

  function refused(answer, code, status = 200, id = 1) {
    assert.equal(answer.status, status, answer.text)
    assert.equal(answer.json.jsonrpc, '2.0')
    assert.equal(answer.json.id, id)
    assert.equal(answer.json.error.code, code, answer.text)
    assert.ok(answer.json.error.message)
    assert.equal(answer.json.result, undefined)
  }
  function toolError(result, words) {
    assert.equal(result.isError, true, JSON.stringify(result))
    assert.equal(result.structuredContent, undefined)
    assert.match(result.content[0].text, words)
  }

  test('a public client lists the tools, with what each takes', async () => {
    const user = world.user()
    await connected(user.token, async client => {
      assert.equal(client.getServerVersion().name, 'daymark')
      assert.ok(client.getServerCapabilities().tools)
      await client.ping()
      const { tools } = await client.listTools()
      assert.deepEqual(
        tools.map(each => each.name),
        TOOLS,
      )
      for (const { name, title, description, inputSchema, annotations } of tools) {
        assert.ok(title && description.length > 20, name)
        assert.equal(inputSchema.additionalProperties, false)
        for (const [argument, schema] of Object.entries(inputSchema.properties))
          assert.ok(schema.type === 'string' && schema.description, `${name} does not say what ${argument} is`)
        assert.equal(annotations.readOnlyHint, name !== 'sync_now', name)
        assert.equal(annotations.destructiveHint, false)
      }
      const schemas = Object.fromEntries(tools.map(each => [each.name, each.inputSchema]))
      assert.deepEqual(schemas.list_widgets.properties, {})
      assert.deepEqual(schemas.get_widget.required, ['key', 'startDate', 'endDate'])
      assert.deepEqual(schemas.get_insights.required, ['startDate', 'endDate'])
      assert.ok(schemas.explain_change.properties.by)
      assert.deepEqual(schemas.sync_now.required, [])
    })
  })

  test('each tool gives what its route gives', async () => {
    const user = keep(1)
    const made = await user.post('/v1/auth/tokens', { name: 'an assistant' })
    assert.equal(made.status, 201, made.text)
    assert.match(made.json.token, /^dm_/)
    await connected(made.json.token, async client => {
      const same = async (name, args, path) => {
        const result = await client.callTool({ name, arguments: args })
        const there = await user.get(path)
        assert.notEqual(result.isError, true, JSON.stringify(result))
        assert.deepEqual(result.structuredContent, there, name)
        assert.deepEqual(JSON.parse(result.content[0].text), there, name)
        return there
      }
      const { widgets } = await same('list_widgets', {}, '/v1/widgets')
      assert.ok(widgets.length > 10)
      let figures = 0
      for (const { key } of widgets) {
        const there = await same('get_widget', { key, ...period }, `/v1/widgets/${key}?${query()}`)
        if (there.stats?.value) figures++
      }
      assert.ok(figures > 5, `only ${figures} widgets have a figure`)
      const compare = 'previous_period'
      const explained = await same(
        'explain_change',
        { key: 'ga4.sessions', ...period, compare, by: 'channel' },
        `/v1/widgets/ga4.sessions/explain?${query({ compare, by: 'channel' })}`,
      )
      assert.ok(JSON.stringify(explained).includes('channel'))
      const said = await same(
        'get_insights',
        { ...period, sensitivity: 'high' },
        `/v1/insights?${query({ sensitivity: 'high' })}`,
      )
      assert.ok(said.facts.length > 0)
      const { structuredContent: job } = await client.callTool({ name: 'sync_now', arguments: { source: 'ga4' } })
      assert.match(job.job_id, UUID)
      assert.ok((await user.get('/v1/sync/jobs')).jobs.some(each => JSON.stringify(each).includes(job.job_id)))
    })
  })

  test("another user's numbers and widgets are out of reach", async () => {
    const owner = keep(2)
    const stranger = world.user()
    const own = { title: 'Mine', formula: 'ga4.sessions', unit: 'count' }
    const key = 'custom.mine'
    const put = await owner.call(`/v1/widgets/${key}`, { method: 'PUT', body: own })
    assert.ok(put.status < 300, put.text)
    const args = { key: 'ga4.sessions', ...period }
    const mine = (await post(owner, tool('get_widget', args))).json.result.structuredContent
    const theirs = (await post(stranger, tool('get_widget', args))).json.result.structuredContent
    assert.ok(mine.stats.value > 0)
    assert.deepEqual(theirs, await stranger.get(`/v1/widgets/ga4.sessions?${query()}`))
    assert.notEqual(theirs.stats?.value, mine.stats.value)
    assert.equal((await post(owner, tool('get_widget', { key, ...period }))).json.result.isError, false)
    toolError((await post(stranger, tool('get_widget', { key, ...period }))).json.result, /no widget has the key/)
    const listed = (await post(stranger, tool('list_widgets', {}))).json.result.structuredContent.widgets
    assert.equal(
      listed.find(each => each.key === key),
      undefined,
    )
  })

  test('wrong values are an error of the tool, in our own words', async () => {
    const user = world.user()
    const wrong = [
      ['get_widget', {}, /key is missing/],
      ['get_widget', { key: 'ga4.sessions' }, /startDate/],
      ['get_widget', { key: 'nope', ...period }, /no widget has the key "nope"/],
      ['get_widget', { key: '../ga4.sessions', ...period }, /no widget has the key/],
      ['get_widget', { key: 7, ...period }, /not a text/],
      ['get_widget', { key: ['ga4.sessions'], ...period }, /not a text/],
      ['get_widget', { key: 'x'.repeat(9999), ...period }, /1 to 200 bytes/],
      ['get_widget', { key: 'ga4.sessions', startDate: '2026-02-30', endDate: '2026-03-01' }, /startDate/],
      ['get_widget', { key: 'ga4.sessions', ...period, user: 'another' }, /"user" is not a member/],
      ['explain_change', { key: 'ga4.sessions', ...period, by: 'moon' }, /./],
      ['get_insights', { ...period, sensitivity: 'extreme' }, /sensitivity is low, normal or high/],
      ['sync_now', { source: 'moon' }, /there is no source "moon"/],
      ['list_widgets', { key: 'ga4.sessions' }, /not a member/],
    ]
    for (const [name, args, words] of wrong) {
      const answer = await post(user, tool(name, args))
      assert.equal(answer.status, 200, answer.text)
      toolError(answer.json.result, words)
    }
    refused(await post(user, tool('drop_tables', {})), -32602)
    refused(await post(user, rpc('tools/call', {})), -32602)
    refused(await post(user, rpc('tools/call')), -32602)
    refused(await post(user, rpc('tools/call', { name: 5 })), -32602)
    refused(await post(user, tool('list_widgets', [])), -32602)
    refused(await post(user, rpc('tools/list', { cursor: 'x' })), -32602)
    refused(await post(user, rpc('initialize', {})), -32602)
    refused(await post(user, rpc('ping', [1])), -32602)
    refused(await post(user, rpc('resources/list')), -32601)
  })

  test("the user's limits hold for tools", async () => {
    const user = world.user()
    let tooOften
    for (let n = 0; n < 40 && !tooOften; n++) {
      const batch = Array.from({ length: 32 }, (_, id) => tool('get_insights', { startDate: 'x', endDate: 'y' }, id))
      const answers = succeeded(await post(user, batch))
      tooOften = answers.find(each => /asked for too often/.test(each.result.content[0].text))
    }
    assert.equal(tooOften?.result.isError, true)
    problem(await user.call(`/v1/insights?${query()}`), 429, 'too-often')
    assert.equal((await post(user, tool('list_widgets', {}))).json.result.isError, false)
  })

  test('what is no JSON-RPC is refused as the protocol says', async () => {
    const user = world.user()
    const deep = n => '['.repeat(n) + ']'.repeat(n)
    for (const text of [
      '',
      '{',
      'nonsense',
      '{"a":1}}',
      deep(100),
      deep(60000),
      '{"id":1,"id":2}',
      '"\\u0000"',
      '{"a":"\xff',
    ])
      refused(await raw(user, text), -32700, 400, null)
    for (const text of [
      '1',
      'null',
      '"ping"',
      '{}',
      '[]',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","method":"ping","id":null}',
    ])
      refused(await raw(user, text), -32600, 400, null)
    refused(await raw(user, '{"jsonrpc":"1.0","method":"ping","id":1}'), -32600, 400)
    refused(await raw(user, '{"jsonrpc":"2.0","method":7,"id":1}'), -32600, 400)
    refused(await raw(user, '{"jsonrpc":"2.0","method":"ping","id":{"a":1}}'), -32600, 400, null)
    assert.equal((await raw(user, `{"jsonrpc":"2.0","method":"${'x'.repeat(300000)}","id":1}`)).status, 413)
    problem(await raw(user, '{}', { 'content-type': 'text/plain' }), 415)
    for (const id of [0, -7, 1.5, 'text', '', '"]}\\', 9007199254740991])
      assert.deepEqual((await post(user, rpc('ping', {}, id))).json, { jsonrpc: '2.0', id, result: {} })
  })

  test('notifications and responses are taken without a word', async () => {
    const user = world.user()
    const silent = [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', method: 'notifications/unheard-of', params: {} },
      { jsonrpc: '2.0', method: 'tools/call', params: { name: 'sync_now' } },
      { jsonrpc: '2.0', id: 4, result: {} },
      { jsonrpc: '2.0', id: 4, error: { code: -1, message: 'no' } },
      [{ jsonrpc: '2.0', method: 'notifications/initialized' }],
    ]
    for (const body of silent) {
      const answer = await post(user, body)
      assert.equal(answer.status, 202, answer.text)
      assert.equal(answer.text, '')
    }
    assert.deepEqual((await user.get('/v1/sync/jobs')).jobs, [], 'a notification started a sync')
  })

  test('batches are for the version that has them', async () => {
    const user = keep(3)
    const batch = [
      rpc('ping', {}, 'a'),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      tool('get_widget', { key: 'ga4.sessions', ...period }, 'b'),
      tool('get_insights', period, 'b'),
      7,
      rpc('initialize', { protocolVersion: '2025-03-26' }, 'c'),
    ]
    for (const headers of [{}, { 'mcp-protocol-version': '2025-03-26' }]) {
      const answers = succeeded(await post(user, batch, headers))
      assert.deepEqual(
        answers.map(each => each.id),
        ['a', 'b', 'b', null, 'c'],
      )
      assert.deepEqual(answers[1].result.structuredContent, await user.get(`/v1/widgets/ga4.sessions?${query()}`))
      assert.ok(answers[2].result.structuredContent.facts)
      assert.equal(answers[3].error.code, -32600)
      assert.equal(answers[4].error.code, -32600)
    }
    refused(await post(user, batch, { 'mcp-protocol-version': '2025-06-18' }), -32600, 400, null)
    refused(await post(user, Array(33).fill(rpc('ping'))), -32600, 400, null)
  })

  test('versions are agreed on, and held to', async () => {
    const user = world.user()
    for (const [asked, given] of [
      ['2025-06-18', '2025-06-18'],
      ['2025-03-26', '2025-03-26'],
      ['2024-11-05', '2025-06-18'],
      ['2099-01-01', '2025-06-18'],
    ])
      assert.equal((await post(user, rpc('initialize', { protocolVersion: asked }))).json.result.protocolVersion, given)
    problem(await post(user, rpc('ping'), { 'mcp-protocol-version': '2024-11-05' }), 400, 'unknown-version')
    const answer = await post(user, rpc('ping'), { 'mcp-protocol-version': '2025-06-18' })
    succeeded(answer)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    assert.equal(answer.headers.get('mcp-session-id'), null)
    problem(await post(user, rpc('ping'), { accept: 'text/html' }), 406)
  })

  test('strangers, other methods and foreign pages are refused', async () => {
    const user = world.user()
    problem(await world.ask('/mcp', { method: 'POST', body: rpc('ping'), headers: ACCEPT }), 401)
    const [, code] = await world.server.says(/#setup=(\S+)/)
    const body = { code, email: 'ann@example.org', password: 'a long password for tests' }
    const signedIn = await world.ask('/v1/auth/setup', { method: 'POST', body })
    const cookie = signedIn.headers.get('set-cookie').split(';')[0]
    const byCookie = headers =>
      world.ask('/mcp', { method: 'POST', body: rpc('ping'), cookie, headers: { ...ACCEPT, ...headers } })
    for (const headers of [
      {},
      { origin: ORIGIN },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      problem(await byCookie(headers), 403, 'cross-site')
    succeeded(await byCookie({ origin: world.url }))
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await user.call('/mcp', { method, headers: { accept: 'text/event-stream' } })
      problem(answer, 405)
      assert.equal(answer.headers.get('allow'), 'POST, OPTIONS')
    }
    for (const origin of ['https://evil.example', 'null', `http://localhost:${world.port}`])
      problem(await post(user, rpc('ping'), { origin }), 403, 'cross-site')
    succeeded(await post(user, rpc('ping'), { origin: world.url }))
    const allowed = await post(user, rpc('ping'), { origin: ORIGIN })
    succeeded(allowed)
    assert.equal(allowed.headers.get('access-control-allow-origin'), ORIGIN)
    const asked = await user.call('/mcp', { method: 'OPTIONS', headers: { origin: ORIGIN } })
    assert.match(asked.headers.get('access-control-allow-headers'), /MCP-Protocol-Version/i)
  })
})

// A request for insights is held while a model words them, and answered by another thread.
onBothEngines('mcp with a language model', { sim: ['--days', '5'] }, (world, test) => {
  test('words that come later reach the tool, alone and in a batch', async () => {
    await world.stopServer()
    world.env = {
      OPENAI_BASE_URL: `${world.sim.url}/v1`,
      OPENAI_API_KEY: 'sk-0123456789-abcdefghij',
      OPENAI_MODEL: 'words-1',
      LLM_TIMEOUT: '10',
    }
    await world.startServer()
    const user = world.user()
    store(world.database, user.id, { through: 200, ...dense(invent(4, { days: 60 })) })
    const period = (from, to) => ({ startDate: dayOf(from), endDate: dayOf(to) })
    const insights = (from, to, id) => tool('get_insights', period(from, to), id)
    const ask = async body => succeeded(await user.post('/mcp', body, { headers: ACCEPT }))
    const same = async (answer, from, to) => {
      const there = await user.get(`/v1/insights?${new URLSearchParams(period(from, to))}`)
      assert.equal(there.engine, 'llm')
      assert.deepEqual(answer.result.structuredContent, there)
    }
    await same(await ask(insights(30, 59)), 30, 59)
    const batch = [insights(45, 51, 'a'), rpc('ping', {}, 'b'), insights(20, 59, 'c'), insights(45, 51, 'd')]
    const answers = await ask(batch)
    assert.deepEqual(
      answers.map(each => each.id),
      ['a', 'b', 'c', 'd'],
    )
    await same(answers[0], 45, 51)
    await same(answers[2], 20, 59)
    await same(answers[3], 45, 51)
    await Promise.all(
      Array.from({ length: 8 }, () => ask(Array.from({ length: 8 }, (_, i) => insights(10 + i, 50, i)))),
    )
  })
})
