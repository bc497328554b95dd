/** Icons of instances that are drawn; others are a sign of their own. */
export const drawnIcons = ['windows98', 'desktop'] as const;

export type DrawnIcon = (typeof drawnIcons)[number];

/** What is shown for an icon: a drawing, or a single sign as it is. */
export type ShownIcon = { readonly drawing: DrawnIcon } | { readonly sign: string };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const isDrawn = (name: string): name is DrawnIcon => (drawnIcons as readonly string[]).includes(name);

/** How the icon that somebody gave an instance is shown; undefined for one that is neither a name known here nor one sign, such as a name meant for another page. */
export function shownIcon(icon: string | undefined): ShownIcon | undefined {
  if (icon === undefined || !/[^\s\p{C}]/u.test(icon)) return undefined;
  if (isDrawn(icon)) return { drawing: icon };
  // One code point of a sign may be followed by many more; those that are longer than any flag or family are a name.
  return icon.length <= 32 && [...graphemes.segment(icon)].length === 1 ? { sign: icon } : undefined;
}
