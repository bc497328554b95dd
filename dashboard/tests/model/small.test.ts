import { describe, expect, it } from 'vitest';
import type { LiveDocument, LiveInstance, ServiceSummary } from '../../src/api/documents';
import { cardsOf, serviceScore } from '../../src/model/cards';
import { applyEvents, emptyCatalog } from '../../src/model/catalog';
import { initialConnection, nextConnection } from '../../src/model/connection';
import { diffInstances } from '../../src/model/diff';
import { discoveryOf } from '../../src/model/discovery';
import { formatAge, formatDuration, plural } from '../../src/model/format';
import { pageOf, pathOf, withParameters } from '../../src/model/routes';
import { zoneBalance } from '../../src/model/zones';
import { change, instance, service, start } from '../samples';

const counts = { total: 3, ready: 3, notReady: 0, degraded: 0, lastUpdate: '2026-01-01T12:00:00Z' };
const live = (change: Partial<LiveDocument> = {}): LiveDocument => ({
  discoveryMode: 'kubernetes-endpoints',
  mode: 'kubernetes-endpoints',
  serviceName: 'orders',
  revision: 1,
  freshness: 'live',
  lastUpdate: counts.lastUpdate,
  instances: [],
  summary: counts,
  stats: counts,
  ...change,
});
const summary = (name: string, change: Partial<ServiceSummary> = {}): ServiceSummary => ({ name, instances: 2, ready: 2, draining: 0, notReady: 0, watchers: 0, revision: 1, ...change });
const open = nextConnection(initialConnection(0), { type: 'opened' }, start);

describe('discoveryOf', () => {
  it('speaks of the service that the page shows', () => {
    expect(discoveryOf([], live(), open, start)).toMatchObject({ mode: 'kubernetes-endpoints', count: 3, unit: 'pods', tone: 'live' });
  });

  it('warns of what is stale or a fallback, and says why', () => {
    const stale = discoveryOf([], live({ freshness: 'stale', reason: 'connection refused', observedAt: '2026-01-01T11:59:00Z' }), open, start);
    expect(stale.tone).toBe('warn');
    expect(stale.details.join(' ')).toContain('connection refused');
    expect(stale.details.join(' ')).toContain('Seen 1 m ago.');
    expect(discoveryOf([], live({ freshness: 'static-fallback' }), open, start)).toMatchObject({ mode: 'static-fallback', tone: 'warn' });
  });

  it('is an error when the node is not there', () => {
    const lost = nextConnection({ ...open, phase: 'connecting' }, { type: 'pollFailed', error: 'It cannot be reached.' }, start);
    expect(discoveryOf([], live(), lost, start + 5_000)).toMatchObject({ tone: 'error' });
  });

  it('speaks of the worst of what is imported, else of what is registered', () => {
    const origin = { target: 'k8s:///a', mode: 'kubernetes-endpointslices', freshness: 'live' as const };
    expect(discoveryOf([summary('a'), summary('b')], undefined, open, start)).toMatchObject({ mode: 'registry', count: 4, unit: 'instances' });
    expect(discoveryOf([summary('a'), summary('b', { origin })], undefined, open, start)).toMatchObject({ mode: 'kubernetes-endpointslices', count: 2, tone: 'live' });
    expect(discoveryOf([summary('b', { origin }), summary('c', { origin: { ...origin, freshness: 'stale' } })], undefined, open, start)).toMatchObject({ count: 4, tone: 'warn' });
  });
});

