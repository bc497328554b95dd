import type { Change, Instance, ServiceSummary } from '../api/documents';
import type { CatalogState, Counts, ServiceState } from './catalog';
import { countStates } from './catalog';
import { matches, matchesServiceName, type Term } from './search';
import { degradedBelow, type ServiceScores } from './scores';
import { type Status, statusOf } from './status';

/** A service as the list shows it. */
export interface ServiceRow {
  readonly name: string;
  readonly service: ServiceState;
  /** Of those that the search asks for. */
  readonly counts: Counts;
  /** The mean of all its instances; undefined where nothing is known. */
  readonly score: number | undefined;
  readonly zones: readonly string[];
  readonly watchers: number | undefined;
  readonly origin: string;
  readonly originFreshness: string | undefined;
  readonly changes: readonly Change[];
  readonly changedAt: number;
}

/** An instance in the list of all. */
export interface InstanceRow {
  readonly key: string;
  readonly service: string;
  readonly instance: Instance;
  readonly status: Status;
  readonly score: number | undefined;
}

const noChanges: readonly Change[] = [];

export function originText(summary: ServiceSummary | undefined): string {
  return summary?.origin?.mode ?? 'registered';
}

/** Services in which something matches, with the counts of what does. */
export function serviceRows(
  catalog: CatalogState,
  summaries: ReadonlyMap<string, ServiceSummary>,
  scores: ReadonlyMap<string, ServiceScores>,
  terms: readonly Term[],
  changes: ReadonlyMap<string, readonly Change[]>,
): ServiceRow[] {
  const rows: ServiceRow[] = [];
  for (const service of catalog.services.values()) {
    const summary = summaries.get(service.name);
    const found = matching(service, summary, scores.get(service.name), terms).map((row) => row.instance);
    if (terms.length > 0 && found.length === 0 && !matchesServiceName(terms, service.name)) continue;
    const own = changes.get(service.name) ?? noChanges;
    rows.push({
      name: service.name,
      service,
      counts: found.length === service.instances.size ? service.counts : countStates(found),
      score: scores.get(service.name)?.score,
      zones: [...new Set(found.map((instance) => instance.zone).filter((zone) => zone !== undefined))].sort(),
      watchers: summary?.watchers,
      origin: originText(summary),
      originFreshness: summary?.origin?.freshness,
      changes: own,
      changedAt: own.length > 0 ? Date.parse(own[own.length - 1]!.time) : newest(service),
    });
  }
  return rows;
}

export function instanceRows(catalog: CatalogState, summaries: ReadonlyMap<string, ServiceSummary>, scores: ReadonlyMap<string, ServiceScores>, terms: readonly Term[]): InstanceRow[] {
  return [...catalog.services.values()].flatMap((service) => matching(service, summaries.get(service.name), scores.get(service.name), terms));
}

function matching(service: ServiceState, summary: ServiceSummary | undefined, scores: ServiceScores | undefined, terms: readonly Term[]): InstanceRow[] {
  const all = service.order.map((id): InstanceRow => {
    const instance = service.instances.get(id)!;
    const score = scores?.instances[id];
    return { key: `${service.name}/${id}`, service: service.name, instance, score, status: statusOf(instance, score !== undefined && score < degradedBelow) };
  });
  if (terms.length === 0) return all;
  const origin = originText(summary);
  return all.filter((row) => matches(terms, { ...row, origin }));
}

function newest(service: ServiceState): number {
  let at = Number.NaN;
  for (const instance of service.instances.values()) {
    const since = Date.parse(instance.since);
    if (!(at >= since)) at = since;
  }
  return at;
}

/** The values of a field that occur most, for the filters to offer. */
export function commonValues(catalog: CatalogState, pick: (instance: Instance) => string | undefined, most: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const service of catalog.services.values()) {
    for (const instance of service.instances.values()) {
      const value = pick(instance);
      if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([value]) => value)
    .sort();
}

export function versionOf(instance: Instance): string | undefined {
  return instance.metadata?.['version'] ?? instance.metadata?.['app.kubernetes.io/version'];
}
