import type { Instance, LiveDocument, LiveInstance } from '../api/documents';
import type { Gone, ServiceState } from './catalog';
import { compareNatural } from './order';
import { type Status, statusOf } from './status';

/** An instance as a page shows it: what the registry has, what health tells, or that it has left. */
export interface Card {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly instance: Instance | undefined;
  readonly live: LiveInstance | undefined;
  readonly gone: Gone | undefined;
}

/** The cards of a service. Those with an order of their own come first; who leaves keeps its place until it is forgotten. */
export function cardsOf(service: ServiceState | undefined, document: LiveDocument | undefined, gone: readonly Gone[]): readonly Card[] {
  const live = new Map(document?.instances.map((instance) => [instance.instanceId ?? instance.id, instance]));
  const cards: Card[] = [];
  for (const instance of service ? service.instances.values() : []) {
    const known = live.get(instance.id);
    cards.push({ id: instance.id, title: known?.name ?? instance.id, status: statusOf(instance, known?.status === 'degraded'), instance, live: known, gone: undefined });
  }
  if (!service) {
    for (const [id, known] of live) {
      const instance = instanceOf(id, known);
      cards.push({ id, title: known.name ?? id, status: statusOf(instance, known?.status === 'degraded'), instance, live: known, gone: undefined });
    }
  }
  for (const each of gone) {
    cards.push({ id: each.id, title: each.id, status: 'gone', instance: each.instance, live: undefined, gone: each });
  }
  return cards.sort((a, b) => place(a) - place(b) || compareNatural(a.id, b.id));
}

const place = (card: Card) => card.live?.order ?? Number.MAX_SAFE_INTEGER;

function instanceOf(id: string, live: LiveInstance): Instance {
  return {
    id,
    address: live.addresses.podIP,
    ports: live.ports,
    state: live.state,
    weight: live.weight,
    since: live.health.lastTransition,
    revision: live.revision,
    metadata: live.metadata,
    ...(live.reason ? { reason: live.reason } : {}),
    ...(live.zone ? { zone: live.zone } : {}),
  };
}

/** The mean score of its instances, as the node's list of services has it. */
export function serviceScore(document: LiveDocument | undefined): number | undefined {
  const scores = (document?.instances ?? []).map((instance) => instance.health.score);
  return scores.length === 0 ? undefined : Math.round(scores.reduce((sum, score) => sum + score, 0) / scores.length);
}

export type ScoreTone = 'good' | 'fair' | 'poor';

export function scoreTone(score: number): ScoreTone {
  return score >= 80 ? 'good' : score >= 50 ? 'fair' : 'poor';
}
