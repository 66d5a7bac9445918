// Is an answer as /openapi.json says? ask() of http.mjs looks at each one, so that every test of the API is a test of its
// description too.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const OURS = /^\/(v1\/|mcp$|healthz$|readyz$|version$|metrics$|openapi\.json$|docs$|s$|unsubscribe\/|$)/
const escape = text => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
const pointer = parts =>
  '#/' + parts.map(part => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')

// JSON-RPC says inside what it refuses.
const wasTaken = ({ status, json }) => status < 300 && ![json].flat().some(one => one?.error)

export class Description {
  checked = new Map() // operationId -> the statuses whose answers were looked at

  constructor(document) {
    const Ajv = require('ajv/dist/2020').default
    this.document = document
    this.ajv = new Ajv({ strict: false, allErrors: true, code: { optimize: false } })
    require('ajv-formats').default(this.ajv)
    this.ajv.addSchema(document, 'api')
    this.paths = Object.keys(document.paths).map(path => ({
      path,
      like: new RegExp('^' + escape(path).replace(/\{\w+\}/g, '[^/]+') + '$'),
    }))
  }

  // Of the operation that the server takes, which is the first that matches: { path, method, operation }; or nothing.
  find(asked, address) {
    const method = asked === 'HEAD' ? 'get' : asked.toLowerCase()
    const found = this.paths.find(({ path, like }) => like.test(address) && this.document.paths[path][method])
    return found && { path: found.path, method, operation: this.document.paths[found.path][method] }
  }

  // Why the value is not of the schema that stands there; null: it is.
  why(place, value) {
    const check = this.ajv.getSchema('api' + place) ?? this.ajv.compile({ $ref: 'api' + place })
    if (check(value)) return null
    // Of a choice, what was tried in vain reaches least deep.
    const depth = error => error.instancePath.split('/').length
    const errors = [...check.errors].sort((a, b) => depth(b) - depth(a))
    const sentences = errors.map(
      ({ instancePath, message, params }) => `${instancePath || 'the whole'} ${message} ${JSON.stringify(params)}`,
    )
    return [...new Set(sentences)].slice(0, 4)
  }

  responseOf(found, status) {
    const { responses } = found.operation
    const key = String(status) in responses ? String(status) : status >= 400 ? 'default' : null
    if (!key) return null
    const { $ref } = responses[key]
    const parts = $ref ? $ref.slice(2).split('/') : ['paths', found.path, found.method, 'responses', key]
    return { place: parts, response: parts.reduce((at, part) => at[part], this.document) }
  }

  // What is wrong with it, as sentences.
  faults({ method = 'GET', path, sent, answer }) {
    const found = this.find(method, path)
    if (!found) return this.unknown(answer)
    const { place, response } = this.responseOf(found, answer.status) ?? {}
    if (!response) return [`the status ${answer.status} is not described`]
    const faults = [...this.header(response, answer), ...(method === 'HEAD' ? [] : this.body(place, response, answer))]
    if (sent !== undefined && wasTaken(answer) && found.operation.requestBody)
      faults.push(...this.request(found, sent).map(fault => `it took a body that it should not: ${fault}`))
    this.note(found.operation.operationId, answer.status)
    return faults
  }

  request({ path, method }, body) {
    const place = ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema']
    return this.why(pointer(place), body) ?? []
  }

  // What is at no address of ours is told so, or is a file of the page.
  unknown(answer) {
    if (answer.status < 400 || !answer.text) return []
    return this.why('#/components/schemas/Problem', answer.json) ?? []
  }

  header(response, { headers }) {
    const faults = []
    for (const [name, { $ref }] of Object.entries(response.headers ?? {})) {
      const { schema, required } = this.document.components.headers[$ref.split('/').at(-1)]
      const value = headers.get(name)
      if (value === null ? required : schema.pattern && !new RegExp(schema.pattern).test(value))
        faults.push(`the header ${name} is ${value}`)
    }
    return faults
  }

  body(place, response, { headers, text, json }) {
    const type = (headers.get('content-type') ?? '').replace(/;.*/s, '')
    if (!response.content) return text ? [`there is a body (${type}) and should be none`] : []
    if (!response.content[type]) return [`the media type is ${type || 'not said'}`]
    const value = type.endsWith('json') ? json : text
    return this.why(pointer([...place, 'content', type, 'schema']), value) ?? []
  }

  note(operation, status) {
    if (!this.checked.has(operation)) this.checked.set(operation, new Set())
    this.checked.get(operation).add(status)
  }
}

let known = null

// Of the server that is asked first; all of a run are the same program.
export async function description(base) {
  known ??= fetch(`${base}/openapi.json`, { signal: AbortSignal.timeout(20000) }).then(async answer => {
    if (!answer.ok) throw new Error(`no description: ${answer.status}`)
    return new Description(await answer.json())
  })
  try {
    return await known
  } catch {
    known = null // it is on its way out; the next one will know
    return null
  }
}

// Throws if the answer is not as described. sent: the body, as an object.
export async function assertDescribed(base, exchange) {
  const path = new URL(base + exchange.path).pathname
  if (!OURS.test(path) || exchange.method === 'OPTIONS') return
  const faults = (await description(base))?.faults({ ...exchange, path }) ?? []
  if (!faults.length) return
  const { answer, method = 'GET' } = exchange
  throw new Error(
    `${method} ${exchange.path} is not answered as /openapi.json says:\n  ${faults.join('\n  ')}\n` +
      `${answer.status} ${answer.text.slice(0, 600)}`,
  )
}
