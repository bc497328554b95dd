import { describe, expect, it } from 'vitest';
import { asConfigured, isSame, readPercent, shareOut, shiftSentence } from '../../src/model/shares';

const shares = (...percents: number[]) => percents.map((percent, index) => ({ version: `v${index + 1}`, percent }));
const percents = (all: readonly { percent: number }[]) => all.map((share) => share.percent);

describe('shareOut', () => {
  it('gives one version its share and leaves the rest to the others in the proportion they have', () => {
    expect(percents(shareOut(shares(90, 10), 'v2', 50))).toEqual([50, 50]);
    expect(percents(shareOut(shares(60, 30, 10), 'v3', 40))).toEqual([40, 20, 40]);
    expect(percents(shareOut(shares(60, 30, 10), 'v1', 100))).toEqual([100, 0, 0]);
  });

  it('shares out equally what nobody else has anything of', () => {
    expect(percents(shareOut(shares(100, 0, 0), 'v1', 40))).toEqual([40, 30, 30]);
  });

  it('always sums to a hundred, to a hundredth', () => {
    for (let percent = 0; percent <= 100; percent += 0.7) {
      const all = percents(shareOut(shares(33.34, 33.33, 33.33), 'v2', percent));
      expect(all.reduce((sum, each) => sum + each, 0)).toBeCloseTo(100, 9);
      expect(all.every((each) => each >= 0 && each === Math.round(each * 100) / 100)).toBe(true);
    }
  });

  it('takes what is beyond the limits for the limit, and leaves one that is alone alone', () => {
    expect(percents(shareOut(shares(90, 10), 'v2', 140))).toEqual([0, 100]);
    expect(percents(shareOut(shares(90, 10), 'v2', -3))).toEqual([100, 0]);
    expect(percents(shareOut(shares(100), 'v1', 30))).toEqual([100]);
  });
});

describe('what is typed', () => {
  it.each([
    ['10', 10],
    [' 12.5 % ', 12.5],
    ['12,5', 12.5],
    ['0', 0],
    ['', undefined],
    ['ten', undefined],
    ['101', undefined],
    ['-1', undefined],
    ['1e1', undefined],
  ])('%s → %s', (text, expected) => {
    expect(readPercent(text)).toBe(expected);
  });
});

describe('a shift', () => {
  const versions = [
    { version: 'v1', percent: 90, configuredPercent: 100 },
    { version: 'v2', percent: 10, configuredPercent: 0 },
  ];

  it('is said in a sentence, of those that change', () => {
    expect(shiftSentence('shop', versions, shares(50, 50))).toBe('shop: v1 90 → 50 %, v2 10 → 50 %');
    expect(shiftSentence('shop', versions, shares(90, 10))).toBe('shop: nothing changes');
  });

  it('is none when all stay, to a hundredth', () => {
    expect(isSame(versions, shares(90.004, 9.996))).toBe(true);
    expect(isSame(versions, shares(90.01, 9.99))).toBe(false);
    expect(isSame(asConfigured(versions), shares(100, 0))).toBe(true);
  });
});
