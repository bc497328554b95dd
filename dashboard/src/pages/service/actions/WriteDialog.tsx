import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { node } from '../../../api/client';
import type { Instance } from '../../../api/documents';
import { Dialog, Notice } from '../../../components/basics';
import type { Action } from './ActionDialog';
import { isRefusedOwner, OwnerField } from './OwnerField';

interface Props {
  action: Exclude<Action, 'drain'>;
  service: string;
  instance: Instance;
  onClose: () => void;
}

const texts = {
  maintenance: {
    title: 'Maintenance',
    words: 'It becomes not ready and is sent nothing, until it is set ready again or registers anew. Requests under way are not waited for: drain does that.',
    confirm: 'Begin maintenance',
  },
  ready: { title: 'Set ready', words: 'It becomes ready and is sent requests again. That ends a drain as well.', confirm: 'Set ready' },
  deregister: {
    title: 'Deregister',
    words: 'It leaves the registry at once, without a drain. An application that still runs registers again when it next renews its lease.',
    confirm: 'Deregister',
  },
} as const;

/** Asks before a write that needs no preview. */
export function WriteDialog({ action, service, instance, onClose }: Props) {
  const [reason, setReason] = useState('maintenance');
  const [owner, setOwner] = useState('');
  const text = texts[action];
  const write = useMutation({
    mutationFn: () => {
      const secret = owner || undefined;
      if (action === 'deregister') return node.deregister(service, instance.id, secret);
      return node.setStatus(service, instance.id, action === 'ready', action === 'ready' ? undefined : reason, secret);
    },
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    write.mutate();
  };
  return (
    <Dialog title={`${text.title}: ${instance.id}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{text.words}</p>
        {action === 'maintenance' && (
          <label className="field">
            Reason
            <input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={256} required />
          </label>
        )}
        {isRefusedOwner(write.error) && <OwnerField value={owner} onChange={setOwner} />}
        {write.error && <Notice tone="error">{write.error.message}</Notice>}
        <footer className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={`button ${action === 'deregister' ? 'danger-solid' : 'primary'}`} disabled={write.isPending}>
            {text.confirm}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
