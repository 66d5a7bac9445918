// What a card shows, its menu, its files, its table.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { answerWith, card, eventually, openBoard, savedLayout, scene, settled, until } from '../browser.mjs'

const LAYOUT = {
  version: 1,
  widgets: [
    { id: 'a', key: 'ga4.sessions', size: 'md', x: 0, y: 0, w: 4, h: 3 },
    { id: 'b', key: 'ga4.traffic_channels', size: 'lg', x: 4, y: 0, w: 8, h: 4 },
    { id: 'c', key: 'meta.campaigns', size: 'lg', x: 0, y: 4, w: 6, h: 4 },
    { id: 'low', key: 'ga4.revenue', size: 'lg', x: 0, y: 14, w: 6, h: 4 },
  ],
}
const openMenu = async (page, key) => {
  await card(page, key).hover()
  await card(page, key).locator('.card-menu').click()
  await page.getByRole('menu').waitFor()
}
const choose = async (page, key, name) => {
  await openMenu(page, key)
  await page.getByRole('menuitem', { name, exact: true }).click()
}
const fetched = async (page, key, format) => {
  const [file] = await Promise.all([page.waitForEvent('download'), choose(page, key, `Export as ${format}`)])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}
const focused = page => page.evaluate(() => document.activeElement.textContent)

scene('the menu is a menu: arrows, ends, letters, Escape, and the focus comes back', async page => {
  await openBoard(page, { layout: LAYOUT })
  const button = card(page, 'ga4.sessions').locator('.card-menu')
  await until(() => button.getAttribute('aria-haspopup'), 'menu')
  await button.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  await until(() => focused(page), 'Explain the change')
  await page.keyboard.press('ArrowDown')
  await until(() => focused(page), 'Show as table')
  await page.keyboard.press('End')
  await until(() => focused(page), 'Remove')
  await page.keyboard.press('ArrowDown')
  await until(() => focused(page), 'Explain the change', 'it does not go round')
  await page.keyboard.press('t')
  await until(() => focused(page), 'Target')
  await page.keyboard.press('d') // a shortcut of the page, silent in a menu
  await until(() => page.locator('#range[aria-expanded="true"]').count(), 0)
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })
  await eventually(async () => await button.evaluate(el => el === document.activeElement), 'the focus was lost')
})

scene('CSV is the numbers of the card, for its days', async page => {
  await openBoard(page, { layout: LAYOUT, path: '/?from=2026-10-01&to=2026-10-07&compare=off' })
  const { name, bytes } = await fetched(page, 'ga4.sessions', 'CSV')
  assert.equal(name, 'daymark-ga4.sessions-2026-10-01-2026-10-07.csv')
  const lines = bytes.toString().trim().split('\r\n').slice(1)
  assert.equal(lines.length, 7)
  const sum = lines.reduce((n, line) => n + Number(line.split(',')[1]), 0)
  const value = await card(page, 'ga4.sessions').locator('.value').textContent()
  assert.ok(
    Math.abs(sum - Number(value.replace(/[k,]/g, '')) * (value.endsWith('k') ? 1000 : 1)) < 60,
    `${sum} ${value}`,
  )
})

/** In a page of its own: a parser keeps to the policy of the page that it is made by. */
async function parsed(page, svg) {
  const blank = await page.context().newPage()
  const found = await blank.evaluate(text => {
    const made = new DOMParser().parseFromString(text, 'image/svg+xml')
    return {
      broken: made.querySelector('parsererror')?.textContent ?? null,
      texts: [...made.querySelectorAll('text')].map(one => one.textContent),
      odd: made.querySelectorAll('script, image, img, foreignObject, a').length,
      paper: made.querySelector('rect')?.getAttribute('fill'),
    }
  }, svg)
  await blank.close()
  return found
}

