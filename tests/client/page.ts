// The page writes down by hand what it needs of the API (ui/src/model.ts, connect.ts, panels/insights.ts). It may know
// less than the server says, never something else: each line fails to compile when an answer does not fit.
import type { components } from './api'
import type * as connect from './ui/src/connect'
import type * as page from './ui/src/model'
import type * as insights from './ui/src/panels/insights'

type Schemas = components['schemas']
type Fits<Told extends Page, Page> = Told

export type Answers = [
  Fits<Schemas['Me'], page.Me>,
  Fits<Schemas['Meta'], page.Meta>,
  Fits<Schemas['Widget'], page.WidgetKind>,
  Fits<Schemas['Layout'], page.Layout>,
  Fits<Schemas['WidgetAnswer'], page.Answer>,
  Fits<Schemas['Target'], page.Target>,
  Fits<Schemas['Job'], page.Job>,
  Fits<Schemas['Connection'], connect.Connection>,
  Fits<Schemas['ConnectApp'], connect.App>,
  Fits<Schemas['AccountChoice'], connect.Account>,
  Fits<Schemas['Insights'], insights.Told>,
]
