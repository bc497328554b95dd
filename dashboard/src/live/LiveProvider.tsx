import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { node } from '../api/client';
import type { Change, LiveDocument, ServiceSummary } from '../api/documents';
import type { CatalogState, ServiceState } from '../model/catalog';
import type { Connection } from '../model/connection';
import { mergeChanges } from '../model/series';
import { CatalogFeed } from './catalogFeed';
import { ServiceFeed } from './serviceFeed';
import { applyTheme, readSettings, type Settings, writeSettings } from './settings';

interface Live {
  catalog: CatalogFeed;
  watcher: string;
  settings: Settings;
  setSettings: (settings: Settings) => void;
}

const Context = createContext<Live | undefined>(undefined);

/** Begins every name by which a dashboard watches. */
export const watcherPrefix = 'dashboard-';

export function LiveProvider({ children }: { children: ReactNode }) {
  const [settings, setState] = useState(readSettings);
  const keep = useRef(settings.keepGoneMinutes);
  const [watcher] = useState(() => watcherPrefix + crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36));
  const [catalog] = useState(() => new CatalogFeed(watcher, () => keep.current * 60_000));
  useEffect(() => {
    catalog.start();
    return () => catalog.stop();
  }, [catalog]);
  const queries = useQueryClient();
  const epoch = useSyncExternalStore(catalog.subscribe, () => catalog.getState().epoch);
  useEffect(() => {
    // What was asked of another life of the data cannot be put together with what is told now.
    void queries.invalidateQueries({ queryKey: ['history'] });
  }, [queries, epoch]);
  useEffect(() => {
    keep.current = settings.keepGoneMinutes;
    applyTheme(settings.theme);
  }, [settings]);
  const setSettings = useCallback((next: Settings) => {
    writeSettings(next);
    setState(next);
  }, []);
  const live = useMemo(() => ({ catalog, watcher, settings, setSettings }), [catalog, watcher, settings, setSettings]);
  return <Context value={live}>{children}</Context>;
}

function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error('The live data need a LiveProvider around them.');
  return live;
}

export function useSettings(): [Settings, (settings: Settings) => void] {
  const { settings, setSettings } = useLive();
  return [settings, setSettings];
}

export function useCatalog(): CatalogState {
  const { catalog } = useLive();
  return useSyncExternalStore(catalog.subscribe, catalog.getState);
}

/** One service; drawn again only when that one changes. */
export function useService(name: string): ServiceState | undefined {
  const { catalog } = useLive();
  return useSyncExternalStore(catalog.subscribe, () => catalog.getState().services.get(name));
}

/** Whether anything is known, and of which life of the data. */
export function useCatalogLoaded(): boolean {
  const { catalog } = useLive();
  return useSyncExternalStore(catalog.subscribe, () => catalog.getState().loaded);
}

export function useRecent(): readonly Change[] {
  const { catalog } = useLive();
  return useSyncExternalStore(catalog.subscribe, () => catalog.getState().recent);
}

export function useConnection(): Connection {
  const { catalog } = useLive();
  return useSyncExternalStore(catalog.feed.subscribe, catalog.feed.getConnection);
}

/** Origins and watchers of services, which the stream does not tell. */
export function useServiceList(): ReadonlyMap<string, ServiceSummary> {
  const { data } = useQuery({
    queryKey: ['services'],
    queryFn: ({ signal }) => node.services(signal),
    refetchInterval: 5_000,
    select: (list) => new Map(list.services.map((service) => [service.name, service])),
  });
  return data ?? noServices;
}

const noServices: ReadonlyMap<string, ServiceSummary> = new Map();

/** What happened in the last hour, the newest of it at once; of everything without a service. */
export function useChanges(service?: string, since = '1h', limit = 10_000): { changes: readonly Change[]; truncated: boolean; completeSince: string | undefined; error: Error | null } {
  const recent = useRecent();
  const { data, error } = useQuery({
    queryKey: ['history', service ?? '', since, limit],
    queryFn: ({ signal }) => node.history(service, since, limit, signal),
    // The stream tells what is new; asking again only makes up for what a broken one has missed.
    refetchInterval: 60_000,
  });
  const changes = useMemo(
    () => mergeChanges(data?.changes ?? [], service === undefined ? recent : recent.filter((change) => change.service === service)),
    [data, recent, service],
  );
  return { changes, truncated: data?.truncated ?? false, completeSince: data?.completeSince, error };
}

/** The live document of a service, for as long as the page shows it; asked for once the service is known, and anew in another life of the data; undefined while there is none. */
export function useLiveDocument(service: string, known: boolean): LiveDocument | undefined {
  const { catalog, watcher } = useLive();
  const epoch = useSyncExternalStore(catalog.subscribe, () => catalog.getState().epoch);
  const [feed, setFeed] = useState<ServiceFeed>();
  useEffect(() => {
    if (!known) return;
    const next = new ServiceFeed(service, watcher);
    setFeed(next);
    next.start();
    return () => {
      next.stop();
      setFeed(undefined);
    };
  }, [service, watcher, known, epoch]);
  return useSyncExternalStore(feed?.subscribe ?? noSubscription, feed?.getDocument ?? noDocument);
}

const noSubscription = () => () => undefined;
const noDocument = () => undefined;

/** The time, for ages: every second unless told otherwise. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
