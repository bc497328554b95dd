import { useMemo } from 'react';
import type { Change, Watchers } from '../../api/documents';
import { Age, Panel } from '../../components/basics';
import { watcherPrefix } from '../../live/LiveProvider';
import { convergenceOf } from '../../model/convergence';
import { formatDuration, plural } from '../../model/format';

const shown = 40;

/** Who watches the service, and how far each has come. */
export function WatchersPanel({ watchers, changes, now }: { watchers: Watchers | undefined; changes: readonly Change[]; now: number }) {
  // People who look at this page are no callers.
  const callers = useMemo(() => watchers?.watchers.filter((watcher) => !watcher.id.startsWith(watcherPrefix)) ?? [], [watchers]);
  const dashboards = (watchers?.watchers.length ?? 0) - callers.length;
  const result = useMemo(() => convergenceOf(watchers?.revision ?? 0, callers, changes, now), [watchers, callers, changes, now]);
  return (
    <Panel title="Watchers" aside={plural(callers.length, 'watcher')}>
      {callers.length === 0 ? (
        <p className="faint quiet">Nobody watches it{dashboards > 0 ? `, apart from ${plural(dashboards, 'dashboard')}` : ''}.</p>
      ) : (
        <>
          <dl className="figures">
            <div data-tone={result.stragglers.length > 0 ? 'warn' : 'good'}>
              <dt>applied</dt>
              <dd>
                {result.converged}/{callers.length}
              </dd>
            </div>
            <div>
              <dt>lag p50</dt>
              <dd>{formatDuration(result.p50Ms)}</dd>
            </div>
            <div>
              <dt>lag p99</dt>
              <dd>{formatDuration(result.p99Ms)}</dd>
            </div>
          </dl>
          {result.stragglers.length > 0 && (
            <p className="stragglers">
              Behind: {result.stragglers.slice(0, 5).map((lag) => `${lag.watcher.id} (${plural(lag.behind, 'change')}, ${formatDuration(lag.lagMs)})`).join(', ')}
              {result.stragglers.length > 5 && ` and ${result.stragglers.length - 5} more`}
            </p>
          )}
          <ul className="watchers" tabIndex={0} aria-label="Watchers and what each has applied">
            {result.lags.slice(0, shown).map((lag) => (
              <li key={`${lag.watcher.id} ${lag.watcher.since}`} data-behind={lag.behind > 0 || undefined}>
                <span className="clip" title={lag.watcher.remote}>
                  {lag.watcher.id}
                </span>
                <span className="tag" title={lag.proves ? 'A blocking query: it says what it has applied.' : 'An event stream: it was told; what it did with that is not known.'}>
                  {lag.proves ? 'applied' : 'told'} {lag.watcher.applied}
                </span>
                <span className="faint">
                  <Age at={Date.parse(lag.watcher.lastSeen)} now={now} />
                </span>
              </li>
            ))}
          </ul>
          {result.lags.length > shown && <p className="faint quiet">and {result.lags.length - shown} more</p>}
          {dashboards > 0 && <p className="faint quiet">{plural(dashboards, 'dashboard')} as well.</p>}
        </>
      )}
    </Panel>
  );
}
