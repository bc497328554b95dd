import type { Change } from '../api/documents';

export const windows = { '15m': 15 * 60_000, '1h': 3_600_000, '6h': 6 * 3_600_000, '24h': 24 * 3_600_000 } as const;

export type Window = keyof typeof windows;

/** How many changes fell into each of so many equal parts of a span. */
export function density(changes: readonly Change[], from: number, to: number, count: number): readonly number[] {
  const parts = new Array<number>(count).fill(0);
  for (const change of changes) {
    const at = Date.parse(change.time);
    if (at < from || at > to || to <= from) continue;
    const part = Math.min(count - 1, Math.floor(((at - from) / (to - from)) * count));
    parts[part]!++;
  }
  return parts;
}

/** The moment of the next change after one, or of the last before it; undefined when there is none. */
export function neighbour(changes: readonly Change[], at: number, direction: 'before' | 'after'): number | undefined {
  const times = changes.map((change) => Date.parse(change.time));
  return direction === 'after' ? times.find((time) => time > at) : times.findLast((time) => time < at);
}

/** A moment as the address bar has it, to the millisecond; undefined for what is none. */
export function momentOf(text: string | null): number | undefined {
  if (!text) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** Changes in a span, newest first. */
export function changesBetween(changes: readonly Change[], from: number, to: number): readonly Change[] {
  return changes.filter((change) => Date.parse(change.time) > from && Date.parse(change.time) <= to).reverse();
}
