import type { Change, Instance, InstanceState } from '../api/documents';
import { isLeaving } from './catalog';

/** How many instances a service had from a moment on. */
export interface Step {
  readonly at: number;
  readonly total: number;
  readonly ready: number;
}

/**
 * The counts of one service over time, worked out backwards from what is there now: history need not reach back to the beginning.
 * @param instances as they are now.
 * @param changes of this service since `from`, oldest first.
 */
export function stepsOf(instances: Iterable<Instance>, changes: readonly Change[], from: number): readonly Step[] {
  const states = new Map<string, InstanceState>();
  for (const instance of instances) states.set(instance.id, instance.state);
  const now = new Map(statesBefore(states, changes));
  let total = now.size;
  let ready = 0;
  for (const state of now.values()) if (state === 'ready') ready++;
  const steps: Step[] = [{ at: from, total, ready }];
  for (const change of changes) {
    const was = now.get(change.id);
    const is = isLeaving(change.kind) ? undefined : (change.state ?? 'unknown');
    if (is === undefined) now.delete(change.id);
    else now.set(change.id, is);
    total += Number(is !== undefined) - Number(was !== undefined);
    ready += Number(is === 'ready') - Number(was === 'ready');
    const at = Math.max(from, Date.parse(change.time));
    const last = steps[steps.length - 1]!;
    if (last.at === at) steps[steps.length - 1] = { at, total, ready };
    else if (last.total !== total || last.ready !== ready) steps.push({ at, total, ready });
  }
  return steps;
}

/** What each instance must have been before its first change, as far as that change tells. */
function statesBefore(states: ReadonlyMap<string, InstanceState>, changes: readonly Change[]): ReadonlyMap<string, InstanceState> {
  const before = new Map(states);
  const seen = new Set<string>();
  for (const change of changes) {
    if (seen.has(change.id)) continue;
    seen.add(change.id);
    const state = stateBefore(change);
    if (state === undefined) before.delete(change.id);
    else before.set(change.id, state);
  }
  return before;
}

function stateBefore(change: Change): InstanceState | undefined {
  switch (change.kind) {
    case 'registered':
      return undefined;
    case 'status':
      return change.state === 'ready' ? 'not-ready' : 'ready';
    case 'revived':
    case 'removed':
      return 'not-ready';
    case 'updated':
      return change.state ?? 'ready';
    default:
      return 'ready';
  }
}

/** Values at the ends of equal parts of a span: what a sparkline draws. */
export function sample(steps: readonly Step[], from: number, to: number, count: number): readonly Step[] {
  const samples: Step[] = [];
  let index = 0;
  for (let i = 0; i < count; i++) {
    const at = from + ((to - from) * (i + 1)) / count;
    while (index + 1 < steps.length && steps[index + 1]!.at <= at) index++;
    const { total, ready } = steps[index] ?? { total: 0, ready: 0 };
    samples.push({ at, total, ready });
  }
  return samples;
}

const hour = 3_600_000;

/** From when on the last hour is drawn: a node that has not run for that long has no more, and an empty stretch before it says nothing. */
export function hourFrom(completeSince: string | undefined, now: number): number {
  return spanFrom(hour, completeSince, now);
}

/** The same for other spans; at least a minute. */
export function spanFrom(span: number, completeSince: string | undefined, now: number): number {
  const since = completeSince === undefined ? Number.NaN : Date.parse(completeSince);
  return Number.isNaN(since) ? now - span : Math.min(now - 60_000, Math.max(now - span, since));
}

/** Changes by service, each list in the order given. */
export function byService(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const lists = new Map<string, Change[]>();
  for (const change of changes) {
    const list = lists.get(change.service);
    if (list) list.push(change);
    else lists.set(change.service, [change]);
  }
  return lists;
}

/** History with what the stream has told since, oldest first, each change once. */
export function mergeChanges(history: readonly Change[], recent: readonly Change[]): readonly Change[] {
  const last = history[history.length - 1]?.revision ?? 0;
  const news = recent.filter((change) => change.revision > last);
  return news.length === 0 ? history : [...history, ...news.reverse()];
}
