import { describe, expect, it } from 'vitest';
import { convergenceOf, quantile } from '../../src/model/convergence';
import { change, start, watcher } from '../samples';

describe('convergenceOf', () => {
  const changes = [change(5, 'status', 'o-1', 0), change(6, 'status', 'o-1', 10), change(7, 'draining', 'o-1', 20)];

  it('counts lag from the oldest change that was not applied', () => {
    const result = convergenceOf(7, [watcher('a', 7), watcher('b', 9), watcher('c', 5), watcher('d', 6)], changes, start + 30_000);
    expect(result.lags.map((lag) => [lag.watcher.id, lag.behind, lag.lagMs])).toEqual([
      ['a', 0, 0],
      ['b', 0, 0],
      ['c', 2, 20_000],
      ['d', 1, 10_000],
    ]);
    expect(result.converged).toBe(2);
    expect(result.stragglers.map((lag) => lag.watcher.id)).toEqual(['c', 'd']);
    expect([result.p50Ms, result.p99Ms]).toEqual([0, 20_000]);
  });

  it('knows one behind even when the change is not in the list any more', () => {
    const result = convergenceOf(7, [watcher('a', 3)], [], start);
    expect(result.stragglers[0]).toMatchObject({ behind: 1, lagMs: 3_600_000 });
  });

  it('tells who proves what it has applied', () => {
    expect(convergenceOf(7, [watcher('a', 7), watcher('b', 7, 'stream')], changes, start).lags.map((lag) => lag.proves)).toEqual([true, false]);
  });
});

describe('quantile', () => {
  it('is the smallest value that so many do not exceed', () => {
    expect(quantile([], 0.5)).toBe(0);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
    expect(quantile([1], 0)).toBe(1);
  });
});
