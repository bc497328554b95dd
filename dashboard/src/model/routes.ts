/** What the address bar says. Everything that a view can be set to is in it, so that a link shows what its sender saw. */
export type Page =
  | { name: 'services' }
  | { name: 'service'; service: string }
  | { name: 'topology' }
  | { name: 'timeline' }
  | { name: 'gateway' }
  | { name: 'explain' }
  | { name: 'unknown'; path: string };

const plain = ['topology', 'timeline', 'gateway', 'explain'] as const;

export function pageOf(path: string): Page {
  const parts = path.split('/').filter((part) => part !== '');
  const [first, second, ...rest] = parts;
  if (first === undefined) return { name: 'services' };
  if (first === 'services' && rest.length === 0) return second === undefined ? { name: 'services' } : { name: 'service', service: decode(second) };
  const name = plain.find((each) => each === first);
  return name && second === undefined ? { name } : { name: 'unknown', path };
}

export function pathOf(page: Page): string {
  switch (page.name) {
    case 'services':
      return '/';
    case 'service':
      return `/services/${encodeURIComponent(page.service)}`;
    case 'unknown':
      return page.path;
    default:
      return `/${page.name}`;
  }
}

/** A query string with some parameters set to others; undefined and '' take one away. */
export function withParameters(search: string, change: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams(search);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined || value === '') parameters.delete(key);
    else parameters.set(key, value);
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

/** The title of the browser's tab. */
export function titleOf(page: Page): string {
  switch (page.name) {
    case 'services':
      return 'Services · Rollcall';
    case 'service':
      return `${page.service} · Rollcall`;
    case 'unknown':
      return 'Not found · Rollcall';
    default:
      return `${page.name[0]!.toUpperCase()}${page.name.slice(1)} · Rollcall`;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
