import type { Change } from '../../api/documents';
import { Notice, Panel, StatusBadge } from '../../components/basics';
import { countStates } from '../../model/catalog';
import { plural } from '../../model/format';
import { compareNatural } from '../../model/order';
import { statusOf } from '../../model/status';
import { changesBetween } from '../../model/timeline';
import { EventList } from '../service/EventsPanel';
import { useServiceAt } from './TimelinePage';

const around = 5 * 60_000;

/** The instances at one moment, and what happened around it. */
export function Moment({ service, at, changes, now }: { service: string; at: number | undefined; changes: readonly Change[]; now: number }) {
  const { data, error } = useServiceAt(service, at);
  const moment = at ?? now;
  const near = [...changesBetween(changes, moment - around, moment + around)].reverse();
  const counts = countStates(data?.instances ?? []);
  return (
    <div className="split">
      <div className="split-main">
        {error && <Notice tone="error">{error.message}</Notice>}
        {data && (
          <Panel title={at === undefined ? 'Instances now' : 'Instances then'} aside={`${plural(counts.total, 'instance')}, ${counts.ready} ready`}>
            {data.instances.length === 0 ? (
              <p className="faint quiet">It had no instance.</p>
            ) : (
              <ul className="then">
                {[...data.instances]
                  .sort((a, b) => compareNatural(a.id, b.id))
                  .map((instance) => (
                    <li key={instance.id}>
                      <span className="then-id">{instance.id}</span>
                      <StatusBadge status={statusOf(instance, false)} />
                      <code>
                        {instance.address}:{Object.values(instance.ports)[0]}
                      </code>
                      <span className="faint">{instance.zone && `zone ${instance.zone}`}</span>
                      <span className="faint clip">{instance.reason}</span>
                    </li>
                  ))}
              </ul>
            )}
          </Panel>
        )}
      </div>
      <aside className="split-side">
        <Panel title="Around this moment" aside="5 m before and after">
          <EventList changes={near} now={now} most={100} />
        </Panel>
      </aside>
    </div>
  );
}
