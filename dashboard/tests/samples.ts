import type { Change, ChangeKind, Instance, InstanceState, ServiceDocument, Watcher } from '../src/api/documents';

export const start = Date.parse('2026-01-01T12:00:00Z');

export function instance(id: string, change: Partial<Instance> = {}): Instance {
  return { id, address: '10.0.0.1', ports: { http: 8080 }, state: 'ready', weight: 100, since: '2026-01-01T11:00:00Z', revision: 1, ...change };
}

export function service(name: string, instances: Instance[], revision = 1, epoch = 'e'): ServiceDocument {
  return { service: name, revision, epoch, instances };
}

/** A change at so many seconds after the start; revisions say the order. */
export function change(revision: number, kind: ChangeKind, id: string, seconds = revision, state: InstanceState = 'ready', of = 'orders'): Change {
  const leaves = kind === 'deregistered' || kind === 'removed';
  return {
    revision,
    kind,
    id,
    service: of,
    time: new Date(start + seconds * 1000).toISOString(),
    ...(leaves ? {} : { state, instance: instance(id, { state, revision }) }),
  };
}

export function watcher(id: string, applied: number, kind: Watcher['kind'] = 'poll'): Watcher {
  return { id, kind, applied, since: '2026-01-01T11:00:00Z', lastSeen: '2026-01-01T12:00:00Z' };
}
