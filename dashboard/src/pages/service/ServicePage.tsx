import { useQuery } from '@tanstack/react-query';
import { lazy, useCallback, useMemo } from 'react';
import { node } from '../../api/client';
import { Empty, Notice, ReadyBar, Score, Segmented } from '../../components/basics';
import { Icon } from '../../components/Icon';
import { CardGrid } from '../../components/CardGrid';
import { Part } from '../../components/Part';
import { useShowInHeader } from '../../components/PageDocument';
import { useIsImported } from '../../live/useIsImported';
import { useCatalogLoaded, useChanges, useLiveDocument, useNow, useService, useServiceList, useSettings } from '../../live/LiveProvider';
import { Link, useRouter } from '../../live/router';
import { cardsOf, serviceScore } from '../../model/cards';
import { countStates } from '../../model/catalog';
import { goneLately, keepChoices, keepWords } from '../../model/gone';
import { formatAge, formatSpan, plural } from '../../model/format';
import { hourFrom } from '../../model/series';
import { ActionDialog, type Action, actions } from './actions/ActionDialog';
import { CardTable } from './CardTable';
import { EventsPanel } from './EventsPanel';
import { InstanceCard } from './InstanceCard';
import { InstanceDetails } from './InstanceDetails';
import { usePictures } from './usePictures';
import { WatchersPanel } from './WatchersPanel';
import { ZonesPanel } from './ZonesPanel';

const CountsChart = lazy(() => import('./CountsChart'));

const views = [
  { value: 'cards', label: 'Cards', icon: 'cards' },
  { value: 'table', label: 'Table', icon: 'table' },
] as const;

const hourMs = 3_600_000;

