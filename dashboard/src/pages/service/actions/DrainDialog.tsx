import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { node } from '../../../api/client';
import type { DrainResult, Instance, Watcher } from '../../../api/documents';
import { Dialog, Notice } from '../../../components/basics';
import { useCapabilities } from '../../../live/capabilities';
import { previewDrain } from '../../../model/drain';
import { plural } from '../../../model/format';
import { isRefusedOwner, OwnerField } from './OwnerField';

interface Props {
  service: string;
  instance: Instance;
  instances: readonly Instance[];
  watchers: readonly Watcher[];
  onClose: () => void;
}

const timeouts = [5, 30, 120, 600];

/** Shows what a drain leaves, then drains and says who has applied it. */
export function DrainDialog({ service, instance, instances, watchers, onClose }: Props) {
  const capabilities = useCapabilities();
  const [seconds, setSeconds] = useState(30);
  const [force, setForce] = useState('');
  const [owner, setOwner] = useState('');
  const { data, error: previewError } = useQuery({
    queryKey: ['drain', service, instance.id],
    queryFn: ({ signal }) => node.previewDrain(service, instance.id, signal),
    enabled: capabilities.drainPreview,
    retry: false,
  });
  const preview = data ?? previewDrain(service, instance.id, instances, watchers);
  const drain = useMutation({ mutationFn: () => node.drain(service, instance.id, seconds, preview.allowed ? undefined : force, owner || undefined) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    drain.mutate();
  };
  return (
    <Dialog title={`Drain ${instance.id}`} onClose={onClose}>
      {drain.data ? (
        <Result result={drain.data} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <p>It finishes the requests it has and is sent no new ones. The drain is complete when every caller has applied that.</p>
          <p className="preview" data-tone={preview.allowed && preview.emptyZones.length === 0 && preview.after.ready > 0 ? 'info' : 'warn'}>
            {preview.message}
          </p>
          {preview.after.ready === 0 && preview.before.ready > 0 && <Notice tone="warn">Nobody else is ready: requests to {service} will fail.</Notice>}
          {preview.callers.length > 0 && (
            <p className="faint">
              {plural(preview.callers.length, 'caller')} to tell: {preview.callers.slice(0, 8).join(', ')}
              {preview.callers.length > 8 && ` and ${preview.callers.length - 8} more`}
            </p>
          )}
          {previewError && <Notice tone="warn">The node cannot say what it would leave: {previewError.message}</Notice>}
          {!preview.allowed && (
            <label className="field">
              Below the floor of {preview.floor} ready. Drain all the same, because
              <input value={force} onChange={(event) => setForce(event.target.value)} required maxLength={256} placeholder="the reason, for the log" />
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
            <button type="submit" className="button primary" disabled={drain.isPending}>
              {drain.isPending ? 'Waiting for callers…' : 'Drain'}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

function Result({ result, onClose }: { result: DrainResult; onClose: () => void }) {
  return (
    <>
      <Notice tone={result.complete ? 'info' : 'warn'}>
        {result.complete
          ? `Complete after ${result.elapsed}: ${result.watchers === 0 ? 'nobody watches it' : `all of ${plural(result.watchers, 'watcher')} have applied it`}.`
          : `Not complete after ${result.elapsed}: ${plural(result.waiting.length, 'watcher')} of ${result.watchers} have not applied it.`}
        {result.told > 0 && ` ${plural(result.told, 'event stream was', 'event streams were')} told; what became of that is not known.`}
      </Notice>
      {result.waiting.length > 0 && (
        <ul className="waiting">
          {result.waiting.map((watcher) => (
            <li key={watcher.id}>
              {watcher.id} <span className="faint">has applied revision {watcher.applied}</span>
            </li>
          ))}
        </ul>
      )}
      <footer className="dialog-actions">
        <button type="button" className="button primary" onClick={onClose}>
          Close
        </button>
      </footer>
    </>
  );
}
