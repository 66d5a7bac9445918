// Every word the page says, in one place. Plain and short; no exclamation marks.
import type { Comparison, SourceName } from './model.ts'
import type { Preset } from './dates.ts'

/** A word that may not be there: keys come from outside, so what objects inherit must not answer. */
export const word = (words: Record<string, string>, key: string): string | undefined => (Object.hasOwn(words, key) ? words[key] : undefined)

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

export const texts = {
  name: 'Daymark',
  starting: 'Loading your board',

  sources: { ga4: 'Analytics', meta: 'Meta Ads', instagram: 'Instagram' } satisfies Record<SourceName, string>,
  sourcesLabel: 'Sources',
  sourceOn: 'on',
  sourceOff: 'off',
  sourceNotConnected: 'Not connected',
  sourceReconnect: 'Needs to be reconnected',
  sourceLast: 'At least one source stays on.',

  rangeLabel: 'Dates',
  presets: {
    '7d': 'Last 7 days', '28d': 'Last 28 days', '90d': 'Last 90 days', month: 'This month', last_month: 'Last month', '12m': 'Last 12 months',
  } satisfies Record<Preset, string>,
  custom: 'Custom dates',
  from: 'From',
  to: 'To',
  apply: 'Show these days',
  rangeOrder: 'The first day is after the last.',
  rangeLong: 'At most 1,100 days at a time.',

  compareLabel: 'Compare',
  compare: {
    off: 'No comparison', previous_period: 'Previous period', previous_year: 'Previous year',
  } satisfies Record<Comparison, string>,

  completeThrough: (day: string) => `Complete through ${day}`,
  syncedAt: (time: string) => `synced ${time}`,
  neverSynced: 'Not synced yet',
  nextSync: (time: string) => `Next sync ${time}`,

  sync: 'Sync',
  syncing: 'Syncing',
  syncRunning: (done: number, total: number) => `A sync is running (${done} of ${plural(total, 'account', 'accounts')}). You can look around meanwhile.`,
  syncStarting: 'A sync is starting. You can look around meanwhile.',
  syncDone: 'Everything is up to date.',
  syncFailed: 'The sync did not finish.',
  syncRefused: 'The sync was not started.',
  syncLost: 'The progress of the sync cannot be read. It goes on by itself.',
  retry: 'Try again',
  dismiss: 'Dismiss',

  demo: 'This is demo data. Nothing here is real, so change what you like.',

  board: 'Board',
  add: 'Add widget',
  pickerTitle: 'Add a widget',
  pickerFind: 'Find a widget',
  pickerNothing: (query: string) => `No widget matches \u201c${query}\u201d.`,
  pickerOnBoard: 'On the board',
  pickerAdd: 'Add',
  emptyBoard: 'Your board is empty.',
  emptyBoardHint: 'Add the numbers you want to see every morning.',
  undo: 'Undo',
  removed: (title: string) => `Removed ${title}.`,
  added: (title: string) => `Added ${title}.`,
  undone: 'Undone.',
  layoutElsewhere: 'The board was changed elsewhere. This is the newest version.',
  layoutNotSaved: 'The board could not be saved.',

  menu: (title: string) => `Options for ${title}`,
  move: { earlier: 'Move earlier', later: 'Move later' },
  sizes: { sm: 'Small', md: 'Medium', lg: 'Large', xl: 'Full width' },
  sizeLabel: 'Size',
  remove: 'Remove',
  unknownWidget: (key: string) => `This version does not know the widget \u201c${key}\u201d.`,

  loading: 'Loading',
  noData: 'No data for these days',
  notConnected: 'Not connected',
  cardFailed: 'This card could not be loaded.',
  offline: 'The server cannot be reached.',
  offlineHint: 'What you see may be old. This page tries again by itself.',

  up: (size: string) => `Up ${size}`,
  down: (size: string) => `Down ${size}`,
  same: 'No change',
  against: (range: string) => `against ${range}`,
  noDelta: 'No comparison possible: there is nothing before to compare with.',

  chartOf: (title: string, range: string) => `${title} by day, ${range}.`,
  chartExtremes: (high: string, highDay: string, low: string, lowDay: string) => `Highest ${high} on ${highDay}, lowest ${low} on ${lowDay}.`,
  chartKeys: 'Use the arrow keys to read single days.',
  total: 'Total',
  other: 'Other',
  provisional: 'Provisional: may still change',
  provisionalFrom: (day: string) => `Days from ${day} are provisional and may still change.`,
  missingDay: 'No data for this day',
  missingDays: (n: number) => `${plural(n, 'day has', 'days have')} no data. They are gaps, not zeros.`,
  axisNotZero: 'Axis does not start at zero',
  basis: { unique: 'Unique visitors of the whole period.', sum_of_days: 'Sum of the days: who came on two days counts twice.' } as Record<string, string>,
  notes: 'What to know about this number',
  share: 'Share',
  change: 'Change',
  columns: {
    name: 'Name', landing_page: 'Page', campaign: 'Campaign', caption: 'Post', sessions: 'Sessions', conversions: 'Key events', rate: 'Rate', conversion_rate: 'Rate', revenue: 'Revenue',
    spend: 'Spend', roas: 'ROAS', reach: 'Reach', views: 'Views', total_interactions: 'Interactions', interactions: 'Interactions', likes: 'Likes', comments: 'Comments', saves: 'Saves',
    shares: 'Shares', clicks: 'Clicks', impressions: 'Impressions', cpc: 'CPC', cpm: 'CPM', ctr: 'CTR', cpa: 'CPA', users: 'Users', posted_at: 'Posted', media_type: 'Type', value: 'Value',
  } as Record<string, string>,

  signIn: 'Sign in',
  signInHint: 'Your numbers are where you left them.',
  sessionEnded: 'Your session has ended. Sign in to go on where you were.',
  email: 'Email',
  password: 'Password',
  passwordHint: 'At least 8 characters.',
  signInWrong: 'That email and password do not belong together.',
  signOut: 'Sign out',
  account: 'Account',
  theme: { auto: 'System', light: 'Light', dark: 'Dark' },
  themeLabel: 'Theme',
  more: 'More',
  close: 'Close',

  setupTitle: 'Set up Daymark',
  setupHint: 'Create the first account. It owns this installation.',
  setupNoCode: 'This Daymark has no account yet. Its log shows a set-up address with a one-time code: open that address, or enter the code here.',
  setupCode: 'One-time code',
  setupCreate: 'Create account',

  keysTitle: 'Keyboard',
  keys: {
    d: 'Dates', c: 'Next comparison', '1 2 3': 'Sources on and off', s: 'Sync', '/': 'Add widget', 'Ctrl Z': 'Undo', '.': 'Theme', '?': 'This list', Esc: 'Close',
  } as Record<string, string>,
}
