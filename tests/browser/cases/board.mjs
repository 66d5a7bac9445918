// What a new user sees.
import assert from 'node:assert/strict'
import { base, card, FIRST, nextQuestion, openBoard, savedLayout, scene, until, value } from '../browser.mjs'

scene('a new board has four numbers and four charts of what is connected', async page => {
  await openBoard(page)
  await until(() => page.locator('.grid-stack .card').evaluateAll(all => all.map(one => one.dataset.widget)), FIRST)
  for (const key of FIRST)
    await until(() => value(page, key), /^[\u2212\p{Sc}]?\d[\d.,]*(k|M|%)?$/u, `${key} has no number`)
  for (const key of FIRST)
    await card(page, key).locator('.chart svg path[stroke^="#"]').first().waitFor({ state: 'attached' })
  await until(async () => (await savedLayout(page)).widgets, [], 'looking at the default board saved it')
})

for (const [on, first] of [
  [['ga4'], ['ga4.users', 'ga4.sessions', 'ga4.conv_rate', 'ga4.revenue', 'ga4.traffic_channels', 'ga4.landing_pages']],
  [['instagram'], ['ig.reach', 'ig.followers', 'ig.engagement_rate', 'ig.content_perf']],
])
  scene(`a new board with only ${on.join()} connected`, async page => {
    await page.route('**/v1/dashboard/meta', async route => {
      const reply = await route.fetch()
      const connected_sources = Object.fromEntries(['ga4', 'meta', 'instagram'].map(one => [one, on.includes(one)]))
      await route.fulfill({ response: reply, json: { ...(await reply.json()), connected_sources } })
    })
    await openBoard(page)
    await until(() => page.locator('.grid-stack .card').evaluateAll(all => all.map(one => one.dataset.widget)), first)
  })

scene('the whole board is one page and one question', async page => {
  const seen = []
  page.on('request', request => seen.push(new URL(request.url()).pathname))
  const asked = nextQuestion(page, 'ga4.users')
  await openBoard(page)
  await asked
  assert.equal(seen.filter(path => path === '/').length, 1)
  assert.equal(seen.filter(path => path === '/v1/dashboard/data').length, 1, seen.join('\n'))
  assert.deepEqual(
    seen.filter(path => path.startsWith('/v1/widgets/')),
    [],
  )
  const times = await page.evaluate(() => performance.getEntriesByName('numbers').map(entry => entry.startTime))
  assert.equal(times.length, 1, 'the page does not note when its first numbers are there')
  console.log(`# first numbers after ${Math.round(times[0])} ms`)
})

scene('the number on a card is the number of the API', async page => {
  await openBoard(page)
  const url = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(entry => entry.name)
      .findLast(name => name.includes('/v1/dashboard/data?')),
  )
  const { stats } = (await (await page.request.get(url)).json()).widgets['ga4.sessions']
  const text = await value(page, 'ga4.sessions')
  const shown = Number(text.replace(/[k,]/g, '')) * (text.endsWith('k') ? 1000 : 1)
  assert.ok(Math.abs(shown - stats.value) <= stats.value * 0.006 + 0.5, `${text} is not ${stats.value}`)
})

scene('channels are listed with shares that add up', async page => {
  await openBoard(page)
  const shares = card(page, 'ga4.traffic_channels').locator('tbody td.quiet')
  await shares.nth(2).waitFor()
  const cells = await shares.allTextContents()
  const total = cells.reduce((sum, text) => sum + parseFloat(text), 0)
  assert.ok(Math.abs(total - 100) < 1, `the shares add up to ${total}`)
})

scene('the page is small, cached for good, and under a strict policy', async page => {
  const sizes = new Map()
  page.on('response', async response => {
    const path = new URL(response.url()).pathname
    if (path !== '/' && !path.startsWith('/assets/')) return
    assert.equal(response.headers()['content-encoding'], 'gzip', path)
    if (path !== '/') assert.match(response.headers()['cache-control'] ?? '', /immutable/, path)
    sizes.set(path, Number(response.headers()['content-length'] ?? 0))
  })
  await openBoard(page)
  await page.locator('.chart svg').first().waitFor()
  const html = await (await page.request.get(base + '/')).text()
  // What the page names itself must be there before it can draw anything; the rest comes behind.
  const named = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(found => found[1])
  const before = ['/', ...named].reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0)
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  assert.ok(before > 20_000 && all > before, `${before} and ${all} bytes: no Content-Length?`)
  assert.ok(before <= 90 * 1024, `${before} bytes before the first numbers`)
  assert.ok(all <= 260 * 1024, `${all} bytes to show the board`)
  const policy = (await page.request.get(base + '/')).headers()['content-security-policy'] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe-|\*/)
})
