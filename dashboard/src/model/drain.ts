import type { DrainPreview, Instance, Watcher } from '../api/documents';

/** What a drain would leave, worked out here for a node that cannot tell. */
export function previewDrain(service: string, id: string, instances: readonly Instance[], watchers: readonly Watcher[]): DrainPreview {
  const ready = instances.filter((instance) => instance.state === 'ready');
  const after = ready.filter((instance) => instance.id !== id);
  const zone = instances.find((instance) => instance.id === id)?.zone;
  const emptyZones = zone !== undefined && ready.length !== after.length && !after.some((instance) => instance.zone === zone) ? [zone] : [];
  const callers = watchers.filter((watcher) => watcher.kind === 'poll').map((watcher) => watcher.id);
  return {
    service,
    id,
    before: { ready: ready.length },
    after: { ready: after.length },
    callers,
    emptyZones,
    floor: 0,
    allowed: true,
    message: drainSentence(service, ready.length, after.length, callers.length, emptyZones),
  };
}

export function drainSentence(service: string, before: number, after: number, callers: number, emptyZones: readonly string[]): string {
  return [`${service} ${before} → ${after} ready`, `${callers} ${callers === 1 ? 'caller' : 'callers'}`, ...emptyZones.map((zone) => `zone ${zone} empty`)].join(', ');
}
