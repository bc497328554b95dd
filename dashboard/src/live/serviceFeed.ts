import { isNotFound, node } from '../api/client';
import type { LiveDocument, LiveInstance } from '../api/documents';
import { applyChanges, type LiveChanges } from '../model/liveChanges';
import { Feed } from './feed';

/** A service with the health of its instances, live; undefined for as long as the node has none to tell. */
export class ServiceFeed {
  readonly feed: Feed;
  private document: LiveDocument | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(service: string, watcher: string) {
    this.feed = new Feed({
      url: `/api/instances/live/events?service=${encodeURIComponent(service)}&changes=true`,
      watcher,
      apply: (events) => {
        let { document } = this;
        for (const event of events) {
          if (event.type === 'instances') document = JSON.parse(event.data) as LiveDocument;
          else if (event.type === 'changes' && document) document = applyChanges(document, JSON.parse(event.data) as LiveChanges<LiveInstance, LiveDocument>);
        }
        if (document && document !== this.document) this.publish(document);
      },
      poll: async (signal) => this.publish(await node.live(service, signal)),
      isFinal: isNotFound,
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getDocument = (): LiveDocument | undefined => this.document;

  start(): void {
    this.feed.start();
  }

  stop(): void {
    this.feed.stop();
    this.listeners.clear();
  }

  private publish(document: LiveDocument): void {
    this.document = document;
    for (const listener of this.listeners) listener();
  }
}
