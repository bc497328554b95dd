import { describe, expect, it } from 'vitest';
import { hourFrom, mergeChanges, sample, stepsOf } from '../../src/model/series';
import { change, instance, start } from '../samples';

describe('stepsOf', () => {
  it('works out what was before from what changed', () => {
    const now = [instance('o-1'), instance('o-2', { state: 'draining' }), instance('o-4')];
    const changes = [
      change(1, 'status', 'o-1', 10, 'not-ready'),
      change(2, 'status', 'o-1', 20, 'ready'),
      change(3, 'draining', 'o-2', 30, 'draining'),
      change(4, 'deregistered', 'o-3', 40),
      change(5, 'registered', 'o-4', 50),
      change(6, 'removed', 'o-5', 60),
    ];
    expect(stepsOf(now, changes, start).map((step) => [(step.at - start) / 1000, step.total, step.ready])).toEqual([
      [0, 4, 3],
      [10, 4, 2],
      [20, 4, 3],
      [30, 4, 2],
      [40, 3, 1],
      [50, 4, 2],
      [60, 3, 2],
    ]);
  });

  it('ends with what is there now, whatever happened', () => {
    const now = [instance('o-1'), instance('o-2', { state: 'not-ready' })];
    const changes = [change(1, 'registered', 'o-2', 1), change(2, 'expired', 'o-2', 2, 'not-ready'), change(3, 'updated', 'o-1', 3), change(4, 'registered', 'o-9', 4), change(5, 'deregistered', 'o-9', 5)];
    const steps = stepsOf(now, changes, start);
    expect(steps[steps.length - 1]).toMatchObject({ total: 2, ready: 1 });
  });

  it('is flat when nothing happened', () => {
    expect(stepsOf([instance('o-1')], [], start)).toEqual([{ at: start, total: 1, ready: 1 }]);
  });
});

describe('hourFrom', () => {
  it('is an hour ago, or as far back as history reaches, and at least a minute', () => {
    expect(hourFrom(undefined, start)).toBe(start - 3_600_000);
    expect(hourFrom('2026-01-01T09:00:00Z', start)).toBe(start - 3_600_000);
    expect(hourFrom('2026-01-01T11:50:00Z', start)).toBe(start - 600_000);
    expect(hourFrom('2026-01-01T11:59:50Z', start)).toBe(start - 60_000);
  });
});

describe('sample', () => {
  it('takes the value at the end of each part', () => {
    const steps = [
      { at: 0, total: 1, ready: 1 },
      { at: 15, total: 2, ready: 1 },
      { at: 20, total: 3, ready: 3 },
    ];
    expect(sample(steps, 0, 40, 4).map((each) => each.total)).toEqual([1, 3, 3, 3]);
  });
});

describe('mergeChanges', () => {
  it('has each change once, oldest first', () => {
    const history = [change(1, 'registered', 'a'), change(2, 'registered', 'b')];
    const recent = [change(4, 'status', 'b'), change(3, 'status', 'a'), change(2, 'registered', 'b')];
    expect(mergeChanges(history, recent).map((each) => each.revision)).toEqual([1, 2, 3, 4]);
    expect(recent.map((each) => each.revision)).toEqual([4, 3, 2]);
    expect(mergeChanges(history, [])).toBe(history);
  });
});
