import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { node } from '../../api/client';
import { Empty, Notice, Segmented } from '../../components/basics';
import { useChanges, useNow, useService, useServiceList } from '../../live/LiveProvider';
import { useRouter } from '../../live/router';
import { spanFrom } from '../../model/series';
import { momentOf, type Window, windows } from '../../model/timeline';
import { Comparison } from './Comparison';
import { Moment } from './Moment';
import { Scrubber } from './Scrubber';
import './timeline.css';

const options = (Object.keys(windows) as Window[]).map((value) => ({ value, label: value }));

/** The registry as it was: one moment, or two beside each other. Both are in the address bar. */
export default function TimelinePage() {
  const { parameters, setParameters } = useRouter();
  const list = useServiceList();
  const names = [...list.keys()].sort();
  const service = parameters.get('service') ?? names[0] ?? '';
  const window = options.find((option) => option.value === parameters.get('window'))?.value ?? '1h';
  const now = useNow(5_000);
  const current = useService(service);
  const { changes, truncated, completeSince, error } = useChanges(service, window, 10_000);
  const at = momentOf(parameters.get('at'));
  const compared = momentOf(parameters.get('to'));
  const isComparing = parameters.get('to') !== null;
  // A link may lie outside the window that it is opened with.
  const from = Math.min(spanFrom(windows[window], completeSince, now), at ?? now, compared ?? now);
  const instances = useMemo(() => [...(current?.instances.values() ?? [])], [current]);

  return (
    <div className="page">
      <div className="page-head">
        <h1>Timeline</h1>
        <label className="inline-field">
          <span className="visually-hidden">Service</span>
          <select value={service} onChange={(event) => setParameters({ service: event.target.value })}>
            {(names.includes(service) || service === '' ? names : [service, ...names]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <Segmented<Window> label="Window" value={window} options={options} onChange={(next) => setParameters({ window: next })} />
        <label className="inline-field">
          <input type="checkbox" checked={isComparing} onChange={(event) => setParameters({ to: event.target.checked ? 'now' : undefined, at: event.target.checked && at === undefined ? new Date(from).toISOString() : (parameters.get('at') ?? undefined) })} />
          Compare with another moment
        </label>
      </div>
      {error && <Notice tone="error">{error.message}</Notice>}
      {truncated && <Notice tone="info">There were more changes than are shown; those are the newest.</Notice>}
      {!service ? (
        <Empty title="No services yet" />
      ) : (
        <>
          <Scrubber label={isComparing ? 'First moment' : 'Moment'} instances={instances} changes={changes} from={from} to={now} at={at} onMove={(moment) => setParameters({ at: moment === undefined ? undefined : new Date(moment).toISOString() })} />
          {isComparing && <Scrubber label="Second moment" instances={instances} changes={changes} from={from} to={now} at={compared} onMove={(moment) => setParameters({ to: moment === undefined ? 'now' : new Date(moment).toISOString() })} />}
          {isComparing ? <Comparison service={service} from={at} to={compared} changes={changes} now={now} /> : <Moment service={service} at={at} changes={changes} now={now} />}
        </>
      )}
    </div>
  );
}

/** A service at a moment; now without one. */
export function useServiceAt(service: string, at: number | undefined) {
  const moment = at === undefined ? undefined : new Date(at).toISOString();
  return useQuery({
    queryKey: ['service', service, moment ?? 'now'],
    queryFn: ({ signal }) => node.service(service, moment, signal),
    refetchInterval: moment === undefined ? 2_000 : false,
    staleTime: moment === undefined ? 0 : Number.POSITIVE_INFINITY,
    placeholderData: (before) => (before?.service === service ? before : undefined),
    retry: false,
  });
}
