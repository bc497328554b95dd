import { describe, expect, it } from 'vitest';
import { shownIcon } from '../../src/model/icons';

describe('shownIcon', () => {
  it('draws the names that it knows', () => {
    expect(shownIcon('windows98')).toEqual({ drawing: 'windows98' });
    expect(shownIcon('desktop')).toEqual({ drawing: 'desktop' });
  });

  it.each(['🖥', '🖥️', '👩‍💻', '🇩🇪', 'é', 'e\u0301', 'W', '★'])('shows one sign as it is, of however many code points: %s', (icon) => {
    expect(shownIcon(icon)).toEqual({ sign: icon });
  });

  it.each([undefined, '', ' ', '\u200b', '\u0000', 'windows95', 'Windows98', '🖥🖥', 'toString', `z${'\u0301'.repeat(200)}`])('shows nothing for anything else: %j', (icon) => {
    expect(shownIcon(icon)).toBeUndefined();
  });
});
