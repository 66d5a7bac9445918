// The package that operators install, and the release in it: hardened, complete, the same bytes each time.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freePort, Program, root, run } from '../lib/programs.mjs'

const RELEASE = join(root, 'build/daymark')
const MAX_EXPOSURE = 1.5
const read = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1e9 })

describe('the release', () => {
  const elf = (...args) => read('readelf', '-W', ...args, RELEASE)

  it('is a position-independent program with read-only relocations and no executable stack', () => {
    assert.match(elf('-h'), /Type:\s+DYN/)
    assert.match(elf('-d'), /FLAGS_1.*\bNOW\b.*\bPIE\b/)
    assert.match(elf('-l'), /GNU_RELRO/)
    assert.match(elf('-l'), /GNU_STACK\s.*\sRW\s/)
  })

  it('guards its stack and its copies', () => {
    const symbols = elf('--dyn-syms')
    assert.match(symbols, /__stack_chk_fail/)
    assert.match(symbols, /__(memcpy|snprintf|fprintf|printf|read)_chk/)
  })

  // Debian's start files have no IBT note, so the linker drops that of the program; the marks are there.
  it('marks where jumps may land', { skip: process.arch !== 'x64' && 'only on x86-64' }, () => {
    const marks = read('objdump', '-d', '--no-show-raw-insn', RELEASE).match(/\bendbr64\b/g)
    assert.ok(marks.length > 500, `${marks.length} marks`)
  })
})

describe('the package', () => {
  let folder, file
  const installed = path => join(folder, 'root', path)
  before(
    () => {
      folder = mkdtempSync(join(tmpdir(), 'daymark-package-'))
      file = read('sh', join(root, 'tools/package.sh'), RELEASE, join(folder, 'one')).trim()
      read('dpkg-deb', '-x', file, installed(''))
      read('dpkg-deb', '-e', file, join(folder, 'control'))
    },
    { timeout: 480000 },
  )
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('has the same bytes when made again', () => {
    const again = read('sh', join(root, 'tools/package.sh'), RELEASE, join(folder, 'two')).trim()
    assert.deepEqual(readFileSync(again), readFileSync(file))
  })

  it('names the libraries that it needs', () => {
    const depends = read('dpkg-deb', '-f', file, 'Depends')
    for (const one of ['libglib2.0-0', 'libmicrohttpd12', 'libgnutls30', 'libseccomp2', 'libsqlite3-0', 'libpq5', 'tzdata', 'adduser'])
      assert.ok(depends.includes(one), `${one} is not in ${depends}`)
  })

  it('brings alert rules and a board as examples', () => {
    for (const name of ['prometheus/daymark.rules.yml', 'grafana/daymark.json']) {
      const example = installed(`usr/share/doc/daymark/examples/${name.split('/')[1]}`)
      assert.deepEqual(readFileSync(example), readFileSync(join(root, 'packaging', name)))
    }
  })

  it('lets its server confine itself, and look at its files', () => {
    const unit = readFileSync(installed('lib/systemd/system/daymark.service'), 'utf8')
    for (const call of ['landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self', 'seccomp'])
      assert.match(unit, new RegExp(`^SystemCallFilter=[^~]*\\b${call}\\b`, 'm'))
    assert.match(unit, /^ExecReload=\S+ -HUP \$MAINPID$/m)
  })

  it('keeps settings to itself, and has scripts that a shell can read', () => {
    assert.equal(statSync(installed('etc/daymark/daymark.conf')).mode & 0o777, 0o640)
    assert.match(readFileSync(join(folder, 'control/conffiles'), 'utf8'), /^\/etc\/daymark\/daymark\.conf$/m)
    for (const script of ['postinst', 'prerm', 'postrm']) {
      const path = join(folder, 'control', script)
      read('sh', '-n', path)
      assert.equal(statSync(path).mode & 0o777, 0o755)
      assert.doesNotMatch(readFileSync(path, 'utf8'), /rm -r/, 'data are never removed')
    }
  })

  it('has a program that starts with the settings it brings', async () => {
    const port = await freePort()
    const daymark = installed('usr/bin/daymark')
    const args = ['--config', installed('etc/daymark/daymark.conf')]
    const env = { DATABASE_URL: `sqlite:${folder}/daymark.db`, LISTEN: `127.0.0.1:${port}` }
    const server = new Program(daymark, ['serve', ...args], { env })
    await server.says(/Daymark is ready/)
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
    assert.deepEqual(await server.stop(), { code: 0, signal: null })
    const config = await run(daymark, ['config', ...args])
    assert.match(config.out, /^DATABASE_URL=sqlite:\/var\/lib\/daymark\/daymark\.db/m)
  })

  it(`has a service exposed by at most ${MAX_EXPOSURE}`, { skip: !existsSync('/usr/bin/systemd-analyze') && 'no systemd' }, () => {
    const unit = installed('lib/systemd/system/daymark.service')
    const told = read('systemd-analyze', 'security', '--offline=true', '--no-pager', unit)
    const [, exposure] = told.match(/Overall exposure level for daymark\.service: ([\d.]+)/)
    assert.ok(Number(exposure) <= MAX_EXPOSURE, told)
    assert.match(readFileSync(unit, 'utf8'), /^ExecStart=\/usr\/bin\/daymark serve/m)
  })
})
