// The words of connecting accounts and of the first run.
import type { SourceName } from '../model.ts'

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

export const connectTexts = {
  connections: 'Connections',
  connectTo: { ga4: 'Google Analytics', meta: 'Meta Ads', instagram: 'Instagram' } satisfies Record<SourceName, string>,
  connectTitle: 'Connect an account',
  connectHint: 'Daymark only reads. What it is given is sealed, and never shown again.',
  signInAt: {
    ga4: 'Sign in with Google',
    meta: 'Sign in with Facebook',
    instagram: 'Sign in with Facebook',
  } satisfies Record<SourceName, string>,
  brings: {
    ga4: 'Users, sessions, channels, landing pages, conversions, revenue',
    meta: 'Spend, clicks, purchases, return on ad spend, campaigns',
    instagram: 'Reach, interactions, followers, posts',
  } satisfies Record<SourceName, string>,
  noApp: 'Signing in needs an app of yours there, set up once:',
  appSteps: {
    ga4: [
      'In the Google Cloud console, switch on the Google Analytics Data API and the Google Analytics Admin API.',
      'Make an OAuth client of the type \u201cWeb application\u201d and give it this redirect address, to the letter:',
    ],
    meta: [
      'At developers.facebook.com, make an app with \u201cMarketing API\u201d and \u201cFacebook Login for Business\u201d.',
      'In its login settings, give this redirect address, to the letter:',
    ],
    instagram: [
      'At developers.facebook.com, make an app with \u201cInstagram\u201d and \u201cFacebook Login for Business\u201d.',
      'In its login settings, give this redirect address, to the letter:',
    ],
  } satisfies Record<SourceName, string[]>,
  appSettings: 'Start Daymark with these settings, and come back here:',
  redirectAddress: 'Redirect address',
  appReady: 'The app is set up. Its redirect address:',
  own: {
    ga4: 'With a service account',
    meta: 'With an access token',
    instagram: 'With an access token',
  } satisfies Record<SourceName, string>,
  ownSteps: {
    ga4: [
      'In the Google Cloud console, switch on the Google Analytics Data API and Admin API, make a service account, and a JSON key for it.',
      'In Google Analytics, under Admin, Property access management, add the service account\u2019s e-mail as Viewer.',
      'Give the key here:',
    ],
    meta: [
      'In Meta\u2019s Business settings, under System users, make a token with ads_read for the ad account. It has no end.',
      'Give it here:',
    ],
    instagram: [
      'In Meta\u2019s Business settings, under System users, make a token with instagram_basic, instagram_manage_insights and pages_show_list.',
      'Give it here:',
    ],
  } satisfies Record<SourceName, string[]>,
  drop: 'Drop the JSON file here, or choose it',
  dropOr: 'or paste it',
  keyFile: 'JSON key file',
  keyPaste: 'JSON key, pasted',
  token: 'Access token',
  keyOf: (email: string) => `Key of ${email}`,
  notAKey:
    'This file is no key of a service account: the one from the Google Cloud console is JSON and names a client_email.',
  listAccounts: 'Show its accounts',
  asking: 'Asking the source',
  chooseTitle: 'Choose what to connect',
  chooseNone: 'There is nothing that this sign-in may read. Has it been added to the property or account?',
  chooseAgain: 'connected; gets the new sign-in',
  choose: (n: number) => (n ? `Connect ${plural(n, 'account', 'accounts')}` : 'Connect'),
  chosen: (n: number) => `${plural(n, 'account is', 'accounts are')} connected. The first sync has begun.`,
  typeId: 'Type the number of the property or account instead',
  ids: { ga4: '123456789', meta: 'act_1234567890', instagram: '17841400000000000' } satisfies Record<
    SourceName,
    string
  >,
  connect: 'Connect',
  otherWay: 'Another way',
  connectedNone: 'Nothing is connected yet.',
  connectionStatus: {
    connected: 'Connected',
    reconnect: 'Needs to be reconnected',
    error: 'The last sync failed',
    paused: 'Paused',
  } as Record<string, string>,
  demoAccount: 'Demo',
  completeUntil: (day: string) => `complete through ${day}`,
  endsInDays: (n: number, day: string) => `Its sign-in ends in ${plural(n, 'day', 'days')}, on ${day}.`,
  endsInHours: (n: number) => `Its sign-in ends in ${plural(n, 'hour', 'hours')}.`,
  hasEnded: (day: string) => `Its sign-in ended on ${day}.`,
  test: 'Test',
  tested: (name: string) => `${name} can be read.`,
  pause: 'Pause',
  resume: 'Resume',
  reconnect: 'Reconnect',
  renew: 'Renew',
  renewTitle: (name: string) => `Reconnect ${name}`,
  renewed: (name: string) => `${name} is connected again. What is missing is read now.`,
  disconnect: 'Disconnect',
  disconnectSure: (name: string) => `Disconnect ${name} and delete its numbers here?`,
  disconnected: (name: string) => `${name} is disconnected.`,

  welcome: 'Connect the first account',
  welcomeHint: 'A minute each. The last 13 months are read at once, and every night after that.',
  look: 'Look around with demo data',
  lookHint: 'Made-up numbers, taken away again with one press.',
  firstSync: 'Reading the first numbers',
  firstSyncHint:
    'All of the last 13 months once, the newest days at the end. From now on it is a few days every night.',
  boardMeanwhile: 'Go to the board meanwhile',
  skip: 'Go on to the empty board',
}
