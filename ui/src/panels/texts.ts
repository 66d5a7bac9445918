// The words of what is fetched when it is opened: insights, syncs, connections, settings, the first run.
import type { Told } from './insights.ts'

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

/** The parts of a fact's metric, as people say them; what is not here is shown as it is, without underscores. */
const METRICS: Record<string, string> = {
  blended_cac: 'ad spend per conversion',
  blended_mer: 'revenue per ad spend',
  mer: 'revenue per ad spend',
  campaign: 'campaign',
  change: 'change',
  channel: 'channel',
  common_days: 'days that both have',
  contribution: 'its part of the change',
  contribution_share: 'its share of the change',
  conv_rate: 'conversion rate',
  conversions: 'conversions',
  conversions_per_click: 'purchases per click',
  cpa: 'cost per purchase',
  cpc: 'cost per click',
  cpm: 'cost per 1,000 impressions',
  ctr: 'click-through rate',
  difference: 'difference',
  engagement_rate: 'engagement rate',
  landing_page: 'landing page',
  median_reach: 'median reach',
  missing_days: 'days without data',
  post: 'post',
  posts: 'posts',
  provisional_days: 'days that may still change',
  rate: 'conversion rate',
  reach: 'reach',
  revenue: 'revenue',
  roas: 'return on ad spend',
  sessions: 'sessions',
  share: 'share',
  spend: 'ad spend',
  spend_vs_sessions: 'spend and sessions together (correlation)',
  target: 'target',
  tested_days: 'days judged for this',
  total_interactions: 'interactions',
  unusual: 'these days',
  unusual_change: 'these days against the usual',
  usual: 'what is usual',
  weekday: 'weekday',
}

const wordFor = (part: string) => (Object.hasOwn(METRICS, part) ? METRICS[part]! : part.replaceAll('_', ' '))

/** "channel.sessions.unusual_change": Channel, sessions, these days against the usual. */
export function metricWords(metric: string): string {
  const text = metric.split('.').map(wordFor).join(', ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const SPLITS: Record<string, string> = {
  channel: 'channel',
  landing_page: 'landing page',
  campaign: 'campaign',
  account: 'account',
  source: 'source',
  factor: 'factor',
}
export const splitWords = (by: string) => (Object.hasOwn(SPLITS, by) ? SPLITS[by]! : by)

const bulletsOf = (told: Told) => told.items.reduce((n, { bullets }) => n + bullets.length, 0)

export const panelTexts = {
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',

  copyIt: 'Copy',
  onceSeen: 'I have it',

  // ---- insights
  insightsWait: 'Reading the numbers.',
  insightsSlow: 'Still putting it into words: this can take up to 20 seconds. The board is ready meanwhile.',
  insightsReady: (told: Told) => `${plural(bulletsOf(told), 'insight', 'insights')} for these days.`,
  insightsNone: 'There is nothing to say about these days yet.',
  insightsFailed: 'The insights could not be read. The board is not affected.',
  figureOf: (figure: string, metric: string) => `${figure}: ${metric}. Show the evidence`,
  evidence: 'Evidence',
  byRules: 'Written by rules. Every figure is computed by Daymark.',
  byModel: (model: string) => `Worded by ${model}, figures by Daymark.`,
  aModel: 'a language model',
  copy: 'Copy as text',
  copied: 'Copied.',
  notCopied: 'The browser did not allow copying.',
  evidenceTitle: 'Where this comes from',
  days: 'Days',
  comparedWith: (range: string) => `compared with ${range}`,
  shownBy: 'Shown by',
  explained: 'its change explained',
  splitBy: (by: string) => `its change by ${by}`,
  found: 'Place in the answer',
  reckoned: 'Reckoned from the answer',
  showCard: 'Show on the board',
  look: 'Look it up now',
  looking: 'Asking',
  lookedSame: (value: string) => `The answer says ${value}: the same figure.`,
  lookedOther: (value: string) => `The answer says ${value} now: the data has changed since.`,
  lookedEmpty: 'The answer has no number there now: the data has changed since.',
  lookedReckoned: 'The answer is there; this figure is reckoned from it.',
  rawAnswer: 'The whole answer',

  // ---- syncs
  syncs: 'Syncs',
  syncNow: 'Sync now',
  stop: 'Stop',
  nextNight: (time: string) => `The next nightly sync starts ${time}.`,
  noNext: 'No nightly sync is planned.',
  history: 'What was synced',
  historyNone: 'Nothing has been synced yet.',
  older: 'Show older ones',
  rows: (n: number, text: string) => `${text} ${n === 1 ? 'row' : 'rows'}`,
  restated: (n: number, text: string) => `${text} stored ${n === 1 ? 'number' : 'numbers'} changed`,
  restatedNone: 'no stored number changed',
  changedNothing: 'Nothing was written',
  took: (seconds: number) =>
    seconds < 90 ? `in ${seconds} s` : `in ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
  triggers: { manual: 'by hand', daily: 'nightly', cron: 'by the cron service', cli: 'by the command' } as Record<
    string,
    string
  >,
  jobStatus: { pending: 'Waiting', running: 'Running', success: 'Done', failed: 'Not finished' } as Record<
    string,
    string
  >,
  stepStatus: {
    pending: 'Waiting',
    running: 'Reading',
    success: 'Up to date',
    failed: 'Could not be read',
  } as Record<string, string>,
  missed: (n: number) => `${plural(n, 'nightly sync', 'nightly syncs')} did not start on its date`,
  caughtUp: 'its days were read by a later sync',
  notCaughtUp: 'was missed',
}
