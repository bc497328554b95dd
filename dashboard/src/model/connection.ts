/** How fresh what is shown is, and by which way it comes. */
export type Phase = 'connecting' | 'live' | 'polling' | 'offline' | 'paused';

export interface Connection {
  readonly phase: Phase;
  /** When this phase began; milliseconds since 1970. */
  readonly since: number;
  /** When the node was last heard of; undefined before the first time. */
  readonly heardAt: number | undefined;
  readonly error: string | undefined;
}

export type ConnectionEvent =
  | { type: 'opened' }
  | { type: 'heard' }
  | { type: 'streamFailed'; error: string }
  | { type: 'polled' }
  | { type: 'pollFailed'; error: string }
  | { type: 'hidden' }
  | { type: 'visible' };

export const initialConnection = (now: number): Connection => ({ phase: 'connecting', since: now, heardAt: undefined, error: undefined });

/** The next state of the connection. The same object when nothing changed. */
export function nextConnection(connection: Connection, event: ConnectionEvent, now: number): Connection {
  const to = (phase: Phase, change: Partial<Connection> = {}): Connection => ({
    ...connection,
    phase,
    since: phase === connection.phase ? connection.since : now,
    ...change,
  });
  if (connection.phase === 'paused' && event.type !== 'visible') return connection;
  switch (event.type) {
    case 'opened':
      return to('live', { heardAt: now, error: undefined });
    case 'heard':
      return to(connection.phase, { heardAt: now });
    case 'streamFailed':
      // What is shown stays as it is until a poll has told whether the node is there.
      return connection.phase === 'live' || connection.phase === 'connecting' ? to('connecting', { error: event.error }) : to(connection.phase, { error: event.error });
    case 'polled':
      return connection.phase === 'live' ? connection : to('polling', { heardAt: now });
    case 'pollFailed':
      return connection.phase === 'live' ? connection : to('offline', { error: event.error });
    case 'hidden':
      return to('paused');
    case 'visible':
      return connection.phase === 'paused' ? to('connecting', { error: undefined }) : connection;
  }
}

/** True while what is shown may be older than it looks. */
export function isOld(connection: Connection): boolean {
  return connection.phase === 'offline';
}

/** How long to wait before the next try to open the stream; the first one comes soon, since most restarts are short. */
export function retryDelayMs(failures: number, random: number): number {
  const cap = Math.min(5_000, 500 * 2 ** Math.min(failures, 10));
  return cap / 2 + (cap / 2) * random;
}
