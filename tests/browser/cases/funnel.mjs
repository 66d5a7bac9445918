// A funnel: what it says, in which order, how long its bars are, and as figures, files and on paper.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { axe } from '../axe.mjs'
import { answerWith, card, openBoard, scene, until } from '../browser.mjs'

const EVIL = '<img src=x onerror=violate>'
const LAYOUT = {
  version: 1,
  widgets: [
    { id: 'a', key: 'ga4.funnel', size: 'lg', x: 0, y: 0, w: 6, h: 4 },
    { id: 'b', key: 'ga4.sessions', size: 'sm', x: 6, y: 0, w: 3, h: 2 },
  ],
}

/** Twice as many conversions as engaged sessions: of these and of the sessions the shares are over one. */
const overfull = (key, answer) => {
  if (key !== 'ga4.funnel') return
  const [sessions, engaged, last] = answer.steps
  Object.assign(sessions, { name: EVIL, value: 1000 })
  Object.assign(engaged, { value: 800, share_of_previous: 0.8, share_of_first: 0.8 })
  Object.assign(last, { value: 1600, share_of_previous: 2, share_of_first: 1.6 })
  for (const step of answer.compare.steps) step.value = 400
}

const funnel = page => card(page, 'ga4.funnel')
const widths = (page, which) =>
  funnel(page)
    .locator(`.step-bar i${which}`)
    .evaluateAll(bars => {
      const width = one => one.getBoundingClientRect().width
      return bars.map(bar => Math.round((width(bar) / width(bar.parentElement)) * 200) / 200)
    })
const menu = async (page, name) => {
  await funnel(page).hover()
  await funnel(page).locator('.card-menu').click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}
const fetched = async (page, format) => {
  const [file] = await Promise.all([page.waitForEvent('download'), menu(page, `Export as ${format}`)])
  return readFile(await file.path())
}

scene('a funnel: steps with their shares, as they are, and the same as a table and as files', async page => {
  await answerWith(page, overfull)
  await openBoard(page, { layout: LAYOUT, path: '/?compare=previous_period' })
  const steps = funnel(page).locator('.funnel li')
  await until(
    () => steps.evaluateAll(all => all.map(one => one.querySelector('.step-words b').textContent)),
    ['1,000', '800', '1,600'],
  )
  await until(
    () => funnel(page).locator('.step-share').allTextContents(),
    [`80.0% of ${EVIL}`, '200.0% of Engaged sessions'],
    'a share over 100 % is not shown as it is',
  )
  await until(() => funnel(page).locator('.step-over').count(), 1)
  await until(() => steps.first().locator('.step-name').textContent(), EVIL, 'a name is not text')
  await until(() => widths(page, ':not(.step-before)'), [0.625, 0.5, 1], 'bars are not as long as their steps')
  await until(() => widths(page, '.step-before'), [0.25, 0.25, 0.25])

  await axe(page, 'a funnel')

  const svg = (await fetched(page, 'SVG')).toString()
  assert.ok(svg.includes('200.0% of Engaged sessions') && svg.includes('&lt;img') && !svg.includes('<img'), svg)
  assert.equal((await fetched(page, 'PNG')).subarray(1, 4).toString(), 'PNG')
  assert.match((await fetched(page, 'CSV')).toString(), /^\ufeffkey,name,value,share_of_previous,.*\r\nsessions,/)

  await menu(page, 'Show as table')
  await until(
    () => funnel(page).locator('.step-table tbody tr:last-child :is(th, td)').allTextContents(),
    ['Conversions', '1,600', '200.0%', '160.0%', '400'],
  )

  await page.emulateMedia({ media: 'print' })
  await until(() => funnel(page).locator('.step-table').isVisible(), true)
})

scene(
  'on a phone a funnel stays within its card, and in the picker it is shown with real numbers',
  async page => {
    await openBoard(page, { layout: LAYOUT })
    const list = funnel(page).locator('.funnel')
    await list.waitFor()
    await until(
      () => list.evaluate(one => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]),
      [0, 0],
    )
    await axe(page, 'a funnel on a phone')
    await page.keyboard.press('/')
    await page.locator('.picker input[type="search"]').fill('ad funnel')
    await page.getByRole('option', { name: /^Ad funnel/ }).hover()
    await until(() => page.locator('.picker-preview .value').textContent(), /^[\d.,]+k?$/)
  },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
)
