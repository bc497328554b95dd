import { NodeProblem } from '../../../api/client';

export function isRefusedOwner(error: Error | null): boolean {
  return error instanceof NodeProblem && error.kind === 'not-owner';
}

/** Asked for once the node has said that the instance has an owner. */
export function OwnerField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className="field">
      The secret of its owner
      <input type="password" autoComplete="off" value={value} onChange={(event) => onChange(event.target.value)} maxLength={256} />
    </label>
  );
}
