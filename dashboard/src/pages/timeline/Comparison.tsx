import { useMemo } from 'react';
import type { Change } from '../../api/documents';
import { Notice, Panel } from '../../components/basics';
import { diffInstances, type InstanceChange } from '../../model/diff';
import { formatTime, plural } from '../../model/format';
import { changesBetween } from '../../model/timeline';
import { EventList } from '../service/EventsPanel';
import { useServiceAt } from './TimelinePage';

interface Props {
  service: string;
  from: number | undefined;
  to: number | undefined;
  changes: readonly Change[];
  now: number;
}

const words: Record<InstanceChange['kind'], string> = { added: 'came', removed: 'left', changed: 'changed', same: 'as before' };
const tones: Record<InstanceChange['kind'], string> = { added: 'ready', removed: 'error', changed: 'degraded', same: 'unknown' };

/** What is different between two moments, the earlier one first whichever was chosen first. */
export function Comparison({ service, from, to, changes, now }: Props) {
  const [first, second] = (from ?? now) <= (to ?? now) ? [from, to] : [to, from];
  const before = useServiceAt(service, first);
  const after = useServiceAt(service, second);
  const all = useMemo(() => diffInstances(before.data?.instances ?? [], after.data?.instances ?? []), [before.data, after.data]);
  const different = all.filter((each) => each.kind !== 'same');
  const error = before.error ?? after.error;
  const between = [...changesBetween(changes, first ?? now, second ?? now)].reverse();
  const count = (kind: InstanceChange['kind']) => all.filter((each) => each.kind === kind).length;
  return (
    <div className="split">
      <div className="split-main">
        {error && <Notice tone="error">{error.message}</Notice>}
        <Panel title={`${first === undefined ? 'Now' : formatTime(first, now)} → ${second === undefined ? 'now' : formatTime(second, now)}`} aside={`${count('added')} came, ${count('removed')} left, ${count('changed')} changed, ${count('same')} as before`}>
          {different.length === 0 ? (
            <p className="faint quiet">{before.data && after.data ? 'Nothing is different.' : 'Loading.'}</p>
          ) : (
            <ul className="then">
              {different.map((each) => (
                <li key={each.id} data-status={tones[each.kind]} className="difference">
                  <span className="then-id">{each.id}</span>
                  <span className="status">{words[each.kind]}</span>
                  <span className="fields">
                    {each.kind === 'changed'
                      ? each.fields.map((field) => (
                          <span key={field.field}>
                            <span className="faint">{field.field}</span> {field.before ?? 'none'} → {field.after ?? 'none'}
                          </span>
                        ))
                      : (each.after ?? each.before) && (
                          <span>
                            {(each.after ?? each.before)!.state}, <code>{(each.after ?? each.before)!.address}</code>
                          </span>
                        )}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <aside className="split-side">
        <Panel title="In between" aside={plural(between.length, 'change')}>
          <EventList changes={between} now={now} most={200} />
        </Panel>
      </aside>
    </div>
  );
}
