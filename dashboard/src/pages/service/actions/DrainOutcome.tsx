import type { DrainResult } from '../../../api/documents';
import { Notice } from '../../../components/basics';
import { plural } from '../../../model/format';

/** How a drain ended: complete, or who has not applied it. */
export function DrainOutcome({ result, onClose }: { result: DrainResult; onClose: () => void }) {
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
