/** What makes a document of the one before: all of it but the instances, of which only those that changed are there, each with its place, and those that are gone. */
export type LiveChanges<Instance, Document extends { instances: readonly Instance[] }> = Omit<Document, 'instances'> & {
  changed: readonly { index: number; instance: Instance }[];
  removed: readonly string[];
};

/** The document that the changes lead to. What has not changed is the same object as before, so that it is not drawn again. */
export function applyChanges<Instance extends { instanceId: string }, Document extends { instances: readonly Instance[] }>(
  document: Document,
  changes: LiveChanges<Instance, Document>,
): Document {
  const { changed, removed, ...rest } = changes;
  const left = new Set([...removed, ...changed.map(({ instance }) => instance.instanceId)]);
  const instances = document.instances.filter((instance) => !left.has(instance.instanceId));
  for (const { index, instance } of changed) instances.splice(index, 0, instance);
  return { ...rest, instances } as unknown as Document;
}
