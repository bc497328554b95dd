import type { Change, ChangeKind } from '../../api/documents';
import { Age, Panel } from '../../components/basics';
import { formatNumber } from '../../model/format';

const words: Record<ChangeKind, string> = {
  registered: 'registered',
  updated: 'registered anew',
  status: 'changed',
  draining: 'drains',
  expired: 'lease lapsed',
  revived: 'lease renewed',
  deregistered: 'deregistered',
  removed: 'removed',
};

const tones: Record<ChangeKind, string> = {
  registered: 'ready',
  updated: 'ready',
  status: 'booting',
  draining: 'draining',
  expired: 'error',
  revived: 'ready',
  deregistered: 'gone',
  removed: 'error',
};

const shown = 60;

export function EventsPanel({ changes, now, onPick }: { changes: readonly Change[]; now: number; onPick: (id: string) => void }) {
  return (
    <Panel title="Events" aside={changes.length > shown ? `the last ${shown} of ${formatNumber(changes.length)}` : 'last hour'}>
      <EventList changes={changes} now={now} most={shown} onPick={onPick} />
    </Panel>
  );
}

export function EventList({ changes, now, most, onPick, ofOne = false }: { changes: readonly Change[]; now: number; most: number; onPick?: (id: string) => void; ofOne?: boolean }) {
  const newest = changes.slice(-most).reverse();
  if (newest.length === 0) return <p className="faint quiet">Nothing happened in the last hour.</p>;
  return (
    <ol className="events" tabIndex={0} aria-label="Events, newest first">
      {newest.map((change) => (
        <li key={change.revision} data-status={change.kind === 'status' && change.state === 'ready' ? 'ready' : tones[change.kind]}>
          <Age at={Date.parse(change.time)} now={now} />
          {onPick ? (
            <button type="button" className="text-button" onClick={() => onPick(change.id)}>
              {change.id}
            </button>
          ) : (
            !ofOne && <b>{change.id}</b>
          )}
          <span>{change.kind === 'status' ? (change.state === 'ready' ? 'is ready' : 'is not ready') : words[change.kind]}</span>
          {change.reason && <span className="event-reason">{change.reason}</span>}
        </li>
      ))}
    </ol>
  );
}