scene(
  'SVG and PNG are drawn for white paper, with title, days and value',
  async page => {
    await openBoard(page, { layout: LAYOUT })
    const svg = await fetched(page, 'ga4.traffic_channels', 'SVG')
    assert.match(svg.name, /^daymark-ga4\.traffic_channels-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.svg$/)
    const text = svg.bytes.toString()
    const { broken, texts, odd, paper } = await parsed(page, text)
    assert.equal(broken, null)
    assert.equal(odd, 0)
    assert.equal(paper, '#ffffff')
    for (const wanted of ['Traffic channels', 'Organic Search', 'Other']) assert.ok(texts.includes(wanted), wanted)
    assert.ok(
      texts.some(one => /^\d+ \w+ – \d+ \w+/.test(one)),
      'no days',
    )
    assert.doesNotMatch(text, /NaN|undefined/)
    // Dark is on: its light text would be lost on paper.
    const light = await page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--text').trim(),
    )
    assert.ok(!text.includes(light), 'the colours are those of the dark theme')
    await until(() => page.evaluate(() => document.documentElement.dataset.theme), 'dark')
    const png = await fetched(page, 'ga4.traffic_channels', 'PNG')
    assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG')
    assert.deepEqual([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)], [1920, 1080])
    assert.ok(png.bytes.length > 20_000, 'an empty picture')
  },
  { colorScheme: 'dark', acceptDownloads: true },
)

const EVIL = '</text><script>window.hacked=1</script><img src=x onerror=alert(1)>&\u0007"{a|b}\u202e\u{1f9e8}'

scene('hostile names stay text in cards, charts and files', async page => {
  await answerWith(page, (key, answer) => {
    for (const series of [...answer.series, ...(answer.compare?.series ?? [])]) series.name = EVIL + series.name
    for (const part of answer.breakdown ?? []) part.name = EVIL + part.name
    for (const item of answer.items ?? []) Object.assign(item, { campaign: EVIL + 'y'.repeat(300) })
    answer.annotations = [{ id: 'n', date: answer.series[0]?.points[3]?.t ?? '2026-01-01', text: EVIL }]
    return answer
  })
  await openBoard(page, { layout: LAYOUT })
  const { bytes } = await fetched(page, 'ga4.traffic_channels', 'SVG')
  const { broken, texts, odd } = await parsed(page, bytes.toString())
  assert.equal(broken, null)
  assert.equal(odd, 0)
  assert.ok(
    texts.some(text => text.startsWith('</text><script>')),
    'the names are gone',
  )
  assert.ok((await fetched(page, 'ga4.traffic_channels', 'PNG')).bytes.length > 20_000)
  const chart = card(page, 'ga4.traffic_channels').locator('.chart')
  await chart.focus()
  await page.keyboard.press('Home')
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
  await eventually(async () => (await page.locator('.tip .tip-mark').textContent()).includes('<script>'))
  const campaigns = card(page, 'meta.campaigns')
  await eventually(async () => (await campaigns.locator('tbody th').first().textContent()).includes('<img'))
  await eventually(
    async () => await campaigns.locator('.table-frame').evaluate(el => el.scrollWidth <= el.clientWidth + 1),
  )
  await until(() => page.locator('#app img, #app script').count(), 0)
  await until(() => page.evaluate(() => window.hacked), undefined)
})

scene('a chart can be a table with the same figures, and stays one', async page => {
  await openBoard(page, { layout: LAYOUT })
  const own = card(page, 'ga4.sessions')
  await own.locator('.chart svg').waitFor()
  await own.locator('.chart').focus()
  const tip = () => page.locator('.tip').textContent()
  await page.keyboard.press('Home')
  const first = await tip()
  await page.keyboard.press('End')
  await eventually(async () => (await tip()) !== first, 'End does not lead to another day')
  const said = await tip()
  await choose(page, 'ga4.sessions', 'Show as table')
  await own.locator('tbody tr').first().waitFor()
  const cells = await own.locator('tbody tr').first().locator('th, td').allTextContents()
  assert.ok(said.includes(cells[1]) && said.includes(cells[2]), `${cells} is not in "${said}"`)
  const sum = await own
    .locator('tbody tr td:nth-of-type(1)')
    .evaluateAll(all => all.reduce((n, cell) => n + Number(cell.textContent.replace(/\D/g, '')), 0))
  const value = await own.locator('.value').textContent()
  assert.ok(Math.abs(sum - Number(value.replace('k', '')) * 1000) < 60, `${sum} ${value}`)
  await eventually(
    async () => (await savedLayout(page)).widgets.find(one => one.id === 'a')?.view === 'table',
    'the choice was not saved',
  )
  await page.reload()
  await settled(page)
  await own.getByRole('group', { name: /Sessions by day/ }).waitFor()
  await choose(page, 'ga4.sessions', 'Show as chart')
  await own.locator('.chart svg').waitFor()
})

