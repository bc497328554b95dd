import type { ServerEvent } from '../api/eventParser';
import { readEvents } from '../api/eventStream';
import { Coalescer } from '../model/coalescer';
import { type Connection, type ConnectionEvent, initialConnection, nextConnection, retryDelayMs } from '../model/connection';

export const pollIntervalMs = 5_000;

export interface FeedSource {
  url: string;
  watcher: string;
  /** Applies events, all of them or none, at most ten times a second. When it throws, the stream begins anew with the whole. */
  apply: (events: ServerEvent[]) => void;
  /** Gets what the stream would have told, while it fails. */
  poll: (signal: AbortSignal) => Promise<void>;
  /** Failures after which the stream is not tried again, such as a node that has none. */
  isFinal?: (error: unknown) => boolean;
}

/**
 * Keeps something up to date: by an event stream, else by polling, and not at all while nobody looks. Owns its timers and requests; `stop` ends
 * them all.
 */
export class Feed {
  private connection: Connection = initialConnection(Date.now());
  private readonly listeners = new Set<() => void>();
  private readonly coalescer: Coalescer<ServerEvent>;
  private run: AbortController | undefined;
  private stream: AbortController | undefined;
  /** Of what was applied: what was received and is not known would never be told again. */
  private lastEventId: string | undefined;
  private doesNotFit = false;
  private refused = false;
  private wake: AbortController | undefined;

  constructor(private readonly source: FeedSource) {
    this.coalescer = new Coalescer((events) => this.deliver(events));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getConnection = (): Connection => this.connection;

  /** True once the stream was refused for good. */
  get isRefused(): boolean {
    return this.refused;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.onVisibility);
    this.onVisibility();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.end();
    this.listeners.clear();
  }

  private deliver(events: readonly ServerEvent[]): void {
    try {
      this.source.apply([...events]);
    } catch (error) {
      this.doesNotFit = true;
      this.lastEventId = undefined;
      this.stream?.abort(error);
      return;
    }
    this.doesNotFit = false;
    this.lastEventId = events.findLast((event) => event.id !== undefined)?.id ?? this.lastEventId;
    this.on({ type: 'heard' });
  }

  private readonly onVisibility = () => {
    if (document.hidden) {
      this.end();
      this.on({ type: 'hidden' });
    } else if (!this.run) {
      this.on({ type: 'visible' });
      this.run = new AbortController();
      void this.follow(this.run.signal);
    }
  };

  private end(): void {
    this.run?.abort();
    this.run = undefined;
    // What was received is shown before nothing more is heard.
    this.coalescer.drain();
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let polls: AbortController | undefined;
    const stopPolling = () => {
      polls?.abort();
      polls = undefined;
    };
    signal.addEventListener('abort', stopPolling);
    while (!signal.aborted) {
      let error: unknown;
      const stream = new AbortController();
      this.stream = stream;
      try {
        await readEvents({
          url: this.source.url,
          watcher: this.source.watcher,
          lastEventId: this.lastEventId,
          signal: AbortSignal.any([signal, stream.signal]),
          onOpen: () => {
            // A node that opens its stream each time only to tell what does not fit is asked ever more slowly.
            if (!this.doesNotFit) failures = 0;
            stopPolling();
            this.on({ type: 'opened' });
          },
          onEvents: (events) => {
            if (!stream.signal.aborted) this.coalescer.push(events);
          },
        });
        error = stream.signal.aborted ? stream.signal.reason : new Error('The node has ended the event stream.');
      } catch (failure) {
        error = failure;
      }
      if (signal.aborted) return;
      this.coalescer.drain();
      if (this.source.isFinal?.(error)) {
        this.refused = true;
        this.on({ type: 'streamFailed', error: messageOf(error) });
        return;
      }
      this.on({ type: 'streamFailed', error: messageOf(error) });
      if (!polls) {
        polls = new AbortController();
        void this.pollUntil(polls.signal);
      }
      this.wake = new AbortController();
      await pause(retryDelayMs(failures++, Math.random()), AbortSignal.any([signal, this.wake.signal]));
    }
  }

  private async pollUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.source.poll(signal);
        if (signal.aborted) return;
        // What the stream told last is not what is known now: it begins anew.
        this.lastEventId = undefined;
        this.on({ type: 'polled' });
        // It is there: the stream need not wait for its next try.
        if (!this.doesNotFit) this.wake?.abort();
      } catch (error) {
        if (!signal.aborted) this.on({ type: 'pollFailed', error: messageOf(error) });
      }
      await pause(pollIntervalMs, signal);
    }
  }

  private on(event: ConnectionEvent): void {
    const next = nextConnection(this.connection, event, Date.now());
    if (next === this.connection) return;
    this.connection = next;
    for (const listener of this.listeners) listener();
  }
}

/** What browsers say of a server that is not there is different in each and helps nobody. */
export function messageOf(error: unknown): string {
  if (error instanceof TypeError) return 'It cannot be reached.';
  return error instanceof Error ? error.message : String(error);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
