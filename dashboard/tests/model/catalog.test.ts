import { describe, expect, it } from 'vitest';
import type { Change, ServiceDocument } from '../../src/api/documents';
import { applyEvents, type CatalogEvent, type CatalogState, countStates, emptyCatalog, forgetGone } from '../../src/model/catalog';
import { goneLately, keepChoices, keepWords, usualKeepMinutes } from '../../src/model/gone';
import { compareNatural } from '../../src/model/order';
import { change, instance, service, start } from '../samples';

const snapshot = (services = [service('orders', [instance('o-1'), instance('o-10'), instance('o-2')], 3)], epoch = 'e'): CatalogEvent => ({
  type: 'snapshot',
  snapshot: { epoch, revision: 3, services },
});
const changes = (...list: Change[]): CatalogEvent[] => list.map((each) => ({ type: 'change', change: each }));
const polled = (document: ServiceDocument): CatalogEvent => ({ type: 'service', name: document.service, epoch: document.epoch, document });
const apply = (state: CatalogState, ...events: CatalogEvent[]) => applyEvents(state, events, start);
const orders = (state: CatalogState) => state.services.get('orders')!;

describe('applyEvents', () => {
  it('keeps instances in natural order, whoever comes', () => {
    const state = apply(emptyCatalog, snapshot(), ...changes(change(4, 'registered', 'o-3'), change(5, 'registered', 'o-0')));
    expect(orders(state).order).toEqual(['o-0', 'o-1', 'o-2', 'o-3', 'o-10']);
  });

  it('leaves what has not changed the same object', () => {
    const two = apply(emptyCatalog, snapshot([service('orders', [instance('o-1'), instance('o-2')], 3), service('billing', [instance('b-1')], 2)]));
    const next = apply(two, ...changes(change(4, 'status', 'o-1', 1, 'not-ready')));
    expect(next.services.get('billing')).toBe(two.services.get('billing'));
    expect(orders(next).instances.get('o-2')).toBe(orders(two).instances.get('o-2'));
    expect(orders(two).instances.get('o-1')!.state).toBe('ready');
    expect(orders(next).counts).toEqual({ total: 2, ready: 1, draining: 0, notReady: 1 });
  });

  it('ignores a change that it has seen', () => {
    const once = apply(emptyCatalog, snapshot(), ...changes(change(4, 'deregistered', 'o-2')));
    const twice = apply(once, ...changes(change(4, 'deregistered', 'o-2'), change(2, 'registered', 'o-2')));
    expect(orders(twice).order).toEqual(orders(once).order);
    expect(twice.recent).toEqual(once.recent);
  });

  it('remembers who left, as it was, until it comes back', () => {
    const left = apply(emptyCatalog, snapshot(), ...changes(change(4, 'removed', 'o-2', 60)));
    const gone = orders(left).gone.get('o-2')!;
    expect(gone).toMatchObject({ how: 'removed', lastSeen: start + 60_000 });
    expect(gone.instance?.address).toBe('10.0.0.1');
    const back = apply(left, ...changes(change(5, 'registered', 'o-2')));
    expect(orders(back).gone.size).toBe(0);
    expect(orders(back).order).toEqual(['o-1', 'o-2', 'o-10']);
  });

  it('notices who left while nothing was heard', () => {
    const state = apply(emptyCatalog, snapshot());
    const later = applyEvents(state, [snapshot([service('orders', [instance('o-1')], 9)])], start + 5_000);
    expect([...orders(later).gone.keys()].sort()).toEqual(['o-10', 'o-2']);
    expect(orders(later).gone.get('o-2')).toMatchObject({ how: 'unknown', lastSeen: start + 5_000 });
    const without = applyEvents(later, [snapshot([])], start + 6_000);
    expect(orders(without).counts.total).toBe(0);
  });

  it('forgets the changes of another life of the data, and takes its smaller revisions', () => {
    const state = apply(emptyCatalog, snapshot(), ...changes(change(40, 'status', 'o-1')));
    const reborn = apply(state, snapshot([service('orders', [instance('o-1')], 1, 'f')], 'f'), ...changes(change(4, 'status', 'o-1', 1, 'draining')));
    expect(reborn.recent.map((each) => each.revision)).toEqual([4]);
    expect(orders(reborn).instances.get('o-1')!.state).toBe('draining');
  });

  it('takes the small revisions of another life for a service that its snapshot does not have, and keeps who is gone', () => {
    const state = apply(emptyCatalog, snapshot(), ...changes(change(40, 'deregistered', 'o-2')));
    const reborn = apply(state, snapshot([], 'f'), ...changes(change(1, 'registered', 'o-1')));
    expect(orders(reborn).order).toEqual(['o-1']);
    expect([...orders(reborn).gone.keys()].sort()).toEqual(['o-10', 'o-2']);
    expect(reborn.revision).toBe(3);
  });

  it('reuses nothing of another life, where the same revision is another instance', () => {
    const state = apply(emptyCatalog, snapshot([service('orders', [instance('o-1', { address: '10.0.0.1' })])]));
    const moved = instance('o-1', { address: '10.0.0.2' });
    const reborn = apply(state, snapshot([service('orders', [moved], 1, 'f')], 'f'));
    expect(orders(reborn).instances.get('o-1')!.address).toBe('10.0.0.2');
    const again = apply(state, polled(service('orders', [moved], 1, 'f')));
    expect(orders(again).instances.get('o-1')!.address).toBe('10.0.0.2');
  });

  it('knows another life by a poll as well, one service after the other', () => {
    const two = apply(emptyCatalog, snapshot([service('orders', [instance('o-1')], 30), service('billing', [instance('b-1')], 20)]), ...changes(change(40, 'status', 'o-1')));
    const reborn = apply(two, polled(service('billing', [instance('b-1')], 1, 'f')), { type: 'service', name: 'orders', epoch: 'f', document: undefined });
    expect(reborn).toMatchObject({ epoch: 'f', revision: 1, recent: [] });
    const streamed = apply(reborn, { type: 'snapshot', snapshot: { epoch: 'f', revision: 1, services: [service('billing', [instance('b-1')], 1, 'f')] } }, ...changes(change(2, 'registered', 'o-1')));
    expect(orders(streamed).order).toEqual(['o-1']);
  });

  it('takes a polled service, and one that is not there any more', () => {
    const state = apply(emptyCatalog, snapshot());
    const later = apply(state, polled(service('orders', [instance('o-1'), instance('o-7')], 8)));
    expect(orders(later).order).toEqual(['o-1', 'o-7']);
    const gone = apply(later, { type: 'service', name: 'orders', epoch: 'e', document: undefined });
    expect(orders(gone).counts.total).toBe(0);
  });

  it('agrees with replaying everything into a plain map, however the changes are batched', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = generator(seed);
      const plain = new Map<string, Change>();
      const list: Change[] = [];
      for (let revision = 1; revision <= 60; revision++) {
        const id = `o-${Math.floor(random() * 12)}`;
        const leaves = random() < 0.3 && plain.has(id);
        const each = change(revision, leaves ? 'deregistered' : 'registered', id, revision, random() < 0.5 ? 'ready' : 'not-ready');
        list.push(each);
        if (leaves) plain.delete(id);
        else plain.set(id, each);
      }
      let state = apply(emptyCatalog, snapshot([]));
      for (let at = 0; at < list.length; ) {
        const size = 1 + Math.floor(random() * 9);
        state = apply(state, ...changes(...list.slice(at, at + size)));
        at += size;
      }
      const expected = [...plain.keys()].sort(compareNatural);
      expect(orders(state).order, `seed ${seed}`).toEqual(expected);
      expect(orders(state).counts).toEqual(countStates([...plain.values()].map((each) => each.instance!)));
      expect(state.recent.map((each) => each.revision)).toEqual(list.map((each) => each.revision).reverse());
    }
  });
});

