import { useDeferredValue, useMemo } from 'react';
import { Empty, Segmented } from '../../components/basics';
import { SearchBox } from '../../components/SearchBox';
import { useCatalog, useChanges, useNow, useServiceList } from '../../live/LiveProvider';
import { useScores } from '../../live/useScores';
import { useRouter } from '../../live/router';
import { plural } from '../../model/format';
import { commonValues, instanceRows, serviceRows, versionOf } from '../../model/rows';
import { parseSearch, toggleTerm } from '../../model/search';
import { byService, hourFrom } from '../../model/series';
import { InstanceTable } from './InstanceTable';
import { ServiceCards } from './ServiceCards';
import { ServiceTable } from './ServiceTable';
import { Totals } from './Totals';

const views = [
  { value: 'table', label: 'Table', icon: 'table' },
  { value: 'cards', label: 'Cards', icon: 'cards' },
  { value: 'instances', label: 'Instances', icon: 'list' },
] as const;

type View = (typeof views)[number]['value'];

export function ServicesPage() {
  const { parameters, setParameters } = useRouter();
  const catalog = useDeferredValue(useCatalog());
  const summaries = useServiceList();
  const scores = useScores();
  const { changes, completeSince } = useChanges();
  const now = useNow(5_000);
  const from = hourFrom(completeSince, now);
  const query = parameters.get('q') ?? '';
  const view = views.find((each) => each.value === parameters.get('view'))?.value ?? 'table';
  const sort = parameters.get('sort') ?? (view === 'instances' ? 'service' : 'name');

  const deferred = useDeferredValue(query);
  const terms = useMemo(() => parseSearch(deferred), [deferred]);
  const changesOf = useMemo(() => byService(changes), [changes]);
  const services = useMemo(() => serviceRows(catalog, summaries, scores, terms, changesOf), [catalog, summaries, scores, terms, changesOf]);
  const instances = useMemo(() => (view === 'instances' ? instanceRows(catalog, summaries, scores, terms) : []), [view, catalog, summaries, scores, terms]);
  const suggestions = useMemo(() => {
    const offered: [string, string][] = [
      ['state', 'booting'],
      ['state', 'draining'],
      ['score', '<70'],
      ...commonValues(catalog, (instance) => instance.zone, 4).map((zone): [string, string] => ['zone', zone]),
      ...commonValues(catalog, versionOf, 3).map((version): [string, string] => ['version', version]),
    ];
    return offered.map(([field, value]) => {
      const next = toggleTerm(query, field, value);
      return { term: `${field}:${value}`, on: next.length < query.length, toggle: () => setParameters({ q: next }) };
    });
  }, [catalog, query, setParameters]);

  const setSort = (next: string) => setParameters({ sort: next });
  const shown = view === 'instances' ? plural(instances.length, 'instance') : plural(services.length, 'service');
  return (
    <div className="page">
      <div className="page-head">
        <h1>Services</h1>
        <Totals catalog={catalog} />
      </div>
      <div className="toolbar">
        <SearchBox value={query} onChange={(q) => setParameters({ q })} label="Search services and instances" placeholder="Search: orders  zone:a  state:booting  -version:v1" suggestions={suggestions} />
        <Segmented<View> label="View" value={view} options={views} onChange={(next) => setParameters({ view: next === 'table' ? undefined : next, sort: undefined })} />
      </div>
      <p className="visually-hidden" role="status">
        {terms.length > 0 ? `${shown} found` : ''}
      </p>
      {catalog.loaded && (view === 'instances' ? instances.length : services.length) === 0 ? (
        <Nothing filtered={terms.length > 0} onClear={() => setParameters({ q: undefined })} />
      ) : view === 'instances' ? (
        <InstanceTable rows={instances} sort={sort} onSort={setSort} now={now} />
      ) : view === 'cards' ? (
        <ServiceCards rows={services} from={from} now={now} />
      ) : (
        <ServiceTable rows={services} sort={sort} onSort={setSort} from={from} now={now} />
      )}
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <Empty title="Nothing matches the search" icon="search">
        <button type="button" className="button" onClick={onClear}>
          Clear the search
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="No services yet" icon="services">
      <p>A service appears here as soon as an instance of it registers:</p>
      <pre>{`curl -X PUT ${location.origin}/api/services/orders/instances/o-1 \\\n  -d '{"address":"127.0.0.1","ports":{"http":8080},"ttl":"1h"}'`}</pre>
    </Empty>
  );
}
