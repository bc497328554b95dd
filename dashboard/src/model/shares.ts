/** How much of a route a version gets, in percent. */
export interface Share {
  readonly version: string;
  readonly percent: number;
}

const hundredth = (percent: number) => Math.round(percent * 100) / 100;

/** The shares once a version is given another: the others keep what remains in the proportion they have, or equally when they have nothing. */
export function shareOut(shares: readonly Share[], version: string, percent: number): readonly Share[] {
  const others = shares.filter((share) => share.version !== version);
  if (others.length === 0) return shares;
  const given = hundredth(Math.min(100, Math.max(0, percent)));
  const basis = others.reduce((sum, share) => sum + share.percent, 0);
  let left = hundredth(100 - given);
  const last = others[others.length - 1]!;
  return shares.map((share) => {
    if (share.version === version) return { ...share, percent: given };
    // The last takes what rounding has left, so that the sum is right.
    const part = share === last ? left : Math.min(left, hundredth(basis > 0 ? ((100 - given) * share.percent) / basis : (100 - given) / others.length));
    left = hundredth(left - part);
    return { ...share, percent: part };
  });
}

/** A percentage as somebody types it; undefined while it is none. */
export function readPercent(text: string): number | undefined {
  const number = /^\s*(\d{1,3}(?:[.,]\d+)?)\s*%?\s*$/.exec(text);
  if (!number) return undefined;
  const percent = Number(number[1]!.replace(',', '.'));
  return percent <= 100 ? percent : undefined;
}

/** What the routes file says. */
export function asConfigured(versions: readonly { version: string; configuredPercent: number }[]): readonly Share[] {
  return versions.map(({ version, configuredPercent }) => ({ version, percent: hundredth(configuredPercent) }));
}

export function isSame(before: readonly Share[], after: readonly Share[]): boolean {
  return before.every((share, index) => hundredth(share.percent) === hundredth(after[index]!.percent));
}

/** What a shift does, in a sentence. */
export function shiftSentence(route: string, before: readonly Share[], after: readonly Share[]): string {
  const changed = before.flatMap((share, index) => {
    const [from, to] = [hundredth(share.percent), hundredth(after[index]!.percent)];
    return from === to ? [] : [`${share.version} ${from} → ${to} %`];
  });
  return `${route}: ${changed.length === 0 ? 'nothing changes' : changed.join(', ')}`;
}
