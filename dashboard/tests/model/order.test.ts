import { describe, expect, it } from 'vitest';
import { compareNatural, placeOf } from '../../src/model/order';

describe('compareNatural', () => {
  it('orders numbers by their value', () => {
    expect(['o-10', 'o-2', 'o-1', 'o-02', 'p', 'o'].sort(compareNatural)).toEqual(['o', 'o-1', 'o-02', 'o-2', 'o-10', 'p']);
  });

  it('is an order: antisymmetric and transitive over every triple', () => {
    const names = ['', 'a', 'a1', 'a01', 'a10', 'a2b', 'a2', 'b', '1', '01', '10', '2', 'a-1', 'a.1'];
    for (const a of names) {
      for (const b of names) {
        expect(Math.sign(compareNatural(a, b)) + Math.sign(compareNatural(b, a))).toBe(0);
        if (a !== b) expect(compareNatural(a, b)).not.toBe(0);
        for (const c of names) {
          if (compareNatural(a, b) < 0 && compareNatural(b, c) < 0) expect(compareNatural(a, c), `${a} ${b} ${c}`).toBeLessThan(0);
        }
      }
    }
  });

  it('finds the place of a name', () => {
    const sorted = ['o-1', 'o-2', 'o-10'];
    expect(['o-0', 'o-2', 'o-3', 'p'].map((name) => placeOf(sorted, name))).toEqual([0, 1, 2, 3]);
  });
});
