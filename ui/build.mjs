// Builds the page: node build.mjs OUTDIR
//
// OUTDIR/page/   index.html, the hashed scripts and styles, each with its .gz beside it
// OUTDIR/assets.c, assets.h   the same bytes for the daymark binary, see ui_assets below
// OUTDIR/assets.d             what they depend on, for ninja
//
// The same sources give the same bytes: names carry a hash of the content, gzip
// headers carry no time.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { leaveOut } from './unused.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

async function bundle() {
  const esbuild = await import('esbuild').catch(() => {
    console.error(`${here}/node_modules is missing: run "npm ci" in ${here}`)
    process.exit(1)
  })
  return esbuild.build({
    absWorkingDir: here,
    entryPoints: { app: 'src/main.tsx', style: 'src/styles/style.css' },
    outdir: 'out',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022', 'chrome115', 'firefox125', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    logLevel: 'warning',
    plugins: [leaveOut],
  })
}

const hash = bytes => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

function asset(path, bytes, immutable) {
  const gzip = gzipSync(bytes, { level: 9 })
  gzip.fill(0, 4, 8) // no time
  gzip[9] = 255 // and no operating system
  return { path, type: TYPES[extname(path)] ?? TYPES['.html'], plain: bytes, gzip, hash: hash(bytes), immutable }
}

// What must be there before anything is drawn: the entry and what it imports statically.
function entryFiles(meta) {
  const entry = Object.keys(meta.outputs).find(name => meta.outputs[name].entryPoint === 'src/main.tsx')
  const found = [entry]
  for (const name of found)
    for (const { path, kind } of meta.outputs[name].imports)
      if (kind === 'import-statement' && !found.includes(path)) found.push(path)
  return found.map(name => basename(name))
}

function indexHtml(names, entries, icon) {
  const style = names.find(name => name.startsWith('style-') && name.endsWith('.css'))
  const [app, ...chunks] = entries
  const head = [
    `<link rel="icon" type="image/svg+xml" href="${icon}">`,
    `<link rel="stylesheet" href="/assets/${style}">`,
    ...chunks.map(name => `<link rel="modulepreload" href="/assets/${name}">`),
    `<script type="module" src="/assets/${app}"></script>`,
  ]
  return readFileSync(join(here, 'src/index.html'), 'utf8').replace('<!-- assets -->', head.join('\n  '))
}

function makeAssets({ outputFiles, metafile }) {
  const files = outputFiles.map(file => ({ name: basename(file.path), bytes: Buffer.from(file.contents) }))
  const favicon = readFileSync(join(here, 'src/favicon.svg'))
  const icon = `/assets/favicon-${hash(favicon).slice(0, 8)}.svg`
  const html = indexHtml(
    files.map(file => file.name),
    entryFiles(metafile),
    icon,
  )
  return [
    asset('/', Buffer.from(html), false),
    asset(icon, favicon, true),
    ...files.map(file => asset(`/assets/${file.name}`, file.bytes, true)).sort((a, b) => (a.path < b.path ? -1 : 1)),
  ]
}

const HEADER = `/* assets.h -- the web page, built from ui/. Generated.
 *
 * Each file is there twice: gzip'ed, for nearly everyone, and plain. The arrays
 * live as long as the program. etag and gzip_etag carry their quotes. */
#pragma once
#include <stddef.h>

typedef struct {
    const char *path; /* "/" or "/assets/app-HASH.js" */
    const char *type; /* Content-Type */
    const unsigned char *gzip, *plain;
    size_t gzip_size, plain_size;
    const char *gzip_etag, *etag;
    int immutable; /* the name carries the content's hash: cache it for ever */
} Asset;

extern const Asset ui_assets[];
extern const unsigned ui_n_assets;
`

// A C string compiles many times faster than a list of numbers. Three octal digits
// always, so that a digit after an escape stays a digit; "?" is escaped for trigraphs.
function literal(bytes) {
  const lines = []
  for (let at = 0; at < bytes.length; at += 120) {
    let line = ''
    for (const byte of bytes.subarray(at, at + 120)) {
      const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 && byte !== 63
      line += plain ? String.fromCharCode(byte) : '\\' + byte.toString(8).padStart(3, '0')
    }
    lines.push(`    "${line}"`)
  }
  return lines.join('\n')
}

function source(assets) {
  const arrays = assets.flatMap((a, i) =>
    ['gzip', 'plain'].map(kind => `static const unsigned char ${kind}_${i}[] =\n${literal(a[kind])};\n`),
  )
  const rows = assets.map(
    (a, i) => `    {
        .path = "${a.path}",
        .type = "${a.type}",
        .gzip = gzip_${i},
        .plain = plain_${i},
        .gzip_size = ${a.gzip.length},
        .plain_size = ${a.plain.length},
        .gzip_etag = "\\"${a.hash}-gz\\"",
        .etag = "\\"${a.hash}\\"",
        .immutable = ${a.immutable ? 1 : 0},
    },`,
  )
  return `/* Generated from ui/. */
#include "assets.h"

${arrays.join('\n')}
const Asset ui_assets[] = {
${rows.join('\n')}
};
const unsigned ui_n_assets = ${assets.length};
`
}

// Packages are pinned by the lock file, so it stands for all of node_modules.
function dependencies(out, metafile) {
  const own = Object.keys(metafile.inputs).filter(name => !name.includes('node_modules'))
  const all = [
    ...own,
    'build.mjs',
    'unused.mjs',
    'package.json',
    'package-lock.json',
    'src/index.html',
    'src/favicon.svg',
  ]
  const escaped = all.map(name => resolve(here, name).replaceAll(' ', '\\ '))
  return `${join(out, 'assets.c')} ${join(out, 'assets.h')}: ${escaped.join(' ')}\n`
}

async function main(out) {
  const built = await bundle()
  const assets = makeAssets(built)
  const page = join(out, 'page')
  rmSync(page, { recursive: true, force: true })
  mkdirSync(join(page, 'assets'), { recursive: true })
  for (const a of assets) {
    const file = join(page, a.path === '/' ? 'index.html' : a.path)
    writeFileSync(file, a.plain)
    writeFileSync(file + '.gz', a.gzip)
  }
  writeFileSync(join(out, 'assets.h'), HEADER)
  writeFileSync(join(out, 'assets.c'), source(assets))
  writeFileSync(join(out, 'assets.d'), dependencies(out, built.metafile))

  const size = list => (list.reduce((n, a) => n + a.gzip.length, 0) / 1024).toFixed(1)
  const first = assets.filter(a => a.path === '/' || assets[0].plain.includes(a.path))
  console.log(`page: ${size(assets)} KB gzip, ${size(first)} KB before the first numbers`)
}

if (process.argv.length !== 3) {
  console.error('usage: node build.mjs OUTDIR')
  process.exit(2)
}
await main(relative('', process.argv[2]) || '.')