describe('those that are gone', () => {
  it('are forgotten after a while', () => {
    const state = apply(emptyCatalog, snapshot(), ...changes(change(4, 'removed', 'o-2', 0)));
    expect(forgetGone(state, 60_000, start + 60_000)).toBe(state);
    expect(orders(forgetGone(state, 60_000, start + 60_001)).gone.size).toBe(0);
  });

  it('are known from before the page was opened', () => {
    const state = apply(emptyCatalog, snapshot());
    const history = [change(1, 'deregistered', 'o-1', -50), change(2, 'registered', 'o-1', -40), change(3, 'removed', 'o-5', -30), change(3, 'removed', 'x', -30, 'ready', 'other')];
    expect(goneLately(orders(state), history, 60_000, start).map((gone) => gone.id)).toEqual(['o-5']);
    expect(goneLately(orders(state), history, 20_000, start)).toEqual([]);
  });

  it('are shown for as long as they are to be, and not at all at nothing', () => {
    const state = apply(emptyCatalog, snapshot(), ...changes(change(4, 'removed', 'o-2', -5)));
    const shown = (keepMs: number, now: number) => goneLately(orders(state), [], keepMs, now).map((gone) => gone.id);
    expect(shown(10_000, start + 5_000)).toEqual(['o-2']);
    expect(shown(10_000, start + 5_001)).toEqual([]);
    expect(shown(0, start - 10_000)).toEqual([]);
    expect(keepChoices.map(keepWords)).toEqual(['not at all', '1 m', '10 m', '1 h', '24 h']);
    expect(keepChoices).toContain(usualKeepMinutes);
  });
});

/** Numbers that are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
