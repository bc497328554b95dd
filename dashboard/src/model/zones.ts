import type { Instance } from '../api/documents';

export interface ZoneShare {
  /** Empty for instances without a zone. */
  readonly zone: string;
  readonly ready: number;
  readonly total: number;
  /** Of the weight of all ready instances, 0 to 1. */
  readonly share: number;
}

export interface ZoneBalance {
  readonly zones: readonly ZoneShare[];
  /** The fullest zone's share as a multiple of an even one; 1 is even. */
  readonly skew: number;
  /** Zones in which nobody is ready. */
  readonly empty: readonly string[];
}

export function zoneBalance(instances: Iterable<Instance>): ZoneBalance {
  const zones = new Map<string, { ready: number; total: number; weight: number }>();
  let all = 0;
  for (const instance of instances) {
    const zone = zones.get(instance.zone ?? '') ?? { ready: 0, total: 0, weight: 0 };
    zones.set(instance.zone ?? '', zone);
    zone.total++;
    if (instance.state !== 'ready') continue;
    zone.ready++;
    zone.weight += instance.weight;
    all += instance.weight;
  }
  const shares = [...zones]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([zone, { ready, total, weight }]): ZoneShare => ({ zone, ready, total, share: all === 0 ? 0 : weight / all }));
  return {
    zones: shares,
    skew: all === 0 ? 1 : Math.max(...shares.map((zone) => zone.share)) * shares.length,
    empty: shares.filter((zone) => zone.ready === 0).map((zone) => zone.zone),
  };
}
