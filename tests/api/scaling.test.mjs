// docs/scaling.md says which tables are distributed by user_id, and how. The schema and every statement agree with it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/programs.mjs'
import { onEngine } from '../lib/world.mjs'

const page = readFileSync(join(root, 'docs/scaling.md'), 'utf8')
const KINDS = ['distributed', 'reference', 'local']

// { table: kind } of the page's list; a table that stands there twice fails.
function listed() {
  const kinds = {}
  for (const [, table, kind] of page.matchAll(/^\| (\w+) \| (distributed|reference|local) \|/gm)) {
    assert.ok(!(table in kinds), `${table} stands there twice`)
    kinds[table] = kind
  }
  return kinds
}

const kinds = listed()
const those = kind => Object.keys(kinds).filter(table => kinds[table] === kind)
const distributed = those('distributed')
const tables = list => list.map(table => `'${table}'`).join(', ')

// [name, text] of each statement below sql/ that is not the schema's, without comments.
function statements() {
  const files = readdirSync(join(root, 'sql'), { recursive: true }).map(String)
  return files
    .filter(name => name.endsWith('.sql') && !name.startsWith('schema/'))
    .map(name => [name, readFileSync(join(root, 'sql', name), 'utf8').replace(/--.*$/gm, '')])
}

// Over all users, on purpose: the page says so.
const OVER_ALL = ['insights/model_prune.sql']

// Does a statement keep to one user for each distributed table that it names?
function keepsToOneUser(text) {
  const inserts = [...text.matchAll(/INSERT INTO (\w+) \(([^)]*)\)/g)].filter(([, table]) =>
    distributed.includes(table),
  )
  if (inserts.some(([, , columns]) => !/\buser_id\b/.test(columns))) return false
  // Each FROM, JOIN, UPDATE or DELETE of one is followed by its own condition, up to the next of them.
  const reads = new RegExp(
    `\\b(?:FROM|JOIN|UPDATE)\\s+(${distributed.join('|')})\\b(?:\\s+(?:AS\\s+)?(?!SET|WHERE|ON|GROUP|ORDER)(\\w+))?`,
    'g',
  )
  return [...text.matchAll(reads)].every(match => {
    const name = match[2] ? `${match[2]}\\.` : '(?:\\w+\\.)?'
    const rest = text.slice(match.index).split(/\bUNION\b/)[0]
    return new RegExp(`${name}user_id = (?::user\\b|\\w+\\.user_id\\b)`).test(rest)
  })
}

onEngine('postgresql', 'docs/scaling.md', { sim: null }, (world, test) => {
  const ask = sql => world.database.ask(sql)
  const none = (sql, why) => assert.deepEqual(ask(sql), [], why)

  test('names every table once', () => {
    const there = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert.deepEqual(Object.keys(kinds).sort(), there.sort())
    for (const kind of KINDS) assert.ok(those(kind).length > 0)
  })

  test('has a statement for each table that is not local, the reference table first', () => {
    const made = [...page.matchAll(/^SELECT create_(distributed|reference)_table \('(\w+)'(?:, '(\w+)')?/gm)]
    assert.deepEqual(
      made.map(([, kind]) => kind),
      ['reference', ...distributed.map(() => 'distributed')],
    )
    assert.deepEqual(made.map(([, , table]) => table).sort(), [...distributed, ...those('reference')].sort())
    for (const [, kind, , column] of made) assert.equal(column, kind === 'distributed' ? 'user_id' : undefined)
  })

  test('distributes by a column that is in every key', () => {
    none(
      `SELECT c.relname, i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       WHERE c.relname IN (${tables(distributed)}) AND i.indisunique AND NOT EXISTS (
         SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'user_id' AND a.attnum = ANY (i.indkey))`,
      'unique without user_id',
    )
    const keyed = ask(
      `SELECT DISTINCT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       WHERE i.indisprimary AND c.relname IN (${tables(distributed)})`,
    )
    assert.equal(keyed.length, distributed.length)
    none(
      `SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id'
       WHERE relname IN (${tables(distributed)}) AND (NOT a.attnotnull OR a.atttypid <> 'uuid'::regtype)`,
      'user_id is not the same everywhere',
    )
  })

  test('has no foreign key, trigger, sequence or exclusion in the way', () => {
    const away = `(${tables([...distributed, ...those('reference')])})`
    none(
      `SELECT conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class f ON f.oid = k.confrelid
       WHERE k.contype IN ('f', 'x') AND (c.relname IN ${away} OR f.relname IN ${away})`,
    )
    none(
      `SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal AND c.relname IN ${away}`,
    )
    none(
      `SELECT column_name FROM information_schema.columns WHERE table_name IN ${away} AND column_default LIKE 'nextval%'`,
    )
  })

  test('is right about every statement', () => {
    const touching = statements().filter(([, text]) => new RegExp(`\\b(${distributed.join('|')})\\b`).test(text))
    assert.ok(touching.length > 60, `only ${touching.length} statements touch a distributed table`)
    const wide = touching.filter(([, text]) => !keepsToOneUser(text)).map(([name]) => name)
    assert.deepEqual(wide, OVER_ALL)
    for (const name of OVER_ALL)
      assert.ok(page.includes(`\`${name.replace('.sql', '')}\``), `the page does not say ${name}`)
  })

  test('would see a statement that does not keep to one user', () => {
    assert.ok(!keepsToOneUser('SELECT * FROM ga4_daily WHERE property_id = :id'))
    assert.ok(!keepsToOneUser('SELECT * FROM connections c CROSS JOIN ga4_daily d WHERE c.user_id = :user'))
    assert.ok(!keepsToOneUser('DELETE FROM targets WHERE id = :id'))
    assert.ok(!keepsToOneUser('UPDATE annotations SET text = :text WHERE id = :id'))
    assert.ok(!keepsToOneUser('INSERT INTO targets (id, widget) VALUES (:id, :widget)'))
    assert.ok(
      !keepsToOneUser(
        'SELECT 1 FROM ga4_daily d WHERE d.date = :day UNION ALL SELECT 1 FROM ga4_daily d WHERE d.user_id = :user',
      ),
    )
    assert.ok(keepsToOneUser('SELECT * FROM ga4_daily WHERE user_id = :user'))
  })
})
