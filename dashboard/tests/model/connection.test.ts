import { describe, expect, it } from 'vitest';
import { type Connection, type ConnectionEvent, initialConnection, nextConnection, retryDelayMs } from '../../src/model/connection';

const run = (...events: ConnectionEvent[]) => events.reduce<Connection>((connection, event, index) => nextConnection(connection, event, index + 1), initialConnection(0));

describe('nextConnection', () => {
  it('goes live, falls back to polling, then to old data, and comes back', () => {
    expect(run({ type: 'opened' })).toEqual({ phase: 'live', since: 1, heardAt: 1, error: undefined });
    expect(run({ type: 'opened' }, { type: 'streamFailed', error: 'x' })).toMatchObject({ phase: 'connecting', error: 'x', heardAt: 1 });
    expect(run({ type: 'opened' }, { type: 'streamFailed', error: 'x' }, { type: 'polled' })).toMatchObject({ phase: 'polling', heardAt: 3 });
    expect(run({ type: 'opened' }, { type: 'streamFailed', error: 'x' }, { type: 'pollFailed', error: 'y' })).toMatchObject({ phase: 'offline', heardAt: 1, error: 'y', since: 3 });
    expect(run({ type: 'opened' }, { type: 'streamFailed', error: 'x' }, { type: 'pollFailed', error: 'y' }, { type: 'streamFailed', error: 'z' })).toMatchObject({ phase: 'offline', since: 3 });
    expect(run({ type: 'streamFailed', error: 'x' }, { type: 'pollFailed', error: 'y' }, { type: 'opened' })).toMatchObject({ phase: 'live', error: undefined });
  });

  it('does not let a late poll disturb a live stream', () => {
    expect(run({ type: 'opened' }, { type: 'pollFailed', error: 'y' })).toMatchObject({ phase: 'live', error: undefined });
    expect(run({ type: 'opened' }, { type: 'polled' })).toMatchObject({ phase: 'live', heardAt: 1 });
  });

  it('stays paused until somebody looks', () => {
    expect(run({ type: 'opened' }, { type: 'hidden' }, { type: 'pollFailed', error: 'y' }, { type: 'opened' })).toMatchObject({ phase: 'paused', heardAt: 1 });
    expect(run({ type: 'hidden' }, { type: 'visible' })).toMatchObject({ phase: 'connecting' });
    const live = run({ type: 'opened' });
    expect(nextConnection(live, { type: 'visible' }, 9)).toBe(live);
  });
});

describe('retryDelayMs', () => {
  it('grows to five seconds and is never nothing', () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => retryDelayMs(failures, 1))).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
    expect(retryDelayMs(0, 0)).toBe(250);
  });
});
