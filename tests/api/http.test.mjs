// What every answer has in common: errors of one form, request ids, headers, limits, CORS.
import assert from 'node:assert/strict'
import { askRaw, lastDays, mint, problem, succeeded } from '../lib/http.mjs'
import { onEngine, ORIGIN } from '../lib/world.mjs'
import { routes } from '../lib/routes.mjs'

const range = lastDays(30)

// The last answer in raw text: { status, head, body }
function parse(text) {
  const at = text.lastIndexOf('HTTP/1.'),
    split = text.indexOf('\r\n\r\n', at)
  return { status: Number(text.slice(at + 9, at + 12)), head: text.slice(at, split), body: text.slice(split + 4) }
}

onEngine('sqlite', 'http', { sim: null }, (world, test) => {
  const raw = (head, body = '') => askRaw(world.url, `${head}\r\nHost: x\r\nConnection: close\r\n\r\n${body}`)
  const refused = (text, ...statuses) => {
    const { status, head, body } = parse(text)
    assert.ok(statuses.includes(status), `${status} is not ${statuses}: ${text.slice(0, 200)}`)
    assert.match(head, /content-type: application\/problem\+json/i)
    assert.match(head, /x-request-id: \S+/i)
    assert.equal(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)).status, status)
  }

  test('an unknown path is a 404', async () => {
    for (const path of [
      '/v1/nothing',
      '/v1',
      '/v1/',
      '/v1/widgets/',
      '/v1/widgets/a/b/c',
      '/v2/widgets',
      '/%2e%2e/etc/passwd',
      '/V1/widgets',
    ])
      problem(await world.ask(path, { token: mint() }), 404)
  })

  test('a known path with another method is a 405 that says which', async () => {
    const known = new Map()
    for (const { method, path } of routes()) known.set(path, [...(known.get(path) ?? []), method])
    for (const [path, methods] of known) {
      const other = ['DELETE', 'PUT', 'PATCH'].find(method => !methods.includes(method))
      const answer = await world.ask(path.replace(/\{\w+\}/g, 'ga4'), { method: other, token: mint() })
      problem(answer, 405)
      for (const method of methods) assert.match(answer.headers.get('allow') ?? '', new RegExp(`\\b${method}\\b`), path)
    }
  })

  test('methods nobody should use are refused', async () => {
    for (const method of ['TRACE', 'CONNECT', 'BREW']) {
      const { status } = parse(await raw(`${method} /healthz HTTP/1.1`))
      assert.ok([400, 405, 501].includes(status), `${method}: ${status}`)
    }
  })

  test('HEAD answers as GET does, without a body', async () => {
    const { status, head, body } = parse(await raw('HEAD /healthz HTTP/1.1'))
    assert.equal(status, 200)
    assert.match(head, /content-length: [1-9]/i)
    assert.equal(body, '')
  })

  test('a request line over 8 KB is a 414', async () =>
    refused(await raw(`GET /v1/widgets?x=${'a'.repeat(9000)} HTTP/1.1`), 414))
  test('headers over 32 KB are a 431', async () =>
    refused(await raw(`GET /v1/widgets HTTP/1.1\r\nX-Pad: ${'a'.repeat(16000)}\r\nX-Pad2: ${'a'.repeat(20000)}`), 431))
  test('a body over 256 KB is a 413, before it is read', async () =>
    refused(
      await raw('POST /v1/dashboard/layout HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100000000'),
      413,
    ))
  test('a chunked body over 256 KB is a 413', async () => {
    const chunk = '8000\r\n' + 'x'.repeat(0x8000) + '\r\n'
    refused(
      await raw(
        `POST /v1/dashboard/layout HTTP/1.1\r\nAuthorization: Bearer ${mint()}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked`,
        chunk.repeat(10) + '0\r\n\r\n',
      ),
      413,
    )
  })

  const broken = [
    ['a length that is not a number', 'Content-Length: x'],
    ['a negative length', 'Content-Length: -1'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['an unknown coding', 'Transfer-Encoding: gzip'],
  ]
  for (const [name, header] of broken) {
    test(`${name} never reaches a handler`, async () => {
      const text = await askRaw(
        world.url,
        `POST /v1/dashboard/layout HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mint()}\r\nContent-Type: application/json\r\n${header}\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
        { ms: 1500 },
      )
      assert.doesNotMatch(text, /^HTTP\/1\.1 200/m, 'something was served')
      if (text) assert.match(text, /^HTTP\/1\.[01] (400|501)/)
    })
  }

  test('bytes that are no HTTP close the connection, and the server lives', async () => {
    for (const bytes of [
      '\0\0\0\0\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n',
    ])
      assert.doesNotMatch(await askRaw(world.url, Buffer.from(bytes, 'latin1'), { ms: 1000 }), /^HTTP\/1\.1 200/)
    succeeded(await world.ask('/healthz'))
  })

  test('requests in one packet are answered in order', async () => {
    const text = await askRaw(
      world.url,
      'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    assert.deepEqual(
      [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(match => match[1]),
      ['200', '404', '200'],
    )
  })

  test('a request id is kept if it is sane, and made if it is not', async () => {
    const id = async sent =>
      (await world.ask('/healthz', { headers: sent === undefined ? {} : { 'x-request-id': sent } })).headers.get(
        'x-request-id',
      )
    assert.equal(await id('abc-123.DEF_4'), 'abc-123.DEF_4')
    const [one, two] = [await id(), await id()]
    assert.ok(one && two && one !== two)
    for (const bad of ['a b', '"<script>', 'x'.repeat(500), 'a;b=c']) assert.notEqual(await id(bad), bad)
    const answer = await world.ask('/v1/nothing', { headers: { 'x-request-id': 'trace-me-42' } })
    assert.match(answer.text, /trace-me-42/)
    await world.server.says(/trace-me-42/, { from: 'log', ms: 5000 })
  })

  test('answers of the API are private, and not guessed at', async () => {
    const answer = await world.ask(`/v1/widgets/ga4.sessions?${range}`, { token: mint() })
    assert.match(answer.headers.get('cache-control') ?? '', /private|no-store/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  })

  test('the query of a request is not in the log', async () => {
    await world.ask('/v1/widgets?token=canary-in-the-query', {
      token: mint(),
      headers: { 'x-request-id': 'after-the-canary' },
    })
    await world.server.says(/after-the-canary/, { from: 'log', ms: 5000 })
    assert.doesNotMatch(world.server.log, /canary-in-the-query/)
  })

  test('CORS: the origin that is named may, others may not', async () => {
    const preflight = origin =>
      world.ask('/v1/widgets/ga4.users', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
      })
    const yes = await preflight(ORIGIN)
    assert.ok([200, 204].includes(yes.status))
    assert.equal(yes.headers.get('access-control-allow-origin'), ORIGIN)
    assert.match(yes.headers.get('vary') ?? '', /Origin/i)
    assert.match(yes.headers.get('access-control-allow-headers') ?? '', /authorization/i)
    assert.match(yes.headers.get('access-control-allow-methods') ?? '', /GET/)
    for (const origin of [
      'https://evil.example',
      'null',
      `${ORIGIN}.evil.example`,
      ORIGIN.replace('https', 'http'),
      `${ORIGIN}:8443`,
      `${ORIGIN}/`,
    ])
      assert.equal((await preflight(origin)).headers.get('access-control-allow-origin'), null, origin)
    for (const [origin, allowed] of [
      [ORIGIN, ORIGIN],
      ['https://evil.example', null],
    ]) {
      const answer = await world.ask(`/v1/widgets/ga4.users?${range}`, { token: mint(), headers: { origin } })
      assert.equal(answer.headers.get('access-control-allow-origin'), allowed)
      assert.match(answer.headers.get('vary') ?? '', /Origin/i)
    }
    const error = await world.ask('/v1/nothing', { token: mint(), headers: { origin: ORIGIN } })
    assert.equal(error.headers.get('access-control-allow-origin'), ORIGIN, 'a page could not read this error')
  })
})
