import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerEvent } from '../../src/api/eventParser';
import { Feed } from '../../src/live/feed';
import { ServiceFeed } from '../../src/live/serviceFeed';
import { FakeNode } from './fakeNode';

let node: FakeNode;
let feed: { start: () => void; stop: () => void };

beforeEach(() => {
  vi.useFakeTimers();
  node = new FakeNode();
});
afterEach(() => {
  feed.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe('Feed', () => {
  function follow(apply: (events: ServerEvent[]) => void): void {
    feed = new Feed({ url: '/events', watcher: 'w', apply, poll: () => Promise.reject(new TypeError('gone')) });
    feed.start();
  }

  it('goes on after the event that it has applied last', async () => {
    follow(() => undefined);
    await pass();
    node.tell({ type: 'a', id: 'v1', data: 1 }, { type: 'a', id: 'v2', data: 2 });
    await pass();
    node.tell({ type: 'a', id: 'v3', data: 3 });
    await pass();
    node.hangUp();
    await pass(1_000);
    expect(node.resumed).toEqual([null, 'v3']);
  });

  it('does not count as known what it could not apply, and asks for the whole at once', async () => {
    const applied: string[] = [];
    follow((events) => {
      if (events.some((event) => event.data === '"wrong"')) throw new Error('It does not fit.');
      applied.push(...events.map((event) => event.data));
    });
    await pass();
    node.tell({ type: 'a', id: 'v1', data: 'right' });
    await pass();
    node.tell({ type: 'a', id: 'v2', data: 'wrong' });
    await pass(1_000);
    expect(node.resumed).toEqual([null, null]);
    node.tell({ type: 'a', id: 'v3', data: 'whole' });
    await pass();
    expect(applied).toEqual(['"right"', '"whole"']);
  });

  it('asks ever more slowly a node that only tells what does not fit', async () => {
    follow(() => {
      throw new Error('It does not fit.');
    });
    for (let second = 0; second < 300; second++) {
      if (node.resumed.length > 0) node.tryTell({ type: 'a', id: 'v1', data: 1 });
      await pass(200);
    }
    expect(node.resumed.length).toBeGreaterThan(10);
    expect(node.resumed.length).toBeLessThan(40);
  });
});

describe('ServiceFeed', () => {
  const instances = (...ids: string[]) => ids.map((instanceId) => ({ instanceId }));
  const shown = () => (feed as ServiceFeed).getDocument()?.instances.map((instance) => instance.instanceId);

  beforeEach(async () => {
    feed = new ServiceFeed('orders', 'w');
    feed.start();
    await pass();
    node.tell({ type: 'instances', id: 'v1', data: { instances: instances('a') } });
    await pass(200);
  });

  it('follows changes of the version that it has', async () => {
    node.tell({ type: 'changes', id: 'v2', data: { from: 'v1', changed: [{ index: 1, instance: { instanceId: 'b' } }], removed: [] } });
    node.tell({ type: 'changes', id: 'v3', data: { from: 'v2', changed: [], removed: ['a'] } });
    await pass(200);
    expect(shown()).toEqual(['b']);
    expect((feed as ServiceFeed).getDocument()).not.toHaveProperty('from');
    node.hangUp();
    await pass(1_000);
    expect(node.resumed).toEqual([null, 'v3']);
  });

  it('lets itself be sent the whole when changes are of another version', async () => {
    node.tell({ type: 'changes', id: 'v3', data: { from: 'v2', changed: [], removed: ['a'] } });
    await pass(1_000);
    expect(shown()).toEqual(['a']);
    expect(node.resumed).toEqual([null, null]);
    node.tell({ type: 'instances', id: 'v3', data: { instances: instances('c') } });
    await pass(200);
    expect(shown()).toEqual(['c']);
  });

  it('does not guess what changes are of that do not say so', async () => {
    node.tell({ type: 'changes', id: 'v2', data: { changed: [], removed: ['a'] } });
    await pass(1_000);
    expect(shown()).toEqual(['a']);
    expect(node.resumed).toEqual([null, null]);
  });

  it('does not build on what was polled: its version is not known', async () => {
    node.polled = { instances: instances('p') };
    node.hangUp();
    await pass(2_000);
    expect(shown()).toEqual(['p']);
    expect(node.resumed.at(-1)).toBe(null);
    node.tell({ type: 'changes', id: 'v2', data: { from: 'v1', changed: [], removed: ['a'] } });
    await pass(2_000);
    expect(node.resumed.length).toBe(3);
  });
});
