// WCAG 2.2 AA as axe-core sees it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** No violations on what is shown now. */
export async function axe(page, what) {
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]')) // what waits is dimmed
  await page.evaluate(source) // by the debugger, so the page's policy stays as it is
  const { violations } = await page.evaluate(tags => window.axe.run(document, { runOnly: tags }), TAGS)
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(node => `  ${node.html.slice(0, 160)}\n  ${node.failureSummary.split('\n').slice(1).join(' ').slice(0, 240)}`).join('\n')}`,
  )
  assert.deepEqual(told, [], what)
}
