import { type DrawnIcon, shownIcon } from '../model/icons';

const paths = {
  services: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  topology: 'M4 5.5a2 2 0 1 0 0-.01M12 3.5a1.5 1.5 0 1 0 0-.01M12 13.5a1.5 1.5 0 1 0 0-.01M5.8 4.8l4.7-1.2M5.3 6.8l5.6 5.4',
  timeline: 'M8 2.5a5.5 5.5 0 1 0 5.5 5.5M8 5v3l2 1.5M10.5 2.5h3v3',
  gateway: 'M2 8h4M10 4.5h4M10 8h4M10 11.5h4M6 8c2 0 2-3.5 4-3.5M6 8h4M6 8c2 0 2 3.5 4 3.5',
  explain: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12M6.3 6.2a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.2M8 11.3v.01',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.4 10.4l3.1 3.1',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  close: 'M4 4l8 8M12 4l-8 8',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6 6.5v6',
  cards: 'M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5h-4.5z',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  sun: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M8 1.5v1.5M8 13v1.5M1.5 8h1.5M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13.2 9.6A5.6 5.6 0 1 1 6.4 2.8a4.6 4.6 0 0 0 6.8 6.8z',
  system: 'M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3',
  up: 'M4.5 9.5L8 6l3.5 3.5',
  down: 'M4.5 6.5L8 10l3.5-3.5',
  right: 'M6 4l4 4-4 4',
  warning: 'M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.01',
  drain: 'M8 2.5v6M5.5 6L8 8.5 10.5 6M3 11.5h10M5 13.5h6',
  wrench: 'M13.3 4.4a3.3 3.3 0 0 1-4.5 4L4.6 12.7a1.4 1.4 0 0 1-2-2L6.9 6.500a3.3 3.3 0 0 1 4-4.500L9 4l.5 2.3 2.3.6z',
  remove: 'M3 4.500h10M6.5 4.500v-2h3v2M4.5 4.500l.5 9h6l.5-9',
  external: 'M9.5 2.500h4v4M13.5 2.500L8 8M11 9.500v4H2.500V5h4',
  shift: 'M3 5h8.500M9 2.500l2.500 2.500L9 7.500M13 11H4.500M7 8.500L4.500 11 7 13.500',
  screen: 'M2 3h12v8H2zM5.500 13.500h5',
  play: 'M5 3.500v9l7-4.500z',
} as const;

/** What people may call the icon of an instance. */
const drawings: Record<DrawnIcon, { readonly lines: string; readonly areas?: string }> = {
  // A screen, and in it a window of four panes that lean as if in the wind.
  windows98: {
    lines: 'M1.5 2h13v9.5h-13zM5 14.5h6M8 11.5v3',
    areas: 'M4 4.6c1.2-.7 2.3-.7 3.5-.1v2c-1.2-.6-2.3-.6-3.5.1zM8.3 4.8c1.2.5 2.3.4 3.5-.3v2c-1.2.7-2.3.8-3.5.3zM4 7.4c1.2-.7 2.3-.7 3.5-.1v2c-1.2-.6-2.3-.6-3.5.1zM8.3 7.6c1.2.5 2.3.4 3.5-.3v2c-1.2.7-2.3.8-3.5.3z',
  },
  desktop: { lines: 'M1.5 2h13v9.5h-13zM5 14.5h6M8 11.5v3' },
};

export type IconName = keyof typeof paths;

/** A picture beside words; what has no words beside it needs a label of its own. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return <Drawing lines={paths[name]} size={size} />;
}

/** The icon of an instance, or nothing where nothing can be shown of it. */
export function InstanceIcon({ icon }: { icon: string | undefined }) {
  const shown = shownIcon(icon);
  if (!shown) return null;
  return (
    <span className="instance-icon" aria-hidden="true">
      {'drawing' in shown ? <Drawing {...drawings[shown.drawing]} size={16} /> : shown.sign}
    </span>
  );
}

function Drawing({ lines, areas, size }: { lines: string; areas?: string; size: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={lines} />
      {areas && <path d={areas} fill="currentColor" stroke="none" />}
    </svg>
  );
}
