import { keepChoices, usualKeepMinutes } from '../model/gone';

/** What a person has set in this browser. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  /** How long instances that left are shown. */
  readonly keepGoneMinutes: number;
}

const key = 'rollcall.settings';
const standard: Settings = { theme: 'system', keepGoneMinutes: usualKeepMinutes };

export function readSettings(): Settings {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Settings>;
    return {
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system',
      keepGoneMinutes: keepChoices.find((minutes) => minutes === stored.keepGoneMinutes) ?? standard.keepGoneMinutes,
    };
  } catch {
    return standard; // storage may be forbidden or hold anything
  }
}

export function writeSettings(settings: Settings): void {
  try {
    localStorage.setItem(key, JSON.stringify(settings));
  } catch {
    // They then last as long as the page.
  }
}

export function applyTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
