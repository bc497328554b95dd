import { describe, expect, it } from 'vitest';
import { changesBetween, density, momentOf, neighbour } from '../../src/model/timeline';
import { emptyRecording, record } from '../../src/model/traffic';
import { serviceOfTarget } from '../../src/model/targets';
import { change, start } from '../samples';

const changes = [change(1, 'registered', 'a', 0), change(2, 'status', 'a', 10), change(3, 'status', 'a', 10.5), change(4, 'removed', 'a', 40)];

describe('timeline', () => {
  it('counts changes in equal parts, the ends included', () => {
    expect(density(changes, start, start + 40_000, 4)).toEqual([1, 2, 0, 1]);
    expect(density(changes, start + 1, start + 39_999, 4)).toEqual([1, 1, 0, 0]);
    expect(density(changes, start, start, 2)).toEqual([0, 0]);
  });

  it('finds the change before and after a moment', () => {
    expect(neighbour(changes, start + 10_000, 'after')).toBe(start + 10_500);
    expect(neighbour(changes, start + 10_000, 'before')).toBe(start);
    expect(neighbour(changes, start, 'before')).toBeUndefined();
    expect(neighbour(changes, start + 40_000, 'after')).toBeUndefined();
  });

  it('lists what happened between two moments, newest first, without the first itself', () => {
    expect(changesBetween(changes, start, start + 10_500).map((each) => each.revision)).toEqual([3, 2]);
  });

  it('reads a moment out of a link', () => {
    expect(momentOf('2026-01-01T12:00:00Z')).toBe(start);
    expect(momentOf('now')).toBeUndefined();
    expect(momentOf(null)).toBeUndefined();
  });
});

describe('record', () => {
  it('keeps figures beside their times and forgets the old', () => {
    let recording = record(emptyRecording, 100, new Map([['a', 1]]), 60);
    recording = record(recording, 130, new Map([['a', 2], ['b', 9]]), 60);
    expect(recording.times).toEqual([100, 130]);
    expect(recording.values.get('a')).toEqual([1, 2]);
    expect(recording.values.get('b')).toEqual([null, 9]);
    recording = record(recording, 165, new Map([['a', 3]]), 60);
    expect(recording.times).toEqual([130, 165]);
    expect(recording.values.get('b')).toEqual([9, null]);
    recording = record(recording, 300, new Map([['a', 4]]), 60);
    expect([...recording.values.keys()]).toEqual(['a']);
  });
});

describe('serviceOfTarget', () => {
  it('knows targets of this registry', () => {
    expect(serviceOfTarget('rollcall:///orders')).toBe('orders');
    expect(serviceOfTarget('rollcall://127.0.0.1:7655/orders:http')).toBe('orders');
    expect(serviceOfTarget('rollcall:///orders?zone=a')).toBe('orders');
    expect(serviceOfTarget('dns:///orders.shop.svc')).toBeUndefined();
  });
});