describe('cardsOf', () => {
  const state = applyEvents(emptyCatalog, [{ type: 'snapshot', snapshot: { epoch: 'e', revision: 1, services: [service('orders', [instance('o-1'), instance('o-2', { state: 'not-ready' }), instance('o-3')])] } }], start);
  const health: LiveInstance = {
    id: 'instance-3',
    instanceId: 'o-3',
    name: 'Three',
    status: 'degraded',
    state: 'ready',
    ready: true,
    provisioned: true,
    weight: 100,
    revision: 1,
    addresses: { podIP: '10.0.0.9' },
    ports: { vnc: 5901 },
    health: { ready: true, score: 60, parts: [], lastTransition: '2026-01-01T11:00:00Z' },
    metadata: {},
  };

  it('joins what the registry has with what health tells', () => {
    const cards = cardsOf(state.services.get('orders'), live({ instances: [health] }), []);
    expect(cards.map((card) => [card.id, card.title, card.status])).toEqual([
      ['o-1', 'o-1', 'ready'],
      ['o-2', 'o-2', 'booting'],
      ['o-3', 'Three', 'degraded'],
    ]);
  });

  it('leaves a place to those that are gone, and lets a service order its own', () => {
    const left = applyEvents(state, [{ type: 'change', change: change(2, 'deregistered', 'o-2') }], start);
    const orders = left.services.get('orders')!;
    const cards = cardsOf(orders, live({ instances: [{ ...health, order: 0 }] }), [...orders.gone.values()]);
    expect(cards.map((card) => [card.id, card.status])).toEqual([
      ['o-3', 'degraded'],
      ['o-1', 'ready'],
      ['o-2', 'gone'],
    ]);
  });

  it('shows an import that the catalog does not have', () => {
    const [card] = cardsOf(undefined, live({ instances: [health] }), []);
    expect(card!.instance).toMatchObject({ id: 'o-3', address: '10.0.0.9', ports: { vnc: 5901 } });
  });

  it('has a mean score', () => {
    expect(serviceScore(live({ instances: [{ ...health, health: { ...health.health, score: 90 } }, { ...health, health: { ...health.health, score: 75 } }] }))).toBe(83);
    expect(serviceScore(live())).toBeUndefined();
    expect(serviceScore(undefined)).toBeUndefined();
  });
});

describe('diffInstances', () => {
  it('says who came, who left and what changed', () => {
    const before = [instance('o-1'), instance('o-2', { metadata: { version: 'v1' } }), instance('o-3', { revision: 1 })];
    const after = [instance('o-2', { metadata: { version: 'v2' }, state: 'draining' }), instance('o-3', { revision: 9 }), instance('o-4')];
    expect(diffInstances(before, after).map((each) => [each.id, each.kind])).toEqual([
      ['o-1', 'removed'],
      ['o-2', 'changed'],
      ['o-3', 'same'],
      ['o-4', 'added'],
    ]);
    expect(diffInstances(before, after)[1]!.fields).toEqual([
      { field: 'state', before: 'ready', after: 'draining' },
      { field: 'version', before: 'v1', after: 'v2' },
    ]);
  });
});

describe('zoneBalance', () => {
  it('weighs those that are ready', () => {
    const balance = zoneBalance([instance('1', { zone: 'a' }), instance('2', { zone: 'a' }), instance('3', { zone: 'b', weight: 50 }), instance('4', { zone: 'c', state: 'draining' })]);
    expect(balance.zones.map((zone) => [zone.zone, zone.ready, zone.total, zone.share])).toEqual([
      ['a', 2, 2, 0.8],
      ['b', 1, 1, 0.2],
      ['c', 0, 1, 0],
    ]);
    expect(balance.skew).toBeCloseTo(2.4);
    expect(balance.empty).toEqual(['c']);
  });

  it('is even when nobody is ready', () => {
    expect(zoneBalance([instance('1', { state: 'not-ready' })])).toMatchObject({ skew: 1, empty: [''] });
  });
});

describe('formats', () => {
  it('say durations and ages', () => {
    expect([0, 0.02, 12, 900, 4_500, 200_000, 3_600_000, 7_500_000, 172_800_000].map(formatDuration)).toEqual(['0 s', '20 µs', '12 ms', '900 ms', '4 s', '3 m 20 s', '1 h', '2 h 5 m', '2 d']);
    expect([-5, 400, 61_000, 7_200_000].map(formatAge)).toEqual(['now', 'now', '1 m', '2 h']);
    expect([plural(1, 'pod'), plural(1200, 'pod')]).toEqual(['1 pod', '1,200 pods']);
  });
});

describe('routes', () => {
  it('go to paths and back', () => {
    for (const path of ['/', '/services/orders', '/topology', '/timeline', '/gateway', '/explain']) expect(pathOf(pageOf(path))).toBe(path);
    expect(pageOf('/services')).toEqual({ name: 'services' });
    expect(pageOf('/services/a/b')).toMatchObject({ name: 'unknown' });
    expect(pageOf('/services/%zz')).toEqual({ name: 'service', service: '%zz' });
  });

  it('change parameters and keep the others', () => {
    expect(withParameters('?q=zone%3Aa&view=cards', { view: undefined, sort: '-name' })).toBe('?q=zone%3Aa&sort=-name');
    expect(withParameters('?q=a', { q: '' })).toBe('');
  });
});
