// What opens from a card, as one file: loaded when the first of it is wanted.
export { default as custom } from './custom.tsx'
export { default as explain } from './explain.tsx'
export { save } from './export.ts'
export { default as notes } from './notes.tsx'
export { default as target } from './target.tsx'
