import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { node } from '../../../api/client';
import type { DrainPreview, Instance } from '../../../api/documents';
import { Dialog, Notice } from '../../../components/basics';
import { plural } from '../../../model/format';
import { DrainOutcome } from './DrainOutcome';
import { isRefusedOwner, OwnerField } from './OwnerField';

interface Props {
  service: string;
  instance: Instance;
  onClose: () => void;
}

const timeouts = [5, 30, 120, 600];

/** Shows what a drain leaves, as the node says, then drains and says who has applied it. */
export function DrainDialog({ service, instance, onClose }: Props) {
  const [seconds, setSeconds] = useState(30);
  const [force, setForce] = useState('');
  const [owner, setOwner] = useState('');
  const drain = useMutation({
    mutationFn: (isForced: boolean) => node.drain(service, instance.id, seconds, isForced ? force : undefined, owner || undefined),
    // Somebody else may have been faster: what it leaves is then another thing than what was shown.
    onError: () => void asked.refetch(),
  });
  const asked = useQuery({
    queryKey: ['drain', service, instance.id],
    queryFn: ({ signal }) => node.previewDrain(service, instance.id, signal),
    refetchInterval: 2_000,
    enabled: drain.isIdle || drain.isError,
    retry: false,
  });
  const preview = asked.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (preview) drain.mutate(!preview.allowed);
  };
  return (
    <Dialog title={`Drain ${instance.id}`} onClose={onClose}>
      {drain.data ? (
        <DrainOutcome result={drain.data} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <p>It finishes the requests it has and is sent no new ones. The drain is complete when every caller has applied that.</p>
          {preview ? <Preview preview={preview} /> : !asked.error && <p className="preview faint">What it leaves is being asked.</p>}
          {asked.error && <Notice tone="error">The node does not say what it would leave: {asked.error.message}</Notice>}
          {preview && !preview.allowed && (
            <label className="field">
              Why it is to be drained all the same
              <input value={force} onChange={(event) => setForce(event.target.value)} required maxLength={256} placeholder="kept with the instance and in its history" />
            </label>
          )}
          <label className="field">
            Wait for callers
            <select value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
              {timeouts.map((each) => (
                <option key={each} value={each}>
                  {each < 60 ? `${each} s` : `${each / 60} m`}
                </option>
              ))}
            </select>
          </label>
          {isRefusedOwner(drain.error) && <OwnerField value={owner} onChange={setOwner} />}
          {drain.error && <Notice tone="error">{drain.error.message}</Notice>}
          <footer className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className={`button ${preview?.allowed === false ? 'danger-solid' : 'primary'}`} disabled={!preview || drain.isPending}>
              {drain.isPending ? 'Waiting for callers…' : preview?.allowed === false ? 'Drain all the same' : 'Drain'}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

function Preview({ preview }: { preview: DrainPreview }) {
  const { allowed, emptyZones, after, before, callers, floor, service } = preview;
  return (
    <>
      <p className="preview" data-tone={allowed && emptyZones.length === 0 && after.ready > 0 ? 'info' : 'warn'}>
        {preview.message}
      </p>
      {!allowed && (
        <Notice tone="warn">
          The node keeps {plural(floor, 'instance')} of a service ready and refuses this drain without a reason.
        </Notice>
      )}
      {after.ready === 0 && before.ready > 0 && <Notice tone="warn">Nobody else is ready: requests to {service} will fail.</Notice>}
      {callers.length > 0 && (
        <p className="faint">
          {plural(callers.length, 'caller')} to tell: {callers.slice(0, 8).join(', ')}
          {callers.length > 8 && ` and ${callers.length - 8} more`}
        </p>
      )}
    </>
  );
}