scene('the title is a link that leads back to the card', async page => {
  await openBoard(page, { layout: LAYOUT })
  const href = await card(page, 'ga4.revenue').locator('.card-title a').getAttribute('href')
  assert.match(href, /^\?range=28d.*#card-low$/)
  await page.goto('about:blank')
  await openBoard(page, { layout: LAYOUT, path: '/' + href })
  await eventually(async () => {
    const box = await card(page, 'ga4.revenue').boundingBox()
    return box.y >= 0 && box.y + box.height <= 900
  }, 'the card is not in sight')
  await until(() => page.url(), /#card-low$/)
})

scene('figures are short on cards and exact in tables, money in its currency', async page => {
  const told = { 'meta.campaigns': 'JPY', 'ga4.revenue': 'EUR' }
  await answerWith(page, (key, answer) => {
    if (!told[key]) return null
    answer.currency = told[key]
    for (const item of answer.items ?? []) Object.assign(item, { spend: 98000, currency: told[key] })
    answer.stats = key === 'ga4.revenue' ? { value: 1240, delta: -0.05 } : { value: 98000, delta: 0.2 }
    return answer
  })
  await openBoard(page, { layout: LAYOUT })
  const value = key => card(page, key).locator('.value').textContent()
  await until(() => value('ga4.revenue'), '€1,240')
  await until(() => value('meta.campaigns'), '¥98,000')
  await until(() => card(page, 'meta.campaigns').locator('tbody td').first().textContent(), '¥98,000')
  await until(() => card(page, 'ga4.revenue').locator('.figure .delta').textContent(), /^\u22125\.0%/)
  // Spend is neither good nor bad; less revenue is bad.
  await until(() => card(page, 'meta.campaigns').locator('.figure .delta-even').count(), 1)
  await until(() => card(page, 'ga4.revenue').locator('.figure .delta-bad').count(), 1)
})

const empty = code => ({
  series: [],
  stats: { value: null, delta: null },
  quality: { notices: [{ code, text: `Meta: ${code}` }], missing_days: [] },
})

scene('what is missing says how to get it', async page => {
  const told = {
    'ga4.sessions': empty('not_connected'),
    'ga4.revenue': empty('reconnect'),
    'meta.campaigns': empty('source_off'),
  }
  await answerWith(page, key => told[key])
  await openBoard(page, { layout: LAYOUT, path: '/?off=meta' })
  await card(page, 'ga4.revenue').getByRole('button', { name: 'Reconnect' }).waitFor()
  const asked = page.waitForRequest(request => /startDate/.test(request.url()) && !/sources=/.test(request.url()))
  await card(page, 'meta.campaigns').getByRole('button', { name: 'Switch on' }).click()
  await asked
  await card(page, 'ga4.sessions').getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('dialog').waitFor()
})

scene(
  'on paper charts are light and fill their card',
  async page => {
    await openBoard(page, { layout: LAYOUT })
    const chart = card(page, 'ga4.sessions').locator('.chart svg')
    const line = chart.locator('path[stroke-width="2"]').first()
    await line.waitFor()
    const dark = await line.getAttribute('stroke')
    await page.emulateMedia({ media: 'print' })
    await eventually(async () => (await line.getAttribute('stroke')) !== dark, 'the chart stayed dark')
    await until(() => page.evaluate(() => document.documentElement.dataset.theme), 'light')
    await until(() => chart.getAttribute('viewBox'), /^0 0 680 220$/, 'it is not drawn for paper')
    // What was never near the window is drawn for paper, too.
    await card(page, 'ga4.revenue').locator('.chart svg path').first().waitFor({ state: 'attached' })
    await page.emulateMedia({ media: 'screen' })
    await eventually(async () => (await line.getAttribute('stroke')) === dark, 'the chart stayed light')
    const box = card(page, 'ga4.sessions').locator('.chart')
    await eventually(
      async () => Number(await chart.getAttribute('width')) === Math.round((await box.boundingBox()).width),
      'it kept the size of paper',
    )
  },
  { colorScheme: 'dark' },
)
