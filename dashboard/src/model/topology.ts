import type { Finding, Gateway, Watcher } from '../api/documents';
import { compareNatural } from './order';
import { serviceOfTarget } from './targets';

/** What is known of one service for the picture. */
export interface ServiceFacts {
  readonly name: string;
  readonly instances: ReadonlySet<string>;
  readonly watchers: readonly Watcher[];
  readonly findings: readonly Finding[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: 'service' | 'caller' | 'gateway';
  readonly name: string;
}

export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Processes that watch. */
  readonly callers: number;
  /** Reports of callers that avoid an instance. */
  readonly findings: readonly Finding[];
  readonly traffic: EdgeTraffic | undefined;
}

export interface EdgeTraffic {
  readonly rate: number;
  /** Of the last minute, 0 to 1. */
  readonly failed: number;
  readonly p99Ms: number | undefined;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Services nobody calls, as far as is known. */
  readonly alone: readonly string[];
  /** Who watches every service: drawn, they would hide everything else. */
  readonly everywhere: readonly string[];
}

const gatewayId = 'gateway:';

// A gateway is a caller like others, by the name that the library gives itself in the program `rollcall`.
const ownGateway = /-rollcall-\d+-[0-9a-f]{8}$/;

/** Who watches whom. A watcher that is an instance of a service stands for that service; others are put together by their names without numbers. */
export function graphOf(services: readonly ServiceFacts[], gateway: Gateway | undefined, ignore: (watcher: Watcher) => boolean): Graph {
  const serviceOfInstance = new Map(services.flatMap((service) => [...service.instances].map((id): [string, string] => [id, service.name])));
  const names = new Set(services.map((service) => service.name));
  const everywhere = watchersOfAll(services, ignore);
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const put = (id: string, kind: GraphNode['kind'], name: string) => {
    if (!nodes.has(id)) nodes.set(id, { id, kind, name });
    return id;
  };
  for (const service of services) {
    const bySource = new Map<string, Watcher[]>();
    for (const watcher of service.watchers) {
      if (ignore(watcher) || everywhere.has(watcher.id)) continue;
      const caller = gateway && ownGateway.test(watcher.id) ? { id: gatewayId, kind: 'gateway' as const, name: 'gateway' } : callerOf(watcher, serviceOfInstance, names);
      const from = put(caller.id, caller.kind, caller.name);
      bySource.set(from, [...(bySource.get(from) ?? []), watcher]);
    }
    for (const [from, watchers] of bySource) {
      const to = put(serviceId(service.name), 'service', service.name);
      const ids = new Set(watchers.map((watcher) => watcher.id));
      edges.set(`${from} ${to}`, { id: `${from} ${to}`, from, to, callers: ids.size, findings: service.findings.filter((finding) => finding.caller !== undefined && ids.has(finding.caller)), traffic: undefined });
    }
  }
  for (const cluster of gateway?.clusters ?? []) {
    const service = serviceOfTarget(cluster.target);
    const from = put(gatewayId, 'gateway', 'gateway');
    const to = service === undefined ? put(`caller:${cluster.target}`, 'caller', cluster.target) : put(serviceId(service), 'service', service);
    edges.set(`${from} ${to}`, { id: `${from} ${to}`, from, to, callers: 1, findings: [], traffic: trafficOf(cluster.instances.map((instance) => instance.traffic)) });
  }
  return {
    nodes: [...nodes.values()].sort((a, b) => compareNatural(a.id, b.id)),
    edges: [...edges.values()].sort((a, b) => compareNatural(a.id, b.id)),
    alone: services.filter((service) => !nodes.has(serviceId(service.name))).map((service) => service.name),
    everywhere: [...everywhere].sort(compareNatural),
  };
}

function trafficOf(all: readonly { rate10s: number; rate1m: number; failureRate1m: number; p99Ms?: number }[]): EdgeTraffic {
  const sum = (pick: (traffic: (typeof all)[number]) => number) => all.reduce((total, traffic) => total + pick(traffic), 0);
  const minute = sum((traffic) => traffic.rate1m);
  const slowest = all.map((traffic) => traffic.p99Ms).filter((value) => value !== undefined);
  return { rate: sum((traffic) => traffic.rate10s), failed: minute === 0 ? 0 : sum((traffic) => traffic.failureRate1m) / minute, p99Ms: slowest.length === 0 ? undefined : Math.max(...slowest) };
}