export function ServicePage({ name }: { name: string }) {
  const { parameters, setParameters } = useRouter();
  const service = useService(name);
  const loaded = useCatalogLoaded();
  const summary = useServiceList().get(name);
  // Of another life of the data it may be all that the page remembers: the node knows nothing of it, and answers so.
  const isKnown = service !== undefined && service.revision > 0;
  const isImported = useIsImported(name, loaded && !isKnown);
  const document = useLiveDocument(name, isKnown || isImported);
  const [settings, setSettings] = useSettings();
  const keepMs = settings.keepGoneMinutes * 60_000;
  const { changes: known, completeSince } = useChanges(name, keepMs > hourMs ? '24h' : '1h', keepMs > hourMs ? 10_000 : 2_000);
  const now = useNow();
  useShowInHeader(document);
  const { data: watchers } = useQuery({ queryKey: ['watchers', name], queryFn: ({ signal }) => node.watchers(name, signal), refetchInterval: 2_000, enabled: isKnown });

  const open = useCallback((id: string) => setParameters({ instance: id }), [setParameters]);

  // Those that left are worked out once a while, not at every tick of the clock.
  const slowNow = Math.floor(now / 5_000) * 5_000;
  const gone = useMemo(() => (service ? goneLately(service, known, keepMs, slowNow) : []), [service, known, keepMs, slowNow]);
  const cards = useMemo(() => cardsOf(service, document, gone), [service, document, gone]);
  // The panels tell of the last hour, however long those that left are shown.
  const changes = useMemo(() => (keepMs > hourMs ? known.filter((change) => slowNow - Date.parse(change.time) <= hourMs) : known), [known, keepMs, slowNow]);
  const pictures = usePictures(cards);

  if (!service && !document) {
    if (!loaded) return <p className="faint loading">Loading.</p>;
    return (
      <Empty title={`There is no service ${name}`} icon="services">
        <p>
          It has no instance, and had none in the time that is remembered. It appears here as soon as one registers. <Link to={{ name: 'services' }}>All services</Link>
        </p>
      </Empty>
    );
  }

  const instances = cards.filter((card) => card.instance !== undefined && !card.gone).map((card) => card.instance!);
  const counts = service?.counts ?? countStates(instances);
  const view = parameters.get('view') === 'table' ? 'table' : 'cards';
  const selected = cards.find((card) => card.id === parameters.get('instance'));
  const action = actions.find((each) => each === parameters.get('action'));
  const origin = summary?.origin;
  const start = (next: Action, id: string) => setParameters({ action: next, instance: id });
  const score = serviceScore(document);
  return (
    <div className="page">
      <div className="page-head">
        <div className="crumbs">
          <Link to={{ name: 'services' }}>Services</Link>
          <span aria-hidden="true">/</span>
          <h1>{name}</h1>
        </div>
        <div className="service-facts">
          <span className="big-ratio">
            {counts.ready}
            <span className="faint">/{counts.total} ready</span>
          </span>
          <ReadyBar counts={counts} />
          {score !== undefined && (
            <span>
              <Score score={score} /> <span className="faint">score</span>
            </span>
          )}
          <span className="tag" data-tone={origin && origin.freshness !== 'live' ? 'warn' : undefined} title={origin?.target}>
            {origin ? origin.mode : 'registered'}
          </span>
          <Link to={{ name: 'explain' }} parameters={{ service: name }}>Explain</Link>
          <Link to={{ name: 'timeline' }} parameters={{ service: name }}>Timeline</Link>
        </div>
      </div>
      {origin && origin.freshness !== 'live' && (
        <Notice tone="warn">
          {origin.freshness === 'stale' ? 'The source cannot be reached; this is what it said last' : 'Discovery has not succeeded yet; this is the static list'}
          {origin.observedAt ? ` (${formatAge(now - Date.parse(origin.observedAt))} ago)` : ''}. {origin.reason}
        </Notice>
      )}
      {origin?.rejected && origin.rejected.length > 0 && (
        <Notice tone="warn">
          {plural(origin.rejected.length, 'endpoint')} left out: {origin.rejected.slice(0, 3).join('; ')}
          {origin.rejected.length > 3 && ' and more'}.
        </Notice>
      )}
      <div className="split">
        <div className="split-main">
          <div className="toolbar">
            <span className="faint">
              {plural(counts.total, 'instance')}
              {gone.length > 0 && `, ${gone.length} gone`}
            </span>
            <label className="inline-field">
              Keep gone for
              <select value={settings.keepGoneMinutes} onChange={(event) => setSettings({ ...settings, keepGoneMinutes: Number(event.target.value) })}>
                {keepChoices.map((minutes) => (
                  <option key={minutes} value={minutes}>
                    {keepWords(minutes)}
                  </option>
                ))}
              </select>
            </label>
            {pictures.offered && view === 'cards' && (
              <button type="button" className="button" aria-pressed={pictures.all} onClick={() => pictures.setAll(!pictures.all)}>
                <Icon name="screen" size={14} /> Pictures
              </button>
            )}
            <Segmented label="View" value={view} options={views} onChange={(next) => setParameters({ view: next === 'cards' ? undefined : next })} />
          </div>
          {cards.length === 0 ? (
            <Empty title="Its last instance has left" />
          ) : view === 'cards' ? (
            <CardGrid
              label={`Instances of ${name}`}
              items={cards}
              itemId={(card) => card.id}
              minWidth={272}
              rowHeight={164}
              render={(card) => <InstanceCard card={card} now={slowNow} selected={card === selected} onOpen={() => setParameters({ instance: card.id })} pictureUrl={pictures.urlOf(card)} pictureOn={pictures.isOn(card)} onPicture={pictures.all ? undefined : () => pictures.toggle(card.id)} />}
            />
          ) : (
            <CardTable cards={cards} now={slowNow} sort={parameters.get('sort') ?? ''} onSort={(sort) => setParameters({ sort })} onOpen={open} />
          )}
        </div>
        <aside className="split-side">
          {selected && <InstanceDetails card={selected} service={name} changes={changes} readOnly={selected.instance?.origin !== undefined} now={now} onAction={(next) => start(next, selected.id)} onClose={() => setParameters({ instance: undefined })} />}
          <section className="panel" aria-label="Instances lately">
            <header>
              <h2>Last {formatSpan(slowNow - hourFrom(completeSince, slowNow))}</h2>
            </header>
            <Part fallback={<div className="chart-space" />}>
              <CountsChart instances={instances} changes={changes} from={hourFrom(completeSince, slowNow)} now={slowNow} />
            </Part>
          </section>
          <ZonesPanel instances={instances} />
          <WatchersPanel watchers={watchers} changes={changes} now={now} />
          <EventsPanel changes={changes} now={now} onPick={(id) => setParameters({ instance: id })} />
        </aside>
      </div>
      {action && selected && <ActionDialog action={action} service={name} card={selected} onClose={() => setParameters({ action: undefined })} />}
    </div>
  );
}
