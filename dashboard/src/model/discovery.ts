import type { Freshness, LiveDocument, ServiceSummary } from '../api/documents';
import { type Connection, isOld } from './connection';
import { formatAge } from './format';

export type Tone = 'live' | 'warn' | 'error' | 'idle';

/** What the header says of discovery. */
export interface Discovery {
  readonly mode: string;
  readonly count: number;
  readonly unit: 'pods' | 'instances';
  readonly tone: Tone;
  /** What is wrong or what the mode means, one sentence each. */
  readonly details: readonly string[];
}

const meanings: Record<string, string> = {
  'kubernetes-endpoints': 'Instances come from the Endpoints object of a Kubernetes service.',
  'kubernetes-endpointslices': 'Instances come from the EndpointSlices of a Kubernetes service.',
  'kubernetes-pods': 'Instances are the pods of a Kubernetes namespace that a selector finds.',
  static: 'Instances are those of a list that somebody wrote.',
  'static-fallback': 'Discovery has not answered yet: this is the static list, for a first picture only.',
  dns: 'Instances are what a name server answers.',
  consul: 'Instances are those Consul has.',
  etcd: 'Instances are the keys of a prefix in etcd.',
  registry: 'Instances register themselves at this node.',
};

interface Known {
  mode: string;
  freshness: Freshness;
  reason: string | undefined;
  observedAt: string | undefined;
  count: number;
}

/** Of one service when a page shows one, else of everything that is imported, else of what is registered here. */
export function discoveryOf(
  services: readonly ServiceSummary[],
  live: LiveDocument | undefined,
  connection: Connection,
  now: number,
): Discovery {
  const known = live ? ofDocument(live) : ofServices(services);
  const age = known.observedAt ? `Seen ${formatAge(now - Date.parse(known.observedAt))} ago.`.replace('now ago', 'just now') : undefined;
  const details = [meanings[known.mode] ?? 'Instances come from another system.', freshnessWords(known), age, connectionWords(connection, now)];
  return {
    mode: known.mode,
    count: known.count,
    unit: known.mode.startsWith('kubernetes') || known.mode === 'static-fallback' ? 'pods' : 'instances',
    tone: toneOf(known.freshness, connection),
    details: details.filter((detail) => detail !== undefined),
  };
}

function ofDocument(live: LiveDocument): Known {
  return {
    mode: live.freshness === 'static-fallback' ? 'static-fallback' : live.discoveryMode,
    freshness: live.freshness,
    reason: live.reason,
    observedAt: live.observedAt,
    count: live.summary.total,
  };
}

const worst: Freshness[] = ['static-fallback', 'stale', 'live'];

function ofServices(services: readonly ServiceSummary[]): Known {
  const imported = services.filter((service) => service.origin !== undefined);
  if (imported.length === 0) {
    return { mode: 'registry', freshness: 'live', reason: undefined, observedAt: undefined, count: services.reduce((sum, service) => sum + service.instances, 0) };
  }
  const [first] = [...imported].sort((a, b) => worst.indexOf(a.origin!.freshness) - worst.indexOf(b.origin!.freshness));
  const { mode, freshness, reason, observedAt } = first!.origin!;
  return {
    mode: freshness === 'static-fallback' ? 'static-fallback' : mode,
    freshness,
    reason: reason && imported.length > 1 ? `${first!.name}: ${reason}` : reason,
    observedAt,
    count: imported.reduce((sum, service) => sum + service.instances, 0),
  };
}

function toneOf(freshness: Freshness, connection: Connection): Tone {
  if (connection.phase === 'offline') return 'error';
  if (connection.phase === 'paused' || (connection.phase === 'connecting' && connection.heardAt === undefined)) return 'idle';
  return freshness === 'live' ? 'live' : 'warn';
}

function freshnessWords({ freshness, reason }: Known): string | undefined {
  if (freshness === 'live') return undefined;
  const words = freshness === 'stale' ? 'The source cannot be reached; this is what it said last' : 'Discovery has not succeeded yet';
  return reason ? `${words}: ${reason}` : `${words}.`;
}

/** What the state of the connection means to somebody who reads the page. */
export function connectionWords(connection: Connection, now: number): string {
  const age = connection.heardAt === undefined ? undefined : formatAge(now - connection.heardAt);
  switch (connection.phase) {
    case 'live':
      return 'Changes are shown as they happen.';
    case 'polling':
      return `The event stream fails, so the node is asked every 5 s.${because(connection)}`;
    case 'offline':
      return `${age ? `The node does not answer; what is shown is ${age} old.` : 'The node does not answer.'}${because(connection)}`;
    case 'paused':
      return 'Paused while the tab is hidden.';
    case 'connecting':
      return isOld(connection) || age === undefined ? 'Connecting.' : `Connecting again.${because(connection)}`;
  }
}

const because = (connection: Connection) => (connection.error ? ` ${connection.error}` : '');
