// What an operator and a developer look at: health, version, numbers, description, the page.
import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import { get } from 'node:http'
import { INSTANT, mint, problem, succeeded } from '../lib/http.mjs'
import { routes } from '../lib/routes.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

onBothEngines('operations', { sim: null }, (world, test) => {
  test('it is alive, it can serve, and it says what it is', async () => {
    for (const path of ['/healthz', '/readyz']) succeeded(await world.ask(path))
    assert.match(succeeded(await world.ask('/version')).version, /^\d+\.\d+\.\d+/)
  })

  test('metrics are for loopback, in the form that Prometheus reads', async () => {
    const { status, text } = await world.ask('/metrics')
    assert.equal(status, 200)
    for (const line of text.trimEnd().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+-]+|\w+(\{[^}]*\})? NaN)$/)
  })

  test('meta of a new user', async () => {
    const meta = await world.user().get('/v1/dashboard/meta')
    assert.equal(meta.last_sync_at, null)
    assert.match(meta.next_scheduled_at, INSTANT)
    assert.deepEqual(meta.connected_sources, { ga4: false, instagram: false, meta: false })
  })

  test('a database that goes away makes it unready, not dead', async t => {
    if (world.engine === 'sqlite') return t.skip('an SQLite file does not go away')
    const [name] = world.database.ask('SELECT current_database()')
    world.database.ask(
      `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
    )
    succeeded(await world.ask('/healthz'))
    const user = world.user()
    for (let i = 0; i < 20; i++) {
      const answer = await user.call('/v1/dashboard/layout')
      assert.ok([200, 503].includes(answer.status), answer.text)
      if (answer.status === 503) assert.ok(answer.headers.get('retry-after'))
    }
    succeeded(await user.call('/v1/dashboard/layout'))
    succeeded(await world.ask('/readyz'))
  })
})

onEngine('sqlite', 'the description', { sim: null }, (world, test) => {
  test('OpenAPI 3.1 holds every route of the table, and no other', async () => {
    const api = succeeded(await world.ask('/openapi.json'))
    assert.match(api.openapi, /^3\.1/)
    const described = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter(name => /^(get|post|put|patch|delete)$/.test(name))
        .map(name => `${name.toUpperCase()} ${path}`),
    )
    assert.deepEqual(described.sort(), [...new Set(routes().map(route => `${route.method} ${route.path}`))].sort())
  })

  test('who has it already is told so', async () => {
    for (const path of ['/openapi.json', '/docs']) {
      const tag = (await world.ask(path)).headers.get('etag')
      assert.equal((await world.ask(path, { headers: { 'if-none-match': tag } })).status, 304, path)
    }
  })

  test('every operation has a summary, its parameters and its answers', async () => {
    const api = succeeded(await world.ask('/openapi.json'))
    for (const [path, methods] of Object.entries(api.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      for (const [method, operation] of Object.entries(methods)) {
        if (method === 'parameters') continue
        assert.ok(operation.summary, `${method} ${path} has no summary`)
        assert.ok(Object.keys(operation.responses ?? {}).length > 0, `${method} ${path} has no responses`)
        const parameters = [...(methods.parameters ?? []), ...(operation.parameters ?? [])]
        for (const name of named)
          assert.ok(
            parameters.some(one => one.name === name && one.in === 'path' && one.required),
            `${method} ${path} does not describe {${name}}`,
          )
      }
    }
  })

  test('the docs for people name every route', async () => {
    const { status, headers, text } = await world.ask('/docs')
    assert.equal(status, 200)
    assert.match(headers.get('content-type'), /^text\/html/)
    for (const { path } of routes()) assert.ok(text.includes(path), `${path} is not in /docs`)
  })
})

onEngine('sqlite', 'the page', { sim: null }, (world, test) => {
  const strict = answer => {
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.match(policy, /base-uri 'none'/)
    assert.match(policy, /object-src 'none'|default-src 'none'/)
    assert.doesNotMatch(policy, /script-src[^;]*unsafe|default-src[^;]*unsafe/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.ok(answer.headers.get('referrer-policy'))
    assert.match(answer.headers.get('etag') ?? '', /^"[^"]+"$/)
  }

  test('is there for anybody, without inline scripts', async () => {
    const answer = await world.ask('/')
    assert.equal(answer.status, 200)
    assert.match(answer.text, /<html/i)
    strict(answer)
    for (const [, attributes, content] of answer.text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)) {
      assert.match(attributes, /\bsrc=/)
      assert.equal(content.trim(), '')
    }
    assert.doesNotMatch(answer.text, /\son\w+\s*=|javascript:/i)
  })

  test('its files are hashed, compressed and kept for ever', async () => {
    const page = (await world.ask('/')).text
    const files = [...page.matchAll(/(?:src|href)="(\/?[^":]+\.(?:js|css))"/g)].map(
      match => new URL(match[1], world.url),
    )
    assert.ok(files.length >= 2, page.slice(0, 300))
    for (const url of files) {
      const { headers, raw } = await new Promise((done, failed) =>
        get(url, { headers: { 'accept-encoding': 'gzip' } }, answer => {
          const parts = []
          answer
            .on('data', part => parts.push(part))
            .on('end', () => done({ headers: answer.headers, raw: Buffer.concat(parts) }))
        }).on('error', failed),
      )
      assert.match(headers['cache-control'] ?? '', /immutable/, url.pathname)
      assert.equal(headers['content-encoding'], 'gzip')
      assert.match(headers.etag ?? '', /^"[^"]+"$/)
      assert.match(headers.vary ?? '', /accept-encoding/i)
      const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
      assert.equal(plain.headers.get('content-encoding'), null)
      assert.equal(await plain.text(), gunzipSync(raw).toString())
      assert.equal((await fetch(url, { headers: { 'if-none-match': headers.etag } })).status, 304)
    }
  })

  test('what is not there is not there', async () => {
    for (const path of ['/nothing.js', '/../etc/passwd', '/assets/', '/index.html~'])
      assert.equal((await world.ask(path)).status, 404, path)
    problem(await world.ask('/v1/assets', { token: mint() }), 404)
  })
})
