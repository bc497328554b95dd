import type { Instance } from '../api/documents';
import { compareNatural } from './order';

export interface FieldChange {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface InstanceChange {
  readonly id: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'same';
  readonly before: Instance | undefined;
  readonly after: Instance | undefined;
  readonly fields: readonly FieldChange[];
}

/** How one set of instances became another, in natural order of their ids. */
export function diffInstances(before: readonly Instance[], after: readonly Instance[]): readonly InstanceChange[] {
  const old = new Map(before.map((instance) => [instance.id, instance]));
  const young = new Map(after.map((instance) => [instance.id, instance]));
  return [...new Set([...old.keys(), ...young.keys()])].sort(compareNatural).map((id): InstanceChange => {
    const [a, b] = [old.get(id), young.get(id)];
    if (!a) return { id, kind: 'added', before: a, after: b, fields: [] };
    if (!b) return { id, kind: 'removed', before: a, after: b, fields: [] };
    const fields = diffFields(flatten(a), flatten(b));
    return { id, kind: fields.length > 0 ? 'changed' : 'same', before: a, after: b, fields };
  });
}

function diffFields(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): FieldChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => ({ field, before: before.get(field), after: after.get(field) }));
}

// Revision and since change with every change; they say nothing by themselves.
function flatten(instance: Instance): ReadonlyMap<string, string> {
  const fields = new Map<string, string>([
    ['state', instance.state],
    ['address', instance.address],
    ['weight', String(instance.weight)],
  ]);
  const put = (field: string, value: string | undefined) => value !== undefined && fields.set(field, value);
  put('reason', instance.reason);
  put('zone', instance.zone);
  put('node', instance.node);
  for (const [name, port] of Object.entries(instance.ports)) put(`port ${name}`, String(port));
  for (const [key, value] of Object.entries(instance.metadata ?? {})) put(key, value);
  return fields;
}
