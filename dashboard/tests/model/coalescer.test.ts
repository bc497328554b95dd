import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Coalescer } from '../../src/model/coalescer';

describe('Coalescer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hands on the first at once and the rest at most ten times a second, in order', () => {
    const batches: number[][] = [];
    const coalescer = new Coalescer<number>((batch) => batches.push(batch), 100, () => Date.now());
    for (let i = 0; i < 100; i++) {
      coalescer.push([i]);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(100);
    expect(batches[0]).toEqual([0]);
    expect(batches.length).toBeLessThanOrEqual(11);
    expect(batches.flat()).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('hands on what waits when it is told to, once', () => {
    const batches: number[][] = [];
    const coalescer = new Coalescer<number>((batch) => batches.push(batch), 100, () => Date.now());
    coalescer.push([1]);
    coalescer.push([2]);
    coalescer.drain();
    coalescer.drain();
    vi.advanceTimersByTime(1_000);
    expect(batches).toEqual([[1], [2]]);
  });
});
