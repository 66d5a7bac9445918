// Requests as they are sent, and what chance makes of them: `mutated (random, request)` is bytes, or several pieces.
//
// A request is { method, path, headers: [[name, value]], body }. First its parts are changed, so that it is still
// understood far enough to come to a handler; then, now and then, its bytes.

const LONG = 'A'.repeat(5000)
const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'null',
  '\u0000',
  '\u202e\u0007',
  '💥',
  'é\u0301',
  "' OR 1=1 --",
  '";DROP',
  LONG,
]
ODD_TEXTS.push('../../etc/passwd', '%s%n%x', '{{7*7}}', '<script>', '0x10', '9'.repeat(40), '2026-02-30', '[]', 'true')
const ODD_VALUES = [null, true, 0, -1, 1e308, -0.5, 2 ** 63, [], {}, [[[[[[[[]]]]]]]], [null, {}], ...ODD_TEXTS]
const ESCAPES = [
  '%00',
  '%2e%2e%2f',
  '%2F',
  '%',
  '%zz',
  '%c0%af',
  '%ff',
  '%25',
  '+',
  ';',
  '//',
  '/./',
  '/../',
  '\\',
  '#',
  '%0d%0a',
]
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'get',
  'GE T',
  'PRI',
  'X'.repeat(40),
]
const HEADERS = [
  ['Content-Length', '0'],
  ['Content-Length', '5'],
  ['Content-Length', '-1'],
  ['Content-Length', '99999999999999999999'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'gzip'],
  ['Transfer-Encoding', ' chunked, identity'],
  ['Transfer-Encoding ', 'chunked'],
  ['Host', 'elsewhere.example'],
  ['Host', ''],
  ['Expect', '100-continue'],
  ['Expect', 'nothing'],
  ['Range', 'bytes=0-1,5-'],
  ['If-None-Match', '*, "a", W/"b", "'],
  ['If-Match', '"none"'],
  ['If-Modified-Since', 'yesterday'],
  ['Accept', 'text/event-stream;q=0, */*;q=x'],
  ['Accept-Encoding', 'gzip;q=1e9, br'],
  ['Content-Type', 'application/x-www-form-urlencoded'],
  ['Content-Type', 'multipart/form-data; boundary=x'],
  ['Content-Encoding', 'gzip'],
  ['Cookie', 'daymark=x; daymark=y; __Host-daymark=z; =;;'],
  ['X-Forwarded-For', '1.2.3.4, ::1, nonsense,,'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-Request-Id', 'a\tb'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['Origin', 'null'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['Upgrade', 'h2c'],
  ['Connection', 'keep-alive, Transfer-Encoding'],
  ['Last-Event-ID', '18446744073709551616'],
  ['MCP-Protocol-Version', '1900-01-01'],
  ['Authorization', 'Basic Og=='],
  ['Authorization', 'Bearer'],
  ['X(A', 'b'],
  [': ', 'b'],
  ['X-Long', LONG],
]

const insert = (random, text, piece) => {
  const at = random.whole(0, text.length)
  return text.slice(0, at) + piece + text.slice(at)
}

// ---- JSON ----

// Somewhere in it, another value, a member less, or one more.
function changeValue(random, value) {
  if (value === null || typeof value !== 'object' || random.often(0.2)) return random.pick(ODD_VALUES)
  const names = Object.keys(value)
  if (!names.length) return { [random.pick(ODD_TEXTS)]: random.pick(ODD_VALUES) }
  const copy = Array.isArray(value) ? [...value] : { ...value }
  const name = random.pick(names)
  if (random.often(0.15)) delete copy[name]
  else if (random.often(0.15) && !Array.isArray(copy)) copy[random.pick(ODD_TEXTS)] = copy[name]
  else copy[name] = changeValue(random, copy[name])
  return copy
}

const changeJsonText = [
  (random, text) => text.slice(0, random.whole(0, text.length)),
  (random, text) =>
    insert(random, text, random.pick(['{', ']', '"', ',', '\\u0000', '\\ud800', '/*', '\u0000', '1e400', '\ufeff'])),
  (random, text) => text.replace(/^\{/, `{${text.slice(1, -1)},`), // each member twice
  (random, text) => '['.repeat(random.pick([40, 2000, 100000])) + text,
  (random, text) => text + text,
  () => '',
]

function changeBody(random, request) {
  if (request.body === undefined) return { ...request, body: JSON.stringify(random.pick(ODD_VALUES)) }
  if (request.broken || random.often(0.35))
    return { ...request, broken: true, body: random.pick(changeJsonText)(random, request.body) }
  return { ...request, body: JSON.stringify(changeValue(random, JSON.parse(request.body))) }
}

// ---- the rest of a request ----

function changeQuery(random, request) {
  const [path, query = ''] = request.path.split('?')
  const parts = query.split('&').filter(Boolean)
  const n = random.whole(0, Math.max(0, parts.length - 1))
  const name = (parts[n] ?? 'startDate=').split('=')[0]
  const ways = [
    () => (parts[n] = `${name}=${encodeURIComponent(random.pick(ODD_TEXTS))}`),
    () => parts.push(`${name}=${encodeURIComponent(random.pick(ODD_TEXTS))}`),
    () => parts.splice(n, 1),
    () => (parts[n] = insert(random, parts[n] ?? '', random.pick(ESCAPES))),
    () => parts.push(...Array.from({ length: random.pick([300, 1000]) }, (_, i) => `p${i}=${i}`)),
  ]
  random.pick(ways)()
  return { ...request, path: `${path}?${parts.join('&')}` }
}

const changes = [
  (random, request) => ({ ...request, method: random.pick(METHODS) }),
  (random, request) => ({ ...request, path: insert(random, request.path, random.pick(ESCAPES)) }),
  (random, request) => ({
    ...request,
    path: request.path.replace(/[^/?]+/, random.pick(ODD_TEXTS).replace(/\s/g, '')),
  }),
  changeQuery,
  changeQuery,
  changeBody,
  changeBody,
  changeBody,
  (random, request) => ({ ...request, headers: [...request.headers, random.pick(HEADERS)] }),
  (random, request) => ({ ...request, headers: request.headers.filter(() => random.often(0.7)) }),
  (random, request) => ({
    ...request,
    headers: request.headers.map(([name, value]) => [
      name,
      random.often(0.3) ? insert(random, value, random.pick(ODD_TEXTS)) : value,
    ]),
  }),
]

// ---- bytes ----

const chunked = (random, body) => {
  const cut = random.whole(0, body.length)
  const piece = part =>
    part ? `${Buffer.byteLength(part).toString(16)}${random.pick(['', ';a=b', ';', ' '])}\r\n${part}\r\n` : ''
  return piece(body.slice(0, cut)) + piece(body.slice(cut)) + `0\r\n${random.pick(['', 'X-Trailer: y\r\n'])}\r\n`
}

export function bytesOf(random, { method, path, headers, body }) {
  const inChunks = body !== undefined && random.often(0.1)
  const framing = inChunks
    ? [['Transfer-Encoding', 'chunked']]
    : body === undefined
      ? []
      : [['Content-Length', String(Buffer.byteLength(body))]]
  const lines = [...headers, ...framing].map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${inChunks ? chunked(random, body) : (body ?? '')}`,
  )
}

const changeBytes = [
  (random, bytes) => bytes.subarray(0, random.whole(0, bytes.length)),
  (random, bytes) => {
    const copy = Buffer.from(bytes)
    for (let n = random.whole(1, 4); n; n--) copy[random.whole(0, copy.length - 1)] ^= 1 << random.whole(0, 7)
    return copy
  },
  (random, bytes) => {
    const at = random.whole(0, bytes.length)
    const piece = random.pick(['\r\n', '\n', '\r', '\0', ' ', '\t', '\r\n\r\n', '\xff', ': ', 'HTTP/1.0'])
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(piece, 'latin1'), bytes.subarray(at)])
  },
  (random, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
]

// One to three changes of its parts, and one in four times a change of its bytes; in pieces now and then.
export function mutated(random, request) {
  for (let n = random.whole(1, 3); n; n--) request = random.pick(changes)(random, request)
  let bytes = bytesOf(random, request)
  if (random.often(0.25) && bytes.length) bytes = random.pick(changeBytes)(random, bytes)
  return bytes
}

// ---- answers ----

// The answers in what a server said, until it closed: [{ status, headers, body }]; throws if it is not HTTP. asked: the
// methods of what was sent, as HEAD has no body.
export function answersIn(text, isHead = () => false) {
  const answers = []
  while (text) {
    const head = text.match(
      /^HTTP\/1\.[01] (\d{3}) [^\r\n]*\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[^\r\n\0]*\r\n)*)\r\n/,
    )
    if (!head) throw new Error(`this is no answer: ${JSON.stringify(text.slice(0, 200))}`)
    const status = Number(head[1])
    // What libmicrohttpd 0.9.75 refuses itself has its head twice, if there is no Host or an unreadable length.
    if (status >= 400 && text.startsWith(head[0], head[0].length)) text = text.slice(head[0].length)
    const headers = Object.fromEntries(
      head[2]
        .split('\r\n')
        .filter(Boolean)
        .map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    text = text.slice(head[0].length)
    const bodiless = status < 200 || status === 204 || status === 304 || isHead(answers.length)
    let length = bodiless ? 0 : headers['content-length']
    if (length === undefined) length = text.length // until it closes: a stream
    if (text.length < Number(length)) throw new Error(`an answer is cut short: ${head[0]}${text.slice(0, 200)}`)
    if (status >= 200) answers.push({ status, headers, body: text.slice(0, Number(length)) })
    text = text.slice(Number(length))
  }
  return answers
}
