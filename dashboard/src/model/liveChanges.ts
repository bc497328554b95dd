import type { ServerEvent } from '../api/eventParser';

/** A document and the version it is; undefined when that is not known, as of one that was polled. */
export interface Versioned<Document> {
  readonly document: Document;
  readonly version: string | undefined;
}

/** What makes a document of the one before, whose version is `from`: all of it but the instances, of which only those that changed are there, each with its place, and those that are gone. */
export type LiveChanges<Instance, Document extends { instances: readonly Instance[] }> = Omit<Document, 'instances'> & {
  from: string;
  changed: readonly { index: number; instance: Instance }[];
  removed: readonly string[];
};

/** The document that the changes lead to. What has not changed is the same object as before, so that it is not drawn again. */
export function applyChanges<Instance extends { instanceId: string }, Document extends { instances: readonly Instance[] }>(
  document: Document,
  changes: LiveChanges<Instance, Document>,
): Document {
  const { from: _, changed, removed, ...rest } = changes;
  const left = new Set([...removed, ...changed.map(({ instance }) => instance.instanceId)]);
  const instances = document.instances.filter((instance) => !left.has(instance.instanceId));
  for (const { index, instance } of changed) instances.splice(index, 0, instance);
  return { ...rest, instances } as unknown as Document;
}

/** The document after the events of its stream. Throws when changes build on another version than the one that is known: only the whole helps then. */
export function applyLiveEvents<Instance extends { instanceId: string }, Document extends { instances: readonly Instance[] }>(
  known: Versioned<Document> | undefined,
  events: readonly ServerEvent[],
): Versioned<Document> | undefined {
  let next = known;
  for (const event of events) {
    if (event.type === 'instances') {
      next = { document: JSON.parse(event.data) as Document, version: event.id };
    } else if (event.type === 'changes') {
      const changes = JSON.parse(event.data) as LiveChanges<Instance, Document>;
      if (next?.version === undefined || changes.from !== next.version) throw new Error('The node has told changes of a document that is not the one shown.');
      next = { document: applyChanges(next.document, changes), version: event.id };
    }
  }
  return next;
}
