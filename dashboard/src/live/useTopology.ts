import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isNotFound, node } from '../api/client';
import { type Graph, graphOf, type ServiceFacts } from '../model/topology';
import { useCatalog, watcherPrefix } from './LiveProvider';
import { useGateway } from './useGateway';

/** Services whose watchers are asked for, at most: a picture of more shows nothing. */
export const servicesDrawn = 80;

const asksAtOnce = 4;

/** Who watches whom, as the node knows it. */
export function useTopology(): { graph: Graph; omitted: number; loaded: boolean } {
  const catalog = useCatalog();
  const names = useMemo(() => [...catalog.services.keys()], [catalog.services]);
  const drawn = names.slice(0, servicesDrawn);
  const { data: facts } = useQuery({
    queryKey: ['topology', drawn],
    queryFn: ({ signal }) => askAll(drawn, signal),
    refetchInterval: 3_000,
    enabled: catalog.loaded,
    placeholderData: (before) => before,
  });
  const { gateway } = useGateway(2_000);
  const graph = useMemo(() => {
    const services = (facts ?? []).map((each): ServiceFacts => ({ ...each, instances: new Set(catalog.services.get(each.name)?.instances.keys()) }));
    return graphOf(services, gateway, (watcher) => watcher.id.startsWith(watcherPrefix));
  }, [facts, gateway, catalog.services]);
  return { graph, omitted: names.length - drawn.length, loaded: facts !== undefined };
}

async function askAll(names: readonly string[], signal: AbortSignal): Promise<Omit<ServiceFacts, 'instances'>[]> {
  const found: Omit<ServiceFacts, 'instances'>[] = [];
  const next = names.values();
  await Promise.all(
    Array.from({ length: asksAtOnce }, async () => {
      for (const name of next) {
        try {
          const { watchers } = await node.watchers(name, signal);
          const { findings } = watchers.length > 0 ? await node.findings(name, signal) : { findings: [] };
          found.push({ name, watchers, findings });
        } catch (error) {
          if (!isNotFound(error)) throw error; // forgotten meanwhile
        }
      }
    }),
  );
  return found;
}