const serviceId = (name: string) => `service:${name}`;

function callerOf(watcher: Watcher, serviceOfInstance: ReadonlyMap<string, string>, services: ReadonlySet<string>): GraphNode {
  const service = serviceOfInstance.get(watcher.id);
  if (service !== undefined) return { id: serviceId(service), kind: 'service', name: service };
  // checkout-1 and checkout-7f9c4-x2k are processes of the same program; an address with a port is a process without a name.
  const name = /^[\d.:[\]]+$/.test(watcher.id) ? 'unnamed' : watcher.id.replace(/(-[a-z0-9]*\d[a-z0-9]*)+$/i, '') || watcher.id;
  // One that has just left is still an instance by its name.
  return services.has(name) ? { id: serviceId(name), kind: 'service', name } : { id: `caller:${name}`, kind: 'caller', name };
}

function watchersOfAll(services: readonly ServiceFacts[], ignore: (watcher: Watcher) => boolean): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const service of services) {
    for (const id of new Set(service.watchers.filter((watcher) => !ignore(watcher)).map((watcher) => watcher.id))) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const many = services.length > 3;
  return new Set([...counts].filter(([, count]) => many && count === services.length).map(([id]) => id));
}

/** Where a node stands: columns from left to right, rows from the top. */
export interface Place {
  readonly column: number;
  readonly row: number;
}

/**
 * Gives every node a place of its own: callers left of those they call. Who has a place keeps it, so that the picture does not jump when somebody
 * comes or goes.
 */
export function placeNodes(graph: Pick<Graph, 'nodes' | 'edges'>, before: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const depths = depthsOf(graph);
  const places = new Map<string, Place>();
  const taken = new Set<string>();
  const put = (id: string, place: Place) => {
    places.set(id, place);
    taken.add(`${place.column} ${place.row}`);
  };
  for (const node of graph.nodes) {
    const place = before.get(node.id);
    if (place) put(node.id, place);
  }
  // From left to right, each beside its callers as far as there is room: lines that cross say nothing.
  const callers = new Map<string, string[]>();
  for (const edge of graph.edges) callers.set(edge.to, [...(callers.get(edge.to) ?? []), edge.from]);
  const wanted = (id: string) => {
    const rows = (callers.get(id) ?? []).map((caller) => places.get(caller)?.row).filter((row) => row !== undefined);
    return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
  };
  const fresh = graph.nodes.filter((node) => !places.has(node.id));
  const columns = [...new Set(fresh.map((node) => depths.get(node.id) ?? 0))].sort((a, b) => a - b);
  for (const column of columns) {
    const inColumn = fresh.filter((node) => (depths.get(node.id) ?? 0) === column).map((node) => ({ node, at: wanted(node.id) }));
    for (const { node } of inColumn.sort((a, b) => a.at - b.at)) {
      let row = 0;
      while (taken.has(`${column} ${row}`)) row++;
      put(node.id, { column, row });
    }
  }
  return places;
}

/** The longest way to each node from one that nobody calls; a circle is cut where it is first closed. */
function depthsOf({ nodes, edges }: Pick<Graph, 'nodes' | 'edges'>): ReadonlyMap<string, number> {
  const callers = new Map<string, string[]>();
  for (const edge of edges) callers.set(edge.to, [...(callers.get(edge.to) ?? []), edge.from]);
  const depths = new Map<string, number>();
  const visit = (id: string, path: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const next = new Set(path).add(id);
    let depth = 0;
    for (const caller of callers.get(id) ?? []) {
      if (!next.has(caller)) depth = Math.max(depth, visit(caller, next) + 1);
    }
    depths.set(id, depth);
    return depth;
  };
  for (const node of nodes) visit(node.id, new Set());
  return depths;
}
