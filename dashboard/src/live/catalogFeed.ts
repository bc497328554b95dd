import { isNotFound, node } from '../api/client';
import type { Change, ServiceDocument, Snapshot } from '../api/documents';
import type { ServerEvent } from '../api/eventParser';
import { applyEvents, type CatalogEvent, type CatalogState, emptyCatalog, forgetGone } from '../model/catalog';
import { Feed } from './feed';

/** Polls of one round that are under way at once. */
const pollsAtOnce = 4;

/** The whole registry, live. */
export class CatalogFeed {
  readonly feed: Feed;
  private state: CatalogState = emptyCatalog;
  private readonly listeners = new Set<() => void>();
  private forgetting: ReturnType<typeof setInterval> | undefined;

  constructor(
    watcher: string,
    private readonly keepGoneMs: () => number,
  ) {
    this.feed = new Feed({ url: '/api/watch', watcher, apply: (events) => this.apply(read(events)), poll: (signal) => this.poll(signal) });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): CatalogState => this.state;

  start(): void {
    this.feed.start();
    this.forgetting = setInterval(() => this.publish(forgetGone(this.state, this.keepGoneMs(), Date.now())), 5_000);
  }

  stop(): void {
    clearInterval(this.forgetting);
    this.feed.stop();
  }

  private apply(events: readonly CatalogEvent[]): void {
    if (events.length > 0) this.publish(applyEvents(this.state, events, Date.now()));
  }

  private publish(state: CatalogState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  // The list says which services have changed; only these are asked for, and all of them in another life of the data.
  private async poll(signal: AbortSignal): Promise<void> {
    const [{ epoch }, list] = await Promise.all([node.status(signal), node.services(signal)]);
    const { services } = this.state;
    const isAsKnown = (name: string, revision: number) => services.get(name)?.epoch === epoch && services.get(name)?.revision === revision;
    const names = new Set(list.services.map((summary) => summary.name));
    const lost = [...services.values()].filter((service) => !names.has(service.name) && (service.counts.total > 0 || service.epoch !== epoch));
    const events: CatalogEvent[] = lost.map((service) => ({ type: 'service', name: service.name, epoch, document: undefined }));
    const next = list.services.filter((summary) => !isAsKnown(summary.name, summary.revision)).map((summary) => summary.name).values();
    await Promise.all(
      Array.from({ length: pollsAtOnce }, async () => {
        for (const name of next) events.push({ type: 'service', name, epoch, document: await serviceOrNone(name, signal) });
      }),
    );
    this.apply(events);
  }
}

async function serviceOrNone(name: string, signal: AbortSignal): Promise<ServiceDocument | undefined> {
  try {
    return await node.service(name, undefined, signal);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function read(events: readonly ServerEvent[]): CatalogEvent[] {
  return events.flatMap((event): CatalogEvent[] => {
    if (event.type === 'snapshot') return [{ type: 'snapshot', snapshot: JSON.parse(event.data) as Snapshot }];
    if (event.type === 'change') return [{ type: 'change', change: JSON.parse(event.data) as Change }];
    return [];
  });
}
