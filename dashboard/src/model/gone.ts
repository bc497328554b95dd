import type { Change } from '../api/documents';
import { type Gone, isLeaving, type ServiceState } from './catalog';

/** For how long instances that left can be shown, in minutes: a day is what a node remembers unless it is told otherwise. */
export const keepChoices: readonly number[] = [0, 1, 10, 60, 24 * 60];

export const usualKeepMinutes = 10;

export function keepWords(minutes: number): string {
  return minutes === 0 ? 'not at all' : minutes < 60 ? `${minutes} m` : `${minutes / 60} h`;
}

/** Those that left no longer ago than this: while the page was open, and before, as history tells of them. */
export function goneLately(service: ServiceState, changes: readonly Change[], keepMs: number, now: number): readonly Gone[] {
  const last = new Map<string, Change>();
  for (const change of changes) {
    if (change.service === service.name) last.set(change.id, change);
  }
  const before = [...last.values()]
    .filter((change) => isLeaving(change.kind) && !service.instances.has(change.id) && !service.gone.has(change.id))
    .map((change): Gone => ({ id: change.id, lastSeen: Date.parse(change.time), how: change.kind === 'removed' ? 'removed' : 'deregistered', instance: undefined }));
  return keepMs <= 0 ? [] : [...service.gone.values(), ...before].filter((gone) => now - gone.lastSeen <= keepMs);
}
