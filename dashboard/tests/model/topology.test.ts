import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/api/documents';
import { graphOf, placeNodes, type Place, type ServiceFacts } from '../../src/model/topology';
import { watcher } from '../samples';

const facts = (name: string, watchers: string[], instances: string[] = [], change: Partial<ServiceFacts> = {}): ServiceFacts => ({
  name,
  instances: new Set(instances),
  watchers: watchers.map((id) => watcher(id, 1)),
  findings: [],
  ...change,
});
const none = () => false;
const arrows = (services: ServiceFacts[], gateway?: Gateway) => graphOf(services, gateway, none).edges.map((edge) => `${edge.from} > ${edge.to} ${edge.callers}`);

describe('graphOf', () => {
  it('takes a watcher that is an instance for its service', () => {
    expect(arrows([facts('orders', ['checkout-1', 'x', 'checkout-9']), facts('checkout', [], ['checkout-1', 'x'])])).toEqual(['service:checkout > service:orders 3']);
  });

  it('puts processes of one program together by their names', () => {
    expect(arrows([facts('orders', ['batch-1', 'batch-22', 'batch-7f9c4-x2k', 'cron', 'v2', '10.0.0.1:5000', '[::1]:80'])])).toEqual([
      'caller:batch > service:orders 3',
      'caller:cron > service:orders 1',
      'caller:unnamed > service:orders 2',
      'caller:v2 > service:orders 1',
    ]);
  });

  it('leaves out those who look at everything, and says who they are', () => {
    const graph = graphOf(['a', 'b', 'c', 'd'].map((name) => facts(name, name === 'a' ? ['spy', 'x', 'dashboard-1'] : ['spy', 'dashboard-1'])), undefined, (each) => each.id.startsWith('dashboard-'));
    expect(graph.everywhere).toEqual(['spy']);
    expect(graph.edges.map((edge) => edge.from)).toEqual(['caller:x']);
    expect(graph.alone).toEqual(['b', 'c', 'd']);
  });

  it('gives an edge the findings of its callers', () => {
    const found = { instance: 'o-1', reason: 'failures', times: 1, caller: 'checkout-2' };
    const graph = graphOf([facts('orders', ['checkout-1', 'checkout-2', 'mail-1'], [], { findings: [found, { ...found, caller: 'gone-1' }] })], undefined, none);
    expect(graph.edges.map((edge) => edge.findings.length)).toEqual([1, 0]);
  });

  it('takes the gateway of this node for itself', () => {
    const gateway: Gateway = { urls: [], reload: { at: '', inForceSince: '' }, routes: [], clusters: [] };
    expect(arrows([facts('orders', ['host-rollcall-77-0a1b2c3d'])], gateway)).toEqual(['gateway: > service:orders 1']);
    expect(arrows([facts('orders', ['host-rollcall-77-0a1b2c3d'])])).toEqual(['caller:host-rollcall > service:orders 1']);
  });

  it('draws the gateway with its traffic', () => {
    const traffic = { requests: 0, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, failed: 0, cancelled: 0, retries: 0, inFlight: 0, rate1s: 0, rate10s: 5, rate1m: 10, failureRate1m: 1, p99Ms: 20 };
    const instance = { id: 'o-1', host: 'h', ports: {}, state: 'ready' as const, weight: 100, traffic };
    const gateway: Gateway = {
      urls: [],
      reload: { at: '', inForceSince: '' },
      routes: [],
      clusters: [{ name: 'orders', target: 'rollcall:///orders', balancer: 'random', panicking: false, instances: [instance, { ...instance, traffic: { ...traffic, p99Ms: 40, failureRate1m: 0 } }] }],
    };
    expect(graphOf([facts('orders', [])], gateway, none).edges).toMatchObject([{ from: 'gateway:', to: 'service:orders', traffic: { rate: 10, failed: 0.05, p99Ms: 40 } }]);
  });
});

describe('placeNodes', () => {
  const node = (id: string) => ({ id, kind: 'service' as const, name: id });
  const edge = (from: string, to: string) => ({ id: `${from} ${to}`, from, to, callers: 1, findings: [], traffic: undefined });
  const places = (nodes: string[], edges: [string, string][], before: ReadonlyMap<string, Place> = new Map()) => placeNodes({ nodes: nodes.map(node), edges: edges.map(([from, to]) => edge(from, to)) }, before);
  const text = (map: ReadonlyMap<string, Place>) => [...map].map(([id, place]) => `${id} ${place.column}/${place.row}`).sort();

  it('puts callers left of those they call', () => {
    expect(text(places(['a', 'b', 'c', 'd'], [['a', 'b'], ['b', 'c'], ['a', 'c'], ['d', 'c']]))).toEqual(['a 0/0', 'b 1/0', 'c 2/0', 'd 0/1']);
  });

  it('is done with a circle', () => {
    const found = places(['a', 'b', 'c'], [['a', 'b'], ['b', 'c'], ['c', 'a'], ['b', 'b']]);
    expect(new Set(text(found)).size).toBe(3);
  });

  it('moves nobody who has a place, and gives no place twice', () => {
    const first = places(['a', 'b', 'c'], [['a', 'b'], ['a', 'c']]);
    const second = places(['0', 'a', 'b', 'bb', 'c'], [['0', 'a'], ['a', 'b'], ['a', 'bb'], ['a', 'c']], first);
    for (const [id, place] of first) expect(second.get(id)).toEqual(place);
    expect(new Set([...second.values()].map((place) => `${place.column} ${place.row}`)).size).toBe(5);
    const third = places(['a', 'c'], [['a', 'c']], second);
    expect(text(third)).toEqual(text(new Map([...second].filter(([id]) => id === 'a' || id === 'c'))));
  });
});
