// node tests/lib/demo.mjs TEST: run a test file against a demo of its own, whose address it finds in URL.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after } from 'node:test'
import { pathToFileURL } from 'node:url'
import { DAYMARK, freePort, Program } from './programs.mjs'

const folder = mkdtempSync(join(tmpdir(), 'daymark-demo-'))
const port = await freePort()
const demo = new Program(DAYMARK, ['serve', '--demo'], {
  env: {
    LISTEN: `127.0.0.1:${port}`,
    HOME: folder,
    TMPDIR: folder,
    LOG_FORMAT: 'json',
    SMTP_URL: 'smtp://127.0.0.1:9', // nobody is there
    MAIL_FROM: 'daymark@example.org',
  },
  cwd: folder,
})
after(async () => {
  try {
    await demo.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

await demo.says(/Daymark is ready/)
process.env.URL = `http://127.0.0.1:${port}`
await demo.says(/accounts are up to date/, { from: 'log', ms: 90000 })
await import(pathToFileURL(resolve(process.argv[2])).href)
