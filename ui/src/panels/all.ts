// What is opened now and then, in one file: apart, each would bring its own copy of what they share.
export { Connections } from './connections.tsx'
export { Settings } from './settings.tsx'
export { Shares } from './shares.tsx'
export { Syncs } from './syncs.tsx'
export { FirstSync, Welcome } from './welcome.tsx'
