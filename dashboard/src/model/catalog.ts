import type { Change, ChangeKind, Instance, ServiceDocument, Snapshot } from '../api/documents';
import { compareNatural, placeOf } from './order';

/** An instance that has left, as it was last seen. */
export interface Gone {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  readonly how: 'deregistered' | 'removed' | 'unknown';
  readonly instance: Instance | undefined;
}

export interface Counts {
  readonly total: number;
  readonly ready: number;
  readonly draining: number;
  readonly notReady: number;
}

export interface ServiceState {
  readonly name: string;
  /** The life of the data that its revisions belong to; those of another cannot be compared with them. */
  readonly epoch: string | undefined;
  readonly revision: number;
  readonly instances: ReadonlyMap<string, Instance>;
  /** The ids of the instances in natural order: a card keeps its place as long as nobody comes or goes before it. */
  readonly order: readonly string[];
  readonly gone: ReadonlyMap<string, Gone>;
  readonly counts: Counts;
}

/** What is known of the registry: immutable; services that did not change are the same objects as before. */
export interface CatalogState {
  readonly epoch: string | undefined;
  readonly revision: number;
  readonly services: ReadonlyMap<string, ServiceState>;
  /** The newest changes, newest first. */
  readonly recent: readonly Change[];
  readonly loaded: boolean;
}

export type CatalogEvent =
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'change'; change: Change }
  /** A service that was polled; the document is undefined when the node knows it no more. */
  | { type: 'service'; name: string; epoch: string; document: ServiceDocument | undefined };

export const emptyCatalog: CatalogState = { epoch: undefined, revision: 0, services: new Map(), recent: [], loaded: false };

/** How many changes are kept for the lists of events. */
export const recentLimit = 2_000;

const noCounts: Counts = { total: 0, ready: 0, draining: 0, notReady: 0 };

/** Applies events in order, as one step. The same change twice is the same as once. */
export function applyEvents(state: CatalogState, events: readonly CatalogEvent[], now: number): CatalogState {
  let { epoch, revision, loaded } = state;
  let services = state.services;
  let recent = state.recent;
  let drafts = new Map<string, Draft>();
  const draftOf = (name: string) => {
    let draft = drafts.get(name);
    if (!draft) drafts.set(name, (draft = new Draft(services.get(name) ?? emptyService(name, epoch))));
    return draft;
  };
  const settle = () => {
    if (drafts.size === 0) return;
    const next = new Map(services);
    for (const [name, draft] of drafts) next.set(name, draft.finish());
    services = next;
    drafts = new Map();
  };

  let news: Change[] = [];
  // Another life of the data: its revisions say nothing about those of before.
  const live = (next: string) => {
    if (epoch === next) return;
    epoch = next;
    revision = 0;
    recent = [];
    news = [];
  };
  for (const event of events) {
    if (event.type === 'change') {
      const { change } = event;
      revision = Math.max(revision, change.revision);
      if (!draftOf(change.service).apply(change)) continue;
      news.push(change);
    } else if (event.type === 'service') {
      live(event.document?.epoch ?? event.epoch);
      draftOf(event.name).replace(event.document, event.document?.epoch ?? event.epoch, now);
      revision = Math.max(revision, event.document?.revision ?? 0);
      loaded = true;
    } else {
      settle();
      live(event.snapshot.epoch);
      services = replaceAll(services, event.snapshot, now);
      revision = event.snapshot.revision;
      loaded = true;
    }
  }
  settle();
  if (news.length > 0) recent = [...news.reverse(), ...recent].slice(0, recentLimit);
  return { epoch, revision, services, recent, loaded };
}

/** Forgets those that left longer ago than this. The same object when there is nothing to forget. */
export function forgetGone(state: CatalogState, keepMs: number, now: number): CatalogState {
  let services: Map<string, ServiceState> | undefined;
  for (const [name, service] of state.services) {
    const kept = [...service.gone].filter(([, gone]) => now - gone.lastSeen <= keepMs);
    if (kept.length === service.gone.size) continue;
    services ??= new Map(state.services);
    services.set(name, { ...service, gone: new Map(kept) });
  }
  return services ? { ...state, services } : state;
}

