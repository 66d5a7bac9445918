// Nothing jumps, nothing is slow for want of care, and paper gets a report.
import assert from 'node:assert/strict'
import { answerWith, base, card, eventually, FIRST, openBoard, scene, settled, until } from '../browser.mjs'

/** Sums up what moved by itself, as browsers do for CLS. */
const noteShifts = () => {
  window.shifts = []
  const note = list => {
    for (const entry of list)
      if (!entry.hadRecentInput)
        window.shifts.push(
          ...entry.sources.map(
            ({ node, previousRect: a, currentRect: b }) =>
              `${entry.value.toFixed(4)} ${node?.nodeName}.${node?.className} ${a.x},${a.y} ${a.width}x${a.height} -> ${b.x},${b.y} ${b.width}x${b.height}`,
          ),
        )
  }
  const observer = new PerformanceObserver(list => note(list.getEntries()))
  observer.observe({ type: 'layout-shift', buffered: true })
  window.shiftsSoFar = async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
    note(observer.takeRecords())
    return window.shifts
  }
}

for (const [width, height] of [
  [390, 844],
  [800, 900],
  [1280, 900],
  [1920, 1080],
])
  scene(
    `${width} px: nothing moves while numbers, charts and insights come in`,
    async page => {
      await page.addInitScript(noteShifts)
      await openBoard(page, { layout: { version: 1, widgets: FIRST.map(id => ({ id })) } })
      const slow = pattern =>
        page.route(pattern, async route => {
          await new Promise(resolve => setTimeout(resolve, 400))
          await route.fallback()
        })
      for (const pattern of ['**/v1/dashboard/data?*', '**/v1/insights?*', '**/assets/charts-*']) await slow(pattern)
      await page.reload()
      await page.locator('.skeleton').first().waitFor()
      await settled(page)
      await page.locator('.chart svg').first().waitFor()
      await page.locator('.figure-link').first().waitFor({ state: 'attached' })
      assert.deepEqual(await page.evaluate(() => window.shiftsSoFar()), [])
    },
    { viewport: { width, height } },
  )

const THIRTY = Array.from({ length: 30 }, (_, i) => ({
  id: `w${i}`,
  key: FIRST[i % FIRST.length],
  size: i % 3 ? 'md' : 'sm',
}))

scene('thirty widgets are one question, and all have numbers', async page => {
  const asked = []
  page.on('request', request => {
    if (/\/v1\/(dashboard\/data|widgets\/)/.test(request.url())) asked.push(request.url())
  })
  await openBoard(page, { layout: { version: 1, widgets: THIRTY } })
  assert.equal(asked.length, 1, asked.join('\n'))
  await until(() => page.locator('.grid-stack .card').count(), 30)
  await until(() => page.locator('.grid-stack .card .value').count(), 30)
  // Those that are far away are drawn when they come near.
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await page.locator('.grid-stack-item').last().locator('.chart svg').waitFor()
})

for (const [name, rate, widgets] of [
  ['as it is', 1, FIRST.map(id => ({ id }))],
  ['four times slower', 4, FIRST.map(id => ({ id }))],
  ['four times slower, 30 widgets', 4, THIRTY],
])
  scene(`how long the first numbers take: a processor ${name}`, async (page, context) => {
    page.setDefaultTimeout(60_000)
    await openBoard(page, { layout: { version: 1, widgets } })
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate })
    const times = []
    for (let i = 0; i < (rate === 1 ? 3 : 1); i++) {
      await page.reload()
      await page.waitForFunction(() => performance.getEntriesByName('numbers').length > 0)
      times.push(await page.evaluate(() => Math.round(performance.getEntriesByName('numbers')[0].startTime)))
      await settled(page)
    }
    assert.ok(times.every(time => time > 0))
    console.log(`# first numbers, a processor ${name}: ${times.join(', ')} ms`)
  })

scene('on paper: white, no controls, every card whole and beside no other text', async page => {
  await openBoard(page, { layout: { version: 1, widgets: FIRST.map(id => ({ id })) } })
  await page.locator('.chart svg').first().waitFor()
  await page.keyboard.press('.') // light, whatever the system says
  await page.keyboard.press('.')
  await until(() => page.evaluate(() => document.documentElement.dataset.theme), 'dark')
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  await until(
    () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
    'rgb(255, 255, 255)',
  )
  for (const gone of ['.top', '.notes', '.strips', '.card-menu'])
    await eventually(async () => await page.locator(gone).first().isHidden(), gone)
  await until(() => page.locator('.print-head').innerText(), /\d+ \w+ – \d+ \w+ .*Previous period.*Complete through/)
  const split = await page
    .locator('.grid-stack-item')
    .evaluateAll(all => all.map(one => getComputedStyle(one).breakInside))
  assert.deepEqual([...new Set(split)], ['avoid'])
  const boxes = await page
    .locator('.grid-stack .card')
    .evaluateAll(all => all.map(one => one.getBoundingClientRect().toJSON()))
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1))
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, 'cards overlap')
  await page.emulateMedia({ media: 'screen' })
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
})

scene(
  'a session that ended before the page opened leads back to the same place',
  async page => {
    await page.route('**/v1/**', route => route.fulfill({ status: 401, json: { detail: 'Sign in first.' } }))
    await page.goto(`${base}/?range=7d&compare=off`)
    await page.getByLabel('Email').fill('ana@northlight.example')
    await page.getByLabel('Password').fill('a long enough one')
    await page.unroute('**/v1/**')
    await page.route('**/v1/auth/login', route => route.fulfill({ json: { ok: true } }))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await settled(page)
    await until(() => page.url(), /range=7d&compare=off/)
    await until(() => page.locator('#range').textContent(), /Last 7 days/)
  },
  { expected: [/401/] },
)

scene('names that a platform made up are text in every card and in what floats', async page => {
  const evil = '<img src=x onerror="window.hacked=1">'
  await answerWith(page, (_, json) => {
    for (const item of json.items ?? [])
      Object.assign(item, { name: evil, campaign: evil, landing_page: evil, caption: evil })
    for (const series of json.series) series.name = evil
    return json
  })
  const widgets = ['meta.campaigns', 'ga4.landing_pages', 'ig.content_perf', 'corr.spend_vs_sessions'].map(id => ({
    id,
  }))
  await openBoard(page, { layout: { version: 1, widgets: widgets.map(one => ({ ...one, w: 12, h: 4 })) } })
  for (const key of ['meta.campaigns', 'ga4.landing_pages', 'ig.content_perf'])
    await eventually(async () => (await card(page, key).locator('tbody').first().textContent()).includes(evil), key)
  const chart = card(page, 'corr.spend_vs_sessions').locator('.chart')
  await chart.scrollIntoViewIfNeeded()
  await chart.locator('svg').waitFor()
  await chart.focus()
  await page.keyboard.press('Home')
  await eventually(async () => (await page.locator('.tip').textContent()).includes('<img'))
  await until(() => page.locator('#app img').count(), 0)
  await until(() => page.evaluate(() => window.hacked), undefined)
})
