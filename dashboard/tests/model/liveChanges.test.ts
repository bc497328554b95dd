import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/model/liveChanges';

interface Instance {
  instanceId: string;
  score: number;
}

interface Document {
  freshness: string;
  reason?: string;
  instances: readonly Instance[];
}

const before: Document = { freshness: 'stale', reason: 'silent', instances: ['a', 'b', 'c', 'd'].map((instanceId) => ({ instanceId, score: 1 })) };

describe('applyChanges', () => {
  it('puts what changed at its place, takes out what is gone and keeps the rest as it is', () => {
    const after = applyChanges(before, {
      from: 'v1',
      freshness: 'live',
      changed: [
        { index: 0, instance: { instanceId: 'new', score: 3 } },
        { index: 2, instance: { instanceId: 'c', score: 2 } },
      ],
      removed: ['b'],
    });
    expect(after).toEqual({
      freshness: 'live',
      instances: [
        { instanceId: 'new', score: 3 },
        { instanceId: 'a', score: 1 },
        { instanceId: 'c', score: 2 },
        { instanceId: 'd', score: 1 },
      ],
    });
    expect(after.instances[1]).toBe(before.instances[0]);
  });

  it('moves one whose place is another', () => {
    const after = applyChanges(before, { from: 'v1', freshness: 'live', changed: [{ index: 3, instance: { instanceId: 'a', score: 1 } }], removed: [] });
    expect(after.instances.map((instance) => instance.instanceId)).toEqual(['b', 'c', 'd', 'a']);
  });
});
