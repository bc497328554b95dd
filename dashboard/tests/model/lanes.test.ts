import { describe, expect, it } from 'vitest';
import { laneOf, routedPath } from '../../src/model/lanes';

describe('laneOf', () => {
  const places = new Map([
    ['a', { column: 0, row: 0 }],
    ['b', { column: 1, row: 0 }],
    ['c', { column: 2, row: 0 }],
    ['d', { column: 2, row: 3 }],
    ['e', { column: 3, row: 1 }],
  ]);

  it('leaves neighbours alone, and those that go back', () => {
    expect(laneOf({ from: 'a', to: 'b' }, places)).toBeUndefined();
    expect(laneOf({ from: 'd', to: 'b' }, places)).toBeUndefined();
    expect(laneOf({ from: 'a', to: 'x' }, places)).toBeUndefined();
  });

  it('leads past the columns between, on the side of the target from which it comes', () => {
    expect(laneOf({ from: 'a', to: 'c' }, places)).toBe(0);
    expect(laneOf({ from: 'a', to: 'd' }, places)).toBe(3);
    expect(laneOf({ from: 'd', to: 'e' }, places)).toBeUndefined();
    expect(laneOf({ from: 'b', to: 'e' }, places)).toBe(1);
  });
});

describe('routedPath', () => {
  it('bends into its lane and out of it, in the gaps between the columns', () => {
    expect(routedPath({ x: 190, y: 27 }, { x: 700, y: 111 }, 69, 160)).toBe('M190 27C270 27 270 69 350 69L540 69C620 69 620 111 700 111');
  });
});
