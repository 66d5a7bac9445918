// Rows for measuring, put straight into the tables: one user with `accounts` properties, an ad account and an
// Instagram account, and as many rows of other users as wanted.
import { randomUUID } from 'node:crypto'

export const START = '2024-01-01'
export const DAYS = 900
const STAMP = "'2026-01-01T00:00:00.000000Z'"
const date = n => new Date(Date.parse(START) + n * 86400e3).toISOString().slice(0, 10)

const connection = (
  user,
  source,
  external,
) => `INSERT INTO connections (id, user_id, source, external_id, name, currency,
  time_zone, credential, created_at, last_success_at, complete_through) VALUES ('${randomUUID()}', '${user}', '${source}',
  '${external}', 'Shop', 'EUR', 'Europe/Berlin', 'sealed', ${STAMP}, ${STAMP}, '${date(DAYS)}');`

// A row for each day: `cells` are its columns after user, account and date.
const days = (table, user, account, cells) =>
  `INSERT INTO ${table} VALUES ${Array.from({ length: DAYS }, (_, n) =>
    cells(n).map(one => `('${user}', '${account}', '${date(n)}', ${one})`),
  )
    .flat()
    .join(',')};`

const ga4 = n => [`${90 + (n % 7)}, 40, 500, 1900, ${100 + (n % 30)}, 60, 250, 3, 99000000`]

// GA4 properties only: what a single widget reads.
export function fillProperties(database, user, properties = 1) {
  for (let i = 0; i < properties; i++)
    database.load(connection(user, 'ga4', String(100 + i)) + days('ga4_daily', user, String(100 + i), ga4))
}

// Something for each widget of a dashboard.
export function fillAll(database, user) {
  fillProperties(database, user)
  const channels = ['Direct', 'Email', 'Organic Search', 'Paid Search', 'Referral']
  const pages = Array.from({ length: 20 }, (_, i) => `/page/${i}`)
  database.load(
    connection(user, 'meta', 'act_1') +
      connection(user, 'instagram', '17') +
      days('ga4_channel_daily', user, '100', n =>
        channels.map((one, i) => `'${one}', 20, ${10 + (n % 9) + i}, 12, 1, 5000000`),
      ) +
      days('ga4_landing_daily', user, '100', n => pages.map((one, i) => `'${one}', ${5 + (n % 5) + i}, 1, 2000000`)) +
      days('meta_daily', user, 'act_1', n =>
        [1, 2, 3].map(
          i => `'c${i}', 'Campaign ${i}', ${(40 + (n % 20)) * 1000000}, 9000,
        4000, 120, 90, 4, 160000000, 'EUR'`,
        ),
      ) +
      days('ig_daily', user, '17', n => [`${700 + (n % 90)}, 1500, 80, 95, 60, 10, 9, 8, ${5000 + n}, 30`]),
  )
}

// Rows of others, 1000 a user, with properties of the same names.
export function fillOthers(database, from, to) {
  const cells = '90, 40, 500, 1900, 100, 60, 250, 3, 99000000'
  if (database.engine === 'postgresql') {
    database.load(`INSERT INTO ga4_daily SELECT ('00000000-0000-4000-8000-' || lpad((n / 1000)::text, 12, '0'))::uuid, '100',
      date '2023-01-01' + (n % 1000), ${cells} FROM generate_series(${from}, ${to - 1}) AS n;`)
    database.ask('VACUUM ANALYZE ga4_daily') // or the server does it while we measure
  } else {
    database.load(`INSERT INTO ga4_daily WITH RECURSIVE s (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM s WHERE n < ${to - 1})
      SELECT '00000000-0000-4000-8000-' || printf('%012d', n / 1000), '100', date('2023-01-01', (n % 1000) || ' days'),
      ${cells} FROM s;`)
  }
}
