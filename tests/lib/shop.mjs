// A shop whose numbers are like real ones: weekdays, a season, unrest, channels, campaigns, posts. What shall have happened
// on a day is a factor: events: { sessions: day => 1, 'Paid Social': …, conversions: …, spend: …, reach: … }.
import { dice } from './explained.mjs'

const WEEKDAYS = [1.08, 1.12, 1.1, 1.02, 0.96, 0.78, 0.86]
export const CHANNELS = { 'Organic Search': 0.42, Direct: 0.2, 'Paid Social': 0.18, Email: 0.12, Referral: 0.08 }

function counter(seed) {
  const roll = dice(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - roll.real())) * Math.cos(2 * Math.PI * roll.real())
  const poisson = mean => {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
    let n = -1,
      product = 1
    const end = Math.exp(-mean)
    do {
      product *= roll.real()
      n++
    } while (product > end)
    return n
  }
  return { ...roll, normal, poisson }
}

export function shop(
  seed,
  {
    days = 300,
    visits = 1000,
    rate = 0.03,
    order = 60,
    spend = 150,
    posts = true,
    events = {},
    gone = () => false,
  } = {},
) {
  const roll = counter(seed)
  const data = { days, connections: [], ga4: [], channels: [], pages: [], ads: [], ig: [], through: days + 200 }
  const factor = (name, day) => events[name]?.(day) ?? 1
  const connect = (source, id, name) => data.connections.push({ source, id, name, currency: 'EUR' })
  const noise = () => Math.exp(0.06 * roll.normal())
  connect('ga4', '101', 'Shop')
  for (let day = 0; day < days; day++) {
    if (gone(day)) continue
    const level = visits * WEEKDAYS[day % 7] * (1 + 0.08 * Math.sin(day / 58)) * factor('sessions', day) * noise()
    const row = { property: '101', day, sessions: 0, engaged: 0, conversions: 0, revenue: 0 }
    for (const [channel, share] of Object.entries(CHANNELS)) {
      const sessions = roll.poisson(level * share * factor(channel, day))
      const conversions = Math.min(sessions, roll.poisson(sessions * rate * factor('conversions', day)))
      const revenue = Math.round(conversions * order * (0.9 + 0.2 * roll.real()) * 100) * 1e4
      const part = {
        property: '101',
        day,
        channel,
        sessions,
        engaged: Math.round(sessions * (day % 7 === 1 ? 0.66 : 0.58)),
        conversions,
        revenue,
      }
      if (sessions) data.channels.push(part)
      for (const name of ['sessions', 'engaged', 'conversions', 'revenue']) row[name] += part[name]
    }
    data.ga4.push(row)
    for (const [page, share, better] of [
      ['/', 0.5, 1],
      ['/shop', 0.3, 1.4],
      ['/blog/how-to', 0.2, 0.2],
    ]) {
      const sessions = Math.round(row.sessions * share)
      data.pages.push({
        property: '101',
        day,
        page,
        sessions,
        conversions: roll.poisson(sessions * rate * better),
        revenue: 0,
      })
    }
  }
  if (spend) {
    connect('meta', 'act_7', 'Ads')
    for (let day = 0; day < days; day++)
      for (const [campaign, name, share, better] of [
        ['91', 'Spring sale', 0.6, 1],
        ['92', 'Retargeting', 0.25, 2],
        ['93', 'Awareness', 0.15, 0.2],
      ]) {
        const paid = spend * share * factor('spend', day) * (0.95 + 0.1 * roll.real())
        const impressions = Math.round(paid * 110 * noise()),
          clicks = roll.poisson(impressions * 0.012)
        const conversions = Math.min(clicks, roll.poisson((paid / 15) * better * factor('purchases', day)))
        data.ads.push({
          account: 'act_7',
          day,
          campaign,
          name,
          spend: Math.round(paid * 100) * 1e4,
          impressions,
          clicks,
          conversions,
          revenue: conversions * order * 1e6,
        })
      }
  }
  if (posts) {
    connect('instagram', '555', 'Shop')
    for (let day = 0; day < days; day++) {
      const reach = roll.poisson(visits * 2 * factor('reach', day) * noise())
      data.ig.push({ account: '555', day, reach, interactions: roll.poisson(reach * 0.04) })
    }
  }
  return data
}

/** A factor on some days, and 1 on all others. */
export const on =
  (value, ...days) =>
  day =>
    days.includes(day) ? value : 1
/** A factor from a day on, up to another. */
export const from =
  (value, first, last = Infinity) =>
  day =>
    day >= first && day <= last ? value : 1
