// The few icons, drawn as lines of one weight.
const PATHS = {
  sync: 'M13.5 6.5A6 6 0 0 0 3 5.2M2.5 9.5A6 6 0 0 0 13 10.8M13.5 3v3.5H10M2.5 13V9.5H6',
  chevron: 'M4.5 6.5 8 10l3.5-3.5',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  plus: 'M8 3.5v9M3.5 8h9',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  info: 'M8 7.2v3.6M8 5.1v.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  up: 'M8 12.5v-9M4 7.2l4-3.9 4 3.9',
  down: 'M8 3.5v9M4 8.8l4 3.9 4-3.9',
  calendar:
    'M2.8 6.5h10.4M5.3 2.2v2M10.7 2.2v2M4 3.5h8a1.2 1.2 0 0 1 1.2 1.2v7.6A1.2 1.2 0 0 1 12 13.5H4a1.2 1.2 0 0 1-1.2-1.2V4.7A1.2 1.2 0 0 1 4 3.5Z',
  person: 'M8 8.3a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM2.8 13.6c.5-2.3 2.6-3.6 5.2-3.6s4.7 1.3 5.2 3.6',
  sliders:
    'M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.3 6.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM5.7 12.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  copy: 'M6 5.5h6.5v8H6zM10 5.5v-3H3.5v8H6',
  pencil: 'M3 13l.7-2.9 7-7a1.2 1.2 0 0 1 1.7 0l.5.5a1.2 1.2 0 0 1 0 1.7l-7 7L3 13ZM9.6 4.2l2.2 2.2',
  check: 'M3.5 8.5l3 3 6-7',
  share: 'M8 9.5V2.3M5.2 4.9 8 2.2l2.8 2.7M5 7.3H3.5v6.2h9V7.3H11',
  flag: 'M4 13.8V2.6M4 3.2c3-1.6 5 1.6 8.4.2v5.6c-3.4 1.4-5.4-1.8-8.4-.2',
} as const
export type IconName = keyof typeof PATHS

export function Icon({ name, class: extra }: { name: IconName; class?: string }) {
  return (
    <svg class={extra ? `icon ${extra}` : 'icon'} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M7 21.5h18M10 21.5a6 6 0 0 1 12 0M16 8.5v3.2M7.8 12.3l2.2 2.2M24.2 12.3 22 14.5" />
    </svg>
  )
}
