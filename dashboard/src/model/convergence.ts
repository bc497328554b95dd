import type { Change, Watcher } from '../api/documents';

export interface WatcherLag {
  readonly watcher: Watcher;
  /** Changes of the service that it has not applied. */
  readonly behind: number;
  /** How long ago the oldest of these was made; 0 when there is none. */
  readonly lagMs: number;
  /** True when what it has done with what it was told can be known: a blocking query says so, an event stream does not. */
  readonly proves: boolean;
}

export interface Convergence {
  readonly lags: readonly WatcherLag[];
  readonly converged: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Those behind, the worst first. */
  readonly stragglers: readonly WatcherLag[];
}

/**
 * How far the watchers of a service have come. Lag counts from the oldest change that a watcher has not applied.
 * @param changes of this service, in any order; one that is too old to be among them is as old as the oldest.
 */
export function convergenceOf(revision: number, watchers: readonly Watcher[], changes: readonly Change[], now: number): Convergence {
  const lags = watchers.map((watcher): WatcherLag => {
    const missed = watcher.applied >= revision ? [] : changes.filter((change) => change.revision > watcher.applied && change.revision <= revision);
    const oldest = missed.reduce((least, change) => Math.min(least, Date.parse(change.time)), Number.POSITIVE_INFINITY);
    const isBehind = watcher.applied < revision;
    return {
      watcher,
      behind: isBehind ? Math.max(1, missed.length) : 0,
      lagMs: isBehind ? Math.max(0, now - (Number.isFinite(oldest) ? oldest : Date.parse(watcher.since))) : 0,
      proves: watcher.kind === 'poll',
    };
  });
  const sorted = lags.map((lag) => lag.lagMs).sort((a, b) => a - b);
  return {
    lags,
    converged: lags.filter((lag) => lag.behind === 0).length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    stragglers: lags.filter((lag) => lag.behind > 0).sort((a, b) => b.lagMs - a.lagMs || (a.watcher.id < b.watcher.id ? -1 : 1)),
  };
}

/** The smallest value that so large a part does not exceed. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted.length === 0 ? 0 : sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}
