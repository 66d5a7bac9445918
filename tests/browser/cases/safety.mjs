// Text from outside is text, wherever it is shown.
import { answerWith, card, eventually, openBoard, scene, until } from '../browser.mjs'

const EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>{a|b}</text>\u202e'

/** The same answer with every name and sentence replaced. */
function poison(json) {
  for (const series of [...json.series, ...(json.compare?.series ?? [])]) series.name = EVIL + series.name
  for (const part of json.breakdown ?? []) part.name = EVIL + part.name
  for (const item of json.items ?? [])
    for (const [name, one] of Object.entries(item))
      if (typeof one === 'string' && !name.endsWith('_at')) item[name] = EVIL + one
  json.quality.notices = [{ code: 'sampled', text: EVIL }]
  json.quality.basis = EVIL
  return json
}

scene(
  'hostile names are shown as text and never run',
  async page => {
    await answerWith(page, (_, json) => poison(json))
    await page.route('**/v1/widgets', async route => {
      const reply = await route.fetch()
      const json = await reply.json()
      for (const kind of json.widgets) Object.assign(kind, { title: EVIL + kind.title, description: EVIL })
      await route.fulfill({ response: reply, json })
    })
    await page.route('**/v1/sync/all/run', route =>
      route.fulfill({ status: 409, json: { detail: EVIL, code: 'x', title: EVIL, status: 409 } }),
    )
    await openBoard(page)
    const channels = card(page, 'ga4.traffic_channels')
    await eventually(async () => (await channels.textContent()).includes(EVIL), 'the name is not shown as it is')
    const chart = channels.locator('.chart')
    await chart.locator('svg').waitFor()
    await chart.hover({ position: { x: 200, y: 60 } })
    await eventually(async () => (await page.locator('.tip').textContent()).includes('<img'))
    await channels.locator('.card-note').hover()
    await eventually(async () => (await page.locator('.tip').textContent()).includes('<img'))
    await page.locator('#sync').click()
    await page.locator('#sync-note').waitFor()
    await page.keyboard.press('/')
    await page.locator('.choice').first().waitFor()
    await page.locator('.picker-preview .value').waitFor()
    await until(() => page.locator('#app img, #app script').count(), 0)
    await until(() => page.evaluate(() => window.hacked), undefined)
  },
  { expected: [/409/] },
)

scene('a hostile layout and address do no harm', async page => {
  await page.route('**/v1/dashboard/layout', route =>
    route.request().method() === 'GET'
      ? route.fulfill({
          json: {
            version: 1,
            widgets: [
              { id: EVIL, key: 'ga4.users', size: '__proto__', x: -5, y: 1e9, w: '4', h: null },
              { id: 'q', key: EVIL },
            ],
          },
        })
      : route.fallback(),
  )
  await openBoard(page, {
    path: `/?range=${encodeURIComponent(EVIL)}&from=2026-99-99&to=x&compare=__proto__&off=__proto__`,
  })
  await until(() => page.locator('.card').count(), 2)
  await until(() => page.locator('.card .value').count(), 1)
  await until(() => page.locator('#app img, #app script').count(), 0)
  await until(() => page.evaluate(() => window.hacked), undefined)
})