export function isLeaving(kind: ChangeKind): boolean {
  return kind === 'deregistered' || kind === 'removed';
}

export function countStates(instances: Iterable<Instance>): Counts {
  let [total, ready, draining, notReady] = [0, 0, 0, 0];
  for (const { state } of instances) {
    total++;
    if (state === 'ready') ready++;
    else if (state === 'draining') draining++;
    else notReady++;
  }
  return { total, ready, draining, notReady };
}

function emptyService(name: string, epoch: string | undefined): ServiceState {
  return { name, epoch, revision: 0, instances: new Map(), order: [], gone: new Map(), counts: noCounts };
}

function replaceAll(services: ReadonlyMap<string, ServiceState>, snapshot: Snapshot, now: number): ReadonlyMap<string, ServiceState> {
  const told = new Map(snapshot.services.map((service) => [service.service, service]));
  const names = [...new Set([...services.keys(), ...told.keys()])].sort(compareNatural);
  return new Map(
    names.map((name) => {
      const draft = new Draft(services.get(name) ?? emptyService(name, snapshot.epoch));
      draft.replace(told.get(name), snapshot.epoch, now);
      return [name, draft.finish()];
    }),
  );
}

/** A service while events are applied to it: copied once, at its first change. */
class Draft {
  private instances: Map<string, Instance>;
  private gone: Map<string, Gone>;
  private order: string[];
  private epoch: string | undefined;
  private revision: number;

  constructor(private readonly service: ServiceState) {
    this.instances = new Map(service.instances);
    this.gone = new Map(service.gone);
    this.order = [...service.order];
    this.epoch = service.epoch;
    this.revision = service.revision;
  }

  /** False when the change is known already. */
  apply(change: Change): boolean {
    if (change.revision <= this.revision) return false;
    this.revision = change.revision;
    if (change.instance && !isLeaving(change.kind)) {
      if (!this.instances.has(change.id)) this.order.splice(placeOf(this.order, change.id), 0, change.id);
      this.instances.set(change.id, change.instance);
      this.gone.delete(change.id);
    } else {
      this.leave(change.id, Date.parse(change.time), change.kind === 'removed' ? 'removed' : 'deregistered');
      const place = placeOf(this.order, change.id);
      if (this.order[place] === change.id) this.order.splice(place, 1);
    }
    return true;
  }

  /** What is told of it now, in whole; nothing when it is not known. */
  replace(told: { readonly instances: readonly Instance[]; readonly revision: number } | undefined, epoch: string, now: number): void {
    const before = this.instances;
    const isSameLife = this.epoch === epoch;
    this.instances = new Map(told?.instances.map((instance) => [instance.id, isSameLife ? sameOr(before.get(instance.id), instance) : instance]));
    for (const id of before.keys()) {
      if (this.instances.has(id)) continue;
      this.gone.set(id, { id, lastSeen: now, how: 'unknown', instance: before.get(id) });
    }
    for (const id of this.instances.keys()) this.gone.delete(id);
    this.order = [...this.instances.keys()].sort(compareNatural);
    this.revision = told?.revision ?? (isSameLife ? this.revision : 0);
    this.epoch = epoch;
  }

  finish(): ServiceState {
    return {
      name: this.service.name,
      epoch: this.epoch,
      revision: this.revision,
      instances: this.instances,
      order: this.order,
      gone: this.gone,
      counts: countStates(this.instances.values()),
    };
  }

  private leave(id: string, lastSeen: number, how: Gone['how']): void {
    const instance = this.instances.get(id);
    this.instances.delete(id);
    this.gone.set(id, { id, lastSeen, how, instance });
  }
}

// An instance that is as before stays the same object, so that its card is not drawn again.
function sameOr(before: Instance | undefined, after: Instance): Instance {
  return before && before.revision === after.revision && before.state === after.state && before.reason === after.reason ? before : after;
}
