// What a new user sees.
import assert from 'node:assert/strict'
import { base, card, openBoard, savedLayout, scene, value } from '../browser.mjs'

const KEYS = ['ga4.users', 'ga4.sessions', 'ga4.conv_rate', 'ga4.traffic_channels']

scene('a new board has four cards with numbers and charts', async page => {
  await openBoard(page)
  assert.equal(await page.locator('.card').count(), 4)
  for (const key of KEYS) {
    assert.match(await value(page, key), /^\d[\d.,]*(k|M|%)?$/, `${key} has no number`)
    await card(page, key).locator('.chart svg path[stroke^="#"]').first().waitFor({ state: 'attached' })
  }
  assert.deepEqual((await savedLayout(page)).widgets, [], 'looking at the default board saved it')
})

scene('the number on a card is the number of the API', async page => {
  await openBoard(page)
  const url = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(entry => entry.name)
      .findLast(name => name.includes('/v1/widgets/ga4.sessions?')),
  )
  const { stats } = await (await page.request.get(url)).json()
  const text = await value(page, 'ga4.sessions')
  const shown = Number(text.replace(/[k,]/g, '')) * (text.endsWith('k') ? 1000 : 1)
  assert.ok(Math.abs(shown - stats.value) <= stats.value * 0.006 + 0.5, `${text} is not ${stats.value}`)
})

scene('channels are listed with shares that add up', async page => {
  await openBoard(page)
  const cells = await card(page, 'ga4.traffic_channels').locator('tbody td.quiet').allTextContents()
  assert.ok(cells.length >= 3)
  const total = cells.reduce((sum, text) => sum + parseFloat(text), 0)
  assert.ok(Math.abs(total - 100) < 1, `the shares add up to ${total}`)
})

scene('the page is small, cached for good, and under a strict policy', async page => {
  const kinds = { before: 0, charts: 0 }
  page.on('response', async response => {
    const path = new URL(response.url()).pathname
    if (path !== '/' && !path.startsWith('/assets/')) return
    const size = Number(response.headers()['content-length'] ?? 0)
    assert.equal(response.headers()['content-encoding'], 'gzip', path)
    if (path !== '/') assert.match(response.headers()['cache-control'] ?? '', /immutable/, path)
    kinds[path.includes('/charts-') ? 'charts' : 'before'] += size
  })
  await openBoard(page)
  await page.locator('.chart svg').first().waitFor()
  assert.ok(kinds.charts > 0 && kinds.before > 0, 'no Content-Length')
  assert.ok(kinds.before <= 90 * 1024, `${kinds.before} bytes before the first numbers`)
  assert.ok(kinds.before + kinds.charts <= 260 * 1024, `${kinds.before + kinds.charts} bytes in all`)
  const policy = (await page.request.get(base + '/')).headers()['content-security-policy'] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe-|\*/)
})
