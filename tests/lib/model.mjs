// What every widget must answer, worked out a second time: from plain rows, a period at a time, without SQL.
//
//   expected('ga4.users', data, { period, compare, sources }) -> the answer, but for the words of its notices
import { daysOf, plus } from './rows.mjs'

const SETTLE = { ga4: 2, meta: 28, instagram: 2 }
export const sum = list => list.reduce((total, n) => total + n, 0)
const known = list => list.filter(n => n !== null && n !== undefined)
export const sumKnown = list => (known(list).length ? sum(known(list)) : null)
export const over = (num, den) => (num === null || den === null || den === 0 ? null : num / den)
const scaled = (value, unit) =>
  value === null ? null : unit === 'money' ? value / 1e6 : unit === 'cpm' ? value / 1e3 : value
export const groupBy = (list, key) => {
  const groups = new Map()
  for (const one of list) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return groups
}
export const change = (now, before) =>
  now === null || before === null || before === 0 || Number.isNaN(now) || Number.isNaN(before)
    ? null
    : (now - before) / before

// ---- windows -----------------------------------------------------------------------

const yearBefore = day => {
  const moved = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`
  return moved.endsWith('02-29') ? `${moved.slice(0, 4)}-02-28` : moved
}

export function comparedWith({ from, to }, compare) {
  if (compare === 'off') return null
  if (compare === 'previous_year') return { from: yearBefore(from), to: yearBefore(to) }
  if (compare === 'previous_period') return { from: plus(from, -daysOf({ from, to }).length), to: plus(from, -1) }
  return compare
}

/** Both windows as lists of days, cut to complete ones and to the same number of them; null if nothing is cut. */
function cutWindows(period, before, through) {
  const lists = [daysOf(period), daysOf(before)]
  const complete = lists.map(list => list.filter(day => day <= through))
  const short = lists.map((list, i) => (complete[i].length < list.length ? complete[i].length : Infinity))
  const most = Math.min(...short)
  if (most === Infinity) return null
  const windows = complete.map(list => list.slice(0, most))
  if (windows.some(list => !list.length)) return { empty: true }
  const [now, then] = windows.map(list => ({ from: list[0], to: list.at(-1) }))
  return { now, before: then }
}

// ---- lines: what becomes series ------------------------------------------------------

// { name, currency, points: Map day -> { num, den } }; a plain number has the denominator 1
export function linesOf(rows, { name = () => null, currency = () => null, num, den }) {
  return [...groupBy(rows, row => JSON.stringify([name(row), currency(row)])).entries()].map(([id, all]) => {
    const points = [...groupBy(all, row => row.date)].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      name: JSON.parse(id)[0],
      currency: JSON.parse(id)[1],
      points: points.map(([t, same]) => ({
        t,
        num: sumKnown(same.map(num)),
        den: den ? sumKnown(same.map(den)) : 1,
      })),
    }
  })
}

const valueAt = point => over(point.num, point.den)

/** Sum over sum of all points; a day without a denominator still counts above the line. */
function totalOf(lines, ratio) {
  const points = lines.flatMap(line => line.points)
  if (!ratio) return sumKnown(points.map(point => point.num))
  const whole = points.filter(point => point.num !== null && point.den !== null)
  return whole.length ? over(sum(whole.map(point => point.num)), sum(whole.map(point => point.den))) : null
}

// ---- the widgets: what a period looks like ---------------------------------------------

export const table = (data, name, source, { from, to }) => {
  const accounts = new Set(data.connections.filter(one => one.source === source).map(one => one.external_id))
  return data[name].filter(row => accounts.has(row.account) && row.date >= from && row.date <= to)
}
export const currencyOfAccount = (data, account) => data.connections.find(one => one.external_id === account).currency

function uniqueUsers(data, window) {
  const accounts = data.connections.filter(one => one.source === 'ga4')
  if (accounts.length !== 1) return null
  const account = accounts[0].external_id
  const exact = data.ga4_period_users.find(
    one => one.account === account && one.from === window.from && one.to === window.to,
  )
  const last = data.ga4_daily.find(row => row.account === account && row.date === window.to)
  const column = { 1: 'users', 7: 'users_7d', 28: 'users_28d' }[daysOf(window).length]
  return exact?.users ?? (column && last ? last[column] : null)
}

function followers(data, window) {
  const rows = table(data, 'ig_daily', 'instagram', window).filter(row => row.followers !== null)
  const latest = [...groupBy(rows, row => row.account).values()].map(
    all => all.reduce((a, b) => (a.date > b.date ? a : b)).followers,
  )
  return latest.length ? sum(latest) : null
}

/** A day on which an account that has numbers in this window gave none is not known. */
function followerLines(data, window) {
  const rows = table(data, 'ig_daily', 'instagram', window)
  const accounts = new Set(rows.filter(row => row.followers !== null).map(row => row.account)).size
  const lines = linesOf(rows, { num: row => row.followers })
  for (const line of lines)
    for (const point of line.points)
      if (rows.filter(row => row.date === point.t && row.followers !== null).length !== accounts) point.num = null
  return lines
}

const both = (row, name) => (row.reach === null || row.total_interactions === null ? null : row[name])
const ga4 = (num, den, extra = {}) => ({
  needs: ['ga4'],
  lines: (data, window) => linesOf(table(data, 'ga4_daily', 'ga4', window), { num, den }),
  ratio: den !== undefined,
  ...extra,
})
const meta = (num, den, extra = {}) => ({
  needs: ['meta'],
  money: true,
  lines: (data, window) =>
    linesOf(table(data, 'meta_daily', 'meta', window), { currency: row => row.currency, num, den }),
  ratio: den !== undefined,
  ...extra,
})
const pairOf = (first, second) => ({ needs: ['ga4', 'meta'], parts: [first, second] })
const spendPart = {
  title: 'Ad Spend',
  unit: 'money',
  lines: (data, window) =>
    linesOf(table(data, 'meta_daily', 'meta', window), { currency: row => row.currency, num: row => row.spend_micros }),
}
const ga4Part = (title, column, unit) => ({
  title,
  unit,
  lines: (data, window) =>
    linesOf(table(data, 'ga4_daily', 'ga4', window), {
      currency: row => (unit === 'money' ? currencyOfAccount(data, row.account) : null),
      num: row => row[column],
    }),
})

const WIDGETS = {
  'ga4.users': ga4(row => row.users, undefined, { title: 'Users', total: 'unique', whole: uniqueUsers }),
  'ga4.sessions': ga4(row => row.sessions, undefined, { title: 'Sessions' }),
  'ga4.conv_rate': ga4(
    row => row.conversions,
    row => row.sessions,
    { title: 'Conversion rate' },
  ),
  'ga4.engagement': ga4(
    row => row.engaged_sessions,
    row => row.sessions,
    { title: 'Engagement rate' },
  ),
  'ga4.revenue': {
    ...ga4(),
    ratio: false,
    title: 'Revenue',
    unit: 'money',
    money: true,
    lines: (data, window) =>
      linesOf(table(data, 'ga4_daily', 'ga4', window), {
        currency: row => currencyOfAccount(data, row.account),
        num: row => row.revenue_micros,
      }),
  },
  'ga4.traffic_channels': {
    needs: ['ga4'],
    shape: 'breakdown',
    lines: (data, window) =>
      linesOf(table(data, 'ga4_channel_daily', 'ga4', window), { name: row => row.channel, num: row => row.sessions }),
    apart: (data, window) => sumKnown(table(data, 'ga4_daily', 'ga4', window).map(row => row.sessions)),
  },
  'ga4.landing_pages': {
    needs: ['ga4'],
    shape: 'table',
    headline: 'sessions',
    rows: (data, window) => table(data, 'ga4_landing_daily', 'ga4', window),
    id: row => row.page,
    best: (a, b) => b.sessions - a.sessions || b.conversions - a.conversions || (a.key < b.key ? -1 : 1),
    item: all => ({
      landing_page: all[0].page,
      sessions: sum(all.map(row => row.sessions)),
      conversions: sum(all.map(row => row.conversions)),
      rate: over(sum(all.map(row => row.conversions)), sum(all.map(row => row.sessions))),
    }),
    totals: ['sessions', 'conversions', 'rate'],
    apart: (data, window) => sumKnown(table(data, 'ga4_daily', 'ga4', window).map(row => row.sessions)),
  },
  'meta.roas': meta(
    row => row.revenue_micros,
    row => row.spend_micros,
    { title: 'Return on ad spend' },
  ),
  'meta.spend': meta(row => row.spend_micros, undefined, { title: 'Ad spend', unit: 'money' }),
  'meta.conversions': {
    needs: ['meta'],
    title: 'Conversions',
    lines: (data, window) => linesOf(table(data, 'meta_daily', 'meta', window), { num: row => row.conversions }),
  },
  'meta.cost_metrics': {
    needs: ['meta'],
    shape: 'metrics',
    fields: {
      spend: meta(row => row.spend_micros, undefined, { title: 'Spend', unit: 'money' }),
      cpc: meta(
        row => row.spend_micros,
        row => row.clicks,
        { title: 'CPC', unit: 'money' },
      ),
      cpm: meta(
        row => row.spend_micros,
        row => row.impressions,
        { title: 'CPM', unit: 'cpm' },
      ),
      ctr: meta(
        row => row.clicks,
        row => row.impressions,
        { title: 'CTR' },
      ),
      cpa: meta(
        row => row.spend_micros,
        row => row.conversions,
        { title: 'CPA', unit: 'money' },
      ),
    },
  },
  'meta.funnel': {
    needs: ['meta'],
    shape: 'funnel',
    rows: (data, window) => table(data, 'meta_daily', 'meta', window),
    steps: { impressions: 'Impressions', clicks: 'Clicks (all)', link_clicks: 'Link clicks', conversions: 'Purchases' },
  },
  'ga4.funnel': {
    needs: ['ga4'],
    shape: 'funnel',
    rows: (data, window) => table(data, 'ga4_daily', 'ga4', window),
    steps: { sessions: 'Sessions', engaged_sessions: 'Engaged sessions', conversions: 'Conversions' },
  },
  'meta.campaigns': {
    needs: ['meta'],
    shape: 'table',
    money: true,
    headline: 'spend',
    rows: (data, window) => table(data, 'meta_daily', 'meta', window).filter(row => row.campaign_id !== ''),
    id: row => JSON.stringify([row.campaign_id, row.currency]),
    best: (a, b) => b.spend - a.spend || (a.item.id < b.item.id ? -1 : 1),
    item: all => {
      const of = name => sum(all.map(row => row[name]))
      return {
        id: all[0].campaign_id,
        campaign: all.reduce((a, b) => (a.date > b.date ? a : b)).campaign,
        spend: of('spend_micros') / 1e6,
        roas: over(of('revenue_micros'), of('spend_micros')),
        conversions: of('conversions'),
        cpa: scaled(over(of('spend_micros'), of('conversions')), 'money'),
        revenue: of('revenue_micros') / 1e6,
        clicks: of('clicks'),
        impressions: of('impressions'),
        ctr: over(of('clicks'), of('impressions')),
        currency: all[0].currency,
      }
    },
    totals: ['spend', 'roas', 'conversions', 'cpa', 'revenue', 'clicks', 'impressions', 'ctr'],
  },
  'ig.reach': {
    needs: ['instagram'],
    title: 'Reach',
    total: 'unique',
    whole: () => null,
    lines: (data, window) => linesOf(table(data, 'ig_daily', 'instagram', window), { num: row => row.reach }),
  },
  'ig.followers': { needs: ['instagram'], title: 'Followers', total: 'last', whole: followers, lines: followerLines },
  'ig.engagement_rate': {
    needs: ['instagram'],
    title: 'Engagement rate',
    ratio: true,
    lines: (data, window) =>
      linesOf(table(data, 'ig_daily', 'instagram', window), {
        num: row => both(row, 'total_interactions'),
        den: row => both(row, 'reach'),
      }),
  },
  'ig.content_perf': {
    needs: ['instagram'],
    shape: 'table',
    headline: 'total_interactions',
    rows: (data, window) =>
      table(
        { ...data, posts: data.ig_media.map(post => ({ ...post, date: post.posted_at.slice(0, 10) })) },
        'posts',
        'instagram',
        window,
      ),
    id: row => row.id,
    best: (a, b) =>
      (b.item.reach ?? -1) - (a.item.reach ?? -1) ||
      (b.item.total_interactions ?? -1) - (a.item.total_interactions ?? -1) ||
      (a.item.id < b.item.id ? -1 : 1),
    item: all => {
      const first = all[0]
      const names = ['id', 'permalink', 'posted_at', 'media_type', 'product_type', 'caption', 'reach']
      const counts = ['total_interactions', 'views', 'likes', 'comments', 'saves', 'shares']
      return {
        ...Object.fromEntries(names.map(name => [name, first[name]])),
        ...Object.fromEntries(counts.map(name => [name, sumKnown(all.map(row => row[name]))])),
      }
    },
    totals: ['total_interactions', 'views', 'likes', 'comments', 'saves', 'shares'],
    never: ['reach'],
    once: true, // a post is of one day, so it has nothing to be compared with
    series: [
      ['Reach', row => row.reach],
      ['Interactions', row => row.total_interactions],
    ],
  },
  'corr.spend_vs_sessions': { ...pairOf(spendPart, ga4Part('Sessions', 'sessions', 'count')), shape: 'pair' },
  'corr.blended_cac': {
    ...pairOf(spendPart, ga4Part('Conversions', 'conversions', 'count')),
    shape: 'blend',
    title: 'Blended acquisition cost',
    unit: 'money',
  },
  'corr.mer': {
    ...pairOf(ga4Part('Revenue', 'revenue_micros', 'money'), spendPart),
    shape: 'blend',
    title: 'Marketing efficiency',
  },
}
export const KEYS = Object.keys(WIDGETS)

// ---- drawing -----------------------------------------------------------------------

const currenciesOf = lines => new Set(lines.map(line => line.currency))
const drawLine = (line, title, unit, mixed) => ({
  name: (line.name ?? title) + (mixed ? ` (${line.currency ?? 'unknown currency'})` : ''),
  points: line.points.map(point => ({ t: point.t, v: scaled(valueAt(point), unit) })),
})
/** A widget of one series keeps it without points; parts that have a name of their own do not. */
function draw(lines, { title, unit, named, empty }, mixed) {
  const drawn = lines.filter(line => line.points.length).map(line => drawLine(line, title, unit, mixed))
  return drawn.length || named || empty ? drawn : [{ name: title, points: [] }]
}

/** now, before, and the two that are compared: of complete days if they had to be cut. */
function pictures(view, read) {
  const none = view.off || !view.before
  const at = window => (view.off || !window ? null : read(window))
  const cut = view.cut
  return {
    now: at(view.period),
    before: at(view.before),
    then: none || cut?.empty ? null : cut ? [at(cut.now), at(cut.before)] : [at(view.period), at(view.before)],
  }
}

function drawSeries(widget, view) {
  const read = pictures(view, window => widget.lines(view.data, window))
  const windows = view.off ? [] : [view.period, view.before].filter(Boolean)
  const currencies = widget.currencies
    ? new Set(windows.flatMap(widget.currencies))
    : widget.money && currenciesOf([...(read.now ?? []), ...(read.before ?? [])])
  const mixed = widget.money && currencies.size > 1
  const blank = mixed && widget.currencies // of what is put together nothing is left then
  const { now, before, then } = blank ? {} : read
  // No day that all of its sources have: nothing has a currency.
  const bare = ![...(now ?? []), ...(before ?? [])].some(line => line.points.length)
  const total = lines => (mixed || !lines ? null : scaled(totalOf(lines, widget.ratio), widget.unit))
  const style = { ...widget, empty: view.off || blank }
  let [value, delta] = [total(now), then ? change(total(then[0]), total(then[1])) : null]
  let basis = blank ? null : widget.ratio ? 'ratio' : 'sum'
  if (widget.whole && !view.off) {
    const wholes = pictures(view, window => widget.whole(view.data, window))
    const needed = [wholes.now, ...(wholes.then ?? [])]
    const whole = widget.total === 'last' || needed.every(n => n !== null)
    basis = whole ? widget.total : 'sum_of_days'
    if (whole) [value, delta] = [wholes.now, wholes.then && change(...wholes.then)]
  }
  return {
    series: draw(now ?? [], style, mixed),
    stats: { value, delta },
    basis,
    currency: currencies?.size === 1 && !bare ? [...currencies][0] : undefined,
    compared: before || view.off || blank ? draw(before ?? [], style, mixed) : undefined,
    notices: mixed ? ['currency_mixed'] : [],
  }
}

function drawBreakdown(widget, view) {
  const { now, before, then } = pictures(view, window => widget.lines(view.data, window))
  const total = lines => (lines ? totalOf(lines) : null)
  const of = (lines, name) => totalOf((lines ?? []).filter(line => line.name === name))
  const value = total(now)
  const whole = view.off || !widget.apart ? null : widget.apart(view.data, view.period)
  return {
    series: draw(now ?? [], { named: true }),
    stats: { value, delta: then && change(total(then[0]), total(then[1])) },
    breakdown: (now ?? []).map(({ name }) => ({
      name,
      value: of(now, name),
      share: over(of(now, name), value),
      delta: then && change(of(then[0], name), of(then[1], name)),
    })),
    basis: 'sum',
    compared: draw(before ?? [], { named: true }),
    notices: value !== null && whole !== null && value !== whole ? ['breakdown_differs'] : [],
  }
}

function drawMetrics(widget, view) {
  const drawn = Object.entries(widget.fields).map(([key, field]) => [key, drawSeries(field, view)])
  const [[, headline], ...rest] = drawn
  return {
    ...headline,
    series: drawn.flatMap(([, one]) => one.series),
    compared: headline.compared && drawn.flatMap(([, one]) => one.compared),
    metrics: Object.fromEntries(rest.map(([key, one]) => [key, one.stats])),
  }
}

/** In both the last step is counted on its own, whatever came before it. */
function drawFunnel(widget, view) {
  const { now, before, then } = pictures(view, window => widget.rows(view.data, window))
  const keys = Object.keys(widget.steps)
  const total = (rows, key) => sumKnown((rows ?? []).map(row => row[key]))
  const share = (rows, key, base) => (base ? over(total(rows, key), total(rows, base)) : null)
  const step = (rows, key, i) => ({
    key,
    name: widget.steps[key],
    value: total(rows, key),
    share_of_previous: share(rows, key, keys[i - 1]),
    share_of_first: share(rows, key, i ? keys[0] : undefined),
  })
  const moved = of => then && change(of(then[0]), of(then[1]))
  const lines = rows =>
    keys.flatMap(key =>
      draw(linesOf(rows ?? [], { num: row => row[key] }), { title: widget.steps[key], empty: view.off }),
    )
  const steps = keys.map((key, i) => ({
    ...step(now, key, i),
    delta: moved(rows => total(rows, key)),
    share_delta: moved(rows => share(rows, key, keys[i - 1])),
  }))
  const { value, delta } = steps.at(-1)
  const more = steps.some((one, i) => i && one.value > steps[i - 1].value)
  return {
    series: lines(now),
    stats: { value, delta },
    steps,
    basis: 'sum',
    compared: lines(before),
    comparedSteps: keys.map((key, i) => step(before, key, i)),
    notices: [value !== null && 'loose_step', more && 'step_exceeds_previous'].filter(Boolean),
  }
}

function drawTable(widget, view) {
  const { now, before, then } = pictures(view, window => widget.rows(view.data, window))
  const items = rows => new Map([...groupBy(rows, widget.id)].map(([key, all]) => [key, widget.item(all)]))
  const currencies = new Set([...(now ?? []), ...(before ?? [])].map(row => row.currency))
  const mixed = widget.money && currencies.size > 1
  const totals = rows => (rows?.length && !mixed ? widget.item(rows) : {})
  const lists = then?.map(items)
  const head = list => list?.[widget.headline] ?? null
  const sizes = widget.size && new Map([...groupBy(now ?? [], widget.id)].map(([key, all]) => [key, widget.size(all)]))
  const listed = [...items(now ?? [])]
    .map(([key, item]) => ({ key, size: sizes?.get(key), item, ...item }))
    .sort(widget.best)
  const value = head(totals(now))
  const whole = view.off || !widget.apart ? null : widget.apart(view.data, view.period)
  const lines = rows =>
    (widget.series ?? []).flatMap(([title, num]) => draw(linesOf(rows ?? [], { num }), { title, empty: view.off }))
  const short = value !== null && whole !== null && value < whole
  const long = value !== null && whole !== null && value > whole
  return {
    series: lines(now),
    stats: { value, delta: then && change(head(totals(then[0])), head(totals(then[1]))) },
    items: listed.slice(0, 100).map(({ key, item }) => ({
      ...item,
      delta: lists && !widget.once ? change(head(lists[0].get(key)), head(lists[1].get(key))) : null,
    })),
    totals: Object.fromEntries(
      [...widget.totals, ...(widget.never ?? [])].map(name => [
        name,
        widget.totals.includes(name) ? (totals(now)[name] ?? null) : null,
      ]),
    ),
    total_items: listed.length,
    basis: widget.ratio ? 'ratio' : 'sum',
    currency: widget.money && currencies.size === 1 ? [...currencies][0] : undefined,
    compared: lines(before),
    notices: [mixed && 'currency_mixed', short && 'rows_left_out', long && 'breakdown_differs'].filter(Boolean),
  }
}

// ---- two sources -------------------------------------------------------------------

/** Pearson's r over the days that both have, by the covariance of the values themselves. */
function pearson(first, second, lag) {
  const later = new Map(second.map(point => [point.t, point.num]))
  const twins = first
    .filter(point => later.has(plus(point.t, lag)))
    .map(point => [point.num, later.get(plus(point.t, lag))])
  const flat = i => twins.every(twin => twin[i] === twins[0][i])
  if (twins.length < 5 || flat(0) || flat(1)) return { r: null, days: twins.length }
  const mean = i => sum(twins.map(twin => twin[i])) / twins.length
  const [x, y] = [mean(0), mean(1)]
  const product = (f, g) => sum(twins.map(twin => f(twin) * g(twin)))
  const [dx, dy] = [twin => twin[0] - x, twin => twin[1] - y]
  return { r: product(dx, dy) / Math.sqrt(product(dx, dx) * product(dy, dy)), days: twins.length }
}

function moneyOf(widget, pairs) {
  const money = widget.parts.flatMap((part, i) => (part.unit === 'money' ? pairs.flatMap(pair => pair[i]) : []))
  return currenciesOf(money)
}

function drawPair(widget, view) {
  const { now, before, then } = pictures(view, window => widget.parts.map(part => part.lines(view.data, window)))
  const currencies = moneyOf(widget, [now, before].filter(Boolean))
  const mixed = currencies.size > 1
  const r = (pair, lag = 0) =>
    mixed || !pair ? { r: null, days: 0 } : pearson(pair[0][0]?.points ?? [], pair[1][0]?.points ?? [], lag)
  const lags = [0, 1, 2, 3, 4, 5, 6, 7].map(days => ({ lag: days, ...r(now, days) })).filter(one => one.r !== null)
  const best = lags.reduce((a, b) => (a && Math.abs(a.r) >= Math.abs(b.r) ? a : b), null)
  const drawn = pair =>
    widget.parts.flatMap((part, i) =>
      draw(pair?.[i] ?? [], { ...part, empty: view.off }, part.unit === 'money' && mixed),
    )
  return {
    series: drawn(now),
    stats: { value: r(now).r, delta: then && change(r(then[0]).r, r(then[1]).r) },
    currency: currencies.size === 1 ? [...currencies][0] : undefined,
    common_days: r(now).days,
    lag: best && { days: best.lag, value: best.r, common_days: best.days },
    basis: 'correlation',
    compared: drawn(before),
    notices: mixed ? ['currency_mixed'] : [],
  }
}

/** One over the other, of the days that both have. */
function divided(pair) {
  const below = new Map((pair[1][0]?.points ?? []).map(point => [point.t, point.num]))
  const points = (pair[0][0]?.points ?? []).filter(point => below.has(point.t))
  return [{ name: null, points: points.map(point => ({ t: point.t, num: point.num, den: below.get(point.t) })) }]
}

function drawBlend(widget, view) {
  const { now, before, then } = pictures(view, window => widget.parts.map(part => part.lines(view.data, window)))
  const currencies = moneyOf(widget, [now, before].filter(Boolean))
  const mixed = currencies.size > 1
  const total = pair => (mixed || !pair ? null : scaled(totalOf(divided(pair), true), widget.unit))
  const style = { ...widget, empty: view.off || mixed }
  const drawn = pair => draw(pair && !mixed ? divided(pair) : [], style)
  return {
    series: drawn(now),
    stats: { value: total(now), delta: then && change(total(then[0]), total(then[1])) },
    currency: currencies.size === 1 ? [...currencies][0] : undefined,
    basis: 'ratio',
    compared: drawn(before),
    notices: mixed ? ['currency_mixed'] : [],
  }
}

const SHAPES = {
  breakdown: drawBreakdown,
  metrics: drawMetrics,
  funnel: drawFunnel,
  table: drawTable,
  pair: drawPair,
  blend: drawBlend,
}

// ---- quality -----------------------------------------------------------------------

const least = list => (list.length ? list.reduce((a, b) => (a < b ? a : b)) : null)
export const FACTS = { ga4: 'ga4_daily', meta: 'meta_daily', instagram: 'ig_daily' }
const STATES = { error: 'sync_failed', paused: 'paused', reconnect: 'reconnect' }

function missingDays(data, sources, period, through) {
  const missing = new Set()
  if (!through) return []
  for (const source of sources) {
    const accounts = data.connections.filter(one => one.source === source).length
    const rows = table(data, FACTS[source], source, period)
    for (const day of daysOf(period).filter(day => day <= through))
      if (new Set(rows.filter(row => row.date === day).map(row => row.account)).size < accounts) missing.add(day)
  }
  return [...missing].sort()
}

function qualityOf(widget, data, period) {
  const accounts = data.connections.filter(one => widget.needs.includes(one.source))
  const through = accounts.some(one => !one.complete_through) ? null : least(accounts.map(one => one.complete_through))
  const settling = accounts
    .filter(one => one.complete_through)
    .map(one => plus(one.complete_through, 1 - SETTLE[one.source]))
  const from = least(settling)
  const zones = new Set(accounts.map(one => one.time_zone))
  const said = data.notices.filter(
    one => widget.needs.includes(one.source) && one.from <= period.to && one.to >= period.from,
  )
  return {
    as_of: accounts.map(one => one.last_success_at).reduce((a, b) => (b && (!a || b > a) ? b : a), null),
    complete_through: through,
    provisional_from: from && from <= period.to ? from : null,
    missing_days: missingDays(data, widget.needs, period, through),
    notices: [
      ...known(accounts.map(one => STATES[one.status])),
      ...(zones.size > 1 ? ['zone_differs'] : []),
      ...said.map(one => one.code),
    ],
  }
}

const OFF = { as_of: null, complete_through: null, provisional_from: null, missing_days: [] }

/** What is asked, and how it has to be looked at. */
function viewOf(widget, data, { period, compare, sources }) {
  const connected = new Set(data.connections.map(one => one.source))
  const before = comparedWith(period, compare)
  const off = widget.needs.some(source => !sources.includes(source) || !connected.has(source))
  const through = least(
    known(data.connections.filter(one => widget.needs.includes(one.source)).map(one => one.complete_through)),
  )
  return { data, period, before, off, cut: !off && before && through ? cutWindows(period, before, through) : null }
}

const asWindow = ({ from, to }) => ({ start: from, end: to })

/** key: of a widget, or a widget like those above. */
export function expected(key, data, request) {
  const widget = WIDGETS[key] ?? key
  const view = viewOf(widget, data, request)
  const { basis, compared, comparedSteps, notices, ...drawn } = (SHAPES[widget.shape] ?? drawSeries)(widget, view)
  const quality = view.off ? OFF : qualityOf(widget, data, request.period)
  const offs = widget.needs.map(source =>
    !request.sources.includes(source)
      ? 'source_off'
      : data.connections.some(one => one.source === source)
        ? null
        : 'not_connected',
  )
  const said = view.off ? known(offs) : [...quality.notices, ...notices, ...(view.cut ? ['complete_days_only'] : [])]
  const compare = view.before && {
    ...asWindow(view.before),
    series: compared,
    ...(comparedSteps && { steps: comparedSteps }),
    ...(view.cut && {
      basis_window: view.cut.empty ? null : { current: asWindow(view.cut.now), previous: asWindow(view.cut.before) },
    }),
  }
  if (drawn.stats) drawn.stats = { value: drawn.stats.value, delta: view.before ? drawn.stats.delta : null }
  return {
    ...drawn,
    ...(compare && { compare }),
    quality: { ...quality, basis: view.off ? null : basis, notices: [...new Set(said)].sort() },
  }
}
