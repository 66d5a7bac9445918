// Rows of one user, made by chance from a seed and put straight into the tables: what the sweep asks about.

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const whole = (low, high) => low + Math.floor(next() * (high - low + 1))
  return { next, whole, pick: list => list[whole(0, list.length - 1)], often: share => next() < share }
}

const DAY = 86400e3
export const plus = (date, n) => new Date(Date.parse(date) + n * DAY).toISOString().slice(0, 10)
export const daysOf = ({ from, to }) => {
  const days = []
  for (let day = from; day <= to; day = plus(day, 1)) days.push(day)
  return days
}

// Leap days and the days around them, a turn of the year, and the last days there are.
const SPANS = [
  ['2023-02-20', '2023-03-08'],
  ['2024-02-15', '2024-03-10'],
  ['2025-02-18', '2025-03-12'],
  ['2025-11-20', '2026-01-20'],
]
const LAST = '2026-01-20'
const CHANNELS = ['Organic Search', 'Direct', '=cmd', 'Paid "Social"']
const CAMPAIGNS = ['c1', 'c2', 'c3', 'Other', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10', 'c11', 'c12', 'c13', 'c14']
const PAGES = ['/', '/shop', '/a,b', '@sum', '/\u00fc']

function ga4Rows(data, random, account, day) {
  const sessions = random.often(0.1) ? 0 : random.whole(1, 400)
  data.ga4_daily.push({
    account,
    date: day,
    users: random.whole(0, 300),
    new_users: random.whole(0, 200),
    page_views: random.whole(0, 999),
    users_7d: random.whole(300, 900),
    users_28d: random.whole(900, 2000),
    sessions,
    engaged_sessions: random.whole(0, sessions),
    conversions: random.often(0.3) ? 0 : random.whole(0, 20),
    revenue_micros: random.whole(0, 5e8),
  })
  for (const channel of CHANNELS)
    if (random.often(0.7))
      data.ga4_channel_daily.push({
        account,
        date: day,
        channel,
        sessions: random.whole(0, 120),
        engaged_sessions: random.whole(0, 60),
        conversions: random.often(0.4) ? 0 : random.whole(0, 9),
        revenue_micros: random.whole(-2e7, 3e8),
      })
  for (const page of PAGES)
    if (random.often(0.6))
      data.ga4_landing_daily.push({
        account,
        date: day,
        page,
        sessions: random.whole(0, 90),
        conversions: random.whole(0, 9),
      })
}

function metaRows(data, random, account, currency, day) {
  const campaigns = random.often(0.1) ? [''] : CAMPAIGNS.slice(0, data.campaigns).filter(() => random.often(0.7))
  for (const campaign of campaigns.length ? campaigns : [''])
    data.meta_daily.push({
      account,
      date: day,
      campaign_id: campaign && `${account}-${campaign}`,
      campaign: campaign && `${campaign === 'c14' ? 'c1' : campaign} of ${day.slice(0, 9)}`, // renamed on the 10th, the 20th …
      currency,
      spend_micros: campaign ? random.whole(0, 9e7) : 0,
      impressions: campaign ? random.whole(0, 9000) : 0,
      clicks: campaign ? random.whole(0, 200) : 0,
      link_clicks: campaign ? random.whole(0, 100) : 0,
      conversions: campaign && random.often(0.7) ? random.whole(0, 9) : 0,
      revenue_micros: campaign ? random.whole(0, 3e8) : 0,
    })
}

function instagramRows(data, random, account, day) {
  const maybe = (low, high) => (random.often(0.1) ? null : random.whole(low, high))
  data.ig_daily.push({
    account,
    date: day,
    reach: maybe(0, 900),
    total_interactions: maybe(0, 90),
    followers: maybe(500, 900),
    views: maybe(0, 2000),
    accounts_engaged: maybe(0, 80),
    likes: maybe(0, 70),
  })
  if (random.often(0.15))
    data.ig_media.push({
      account,
      id: `${account}-${day}`,
      posted_at: `${day}T${random.pick(['00:00:00', '12:30:00', '23:59:59'])}Z`,
      media_type: 'IMAGE',
      product_type: random.pick(['FEED', 'REELS']),
      caption: random.pick(['Sale!', '=1+1', 'two\nlines', '\u{1f600}']),
      permalink: 'https://example.org/p',
      reach: maybe(0, 500),
      views: maybe(0, 900),
      likes: maybe(0, 90),
      comments: maybe(0, 9),
      saves: maybe(0, 9),
      shares: maybe(0, 9),
      total_interactions: maybe(0, 120),
    })
}

const FILL = { ga4: ga4Rows, instagram: instagramRows }

function fill(data, random, connection) {
  const { source, external_id: account, currency, complete_through: through } = connection
  const first = random.pick(['2023-01-01', '2023-01-01', '2025-01-01', '2025-12-20'])
  const gaps = random.pick([0, 0, 0.05, 0.3])
  if (!through) return
  for (const [from, to] of SPANS)
    for (const day of daysOf({ from, to })) {
      // a day after the last complete one may be there already, in part
      if (day < first || (day > through && !random.often(0.5)) || day > plus(through, 1) || random.often(gaps)) continue
      if (source === 'meta') metaRows(data, random, account, currency, day)
      else FILL[source](data, random, account, day)
    }
}

function connect(data, random, source, n, mixed) {
  const connection = {
    source,
    external_id: { ga4: `10${n}`, meta: `act_${n}`, instagram: `17${n}` }[source],
    currency: mixed && n > 1 ? 'USD' : 'EUR',
    time_zone: random.often(0.8) ? 'Europe/Berlin' : 'America/New_York',
    status: random.pick(['connected', 'connected', 'connected', 'error', 'paused', 'reconnect']),
    complete_through: random.often(0.05) ? null : plus(LAST, -random.pick([1, 1, 1, 2, 3, 9, 40])),
  }
  connection.last_success_at = connection.complete_through && `${plus(connection.complete_through, 1)}T08:15:00Z`
  data.connections.push(connection)
  fill(data, random, connection)
}

/** One user: up to two accounts of each source, with gaps, in one currency or two; full: as many as can be. */
export function userData(seed, full = false) {
  const random = chance(seed)
  const data = { connections: [], campaigns: full ? 14 : 3 }
  for (const table of ['ga4_daily', 'ga4_channel_daily', 'ga4_landing_daily', 'ga4_period_users']) data[table] = []
  for (const table of ['meta_daily', 'ig_daily', 'ig_media', 'notices']) data[table] = []
  const mixed = full || random.often(0.2)
  for (const source of ['ga4', 'meta', 'instagram'])
    for (let n = 1, all = full ? 2 : random.pick([0, 1, 1, 1, 2]); n <= all; n++)
      connect(data, random, source, n, mixed)
  for (const { source, external_id: account } of data.connections) {
    if (source === 'ga4' && random.often(0.7))
      for (const [from, to] of [
        ['2025-12-22', '2026-01-20'],
        ['2025-12-22', '2026-01-19'],
        ['2025-12-01', '2025-12-31'],
      ])
        data.ga4_period_users.push({ account, from, to, users: random.whole(1000, 4000) })
    if (random.often(0.3))
      data.notices.push({
        source,
        account,
        code: 'sampled',
        from: '2025-12-10',
        to: '2025-12-20',
        text: 'Some were left out.',
      })
  }
  return data
}

// ---- into the tables ---------------------------------------------------------------

const literal = value =>
  value === null || value === undefined
    ? 'NULL'
    : typeof value === 'number'
      ? String(value)
      : `'${String(value).replaceAll("'", "''")}'`

/** Statements that insert objects of the same shape, a few hundred at a time. */
function inserts(table, rows) {
  const texts = []
  if (!rows.length) return texts
  const names = Object.keys(rows[0])
  for (let i = 0; i < rows.length; i += 300) {
    const values = rows.slice(i, i + 300).map(row => `(${names.map(name => literal(row[name])).join()})`)
    texts.push(`INSERT INTO ${table} (${names.join()}) VALUES ${values.join()};`)
  }
  return texts
}

/** The SQL that puts a user's data into the tables of either engine; what a row does not say is 1. */
export function sqlOf(user, data) {
  const id = n => `c0000000-0000-4000-8000-${user.slice(-8)}${String(n).padStart(4, '0')}`
  const created_at = '2025-12-01T00:00:00Z'
  const texts = [
    ...inserts(
      'connections',
      data.connections.map((one, n) => ({
        id: id(n),
        user_id: user,
        credential: 'sealed',
        created_at,
        name: 'N',
        ...one,
      })),
    ),
    ...inserts(
      'source_notices',
      data.notices.map(({ source, account, code, from, to, text }) => ({
        user_id: user,
        source,
        external_id: account,
        code,
        first_date: from,
        last_date: to,
        text,
        seen_at: created_at,
      })),
    ),
    ...inserts(
      'ga4_daily',
      data.ga4_daily.map(({ account, ...row }) => ({
        user_id: user,
        property_id: account,
        new_users: 1,
        page_views: 1,
        ...row,
      })),
    ),
    ...inserts(
      'ga4_channel_daily',
      data.ga4_channel_daily.map(({ account, ...row }) => ({
        user_id: user,
        property_id: account,
        users: 1,
        engaged_sessions: 1,
        conversions: 1,
        revenue_micros: 1,
        ...row,
      })),
    ),
    ...inserts(
      'ga4_landing_daily',
      data.ga4_landing_daily.map(({ account, page, ...row }) => ({
        user_id: user,
        property_id: account,
        landing_page: page,
        revenue_micros: 1,
        ...row,
      })),
    ),
    ...inserts(
      'ga4_period_users',
      data.ga4_period_users.map(({ account, from, to, users }) => ({
        user_id: user,
        property_id: account,
        start_date: from,
        end_date: to,
        users,
      })),
    ),
    ...inserts(
      'meta_daily',
      data.meta_daily.map(({ account, ...row }) => ({
        user_id: user,
        account_id: account,
        reach: 1,
        link_clicks: 1,
        ...row,
      })),
    ),
    ...inserts(
      'ig_daily',
      data.ig_daily.map(({ account, ...row }) => ({ user_id: user, account_id: account, ...row })),
    ),
    ...inserts(
      'ig_media',
      data.ig_media.map(({ account, id: media_id, posted_at, ...row }) => ({
        user_id: user,
        account_id: account,
        media_id,
        posted_at: posted_at.replace('Z', '.000000Z'),
        seen_at: created_at,
        ...row,
      })),
    ),
  ]
  return texts.join('\n')
}
