import { isNotFound, node } from '../api/client';
import type { LiveDocument, LiveInstance } from '../api/documents';
import { applyLiveEvents, type Versioned } from '../model/liveChanges';
import { Feed } from './feed';

/** A service with the health of its instances, live; undefined for as long as the node has none to tell. */
export class ServiceFeed {
  readonly feed: Feed;
  private known: Versioned<LiveDocument> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(service: string, watcher: string) {
    this.feed = new Feed({
      url: `/api/instances/live/events?service=${encodeURIComponent(service)}&changes=true`,
      watcher,
      apply: (events) => {
        const next = applyLiveEvents<LiveInstance, LiveDocument>(this.known, events);
        if (next && next !== this.known) this.publish(next);
      },
      poll: async (signal) => this.publish({ document: await node.live(service, signal), version: undefined }),
      isFinal: isNotFound,
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getDocument = (): LiveDocument | undefined => this.known?.document;

  start(): void {
    this.feed.start();
  }

  stop(): void {
    this.feed.stop();
    this.listeners.clear();
  }

  private publish(next: Versioned<LiveDocument>): void {
    this.known = next;
    for (const listener of this.listeners) listener();
  }
}
